"""What the pages of imports are sent: a file, and how it is read."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personas.importing.dates import ORDERS
from personas.importing.fields import PRESETS
from personas.importing.intake import Upload
from personas.importing.model import LARGEST, InvalidChoice
from personas.importing.settings import Choice
from personas.models import Import, ImportPreset
from salesintel.accounts.models import User
from salesintel.narrowed import certain

COLUMN = "column-"  # and its place, from 0


class FileForm(forms.Form):
    """A file, what stands in it, whose export it is."""

    file = forms.FileField(
        label=gettext_lazy("Drop a file here, or choose one"),
        help_text=gettext_lazy("CSV or XLSX, a mailbox as mbox, a mail as eml, or a zip of mails. Up to 32 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.mbox,.eml,.zip"}),
    )
    kind = forms.ChoiceField(required=False, label=gettext_lazy("What stands in it"))
    preset = forms.ChoiceField(required=False, label=gettext_lazy("Read it as"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        own = ImportPreset.objects.filter(owner=user).values_list("name", flat=True).distinct()
        self._choose("kind", [("contacts", _("Contacts")), ("interactions", _("Interactions")), ("deals", _("Deals")),
                              ("mailbox", _("A mailbox"))])  # fmt: skip
        named = [(slug, _("an export of %s") % label) for slug, label in PRESETS.items()]
        self._choose("preset", [("", _("whatever it looks like")), *named, *((name, f"“{name}”") for name in own)])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        certain(self.fields[name], forms.ChoiceField).choices = choices

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("“%s” is larger than 32 MB; cut it in two.") % file.name)
        return file

    def upload(self) -> Upload:
        given = self.cleaned_data
        file = given["file"]
        return Upload(raw=file.read(), name=str(file.name or ""), kind=given["kind"], preset=given["preset"])


def choice_of(row: Import, given: Mapping[str, str]) -> Choice:
    """How a person reads the file, by the form of its page. Raises `InvalidChoice`."""
    if row.kind == Import.Kind.MAILBOX:
        own = given.get("own", "").replace(",", "\n").splitlines()
        chosen = {"all": True, "none": False}.get(given.get("make", "none"))
        some = [name.removeprefix("person-") for name in given if name.startswith("person-")]
        return Choice(
            own_addresses=[each for each in own if each.strip()], make_contacts=some if chosen is None else chosen
        )
    order = given.get("date_order", "")
    if order and order not in ORDERS:
        raise InvalidChoice({"dateOrder": [_("Say which comes first, the day or the month.")]})
    return Choice(
        columns=_columns(row, given),
        date_order=order or None,
        time_zone=given.get("time_zone") or None,
        save_as=given.get("save_as", "")[:80],
    )


def _columns(row: Import, given: Mapping[str, str]) -> dict[str, list[str]]:
    """Field → numbers of its columns; a field that no column is for, has none."""
    found: dict[str, list[str]] = {name: [] for name in row.columns}
    for place in range(len(row.header)):
        if field := given.get(f"{COLUMN}{place}", ""):
            found.setdefault(field, []).append(str(place + 1))
    return found
