"""From the rules, from what is held and what is live to the planner's input, and to a quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import mean

from enrichment import cache
from enrichment.models import CacheEntry, Company, Observation, Provider, Source
from enrichment.planning.model import (
    Candidate,
    Charged,
    Held,
    Mode,
    Need,
    Offer,
    PlanInput,
    Redundancy,
    Unavailable,
)
from enrichment.planning.quote import quote
from enrichment.rules import Rules
from enrichment.rules.model import Cell, Requirement, SourceRule
from enrichment.sources.base import registry

NANO = Decimal(10) ** 9
LEAST_CHANCE = 0.05


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
    budget: Decimal | None = None
    seconds: float | None = None

    @property
    def needs(self) -> tuple[Requirement, ...]:
        return self.rules.requirements(self.consumer, role=self.role, require=self.require)


def plan_input(wish: Wish, *, at: datetime, excluded: Mapping[str, str] | None = None) -> PlanInput:
    """What the planner is given. `excluded`: sources that this run need not ask again, and why in words."""
    rules, wanted = wish.rules, {need.dataset for need in wish.needs}
    held = _held(wish, wanted, at)
    unavailable = dict(excluded or {}) | _unreachable(wish, at)
    free = [slug for slug in sorted(rules.cells_by_source) if slug not in held and slug not in unavailable]
    return PlanInput(
        needs=tuple(
            Need(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in wish.needs
        ),
        candidates=tuple(_candidate(rules, rules.sources[slug], wanted) for slug in free),
        known=_known(wish.company),
        held=tuple(held.values()),
        redundancies=_redundancies(wish),
        unavailable=tuple(
            Unavailable(source=slug, why=why) for slug, why in sorted(unavailable.items()) if slug not in held
        ),
        budget=nano(wish.budget),
        deadline=wish.seconds,
    )


def _known(company: Company) -> frozenset[str]:
    return frozenset({"company_name"} | ({"company_domain"} if company.domain else set()))


def usable_age(cells: Mapping[str, Cell], wanted: set[str]) -> timedelta | None:
    """The greatest age at which a source's answer serves all wanted datasets that it gives; None: any age."""
    ages = [cell.max_age for slug, cell in cells.items() if slug in wanted and cell.max_age is not None]
    return min(ages, default=None)


def _held(wish: Wish, wanted: set[str], at: datetime) -> dict[str, Held]:
    entries = cache.held_responses(wish.company.pk, origin=wish.origin, at=at, not_before=wish.not_before)
    given = _given(list(entries.values()))
    found = {}
    for slug, entry in sorted(entries.items()):
        cells = wish.rules.cells_by_source.get(slug)
        if cells is None:
            continue  # switched off since
        oldest = usable_age(cells, wanted)
        if oldest is not None and at - entry.fetched_at > oldest:
            continue
        offers = tuple(_offer(cells[name]) for name in sorted(given.get(entry.pk, ())) if name in cells)
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


def _offer(cell: Cell) -> Offer:
    return Offer(dataset=cell.dataset, reliability=cell.reliability, priority=cell.priority)


def _candidate(rules: Rules, source: SourceRule, wanted: set[str]) -> Candidate:
    cells = rules.cells_by_source[source.slug]
    useful = [cell.chance for slug, cell in cells.items() if slug in wanted] or [c.chance for c in cells.values()]
    return Candidate(
        source=source.slug,
        origin_group=source.origin_group,
        offers=tuple(_offer(cells[slug]) for slug in sorted(cells)),
        price=nano(source.cost) or 0,
        charged=Charged(source.charged),
        chance=max(mean(useful), LEAST_CHANCE),
        expected_records=source.expected_records,
        max_records=source.max_records,
        latency=source.latency.total_seconds(),
        needs=frozenset(source.needs),
    )


def _redundancies(wish: Wish) -> tuple[Redundancy, ...]:
    return tuple(
        Redundancy(skip=rule.skip, because_of=frozenset(rule.because_of), mode=Mode(rule.mode))
        for rule in wish.rules.redundancies
        if rule.consumer in (None, wish.consumer)
    )


def _unreachable(wish: Wish, at: datetime) -> dict[str, str]:
    """Sources of the rules that cannot be asked now, live switches and pauses considered, and why."""
    providers = {row.slug: row for row in Provider.objects.select_related("state")}
    switched_on = set(Source.objects.filter(enabled=True).values_list("slug", "provider__slug"))
    found = {}
    for slug in wish.rules.cells_by_source:
        provider = providers.get(wish.rules.sources[slug].provider)
        if provider is None:
            found[slug] = "its provider was removed"
        elif why := _why_not(provider, slug, wish.origin, at, is_on=(slug, provider.slug) in switched_on):
            found[slug] = why
    return found


def _why_not(provider: Provider, source: str, origin: str, at: datetime, *, is_on: bool) -> str:
    if source not in registry.sources:
        return "this version cannot ask it"
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
    resting = {row.slug for row in Provider.objects.select_related("state") if _pause(row, at)}
    return sorted(slug for slug in rules.cells_by_source if rules.sources[slug].provider in resting)


def quote_to_json(given: PlanInput) -> dict[str, dict[str, object]]:
    """Best, expected and worst cost (USD) and time (seconds) of a run, its fallbacks included."""
    priced = quote(given)
    return {
        "best": {"cost": float(from_nano(priced.best_cost)), "seconds": round(priced.best_seconds, 2)},
        "expected": {"cost": float(from_nano(priced.expected_cost)), "seconds": round(priced.expected_seconds, 2)},
        "worst": {"cost": float(from_nano(priced.worst_cost)), "seconds": round(priced.worst_seconds, 2)},
    }
