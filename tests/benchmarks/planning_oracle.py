"""The definition of the cheapest plan, applied word for word to every possible plan.

It shares no thought with the planner: no pruning, no ordering, no bounds. Of n sources that may be asked it looks at
all 2**n sets, so it is meant for instances of at most ten. The definition is the docstring of
`enrichment.planning.model`; where that leaves room, this is the reading taken:

- a call belongs to the earliest layer in which its needs are met, and a plan takes the sum of its layers' slowest
  calls, even where holding a slow call back would let it share a layer with another slow one;
- "below its threshold" is meant to nine decimals, like the shortfalls of a score: the noise of binary fractions
  (1 - (1 - 0.44) is 0.43999999999999995) leaves no dataset unmet and makes no rule yield;
- `known` datasets meet calls' needs and add nothing to the reliability of a dataset that is itself wanted;
- a rule yields when a required dataset would be below its threshold without `skip`, be it above with `skip` or not;
- a source may be held and called; both then count as witnesses of their origin groups.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from enrichment.planning.model import Candidate, Charged, Held, Mode, Need, PlanInput, Redundancy, Score


def best_score(given: PlanInput) -> Score:
    """Return the smallest score of all feasible plans; the empty plan is one of them."""
    return min(score for sources in _every_plan(given) if (score := score_of(given, sources)) is not None)


def score_of(given: PlanInput, sources: Collection[str]) -> Score | None:
    """Return the score of calling exactly `sources`, or None if that plan is not feasible.

    A source that is no candidate, or is unavailable, cannot be called: a plan that names one is not feasible.
    """
    if not set(sources) <= _callable_sources(given):
        return None
    calls = [candidate for candidate in given.candidates if candidate.source in sources]
    if not _is_feasible(given, calls):
        return None
    return Score(
        required_shortfall=_weighted_shortfall(given, calls, required=True),
        optional_shortfall=_weighted_shortfall(given, calls, required=False),
        usable_price=sum(_price_of_a_usable_answer(call) for call in calls),
        calls=len(calls),
        priority=sum(_priority(given, call) for call in calls),
        sources=tuple(sorted(call.source for call in calls)),
    )


def layers_of(given: PlanInput, calls: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return `calls` in layers, each call as early as its needs allow; calls whose needs are never met are absent."""
    there = set(given.known) | {offer.dataset for held in given.held for offer in held.offers}
    layers: list[list[Candidate]] = []
    waiting = list(calls)
    while ready := [call for call in waiting if call.needs <= there]:
        layers.append(ready)
        there |= {offer.dataset for call in ready for offer in call.offers}
        waiting = [call for call in waiting if call not in ready]
    return layers


def reliability_of(given: PlanInput, calls: Sequence[Candidate], dataset: str) -> float:
    """Return 1 - prod(1 - r) over origin groups, r being the best that a call or held response of the group offers."""
    best_of_group: dict[str, float] = {}
    givers: list[Candidate | Held] = [*calls, *given.held]
    for giver in givers:
        for offer in giver.offers:
            if offer.dataset == dataset:
                best = best_of_group.get(giver.origin_group, 0.0)
                best_of_group[giver.origin_group] = max(best, offer.reliability)
    return 1.0 - math.prod(1.0 - reliability for reliability in best_of_group.values())


def _callable_sources(given: PlanInput) -> set[str]:
    return {candidate.source for candidate in given.candidates} - {gone.source for gone in given.unavailable}


def _every_plan(given: PlanInput) -> Iterator[tuple[str, ...]]:
    sources = sorted(_callable_sources(given))
    for size in range(len(sources) + 1):
        yield from combinations(sources, size)


def _is_feasible(given: PlanInput, calls: Sequence[Candidate]) -> bool:
    layers = layers_of(given, calls)
    if sum(len(layer) for layer in layers) < len(calls):
        return False
    if given.budget is not None and sum(_worst_price(call) for call in calls) > given.budget:
        return False
    if given.deadline is not None and sum(max(call.latency for call in layer) for layer in layers) > given.deadline:
        return False
    return not any(_is_broken(given, calls, rule) for rule in given.redundancies)


def _is_broken(given: PlanInput, calls: Sequence[Candidate], rule: Redundancy) -> bool:
    called = {call.source for call in calls}
    called_or_held = called | {held.source for held in given.held}
    is_met = {Mode.ALL: all, Mode.ANY: any}[rule.mode]
    if rule.skip not in called or not is_met(source in called_or_held for source in rule.because_of):
        return False
    return not _yields(given, calls, rule)


def _yields(given: PlanInput, calls: Sequence[Candidate], rule: Redundancy) -> bool:
    """Tell whether skipping would leave a required dataset of the skipped source below its threshold."""
    [skipped] = [call for call in calls if call.source == rule.skip]
    others = [call for call in calls if call.source != rule.skip]
    still_askable = [call for layer in layers_of(given, others) for call in layer]
    lost = {offer.dataset for offer in skipped.offers}
    return any(
        round(_shortfall(given, still_askable, need), 9) > 0
        for need in given.needs
        if need.required and need.dataset in lost
    )


def _shortfall(given: PlanInput, calls: Sequence[Candidate], need: Need) -> float:
    return max(0.0, need.threshold - reliability_of(given, calls, need.dataset))


def _weighted_shortfall(given: PlanInput, calls: Sequence[Candidate], *, required: bool) -> float:
    shortfalls = [need.weight * _shortfall(given, calls, need) for need in given.needs if need.required is required]
    return round(math.fsum(shortfalls), 9)


# The prices repeat the definition on purpose, instead of asking the candidate: a wrong property would hide itself.
def _worst_price(call: Candidate) -> int:
    if call.charged is Charged.RECORD:
        return call.price * call.max_records
    return call.price


def _price_of_a_usable_answer(call: Candidate) -> int:
    if call.charged is Charged.CALL:
        expected_price = float(call.price)
    elif call.charged is Charged.HIT:
        expected_price = call.price * call.chance
    else:
        expected_price = call.price * call.expected_records
    return round(expected_price / call.chance)


def _priority(given: PlanInput, call: Candidate) -> int:
    needed = {need.dataset for need in given.needs}
    of_needed = [offer.priority for offer in call.offers if offer.dataset in needed]
    return min(of_needed or [offer.priority for offer in call.offers])
