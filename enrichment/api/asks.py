"""What callers ask for: bodies that become an `Ask`."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.workflow.requests import Ask, Seller

LONGEST_AGE = 366 * 24 * 3600  # seconds
DEAREST = Decimal(1_000_000)  # USD
WORD = 60  # characters of a segment or region
NAME = 200  # characters of a company's name


def role_field() -> serializers.CharField:
    return serializers.CharField(
        max_length=WORD, required=False, allow_blank=True, help_text="Short or long: AE or account-executive, …"
    )


def company_field(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=NAME, help_text="A name, domain or URL in any spelling.", **({"required": True} | kwargs)
    )


def domain_field(what: str) -> serializers.CharField:
    return serializers.CharField(
        max_length=253, required=False, help_text=f"The {what}'s domain; settles a name that several companies bear."
    )


def word_field(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=WORD, required=False, allow_blank=True, **kwargs)


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
        max_value=LONGEST_AGE,
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

    def ask(self) -> Ask:
        given = self.validated_data
        return Ask(
            consumer=given["consumer"],
            company=given["company"],
            company_domain=given.get("companyDomain"),
            vendor=given.get("vendor") or None,
            vendor_domain=given.get("vendorDomain"),
            seller=Seller(**{part: given.get(part, "") for part in ("role", "segment", "region")}),
            **self.limits(),
        )


class PlanIn(RunIn):
    """The same body as that of a run, of which only the plan is wanted."""
