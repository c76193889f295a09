"""Bodies and answers of bulks, as the OpenAPI document tells them."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from enrichment.api.asks import DEAREST, company_field, domain_field, role_field, word_field
from enrichment.api.base import Input, shown
from enrichment.api.shapes import Shape, Usd
from enrichment.automation.bulk.model import FIELDS, LONGEST_CELL, MOST_LINES, BulkAsk, Entry, Listed
from enrichment.automation.bulk.reading import meant, plain
from enrichment.models import Bulk, BulkLine
from enrichment.workflow.asks import Seller
from salesintel.declared import Declared

LONGEST = 2_000  # characters of a field; what is kept is cut further


def limit_field() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=16,
        decimal_places=9,
        min_value=Decimal(0),
        max_value=DEAREST,
        required=False,
        allow_null=True,
        coerce_to_string=False,
        help_text="USD that all of it may cost at most; never exceeded.",
    )


class BulkOptionsIn(Input):
    """What is wanted of each company: the fields of a form, or of the query beside a file."""

    consumer = serializers.SlugField(max_length=50, help_text="Say profile or customer_intelligence.")
    vendor = company_field(required=False, allow_null=True)
    vendorDomain = domain_field("vendor")
    role = role_field()
    segment = word_field(help_text="Say Mid-Market.")
    region = word_field(help_text="Say EMEA.")
    maxCost = limit_field()
    order = serializers.ChoiceField(
        Bulk.Order.values,
        default=Bulk.Order.VALUE,
        help_text="value: the most missing quality per USD first; given: as it was sent.",
    )
    require = serializers.ListField(
        child=serializers.SlugField(max_length=50),
        max_length=50,
        required=False,
        help_text="Datasets without which a line is no success.",
    )
    label: Declared = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="What you call it; a file's name without it."
    )

    def ask(self, listed: Listed, *, label: str = "") -> BulkAsk:
        given = self.validated_data
        return BulkAsk(
            listed=listed,
            consumer=given["consumer"],
            vendor=given.get("vendor"),
            vendor_domain=given.get("vendorDomain"),
            seller=Seller(**{name: given.get(name, "") for name in ("role", "segment", "region")}),
            max_cost=given.get("maxCost"),
            order=given["order"],
            require=tuple(dict.fromkeys(given.get("require", ()))),
            label=given.get("label") or label,
        )


class BulkFileIn(BulkOptionsIn):
    """A form with a CSV file."""

    file = serializers.FileField(help_text=f"CSV with up to {MOST_LINES} companies.", required=False)
    nameColumn = serializers.CharField(max_length=250, required=False, help_text="Its header, or its number from 1.")
    domainColumn = serializers.CharField(max_length=250, required=False)
    externalIdColumn = serializers.CharField(max_length=250, required=False)

    def chosen(self) -> dict[str, str]:
        """Field → the column that the caller chose for it."""
        return {name: column for name in FIELDS if (column := self.validated_data.get(f"{name}Column"))}


class CompanyOfBulkIn(Input):
    """One company: its name, its domain, or both."""

    name = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, allow_null=True)
    domain = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, allow_null=True)
    externalId = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, allow_null=True, help_text="Yours; given back."
    )

    def to_internal_value(self, data: Any) -> Any:
        """Refuses a field by another name with the one that is likely meant: “firma” for name."""
        unknown = [key for key in data if key not in self.fields] if isinstance(data, dict) else []
        if unknown and (field := meant(unknown[0][:LONGEST_CELL])):
            words = f"Unknown field; did you mean {field}? There are {', '.join(self.fields)}."
            others = {shown(name): ["Unknown field."] for name in unknown[1:20]}
            raise serializers.ValidationError({**others, shown(unknown[0]): [words]})
        return super().to_internal_value(data)


class BulkIn(BulkOptionsIn):
    """Companies, and what is wanted of each."""

    companies = serializers.ListField(child=CompanyOfBulkIn(), min_length=1, max_length=MOST_LINES)

    def listed(self) -> Listed:
        entries = [
            Entry(line=line, name=of(one, "name"), domain=of(one, "domain"), external_id=of(one, "externalId"))
            for line, one in enumerate(self.validated_data["companies"], 1)
        ]
        return Listed(entries=tuple(entries))


def of(one: dict[str, Any], name: str) -> str:
    """A field of one company as it is kept."""
    return plain(one.get(name) or "")


class BulkLineIn(Input):
    """Which company a line means."""

    name = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    domain = serializers.CharField(
        max_length=LONGEST,
        required=False,
        allow_blank=True,
        help_text="Or #number of a candidate, say #17; #new where it is none of them.",
    )


class BulkRetryIn(Input):
    """With which limit, and whether lines with gaps are worked off again, too."""

    maxCost = limit_field()
    partial: Declared = serializers.BooleanField(default=False, help_text="Also lines that are done with gaps.")


class BulksIn(Input):
    """Which of them."""

    status = serializers.ChoiceField(Bulk.Status.values, required=False)


# --- Answers ----------------------------------------------------------------------------------------------------------


class CandidateOfLineOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    domain = serializers.CharField(allow_null=True)


class RefusedLineOut(Shape):
    line = serializers.IntegerField(help_text="Of the file, or place in the list; the first is 1.")
    name = serializers.CharField(allow_blank=True)
    domain = serializers.CharField(allow_blank=True)
    state = serializers.CharField(help_text="One of the names of `counts`.")
    reason = serializers.CharField()


class ProblemOfLineOut(RefusedLineOut):
    candidates = CandidateOfLineOut(many=True, help_text="That may be meant, best first; empty unless ambiguous.")


class BulkQuoteOut(Shape):
    """What all lines come to before anything is bought."""

    known = serializers.IntegerField(help_text="Companies that are known.")
    cached = serializers.IntegerField(help_text="Companies with a report that costs nothing.")
    new = serializers.IntegerField(help_text="Companies that nobody asked for before.")
    expectedCost = Usd(help_text="USD.")
    worstCost = Usd(help_text="USD.")
    seconds = serializers.FloatField(help_text="That it takes where enough workers are there.")
    withinBudget = serializers.BooleanField(help_text="Whether the worst cost fits maxCost.")
    vendorContext = serializers.DictField(allow_null=True, help_text="The vendor's part of it, once: USD.")


class BulkLineCountsOut(Shape):
    """How many lines are in each state."""

    def get_fields(self) -> dict[str, Any]:
        return {state: serializers.IntegerField() for state in BulkLine.State.values}


class BulkBriefOut(Shape):
    id = serializers.UUIDField()
    label: Declared = serializers.CharField(allow_blank=True)
    status = serializers.CharField(help_text=f"One of {', '.join(Bulk.Status.values)}.")
    consumer = serializers.CharField()
    lines = serializers.IntegerField()
    maxCost = Usd(allow_null=True, help_text="USD.")
    spent = Usd(help_text="USD.")
    createdAt = serializers.DateTimeField()
    finishedAt = serializers.DateTimeField(allow_null=True)
    statusEndpoint = serializers.CharField()


class BulksOut(Shape):
    results = BulkBriefOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BulkOut(BulkBriefOut):
    """A bulk: its quote, then how far it is."""

    vendor = serializers.CharField(allow_null=True)
    role = serializers.CharField(allow_blank=True)
    order = serializers.CharField(help_text="value or given.")
    columns = serializers.DictField(help_text="Of a file: field → the column that it was read from.")
    counts = BulkLineCountsOut()
    quote = BulkQuoteOut(allow_null=True, help_text="Null while it is being priced.")
    progress = serializers.IntegerField(help_text="Per cent.")
    held = Usd(help_text="USD that lines under way may still spend; with `spent` never more than maxCost.")
    estimatedCompletion = serializers.DateTimeField(allow_null=True)
    problems = ProblemOfLineOut(many=True, help_text="The first 50 lines that were refused; the results have all.")
    startedAt = serializers.DateTimeField(allow_null=True)
    resultsEndpoint = serializers.CharField()


class BulkResultOut(RefusedLineOut):
    externalId = serializers.CharField(allow_blank=True)
    companyName = serializers.CharField(allow_null=True)
    companyDomain = serializers.CharField(allow_null=True)
    quality = serializers.FloatField(allow_null=True, help_text="0 to 1.")
    costUsd = Usd()
    requestId = serializers.UUIDField(allow_null=True, help_text="Its report: GET /analysis/status/{requestId}.")
    generatedAt = serializers.DateTimeField(allow_null=True)
    sandbox = serializers.BooleanField()
    facts = serializers.DictField(help_text="Dataset → value, as docs/datasets.md has them.")


class BulkResultsOut(Shape):
    results = BulkResultOut(many=True, help_text="In the order in which they were sent.")
