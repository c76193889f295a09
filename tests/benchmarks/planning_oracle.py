"""The definition of the best plan, applied word for word to every possible plan.

It shares no thought with the planner: no pruning, no ordering, no bounds. Of n sources that may be asked it looks at
all 2**n sets, so it is meant for instances of at most ten. The definition is the docstring of
`enrichment.planning.model`; where that leaves room, this is the reading taken:

- a call belongs to the earliest layer in which its needs are met, and a plan takes the sum of its layers' slowest
  calls, even where holding a slow call back would let it share a layer with another slow one;
- "below its threshold" is meant to nine decimals, like the shortfalls of a score: the noise of binary fractions
  (1 - (1 - 0.44) is 0.43999999999999995) leaves no dataset unmet and makes no rule yield;
- `known` datasets meet calls' needs and add nothing to the reliability of a dataset that is itself wanted;
- a rule yields when a required dataset would be below its threshold without `skip`, be it above with `skip` or not;
- a source may be held and called; both then count as witnesses of their origin groups;
- a dataset is missed where it is below its threshold, which is meant to nine decimals, too;
- `quality` counts the uncertainty of every dataset that is wanted, above its threshold or not, and of no other;
- seconds and `deadline` are both rounded to nine decimals before they are compared;
- what joins a speedy plan comes one by one, in one pass: each is judged with those that joined before it, none is tried
  again once a later one has joined, and only a call, not a held response, tells that a dataset is offered;
- a candidate is free if its `price` is 0, whatever it charges for; its chance and its priority do not matter.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from enrichment.planning.model import Candidate, Charged, Held, Mode, Need, Objective, PlanInput, Redundancy, Score


def best_score(given: PlanInput) -> Score:
    """Return the score of the best plan; a speedy one has its free fallbacks with it. The empty plan is feasible, too.

    The smallest score is looked for among the sets as they are; only then do fallbacks join the one that has it.
    """
    smallest = smallest_score(given)
    if given.objective is not Objective.SPEED:
        return smallest
    joined = score_of(given, with_free_fallbacks(given, smallest.sources))
    assert joined is not None  # each joined only where the plan with it is feasible
    return joined


def smallest_score(given: PlanInput) -> Score:
    """Return the smallest score of all feasible plans, before anything joins."""
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
        levels=tuple(round(level, 9) for level in _levels(given, calls)),
        usable_price=sum(_price_of_a_usable_answer(call) for call in calls),
        calls=len(calls),
        priority=sum(_priority(given, call) for call in calls),
        sources=tuple(sorted(call.source for call in calls)),
    )


def with_free_fallbacks(given: PlanInput, chosen: Collection[str]) -> tuple[str, ...]:
    """Return `chosen` and the free candidates that join it, in the order in which they joined."""
    by_source = {candidate.source: candidate for candidate in given.candidates}
    offered = {dataset for source in chosen for dataset in _well_offered(given, by_source[source])}
    plan = tuple(chosen)
    for source in sorted(by_source.keys() - set(chosen)):
        is_fallback = by_source[source].price == 0 and bool(_well_offered(given, by_source[source]) & offered)
        if is_fallback and score_of(given, (*plan, source)) is not None:
            before, after = ([by_source[name] for name in names] for names in (plan, (*plan, source)))
            if round(_seconds(given, after), 9) <= round(_seconds(given, before), 9):
                plan = (*plan, source)
    return plan


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
    if given.deadline is not None and round(_seconds(given, calls), 9) > round(given.deadline, 9):
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
        _is_below_its_threshold(given, still_askable, need)
        for need in given.needs
        if need.required and need.dataset in lost
    )


def _levels(given: PlanInput, calls: Sequence[Candidate]) -> tuple[float, ...]:
    """Return what the objective compares plans by first, not yet rounded."""
    required = [need for need in given.needs if need.required]
    optional = [need for need in given.needs if not need.required]
    match given.objective:
        case Objective.COST:
            return (_weighted_shortfall(given, calls, required), _weighted_shortfall(given, calls, optional))
        case Objective.QUALITY:
            return (_weighted_shortfall(given, calls, required), _weighted_uncertainty(given, calls, given.needs))
        case Objective.COMPLETENESS:
            return (
                _weight_missed(given, calls, required),
                _weighted_shortfall(given, calls, required),
                _weight_missed(given, calls, optional),
                _weighted_shortfall(given, calls, optional),
            )
        case Objective.SPEED:
            return (
                _weighted_shortfall(given, calls, required),
                _weighted_shortfall(given, calls, optional),
                _seconds(given, calls),
            )


def _weighted_shortfall(given: PlanInput, calls: Sequence[Candidate], needs: Sequence[Need]) -> float:
    return math.fsum(need.weight * _shortfall(given, calls, need) for need in needs)


def _weighted_uncertainty(given: PlanInput, calls: Sequence[Candidate], needs: Sequence[Need]) -> float:
    return math.fsum(need.weight * (1.0 - reliability_of(given, calls, need.dataset)) for need in needs)


def _weight_missed(given: PlanInput, calls: Sequence[Candidate], needs: Sequence[Need]) -> float:
    return math.fsum(need.weight for need in needs if _is_below_its_threshold(given, calls, need))


def _is_below_its_threshold(given: PlanInput, calls: Sequence[Candidate], need: Need) -> bool:
    return round(_shortfall(given, calls, need), 9) > 0


def _shortfall(given: PlanInput, calls: Sequence[Candidate], need: Need) -> float:
    return max(0.0, need.threshold - reliability_of(given, calls, need.dataset))


def _seconds(given: PlanInput, calls: Sequence[Candidate]) -> float:
    return math.fsum(max(call.latency for call in layer) for layer in layers_of(given, calls))


def _well_offered(given: PlanInput, call: Candidate) -> set[str]:
    """Return the needed datasets that `call` offers with a reliability above 0."""
    needed = {need.dataset for need in given.needs}
    return {offer.dataset for offer in call.offers if offer.dataset in needed and offer.reliability > 0}


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
