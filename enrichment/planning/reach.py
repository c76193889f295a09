"""What a set of calls reaches: who can be called in which layer, how reliable each need becomes, what limits say.

Sets of candidates are bit masks of a `Problem`.
"""

from enrichment.planning.model import Score
from enrichment.planning.problem import DECIMALS, Problem, Rule, members


def layers(problem: Problem, mask: int) -> list[int]:
    """The set as masks by layer; a call is in the earliest layer where its needs are met, else in none."""
    found = []
    given, left = problem.base, mask
    while left:
        ready = sum(1 << rank for rank in members(left) if not problem.needs_of[rank] & ~given)
        if not ready:
            break
        found.append(ready)
        left ^= ready
        for rank in members(ready):
            given |= problem.gives_of[rank]
    return found


def callable_part(problem: Problem, mask: int) -> int:
    """Those of the set whose needs are met by what is given or by others of the set, circles left out."""
    return sum(layers(problem, mask))


def given_by(problem: Problem, mask: int) -> int:
    """Datasets, as bits, that are known, held or given by the set."""
    given = problem.base
    for rank in members(mask):
        given |= problem.gives_of[rank]
    return given


def seconds(problem: Problem, mask: int) -> float:
    """Time that the set takes: the slowest call of each layer, added up."""
    slowest = (max(problem.candidates[rank].latency for rank in members(layer)) for layer in layers(problem, mask))
    return sum(slowest)


def earliest_ends(problem: Problem, mask: int) -> dict[int, float]:
    """Candidate → seconds from the start to its answer at best, for those of the set that can be called at all."""
    ends: dict[int, float] = {}
    known: dict[int, float] = {1 << index: 0.0 for index in members(problem.base)}
    for layer in layers(problem, mask):
        for rank in members(layer):
            ends[rank] = 0.0
    for _ in range(len(ends) + 1):  # longest chain of needs; each round carries earlier arrivals one step on
        for rank in ends:
            start = max((known.get(1 << bit, 0.0) for bit in members(problem.needs_of[rank])), default=0.0)
            ends[rank] = start + problem.candidates[rank].latency
        for bit in problem.bit.values():
            if not bit & problem.base:
                known[bit] = min((end for rank, end in ends.items() if problem.gives_of[rank] & bit), default=0.0)
    return ends


def reliabilities(problem: Problem, mask: int) -> list[float]:
    """Reliability of each need, by the needs' places: 1 − Π(1 − r) over origin groups, the greatest r within a group."""
    given = problem.given
    groups: list[dict[str, float]] = [{} for _ in problem.needs]
    offering = [(response.origin_group, response.offers) for response in given.held]
    offering += [(problem.candidates[rank].origin_group, problem.candidates[rank].offers) for rank in members(mask)]
    for group, offers in offering:
        for offer in offers:
            place = problem.place.get(offer.dataset)
            if place is not None:
                groups[place][group] = max(groups[place].get(group, 0.0), offer.reliability)
    return [_combined(witnesses) for witnesses in groups]


def _combined(witnesses: dict[str, float]) -> float:
    doubt = 1.0
    for group in sorted(witnesses):  # one order, so that the same set has the same last digit
        doubt *= 1.0 - witnesses[group]
    return 1.0 - doubt


def shortfall(problem: Problem, places: tuple[int, ...], reached: list[float]) -> float:
    """Σ weight × max(0, threshold − reliability) over those needs, rounded as plans are compared."""
    total = sum(problem.needs[p].weight * max(0.0, problem.needs[p].threshold - reached[p]) for p in places)
    return round(total, DECIMALS)


def is_below(problem: Problem, place: int, reached: list[float]) -> bool:
    """Is the need's reliability below its threshold by more than rounding?"""
    return round(problem.needs[place].threshold - reached[place], DECIMALS) > 0.0


def score(problem: Problem, mask: int) -> Score:
    """The tuple that plans are compared by."""
    reached = reliabilities(problem, mask)
    called = [problem.candidates[rank] for rank in members(mask)]
    return Score(
        required_shortfall=shortfall(problem, problem.required, reached),
        optional_shortfall=shortfall(problem, problem.optional, reached),
        usable_price=sum(candidate.usable_price for candidate in called),
        calls=len(called),
        priority=sum(problem.priorities[rank] for rank in members(mask)),
        sources=tuple(candidate.source for candidate in called),
    )


def is_met(rule: Rule, mask: int) -> bool:
    """Are the sources that make the other one redundant called or held?"""
    if rule.is_always_met:
        return True
    called = mask & rule.because_of
    return called == rule.because_of if rule.every else bool(called)


def is_broken(problem: Problem, rule: Rule, mask: int) -> bool:
    """Is the redundant source called without need? A larger set breaks every rule that a smaller one breaks."""
    if not mask >> rule.skip & 1 or not is_met(rule, mask):
        return False
    return not missed_without(problem, rule, mask)


def missed_without(problem: Problem, rule: Rule, mask: int) -> tuple[int, ...]:
    """Places of the required needs for which the rule yields: without the redundant source they are too low."""
    without = callable_part(problem, mask & ~(1 << rule.skip))
    reached = reliabilities(problem, without)
    return tuple(place for place in rule.wanted if is_below(problem, place, reached))


def is_in_time(problem: Problem, mask: int) -> bool:
    """Does the set end within the deadline?"""
    deadline = problem.given.deadline
    if deadline is None:
        return True
    return round(seconds(problem, mask), DECIMALS) <= round(deadline, DECIMALS)
