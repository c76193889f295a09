"""What callers ask for: bodies that become an `Ask`."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.models import DataConsumer
from enrichment.workflow.asks import LONGEST_NAME, LONGEST_WORD, OLDEST, Ask, Seller
from enrichment.workflow.past import MOST, Past

DEAREST = Decimal(1_000_000)  # USD


def role_field() -> serializers.CharField:
    return serializers.CharField(
        max_length=LONGEST_WORD, required=False, allow_blank=True, help_text="Short or long: AE or account-executive, …"
    )


def company_field(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=LONGEST_NAME, help_text="A name, domain or URL in any spelling.", **({"required": True} | kwargs)
    )


def domain_field(what: str) -> serializers.CharField:
    return serializers.CharField(
        max_length=253,
        required=False,
        help_text=f"The {what}'s domain; settles a name that several companies bear. `#` and the id of a candidate"
        " that has none does so, too; `#new` says that none of them is meant, but another company of that name.",
    )


def word_field(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_WORD, required=False, allow_blank=True, **kwargs)


def strategy_field() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        DataConsumer.Strategy.values,
        required=False,
        allow_null=True,
        help_text="enhanced plans before it pays; legacy asks every enabled source; hybrid is enhanced for a company"
        " without a report, else legacy. Left out: as the admin set it for the consumer.",
    )


class WorkIn(Input):
    """What any body that starts work may say about cost, age and completeness."""

    refresh = serializers.BooleanField(required=False, help_text="Do not use answers fetched before this request.")
    maxCost = serializers.DecimalField(
        max_digits=16,
        decimal_places=9,
        min_value=Decimal(0),
        max_value=DEAREST,
        required=False,
        allow_null=True,
        coerce_to_string=False,
        help_text="USD that this may cost at most; never exceeded.",
    )
    maxAge = serializers.IntegerField(
        min_value=0,
        max_value=int(OLDEST.total_seconds()),
        required=False,
        allow_null=True,
        help_text="Seconds: do not use answers that are older.",
    )
    require = serializers.ListField(
        child=serializers.SlugField(max_length=50),
        max_length=50,
        required=False,
        help_text="Datasets without which the run is no success.",
    )

    def limits(self) -> dict[str, Any]:
        """These fields as `Ask` has them."""
        given = self.validated_data
        max_age = given.get("maxAge")
        return {
            "refresh": given.get("refresh", False),
            "max_cost": given.get("maxCost"),
            "max_age": None if max_age is None else timedelta(seconds=max_age),
            "require": tuple(dict.fromkeys(given.get("require", ()))),
        }


class UserPersonaIn(Input):
    """The sales rep for whom it is."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="Shown in the answer.")
    role = role_field()
    segment = word_field(help_text="Say Mid-Market.")
    region = word_field(help_text="Say EMEA.")


class CustomerIntelligenceIn(WorkIn):
    """A prospect, a vendor and a rep."""

    prospectCompany = company_field()
    prospectDomain = domain_field("prospect")
    vendorCompany = company_field()
    vendorDomain = domain_field("vendor")
    userPersona = UserPersonaIn(required=False)

    def ask(self) -> Ask:
        given = self.validated_data
        return Ask(
            consumer="customer_intelligence",
            company=given["prospectCompany"],
            company_domain=given.get("prospectDomain"),
            vendor=given["vendorCompany"],
            vendor_domain=given.get("vendorDomain"),
            seller=Seller(**given.get("userPersona", {})),
            **self.limits(),
        )


class CompanyIn(Input):
    """The company that an address names."""

    domain = company_field()


class VendorContextIn(WorkIn):
    """Who wants to know about the vendor that the address names."""

    userRole = role_field()

    def ask(self, company: str) -> Ask:
        seller = Seller(role=self.validated_data.get("userRole", ""))
        return Ask(consumer="vendor_context", company=company, seller=seller, **self.limits())


class VendorEnrichIn(WorkIn):
    """A company to be collected for a vendor's own records, and how."""

    companyName = company_field()
    companyDomain = domain_field("company")
    strategy = strategy_field()
    tier = word_field(
        allow_null=True, help_text="The older name of `strategy`, which goes first: enhanced, else it means legacy."
    )

    def ask(self) -> Ask:
        given = self.validated_data
        tier = given.get("tier")
        by_tier = None if not tier else "enhanced" if tier == "enhanced" else "legacy"
        return Ask(
            consumer="vendor_enrichment",
            company=given["companyName"],
            company_domain=given.get("companyDomain"),
            strategy=given.get("strategy") or by_tier,
            **self.limits(),
        )


class RunIn(WorkIn):
    """A company, and the consumer whose needs are to be met."""

    company = company_field()
    companyDomain = domain_field("company")
    consumer = serializers.SlugField(max_length=50, help_text="Say customer_intelligence; an admin's own ones, too.")
    vendor = company_field(required=False, allow_blank=True)
    vendorDomain = domain_field("vendor")
    role = role_field()
    segment = word_field()
    region = word_field()
    strategy = strategy_field()

    def ask(self) -> Ask:
        given = self.validated_data
        return Ask(
            consumer=given["consumer"],
            company=given["company"],
            company_domain=given.get("companyDomain"),
            vendor=given.get("vendor") or None,
            vendor_domain=given.get("vendorDomain"),
            seller=Seller(**{part: given.get(part, "") for part in ("role", "segment", "region")}),
            strategy=given.get("strategy"),
            **self.limits(),
        )


class ReplayIn(Input):
    """Which past runs edited rules are tried on."""

    last = serializers.IntegerField(
        min_value=1, max_value=MOST, required=False, help_text="So many runs, the newest ones; 200 where left out."
    )
    to = serializers.DateTimeField(required=False, help_text="Runs that were begun before.")
    consumer = serializers.SlugField(max_length=50, required=False, help_text="Its runs only.")

    def get_fields(self) -> Any:
        since = serializers.DateTimeField(required=False, help_text="Runs that were begun then or later.")
        return {**super().get_fields(), "from": since}  # a word that Python keeps for itself

    @staticmethod
    def past(given: Mapping[str, Any]) -> Past:
        """The checked values as the workflow has them."""
        names = {"last": "last", "from": "since", "to": "until", "consumer": "consumer"}
        return Past(**{names[name]: value for name, value in given.items()})


class PlanIn(RunIn):
    """The body of a run, of which only the plan is wanted; or past runs, on which edited rules are tried."""

    company = company_field(required=False)
    consumer = serializers.SlugField(
        max_length=50, required=False, help_text="Say customer_intelligence; an admin's own ones, too."
    )
    rules = serializers.DictField(
        required=False, help_text="Edited rows, by section: datasets, sources, matrix, consumers, redundancies."
    )
    replay = ReplayIn(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        about_runs = {"rules", "replay"}
        if "replay" not in attrs:
            missing = {
                name: ["It is missing; name it, or give replay."]
                for name in ("company", "consumer")
                if name not in attrs
            }
        else:
            missing = {name: ["Not with replay."] for name in attrs if name not in about_runs}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs
