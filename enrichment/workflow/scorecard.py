"""How each source does: how often it answers, how fast, at what price, how often it has a value, and is right.

Figures are of one origin and one stretch of time, and biased by the waterfall: a source is asked where it is worth it.
An experiment with a `legacy` variant for a small share asks every source, and is the sample that is not.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from enrichment import rules
from enrichment.models import CacheEntry, Correction, Fact, Observation, SourceCall
from enrichment.rules.model import Rules
from enrichment.workflow.agreement import Said, Statement, Tally, tallied
from enrichment.workflow.intervals import share_interval

MOST_FACTS = 20_000  # newest facts that are counted, and newest that are compared
MOST_CALLS = 5_000  # newest answers of a source whose times are ranked
Status = SourceCall.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How a source did for one dataset."""

    dataset: str
    label: str
    answers: int  # of the source, that were looked at
    filled: int  # of these, that had a value
    expected: float  # the fill rate that the matrix states
    reliability: float  # the matrix's
    tally: Tally

    @property
    def fill_rate(self) -> float | None:
        return self.filled / self.answers if self.answers else None

    @property
    def fill_interval(self) -> tuple[float, float]:
        return share_interval(self.fill_rate or 0.0, self.answers)

    @property
    def suggestion(self) -> float | None:
        return self.tally.suggestion(self.reliability)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """How one source did. Seconds are from the reservation to the stored answer."""

    source: str
    label: str
    provider: str
    calls: int = 0
    answered: int = 0
    empty: int = 0
    failed: int = 0
    in_doubt: int = 0
    cost: Decimal = Decimal(0)
    p50: float | None = None
    p95: float | None = None
    facts: int = 0  # of which it is among the sources
    cells: list[Cell] = field(default_factory=list)

    @property
    def has_figures(self) -> bool:
        """Whether anything was seen of it."""
        return bool(self.calls or self.facts or any(cell.answers or cell.tally.compared for cell in self.cells))

    @property
    def cost_per_fact(self) -> Decimal | None:
        return self.cost / self.facts if self.facts else None


def cards(*, origin: str, since: datetime, until: datetime) -> list[Card]:
    """One card for each source of today's rules, by label; seven queries, and one for each that answered."""
    known = rules.current().rules
    calls, fills, answers = _calls(origin, since, until), _fills(origin, since, until), _answers(origin, since, until)
    accepted, tallies = _facts(origin, since, until, known)
    found = []
    for slug, source in known.sources.items():
        made = calls.get(slug, {})
        p50, p95 = _times(slug, origin, since, until) if made.get("answered") or made.get("empty") else (None, None)
        cells = [
            Cell(
                dataset=dataset,
                label=known.datasets[dataset].label,
                answers=answers.get(slug, 0),
                filled=fills.get((slug, dataset), 0),
                expected=cell.fill_rate,
                reliability=cell.reliability,
                tally=tallies.get((slug, dataset), Tally()),
            )
            for dataset, cell in sorted(known.cells_by_source.get(slug, {}).items())
        ]
        facts = accepted.get(slug, 0)
        named = partial(Card, source=slug, label=source.label, provider=source.provider)
        found.append(named(**made, p50=p50, p95=p95, facts=facts, cells=cells))
    return sorted(found, key=lambda card: card.label.casefold())


def _calls(origin: str, since: datetime, until: datetime) -> dict[str, dict[str, Any]]:
    rows = SourceCall.objects.filter(origin=origin, started__gte=since, started__lt=until).values("source")
    counted = rows.annotate(
        calls=Count("pk"),
        answered=Count("pk", filter=Q(status=Status.OK)),
        empty=Count("pk", filter=Q(status=Status.EMPTY)),
        failed=Count("pk", filter=Q(status=Status.FAILED)),
        in_doubt=Count("pk", filter=Q(status=Status.IN_DOUBT)),
        cost=Sum("cost"),
    )
    rows_by_source = {row["source"]: dict(row) for row in counted.order_by("source")}
    return {source: {name: row[name] for name in row if name != "source"} for source, row in rows_by_source.items()}


def _times(source: str, origin: str, since: datetime, until: datetime) -> tuple[float | None, float | None]:
    """Seconds that half of its answers took at most, and 95 of 100 (nearest rank)."""
    rows = SourceCall.objects.filter(origin=origin, source=source, started__gte=since, started__lt=until)
    ended = rows.filter(status__in=[Status.OK, Status.EMPTY], answered__isnull=False).order_by("-started")
    spans = ended.values_list("started", "answered")[:MOST_CALLS]
    times = sorted((end - begin).total_seconds() for begin, end in spans if end is not None)
    return _rank(times, 0.5), _rank(times, 0.95)


def _rank(values: list[float], share: float) -> float | None:
    return values[min(int(len(values) * share), len(values) - 1)] if values else None


def _answers(origin: str, since: datetime, until: datetime) -> dict[str, int]:
    """Source → how many of its answers are kept, one for each company."""
    rows = CacheEntry.objects.filter(origin=origin, fetched_at__gte=since, fetched_at__lt=until).exclude(source="")
    return dict(rows.values_list("source").annotate(Count("pk")).order_by("source"))


def _fills(origin: str, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    rows = Observation.objects.filter(origin=origin, entry__fetched_at__gte=since, entry__fetched_at__lt=until)
    counted = rows.values_list("source", "dataset").annotate(Count("entry", distinct=True)).order_by("source")
    return {(source, dataset): count for source, dataset, count in counted}


def _facts(
    origin: str, since: datetime, until: datetime, known: Rules
) -> tuple[dict[str, int], dict[tuple[str, str], Tally]]:
    """Source → facts that it bears; (source, dataset) → how often it was right."""
    rows = Fact.objects.filter(origin=origin, updated__gte=since, updated__lt=until).order_by("-updated", "-pk")
    groups = {slug: source.origin_group for slug, source in known.sources.items()}
    pairs = {(cell.source, cell.dataset): cell.reliability for cell in known.cells}
    return _borne(rows), tallied(_statements(rows, known), groups=groups, reliabilities=pairs)


def _borne(rows: QuerySet[Fact]) -> dict[str, int]:
    """Source → how many facts it is among the sources of. The same few lists stand in all rows: each is read once."""
    lists = Counter(rows.values_list(Cast("sources", TextField()), flat=True)[:MOST_FACTS])
    borne: Counter[str] = Counter()
    for text, count in lists.items():
        for source in json.loads(text):
            borne[source] += count
    return dict(borne)


def _statements(rows: QuerySet[Fact], known: Rules) -> Iterator[Statement]:
    """What a source can be right or wrong about: scalars of which a second one spoke, or that a person pinned."""
    scalars = {slug: rule.kind for slug, rule in known.datasets.items() if rule.kind == "scalar"}
    corrections = Correction.objects.filter(withdrawn=None, dataset__in=scalars)
    pinned = {(company, dataset): v for company, dataset, v in corrections.values_list("company", "dataset", "value")}
    is_judged = Q(claims__1__isnull=False) | Q(claims__0__sources__1__isnull=False)
    if pinned:
        is_judged |= Q(company__in=corrections.values("company"))
    judged = rows.filter(is_judged, dataset__in=scalars).values_list("company", "dataset", "claims")
    for company, dataset, claims in judged[:MOST_FACTS]:
        yield Statement(
            dataset=dataset,
            kind=scalars[dataset],
            claims=tuple(Said(value=row["value"], sources=tuple(row["sources"])) for row in claims),
            pinned=pinned.get((company, dataset)),
        )


# --- For programs -----------------------------------------------------------------------------------------------------


def card_to_json(card: Card, *, with_costs: bool) -> dict[str, Any]:
    """The card in the API's shape; null is unknown, for nothing was seen or the costs may not be."""
    per_fact = card.cost_per_fact
    return {
        "source": card.source,
        "label": card.label,
        "provider": card.provider,
        "calls": card.calls,
        "answered": card.answered,
        "empty": card.empty,
        "failed": card.failed,
        "inDoubt": card.in_doubt,
        "cost": float(card.cost) if with_costs else None,
        "facts": card.facts,
        "costPerFact": None if per_fact is None or not with_costs else round(float(per_fact), 9),
        "latency": {"p50": card.p50, "p95": card.p95},
        "datasets": [_cell_to_json(cell) for cell in card.cells],
    }


def _cell_to_json(cell: Cell) -> dict[str, Any]:
    return {
        "dataset": cell.dataset,
        "answers": cell.answers,
        "filled": cell.filled,
        "fillRate": _share(cell.fill_rate),
        "fillRateInterval": _pair(cell.fill_interval) if cell.answers else None,
        "compared": cell.tally.compared,
        "agreed": cell.tally.agreed,
        "agreement": _share(cell.tally.agreement),
        "reliability": cell.reliability,
        "reliabilitySeen": _share(cell.tally.seen),
        "reliabilityInterval": _pair(cell.tally.interval()) if cell.tally.compared else None,
        "suggestion": cell.suggestion,
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _pair(interval: tuple[float, float]) -> list[float]:
    return [round(end, 4) for end in interval]
