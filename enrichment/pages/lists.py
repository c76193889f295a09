"""Bulks as pages show them: the form that sends a list, and lines in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrichment import rules
from enrichment.automation.bulk import progress
from enrichment.automation.bulk.model import MOST_LINES, BulkAsk, Listed
from enrichment.automation.bulk.reading import read_table
from enrichment.automation.bulk.telling import REFUSED
from enrichment.models import Bulk, BulkLine, Company, RulesVersion
from enrichment.pages.asking import DEAREST, new_nonce
from enrichment.pages.consumers import offered
from enrichment.pages.words import State, span, usd
from enrichment.workflow.asks import Seller
from salesintel.accounts.models import User
from salesintel.narrowed import certain

SHOWN = 100  # lines on a page; the results have all of them
TONES = {
    "done": "good", "completed": "good", "ready": "plain", "quoted": "busy", "working": "busy", "running": "busy",
    "quoting": "busy", "partial": "warn", "skipped": "warn", "ambiguous": "warn", "duplicate": "plain",
    "paused": "warn", "invalid": "bad", "failed": "bad", "dropped": "plain",
}  # fmt: skip
COLUMNS = {"name": "name_column", "domain": "domain_column", "externalId": "id_column"}


class ListForm(forms.Form):
    """A file or pasted lines, and what is wanted of each company."""

    file = forms.FileField(
        required=False,
        label=gettext_lazy("Drop a CSV file here, or choose one"),
        help_text=gettext_lazy(
            "Up to 1,000 companies, from a spreadsheet or a CRM: one column with names or domains is enough."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    pasted = forms.CharField(
        required=False,
        label=gettext_lazy("Or paste them, one a line"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": "acmecorp.com\nInitech"}),
    )
    consumer = forms.ChoiceField(label=gettext_lazy("What for"))
    vendor = forms.CharField(max_length=200, required=False, label=gettext_lazy("You sell for"))
    role = forms.ChoiceField(required=False, label=gettext_lazy("Your role"))
    max_cost = forms.DecimalField(
        required=False,
        label=gettext_lazy("Spend at most, for all of it (USD)"),
        min_value=Decimal(0),
        max_value=DEAREST,
        decimal_places=9,
        help_text=gettext_lazy("Never exceeded. You see what it costs before anything is bought."),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        choices=[("value", gettext_lazy("Most quality per dollar first")), ("given", gettext_lazy("As in the list"))],
    )
    name_column = forms.CharField(max_length=250, required=False, label=gettext_lazy("Column with names"))
    domain_column = forms.CharField(max_length=250, required=False, label=gettext_lazy("Column with domains"))
    id_column = forms.CharField(max_length=250, required=False, label=gettext_lazy("Column with your ids"))
    nonce = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        version = RulesVersion.now()
        known = rules.current(version).rules
        role = certain(self.fields["role"], forms.ChoiceField)
        consumer = certain(self.fields["consumer"], forms.ChoiceField)
        role.choices = [("", _("Any role")), *((row.slug, f"{row.label} ({row.slug})") for row in known.roles.values())]
        consumer.choices = offered(version, first="profile")

    @classmethod
    def for_user(cls, user: User) -> "ListForm":
        known = {row.slug for row in rules.current().rules.roles.values()}
        return cls(
            initial={"vendor": user.vendor, "role": user.role if user.role in known else "", "nonce": new_nonce()}
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
            words = _("“%(name)s” is larger than %(most)d kB; split it.") % {"name": file.name, "most": most}
            raise forms.ValidationError(words)
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("file") and not given.get("pasted", "").strip() and "file" not in self.errors:
            self.add_error("file", _("Give a file, or paste companies, at most %(most)d.") % {"most": MOST_LINES})
        return given

    def ask(self, user: User) -> BulkAsk:
        """What the checked form asks for. Raises `UnreadableList`."""
        given = self.cleaned_data
        return BulkAsk(
            listed=self._listed(),
            consumer=given["consumer"],
            vendor=given["vendor"] or None,
            seller=Seller(
                name=user.get_full_name() or user.get_username(),
                role=given["role"],
                segment=user.segment,
                region=user.region,
            ),
            max_cost=given["max_cost"],
            order=given["order"],
            label=given["file"].name if given["file"] else "",
        )

    def _listed(self) -> Listed:
        given = self.cleaned_data
        chosen = {field: given[name] for field, name in COLUMNS.items() if given[name]}
        raw = given["file"].read() if given["file"] else given["pasted"].encode()
        return read_table(raw, chosen=chosen)


class RetryForm(forms.Form):
    """With which limit a list is tried again, and whether lines with gaps are, too."""

    max_cost = forms.DecimalField(required=False, min_value=Decimal(0), max_value=DEAREST, decimal_places=9)
    partial = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A company that a line may mean; `value` tells it to the server."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a list, in words. `choices` of one that can be mended; None where there is nothing to mend."""

    line: int
    name: str
    state: State
    reason: str
    cost: str
    request: object
    choices: list[Choice] | None = None


def rows(bulk: Bulk) -> list[Row]:
    """The lines to show: those that somebody should look at first, then in their order; two queries."""
    lines = bulk.lines.select_related("company").order_by("line")[:MOST_LINES]
    loud = {"invalid": 0, "ambiguous": 0, "failed": 0, "skipped": 1, "working": 2}
    ranked = sorted(lines, key=lambda line: (loud.get(line.state, 3), line.line))
    can_mend, meant = bulk.status != Bulk.Status.CANCELLED, progress.candidates(ranked[:SHOWN])
    return [_row(line, meant[line.line], can_mend=can_mend) for line in ranked[:SHOWN]]


def _row(line: BulkLine, meant: list[Company], *, can_mend: bool) -> Row:
    said = line.name or line.domain or _("(blank)")
    known = line.company.name if line.company else ""
    return Row(
        line=line.line,
        name=f"{said} → {known}" if known and known != said else said,
        state=state(line.state, BulkLine.State(line.state).label),
        reason=line.reason,
        cost=usd(line.cost) if line.ended else (_("up to %s") % usd(line.worst) if line.worst else ""),
        request=line.request_id,
        choices=[_choice(company) for company in meant] if can_mend and line.state in REFUSED else None,
    )


def _choice(company: Company) -> Choice:
    return Choice(value=company.reference, label=f"{company.name} ({company.reference})")


def state(slug: str, label: object) -> State:
    return State(TONES.get(slug, "plain"), str(label))


def shown(bulk: Bulk, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of a bulk shows; `told` is the API's answer."""
    quote, counts = told["quote"], told["counts"]
    return {
        "bulk": bulk,
        "told": told,
        "state": state(bulk.status, Bulk.Status(bulk.status).label),
        "spent": usd(bulk.spent),
        "held": usd(bulk.held),
        "cap": usd(bulk.cap) if bulk.cap is not None else "",
        "expected": usd(quote["expectedCost"]) if quote else "",
        "worst": usd(quote["worstCost"]) if quote else "",
        "takes": span(quote["seconds"]) if quote else "",
        "is_live": bulk.status in ("quoting", "running", "paused"),
        "counts": [(BulkLine.State(slug).label, count) for slug, count in told["counts"].items() if count],
        "again": sum(counts[slug] for slug in ("failed", "skipped", "cancelled", "ready")),
        "with_gaps": counts["partial"],
        "left_out": counts["skipped"],
        "is_short": bool(quote) and bulk.cap is not None and bulk.cap < quote["expectedCost"],
        "rows": rows(bulk),
        "more": max(told["lines"] - SHOWN, 0),
    }
