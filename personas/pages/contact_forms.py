"""What the pages of a contact are sent: who they are, what happened, a deal. They check shape; the writers the rest."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from personas.models import Contact, Deal, Interaction
from personas.pages.reaching import at_noon
from personas.records import ABSENT, ContactGiven, DealGiven, InteractionGiven, Party
from personas.records.contacts import LONGEST, MOST_EMPLOYEES
from personas.records.deals import LONGEST as LONGEST_DEAL
from personas.records.interactions import LONGEST as LONGEST_SAID
from personas.records.interactions import LONGEST_DURATION, USUAL
from salesintel.narrowed import certain

Type, Direction = Interaction.Type, Interaction.Direction
BY_HAND = (Type.CALL, Type.MEETING, Type.EMAIL_SENT, Type.EMAIL_REPLIED, Type.NOTE)
WORDS = {Type.EMAIL_SENT: _("Mail of yours"), Type.EMAIL_REPLIED: _("Mail of theirs")}
OFF = {"autocomplete": "off"}


def line(label: Any, most: int, *, required: bool = False, help_text: Any = "", **attrs: str) -> forms.CharField:
    """A line of text."""
    widget = forms.TextInput(attrs={**OFF, **attrs})
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text, widget=widget)


class PlainForm(forms.Form):
    """Labels stand as they are written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ContactForm(PlainForm):
    """Who somebody is, and what reaches them; only what was changed is given on."""

    name = line(_("Name"), LONGEST["name"], help_text=_("Left empty, it is taken from the address."))
    email = forms.EmailField(
        label=_("E-mail"), max_length=LONGEST["email"], required=False, widget=forms.EmailInput(attrs=OFF)
    )
    phone = line(_("Telephone"), LONGEST["phone"], type="tel")
    title = line(_("Title"), LONGEST["title"])
    company_name = line(_("Company"), LONGEST["company_name"])
    industry = line(_("Industry of the company"), LONGEST["industry"])
    employees = forms.IntegerField(
        label=_("Employees of the company"), min_value=1, max_value=MOST_EMPLOYEES, required=False
    )
    time_zone = line(
        _("Time zone"),
        LONGEST["time_zone"],
        help_text=_("Theirs: response times are counted in their working hours. Left empty, it is taken to be yours."),
        placeholder="Europe/Berlin",
    )
    lawful_basis = forms.ChoiceField(
        label=_("Why you may hold this"),
        choices=[("", _("legitimate interest, as of all contacts (6.1 f)")), *Contact.Basis.choices],
        required=False,
        help_text=_("The article of the GDPR."),
    )

    @classmethod
    def of(cls, contact: Contact, data: Any = None) -> "ContactForm":
        """The form as the contact stands."""
        return cls(data, initial={name: getattr(contact, name) for name in cls.base_fields})

    def given(self, **more: Any) -> ContactGiven:
        return ContactGiven(**{name: self.cleaned_data[name] for name in self.changed_data}, **more)


class InteractionForm(PlainForm):
    """Something that happened."""

    type = forms.ChoiceField(
        label=_("What"), choices=[(each, capfirst(WORDS.get(each, each.label))) for each in BY_HAND]
    )
    occurred_at = forms.DateTimeField(
        label=_("When"),
        initial=timezone.now,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    direction = forms.ChoiceField(
        label=_("Who began it"),
        choices=[("", _("not said")), (Direction.OUT, _("you")), (Direction.IN, _("they"))],
        required=False,
        help_text=_("If they did, the text counts as their own words. Of a mail it is known."),
    )
    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=[("", _("not said")), *Interaction.Outcome.choices], required=False
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=LONGEST_DURATION // 60, required=False)
    deal = forms.ChoiceField(label=_("About the deal"), required=False)
    subject = line(_("Subject"), LONGEST_SAID["subject"])
    body = forms.CharField(
        label=_("Text"), max_length=LONGEST_SAID["body"], required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, contact: Contact, deals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact, self.deals = contact, {str(row.pk): row for row in deals}
        of_deals = [("", _("none")), *((pk, row.name) for pk, row in self.deals.items())]
        certain(self.fields["deal"], forms.ChoiceField).choices = of_deals
        self.fields["occurred_at"].help_text = timezone.get_current_timezone_name()

    def given(self) -> InteractionGiven:
        sent, minutes = self.cleaned_data, self.cleaned_data["minutes"]
        return InteractionGiven(
            contact=self.contact,
            type=sent["type"],
            occurred_at=sent["occurred_at"],
            direction=ABSENT if sent["type"] in USUAL else sent["direction"],
            outcome=sent["outcome"],
            duration_seconds=None if minutes is None else minutes * 60,
            deal=self.deals.get(sent["deal"]),
            subject=sent["subject"],
            body=sent["body"],
        )


def day(label: Any, help_text: Any) -> forms.DateField:
    """A day without a time."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, help_text=help_text, widget=widget)


class DealForm(PlainForm):
    """A deal with the stage that it is at; only what was changed is given on."""

    name = line(_("Name of the deal"), LONGEST_DEAL["name"], required=True)
    status = forms.ChoiceField(label=_("How it stands"), choices=Deal.Status.choices)
    stage = line(
        _("Stage"), LONGEST_DEAL["stage"], help_text=_("In your own words: a new one is added to its history.")
    )
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=16, decimal_places=2, required=False)
    currency = line(_("Currency"), LONGEST_DEAL["currency"], placeholder="EUR")
    opened = day(_("Opened"), _("Left empty, today."))
    closed = day(_("Won or lost"), _("Of one that is; left empty, today."))

    @classmethod
    def of(cls, deal: Deal, data: Any = None) -> "DealForm":
        """The form as the deal stands."""
        plain = {name: getattr(deal, name) for name in ("name", "status", "stage", "amount", "currency")}
        days = {"opened": timezone.localdate(deal.opened_at)}
        if deal.closed_at is not None:
            days["closed"] = timezone.localdate(deal.closed_at)
        return cls(data, initial=plain | days)

    def given(self, *, contact: Contact | None = None, opened_at: datetime | None = None) -> DealGiven:
        """`contact`: of a new deal, who is on it; `opened_at`: of one that is there."""
        sent, now = self.cleaned_data, timezone.now()
        changed = {name: sent[name] for name in self.changed_data if name not in ("opened", "closed")}
        if contact is not None:
            changed["parties"] = (Party(contact=contact),)
        opened = at_noon(sent["opened"], now) if sent["opened"] and "opened" in self.changed_data else opened_at
        if opened is not None and opened != opened_at:
            changed["opened_at"] = opened
        if sent["status"] == Deal.Status.OPEN:
            return DealGiven(**changed)
        if sent["closed"] and "closed" in self.changed_data:
            closed = at_noon(sent["closed"], now)
            is_same_day = opened is not None and timezone.localdate(opened) == sent["closed"]
            changed["closed_at"] = max(closed, opened) if is_same_day and opened is not None else closed
        return DealGiven(**changed)
