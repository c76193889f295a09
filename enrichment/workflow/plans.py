"""From the rules, from what is held and what is live to the planner's input, and to a quote."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import mean
from uuid import UUID

from django.db.models import Q

from enrichment import cache, spending
from enrichment.models import CacheEntry, Company, Observation, Provider, Source
from enrichment.planning.model import (
    Candidate,
    Charged,
    Held,
    Mode,
    Need,
    Objective,
    Offer,
    PlanInput,
    Redundancy,
    Strategy,
    Unavailable,
)
from enrichment.planning.quote import Quote
from enrichment.rules import Rules
from enrichment.rules.model import Cell, Requirement, SourceRule
from enrichment.sources.base import registry
from salesintel.prepared import Prepared

NANO = Decimal(10) ** 9
LEAST_CHANCE = 0.05
UNKNOWN_HERE = "this version cannot ask it"


def nano(amount: Decimal | None) -> int | None:
    """USD as whole nano-USD."""
    return None if amount is None else int(amount * NANO)


def from_nano(amount: int) -> Decimal:
    """Whole nano-USD as USD."""
    return (Decimal(amount) / NANO).normalize() + 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be planned for."""

    rules: Rules
    consumer: str
    company: Company
    origin: str
    role: str = ""
    require: tuple[str, ...] = ()
    not_before: datetime | None = None
    bought_by: UUID | None = None  # the run whose own answers count, however long it rested since
    budget: Decimal | None = None
    seconds: float | None = None
    switched_on: frozenset[str] = frozenset()  # sources that count as enabled, whatever their rows say
    strategy: str = "enhanced"  # or legacy: what is in force for the company, never hybrid

    @property
    def objective(self) -> Objective:
        rule = self.rules.consumers.get(self.consumer)
        return Objective(rule.objective) if rule else Objective.COST

    @property
    def needs(self) -> tuple[Requirement, ...]:
        return self.rules.requirements(self.consumer, role=self.role, require=self.require)


def plan_input(wish: Wish, *, at: datetime, excluded: Mapping[str, str] | None = None) -> PlanInput:
    """What the planner is given. `excluded`: sources that this run need not ask again, and why in words."""
    held = held_for(wish, at=at)
    away = unreachable(wish.rules, wish.origin, at, switched_on=wish.switched_on)
    return planner_input(wish, held=held, unavailable=dict(excluded or {}) | away)


def planner_input(wish: Wish, *, held: Mapping[str, Held], unavailable: Mapping[str, str]) -> PlanInput:
    """The wish in the planner's words, given what is held and what cannot be asked, by source. Reads no row."""
    rules, wanted = wish.rules, {need.dataset for need in wish.needs}
    free = [slug for slug in sorted(rules.cells_by_source) if slug not in held and slug not in unavailable]
    return PlanInput(
        needs=tuple(
            Need(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in wish.needs
        ),
        candidates=tuple(candidate(rules, rules.sources[slug], wanted) for slug in free),
        known=_known(wish.company),
        held=tuple(held.values()),
        redundancies=redundancies(rules, wish.consumer),
        unavailable=tuple(
            Unavailable(source=slug, why=why) for slug, why in sorted(unavailable.items()) if slug not in held
        ),
        budget=nano(wish.budget),
        deadline=wish.seconds,
        objective=wish.objective,
        strategy=Strategy(wish.strategy),
    )


def _known(company: Company) -> frozenset[str]:
    return frozenset({"company_name"} | ({"company_domain"} if company.domain else set()))


def usable_age(cells: Mapping[str, Cell], wanted: Collection[str]) -> timedelta | None:
    """The greatest age at which a source's answer serves all wanted datasets that it gives; None: any age."""
    ages = [cell.max_age for slug, cell in cells.items() if slug in wanted and cell.max_age is not None]
    return min(ages, default=None)


def held_for(wish: Wish, *, at: datetime) -> dict[str, Held]:
    """The responses that are held and serve the wish, by source."""
    wanted = {need.dataset for need in wish.needs}
    entries = cache.held_responses(wish.company.pk, origin=wish.origin, at=at, not_before=wish.not_before)
    own = cache.bought_by(wish.bought_by) if wish.bought_by else {}
    entries = {**own, **entries}
    given = _given(list(entries.values()))
    found = {}
    for slug, entry in sorted(entries.items()):
        cells = wish.rules.cells_by_source.get(slug)
        if cells is None:
            continue  # switched off since
        oldest = usable_age(cells, wanted)
        if oldest is not None and at - entry.fetched_at > oldest and slug not in own:
            continue
        offers = tuple(offer_of(cells[name]) for name in sorted(given.get(entry.pk, ())) if name in cells)
        group, age = wish.rules.sources[slug].origin_group, (at - entry.fetched_at).total_seconds()
        found[slug] = Held(source=slug, origin_group=group, offers=offers, age=max(age, 0.0))
    return found


def _given(entries: list[CacheEntry]) -> dict[int, set[str]]:
    """Which datasets each response really spoke of."""
    found: dict[int, set[str]] = {}
    rows = Observation.objects.filter(entry__in=[entry.pk for entry in entries])
    for entry, dataset in rows.values_list("entry_id", "dataset").distinct():
        found.setdefault(entry, set()).add(dataset)
    return found


def offer_of(cell: Cell) -> Offer:
    """What a matrix cell offers."""
    return Offer(dataset=cell.dataset, reliability=cell.reliability, priority=cell.priority)


def candidate(rules: Rules, source: SourceRule, wanted: Collection[str]) -> Candidate:
    """The source as the planner sees it; its chance is that of the wanted datasets that it gives."""
    cells = rules.cells_by_source[source.slug]
    useful = [cell.chance for slug, cell in cells.items() if slug in wanted] or [c.chance for c in cells.values()]
    return Candidate(
        source=source.slug,
        origin_group=source.origin_group,
        offers=tuple(offer_of(cells[slug]) for slug in sorted(cells)),
        price=nano(source.cost) or 0,
        charged=Charged(source.charged),
        chance=max(mean(useful), LEAST_CHANCE),
        expected_records=source.expected_records,
        max_records=source.max_records,
        latency=source.latency.total_seconds(),
        needs=frozenset(source.needs),
    )


def redundancies(rules: Rules, consumer: str) -> tuple[Redundancy, ...]:
    """The rules that hold for the consumer."""
    return tuple(
        Redundancy(skip=rule.skip, because_of=frozenset(rule.because_of), mode=Mode(rule.mode))
        for rule in rules.redundancies
        if rule.consumer in (None, consumer)
    )


def unreachable(rules: Rules, origin: str, at: datetime, *, switched_on: Collection[str] = ()) -> dict[str, str]:
    """Sources of the rules that cannot be asked now, live switches and pauses considered, and why.

    `switched_on`: sources that count as enabled, whatever their rows say.
    """
    providers = {row.slug: row for row in _PROVIDERS.all()}
    is_on = Q(enabled=True) | Q(slug__in=switched_on)
    rows = set(Source.objects.filter(is_on).values_list("slug", "provider__slug"))
    stopped, found = spending.stops(at), {}
    for slug in rules.cells_by_source:
        provider = providers.get(rules.sources[slug].provider)
        if provider is None:
            found[slug] = "its provider was removed"
        elif why := _why_not(provider, slug, origin, at, is_on=(slug, provider.slug) in rows):
            found[slug] = why
        elif rules.sources[slug].cost and (words := stopped.of(provider.slug)):
            found[slug] = words.rstrip(".")
    return found


_PROVIDERS = Prepared(lambda: Provider.objects.select_related("state"))


def _why_not(provider: Provider, source: str, origin: str, at: datetime, *, is_on: bool) -> str:
    if source not in registry.sources:
        return UNKNOWN_HERE
    if not provider.enabled:
        return f"{provider.label} is switched off"
    if not is_on:
        return "it is switched off"
    if provider.route(origin) is None:
        return f"{provider.label} has no key"
    return _pause(provider, at)


def _pause(provider: Provider, at: datetime) -> str:
    state = getattr(provider, "state", None)
    if state is not None and state.paused_until is not None and state.paused_until > at:
        return f"{provider.label} is paused: {state.note}"
    if state is not None and state.open_until is not None and state.open_until > at:
        return f"{provider.label} failed {state.failures} times in a row"
    return ""


def paused(rules: Rules, at: datetime) -> list[str]:
    """Sources of the rules that are passed over for a while: what is planned now may be planned better later."""
    resting = {row.slug for row in _PROVIDERS.all() if _pause(row, at)}
    stopped = spending.stops(at)
    sources = [rules.sources[slug] for slug in sorted(rules.cells_by_source)]
    return [each.slug for each in sources if each.provider in resting or (each.cost and stopped.of(each.provider))]


def quote_to_json(priced: Quote) -> dict[str, dict[str, object]]:
    """Best, expected and worst cost (USD) and time (seconds) of a run, its fallbacks included."""
    return {
        "best": {"cost": float(from_nano(priced.best_cost)), "seconds": round(priced.best_seconds, 2)},
        "expected": {"cost": float(from_nano(priced.expected_cost)), "seconds": round(priced.expected_seconds, 2)},
        "worst": {"cost": float(from_nano(priced.worst_cost)), "seconds": round(priced.worst_seconds, 2)},
    }
