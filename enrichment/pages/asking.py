"""From a form to an ask, and from what the workflow refuses to words beside the field."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from enrichment import rules
from enrichment.api.summaries import choices
from enrichment.companies import NEW, AmbiguousCompany, Candidate, NotACompany
from enrichment.models import ResearchRequest, RulesVersion
from enrichment.pages.consumers import offered
from enrichment.workflow.requests import Ask, IdempotencyMismatch, InvalidAsk, Seller, Unaffordable
from salesintel.accounts.models import User
from salesintel.narrowed import certain

CONSUMER = "customer_intelligence"
DEAREST = Decimal(1_000_000)
OFFERED = 8  # candidates that are asked back
WIRE = {"maxCost": "max_cost", "vendorDomain": "vendor"}  # the workflow's name of a field → the form's


class AskForm(forms.Form):
    """One prospect, one vendor, one rep. `company_domain` and `vendor_domain` settle a name that several bear.

    A candidate without a domain is settled by its number, `#17`.
    """

    company = forms.CharField(max_length=200, label="Company", help_text="A name, a domain or a URL.")
    company_domain = forms.CharField(max_length=253, required=False, widget=forms.HiddenInput)
    consumer = forms.ChoiceField(required=False, label="What for")
    vendor = forms.CharField(max_length=200, required=False, label="You sell for")
    vendor_domain = forms.CharField(max_length=253, required=False, widget=forms.HiddenInput)
    role = forms.ChoiceField(required=False, label="Your role")
    segment = forms.CharField(max_length=60, required=False, label="Segment")
    region = forms.CharField(max_length=60, required=False, label="Region")
    max_cost = forms.DecimalField(
        required=False,
        label="Spend at most (USD)",
        min_value=Decimal(0),
        max_value=DEAREST,
        decimal_places=9,
        help_text="Never exceeded. Blank: the limit that your admin set.",
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    refresh = forms.BooleanField(required=False, widget=forms.HiddenInput)
    nonce = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        version = RulesVersion.now()
        known = rules.current(version).rules
        role = certain(self.fields["role"], forms.ChoiceField)
        consumer = certain(self.fields["consumer"], forms.ChoiceField)
        role.choices = [("", "Any role"), *((row.slug, f"{row.label} ({row.slug})") for row in known.roles.values())]
        consumer.choices = offered(version, first=CONSUMER, also=self["consumer"].value())
        for name in ("company", "vendor"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    @classmethod
    def for_user(cls, user: User) -> "AskForm":
        """An empty form with the person's own seller profile in it."""
        known = {row.slug for row in rules.current().rules.roles.values()}
        initial = {"vendor": user.vendor, "segment": user.segment, "region": user.region, "nonce": new_nonce()}
        return cls(initial=initial | {"role": user.role if user.role in known else ""})

    def clean(self) -> dict[str, Any]:
        """Without a vendor there is nobody to write a brief for; other consumers may do without."""
        given = super().clean() or self.cleaned_data
        if not given.get("vendor") and (given.get("consumer") or CONSUMER) == CONSUMER and "vendor" not in self.errors:
            self.add_error("vendor", "This field is required.")
        return given

    def ask(self, user: User) -> Ask:
        """What the checked form asks for; the rep's name is the user's own."""
        given = self.cleaned_data
        return Ask(
            consumer=given["consumer"] or CONSUMER,
            company=given["company"],
            company_domain=given["company_domain"] or None,
            vendor=given["vendor"] or None,
            vendor_domain=given["vendor_domain"] or None,
            seller=Seller(
                name=user.get_full_name() or user.get_username(),
                role=given["role"],
                segment=given["segment"],
                region=given["region"],
            ),
            refresh=given["refresh"],
            max_cost=given["max_cost"],
        )


class AgainForm(forms.Form):
    """The same ask again, for another role or with fresh data."""

    role = forms.CharField(max_length=10, required=False)
    refresh = forms.BooleanField(required=False)
    nonce = forms.CharField(max_length=36, required=False)

    def ask(self, earlier: ResearchRequest) -> Ask:
        given = self.cleaned_data
        return ask_again(earlier, role=given["role"] or None, refresh=given["refresh"])


def ask_again(
    earlier: ResearchRequest, *, role: str | None = None, refresh: bool = False, require: tuple[str, ...] | None = None
) -> Ask:
    """The ask of an earlier request, by the companies that it came to mean; `role` and `require` replace its own."""
    seller = {name: str(earlier.seller.get(name, "")) for name in asdict(Seller())}
    vendor = earlier.vendor
    return Ask(
        consumer=earlier.consumer,
        company=earlier.company.name,
        company_domain=earlier.company.reference,
        vendor=vendor.name if vendor else None,
        vendor_domain=vendor.reference if vendor else None,
        seller=Seller(**(seller | ({"role": role} if role is not None else {}))),
        refresh=refresh,
        max_cost=earlier.cap,
        require=tuple(sorted(set(earlier.require if require is None else require))),
    )


def new_nonce() -> str:
    """A name for one showing of a form, so that sending it twice starts one request."""
    return str(uuid.uuid4())


def idempotency_key(ask: Ask, nonce: str) -> str | None:
    """One key per showing of a form and what was filled in; None for a form without a nonce."""
    return f"page-{nonce}-{ask.body_hash[:16]}" if nonce else None


def query_of(ask: Ask) -> str:
    """The query string with which the plan page shows this ask."""
    given = {
        "company": ask.company,
        "company_domain": ask.company_domain,
        "consumer": None if ask.consumer == CONSUMER else ask.consumer,
        "vendor": ask.vendor,
        "vendor_domain": ask.vendor_domain,
        "role": ask.seller.role,
        "segment": ask.seller.segment,
        "region": ask.seller.region,
        "max_cost": None if ask.max_cost is None else f"{ask.max_cost:f}",
        "refresh": "on" if ask.refresh else None,
    }
    return urlencode({name: value for name, value in given.items() if value})


# --- What the workflow refuses ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Refusal:
    """Why an ask was not granted: words by field ("" for the whole), or companies to choose from."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    candidates: Sequence[Candidate] = ()
    ambiguous: str = ""  # the field that the candidates are for: company or vendor

    @property
    def status(self) -> int:
        """The page's status: somebody has to choose, or to correct something."""
        return 409 if self.ambiguous else 400


@contextmanager
def refusals(ask: Ask) -> Iterator[Refusal]:
    """Turns what the workflow raises about `ask` into words; empty where it raises nothing."""
    refusal = Refusal()
    try:
        yield refusal
    except InvalidAsk as error:
        refusal.errors = {WIRE.get(name, name): list(words) for name, words in error.errors.items()}
    except NotACompany as error:
        refusal.errors = {_field_of(ask, error.text): [str(error)]}
    except AmbiguousCompany as error:
        refusal.ambiguous, refusal.candidates = _field_of(ask, error.text), error.candidates[:OFFERED]
    except Unaffordable as error:
        refusal.errors = {"max_cost": [str(error)]}
    except IdempotencyMismatch:
        refusal.errors = {"": ["This form was sent before with other entries; load the page anew."]}


def _field_of(ask: Ask, text: str) -> str:
    return "company" if text in (ask.company, ask.company_domain) else "vendor"


@dataclass(frozen=True, slots=True)
class Choice:
    """A company to choose from, with the form's entries that choose it."""

    name: str
    domain: str
    apart: str  # in what it differs from the others
    why: str
    entries: tuple[tuple[str, str], ...]


def asked_back(form: AskForm, refusal: Refusal, given: QueryDict) -> dict[str, Any]:
    """The form with the refusal's words beside its fields, and the companies to choose from."""
    for name, texts in refusal.errors.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
    return {"choices": _choices(refusal, given), "ambiguous": refusal.ambiguous}


def _choices(refusal: Refusal, given: QueryDict) -> list[Choice]:
    """The candidates as buttons, and none of them: each sends the form as it was given, with the company settled."""
    if not refusal.ambiguous:
        return []
    settled = (refusal.ambiguous, f"{refusal.ambiguous}_domain")
    rest = [(name, str(given[name])) for name in AskForm.base_fields if name in given and name not in settled]
    typed = str(given.get(refusal.ambiguous, ""))
    another = Choice(
        name=typed,
        domain="",
        apart=_("another company"),
        why=_("None of these: it is looked for under this name"),
        entries=(*rest, (settled[0], typed), (settled[1], NEW)),
    )
    found = [
        Choice(
            name=row["name"],
            domain=row["domain"] or "",
            apart=row["apart"],
            why=row["reason"],
            entries=(*rest, (settled[0], row["name"]), (settled[1], row["domain"] or f"#{row['id']}")),
        )
        for row in choices(refusal.candidates, now=timezone.now())
    ]
    return [*found, another]
