"""The companies that are known here: listed by what is known of them, and each with all that leads to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, Right

from enrichment import companies
from enrichment.models import OWN_ANALYSIS, Company, CompanyAlias, CompanyMerge, Fact, Origin, Report
from enrichment.sources.places import endings_of
from enrichment.workflow import identities
from salesintel.accounts.models import User

MOST_FOUND = 200  # companies that a query may mean
MOST_ALIASES = 100


class Order(StrEnum):
    """What comes first; a minus turns it round."""

    NAME = "name"
    NAME_LAST = "-name"
    NEWEST = "-created"
    OLDEST = "created"
    UPDATED = "-updated"
    UPDATED_LAST = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which companies are listed. All that is given has to hold."""

    q: str = ""  # a name, domain or ticker in any spelling
    industry: str = ""  # a part of it
    country: str = ""  # ISO 3166-1 code or name
    updated_since: datetime | None = None
    has_report: bool | None = None
    order: Order | None = None  # best match first with `q`, else by name


class JsonText(Func):
    """A JSON string as text, escapes and quotes gone."""

    function = "JSON_EXTRACT"
    template = "%(function)s(%(expressions)s, '$')"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


def listed(wanted: Wanted, *, by: User) -> "QuerySet[Company]":
    """The companies that `by` may know, but those that are part of another; the key last, so that order is strict."""
    rows = Company.objects.visible_to(by).filter(merged_into=None)
    if wanted.industry:
        rows = rows.filter(Exists(_facts("industry").filter(text__icontains=wanted.industry)))
    if wanted.country:
        rows = rows.filter(Exists(_seated_in(wanted.country)))
    if wanted.updated_since:
        rows = rows.filter(Exists(Fact.objects.filter(company=OuterRef("pk"), updated__gte=wanted.updated_since)))
    if wanted.has_report is not None:
        has = Exists(reports().filter(company=OuterRef("pk")))
        rows = rows.filter(has if wanted.has_report else ~has)
    order = wanted.order
    if wanted.q:
        found = [each.company.pk for each in companies.search(wanted.q, by=by, limit=MOST_FOUND, typed=True)]
        rows = rows.filter(pk__in=found)
        if order is None:
            rank = Case(*(When(pk=pk, then=place) for place, pk in enumerate(found)), output_field=IntegerField())
            return rows.annotate(rank=rank if found else Value(0)).order_by("rank", "pk")
    order = order or Order.NAME
    if order in (Order.UPDATED, Order.UPDATED_LAST):
        # A look at each company's few facts; grouping all companies by all of their columns takes twice as long.
        of_each = Fact.objects.filter(company=OuterRef("pk")).order_by("-updated").values("updated")[:1]
        rows = rows.annotate(updated=Coalesce(Subquery(of_each), F("created")))
    return rows.order_by(str(order), "pk")


def _facts(dataset: str) -> "QuerySet[Any]":
    return Fact.objects.filter(company=OuterRef("pk"), dataset=dataset).annotate(text=Lower(JsonText("value")))


def _seated_in(country: str) -> "QuerySet[Any]":
    rows, ends = _facts("headquarters"), Q(pk__in=[])
    by_length: dict[int, list[str]] = {}
    for ending in endings_of(country) or {country.strip().casefold()}:
        by_length.setdefault(len(ending) + 2, []).append(f", {ending}")
    for length, endings in by_length.items():
        rows = rows.annotate(**{f"last_{length}": Right("text", length)})
        ends |= Q(**{f"last_{length}__in": endings})
    return rows.filter(ends)


def reports() -> "QuerySet[Report]":
    """Those that are everybody's: not on what a caller sent."""
    return Report.objects.exclude(consumer=OWN_ANALYSIS)


# --- One --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One company: by what it is found, of whom it is made, what was written about it last."""

    company: Company
    aliases: list[CompanyAlias]
    merges: list[CompanyMerge]
    reports: list[Report]  # the newest of each consumer and role


def one(number: int, *, by: User) -> Company | None:
    """The company of that number, or the one that it is part of by now; None where `by` may not know of it."""
    company = Company.objects.select_related("merged_into").filter(pk=number).first()
    found = companies.canonical(company) if company else None
    return found if found and found.is_visible_to(by) else None


def profile(company: Company) -> Profile:
    """A fixed number of queries."""
    return Profile(
        company=company,
        aliases=list(company.aliases.order_by("kind", "value")[:MOST_ALIASES]),
        merges=identities.merged_into(company),
        reports=latest_reports(company),
    )


def latest_reports(company: Company) -> list[Report]:
    """The newest report of each consumer and role, newest first; live ones where there are any."""
    heavy = ("body", "statements", "evidence", "conflicts", "withheld", "gaps")
    newer = reports().filter(
        company=company,
        consumer=OuterRef("consumer"),
        role=OuterRef("role"),
        origin=OuterRef("origin"),
        generated_at__gt=OuterRef("generated_at"),
    )
    rows = reports().filter(~Exists(newer), company=company).select_related("vendor").defer(*heavy)
    found = list(rows.order_by("-generated_at", "pk"))
    live = {(row.consumer, row.role) for row in found if row.origin == Origin.LIVE}
    return [row for row in found if row.origin == Origin.LIVE or (row.consumer, row.role) not in live]
