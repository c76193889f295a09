"""What edited rules would do: each consumer's first plan for a company nobody asked for, before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from enrichment.models import Company, DataConsumer
from enrichment.planning.model import Plan, PlanInput
from enrichment.planning.quote import quote
from enrichment.planning.solver import best_plan
from enrichment.rules import Rules, live
from enrichment.sources.base import registry
from enrichment.workflow.plans import UNKNOWN_HERE, Wish, from_nano, planner_input


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A needed dataset that the plan leaves below its threshold; shares in [0, 1]."""

    dataset: str
    required: bool
    reliability: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One consumer's plan; money in USD, time in seconds."""

    asked: tuple[str, ...]  # slugs of the sources, in the order of the plan
    expected: Decimal
    worst: Decimal
    seconds: float
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does to one consumer; `before` or `after` is None where the consumer is not there."""

    consumer: str
    label: str
    before: Outcome | None
    after: Outcome | None

    @property
    def is_change(self) -> bool:
        return self.before != self.after


def effects(before: Rules, after: Rules) -> list[Effect]:
    """One for each consumer of either, by slug. Plans for a company whose domain is known and nothing is held of.

    Providers that are off or have no key count as out of reach, momentary pauses do not. Two queries.
    """
    providers = live.providers(live.origin())
    both = [(rules, _away(rules, providers)) for rules in (before, after)]
    found = []
    for slug in sorted(before.consumers.keys() | after.consumers.keys()):
        first, second = (_outcome(rules, slug, away) for rules, away in both)
        label = (after.consumers.get(slug) or before.consumers[slug]).label
        found.append(Effect(consumer=slug, label=label, before=first, after=second))
    return found


def out_of_reach(rules: Rules) -> dict[str, str]:
    """Source → why no plan asks it now although it is switched on."""
    return _away(rules, live.providers(live.origin()))


def _away(rules: Rules, providers: Iterable[str]) -> dict[str, str]:
    return {slug: why for slug in rules.sources if (why := _why_not(rules, slug, providers))}


def _why_not(rules: Rules, source: str, providers: Iterable[str]) -> str:
    if source not in registry.sources:
        return UNKNOWN_HERE
    return "" if rules.sources[source].provider in providers else "its provider is off or has no key"


def _outcome(rules: Rules, consumer: str, away: Mapping[str, str]) -> Outcome | None:
    rule = rules.consumers.get(consumer)
    if rule is None:
        return None
    company = Company(name="any company", domain="any.example")  # never stored; only that both are known counts
    budget, seconds = rule.max_cost, rule.max_wait.total_seconds()
    legacy = DataConsumer.Strategy.LEGACY  # hybrid plans for a company that nobody asked for
    wish = Wish(
        rules=rules,
        consumer=consumer,
        company=company,
        origin="",
        budget=budget,
        seconds=seconds,
        strategy=legacy if rule.strategy == legacy else DataConsumer.Strategy.ENHANCED,
    )
    return _planned(planner_input(wish, held={}, unavailable=away))


@lru_cache(maxsize=128)  # the same few inputs come back with every keystroke; a quote takes tens of milliseconds
def _planned(given: PlanInput) -> Outcome:
    plan, priced = best_plan(given), quote(given)
    return Outcome(
        asked=tuple(call.source for call in plan.calls),
        expected=from_nano(priced.expected_cost),
        worst=from_nano(priced.worst_cost),
        seconds=priced.expected_seconds,
        missed=_missed(plan),
    )


def _missed(plan: Plan) -> tuple[Missed, ...]:
    return tuple(
        Missed(dataset=each.dataset, required=each.required, reliability=each.reliability, threshold=each.threshold)
        for each in plan.expectations
        if each.shortfall > 0
    )
