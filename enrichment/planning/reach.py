"""What a set of calls reaches: who can be called in which layer, how reliable each need becomes, what limits say.

Sets of candidates are bit masks of a `Problem`.
"""

from enrichment.planning.problem import DECIMALS, Problem, Rule, members


def layers(problem: Problem, mask: int) -> list[int]:
    """The set as masks by layer; a call is in the earliest layer where its needs are met, else in none."""
    found = []
    needs_of, gives_of = problem.needs_of, problem.gives_of
    given, left = problem.base, mask
    while left:
        ready, gained = 0, given
        for rank in members(left):
            if not needs_of[rank] & ~given:
                ready |= 1 << rank
                gained |= gives_of[rank]
        if not ready:
            break
        found.append(ready)
        given, left = gained, left ^ ready
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


def still_in_time(problem: Problem, called: int, open_mask: int) -> int | None:
    """The open candidates that a set with these calls may still take; None if the calls alone overrun the deadline.

    A larger set can only bring a call to an earlier layer. A call that is as early as all open ones together could
    bring it stays where it is, so its latency counts there for good; the others are given the benefit of the doubt.
    """
    deadline = problem.given.deadline
    if deadline is None or not problem.has_layers:
        return open_mask
    limit = round(deadline, DECIMALS)
    early, late = layers(problem, called | open_mask), layers(problem, called)
    slowest = [
        max((problem.candidates[rank].latency for rank in members(soonest & latest)), default=0.0)
        for soonest, latest in zip(early, late, strict=False)
    ]
    total = sum(slowest)
    if round(total - 1 / 10**DECIMALS, DECIMALS) > limit:
        return None
    slowest += [0.0] * (len(early) - len(slowest))
    given = problem.base
    for layer, soonest in enumerate(early):
        for rank in members(soonest & open_mask):
            longer = problem.candidates[rank].latency - slowest[layer]
            if longer > 0.0 and not problem.needs_of[rank] & ~given and round(total + longer, DECIMALS) > limit:
                open_mask &= ~(1 << rank)
        if layer < len(late):
            given |= given_by(problem, late[layer])
    return open_mask


def earliest_ends(problem: Problem, mask: int) -> dict[int, float]:
    """Candidate → seconds from the start to its answer at best, for those of the set that can be called at all."""
    able = callable_part(problem, mask)
    ends = {rank: problem.candidates[rank].latency for rank in members(able)}
    if not problem.has_layers:
        return ends
    lacking = {rank: problem.needs_of[rank] & ~problem.base for rank in ends if problem.needs_of[rank] & ~problem.base}
    for _ in ends:  # each round carries later arrivals one need further; early stops are early answers, still sound
        before = ends.copy()
        for rank, needs in lacking.items():
            ends[rank] = problem.candidates[rank].latency + max(
                min(end for giver, end in before.items() if problem.gives_of[giver] & 1 << bit)
                for bit in members(needs)
            )
        if ends == before:
            break
    return ends


def reliabilities(problem: Problem, mask: int) -> list[float]:
    """Reliability of each need, by its place: 1 − Π(1 − r) over origin groups, the greatest r within a group."""
    return [reliability(problem, place, mask) for place in range(len(problem.needs))]


def reliability(problem: Problem, place: int, mask: int) -> float:
    """Reliability of the need at this place."""
    doubt = 1.0
    for cell, voices in problem.voices[place]:
        for own, _, rank in voices:
            if mask >> rank & 1:
                doubt *= own
                break
        else:
            doubt *= problem.held_doubts[cell]
    return 1.0 - doubt


def is_below(problem: Problem, place: int, reached: list[float]) -> bool:
    """Is the need's reliability below its threshold by more than rounding?"""
    return round(problem.needs[place].threshold - reached[place], DECIMALS) > 0.0


def is_missed(problem: Problem, place: int, mask: int) -> bool:
    """Does the set leave the need below its threshold?"""
    return round(problem.needs[place].threshold - reliability(problem, place, mask), DECIMALS) > 0.0


def measures(problem: Problem, mask: int) -> tuple[int, int, int, tuple[str, ...]]:
    """What plans with equal levels are compared by: price of usable answers, calls, priorities, slugs."""
    called = [problem.candidates[rank] for rank in members(mask)]
    return (
        sum(candidate.usable_price for candidate in called),
        len(called),
        sum(problem.priorities[rank] for rank in members(mask)),
        tuple(candidate.source for candidate in called),
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
    return tuple(place for place in rule.wanted if is_missed(problem, place, without))


def is_whole(problem: Problem, mask: int) -> bool:
    """Can every call be made, and is no rule broken?"""
    return callable_part(problem, mask) == mask and not any(is_broken(problem, rule, mask) for rule in problem.rules)


def is_in_time(problem: Problem, mask: int) -> bool:
    """Does the set end within the deadline?"""
    deadline = problem.given.deadline
    if deadline is None:
        return True
    return round(seconds(problem, mask), DECIMALS) <= round(deadline, DECIMALS)
