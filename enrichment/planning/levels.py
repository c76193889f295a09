"""What plans are compared by before money: levels of what is still lacking, and how low each of them can still fall."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, inf
from typing import Protocol

from enrichment.planning import reach
from enrichment.planning.bounds import FLOAT_ERROR, affordable_gain
from enrichment.planning.model import Objective, Score
from enrichment.planning.problem import DECIMALS, Problem, log_of, members

ROUNDING = 10**-DECIMALS
HALF_A_DIGIT = 0.6 * ROUNDING  # what rounding to 9 decimals may hide
State = tuple[int, list[float], list[float]]  # open candidates, log by cell, log by need


@dataclass(slots=True)
class Outlook:
    """What the open candidates can still do for a level."""

    now: float  # its value with the calls so far
    lowest: float  # no superset within the budget gets below this; rounded as plans are compared
    gains: dict[
        int, float
    ]  # candidate → how much it alone would lower `now`; a set lowers it by no more than their sum


@dataclass(frozen=True, slots=True)
class Target:
    """How reliable the need at `place` should be, and what lacking it counts."""

    place: int
    threshold: float
    weight: float


class Level(Protocol):
    """A number that a plan should keep low; never rises with more calls."""

    @property
    def targets(self) -> tuple[Target, ...]: ...

    def value(self, reached: Sequence[float]) -> float:
        """The level of a plan with these reliabilities, by place."""

    @property
    def adds_up(self) -> bool:
        """Is the level submodular, so that what several calls are missed for is no less than the sum of `losses`?"""

    def losses(self, problem: Problem, every: int, open_mask: int) -> dict[int, float]:
        """Open candidate → how much the level of the set `every` rises, at least, where that one is not called."""

    def outlook(self, problem: Problem, state: State, purse: int | None) -> Outlook:
        """Bound the level from below; `purse` is what worst prices may still add up to."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Σ weight × max(0, threshold − reliability)."""

    targets: tuple[Target, ...]

    def value(self, reached: Sequence[float]) -> float:
        return round(fsum(t.weight * max(0.0, t.threshold - reached[t.place]) for t in self.targets), DECIMALS)

    @property
    def adds_up(self) -> bool:
        return True

    def losses(self, problem: Problem, every: int, open_mask: int) -> dict[int, float]:
        """A call is missed in the cells where it alone says most: there the next one's word takes its place."""
        found = dict.fromkeys(members(open_mask), 0.0)
        for target in self.targets:
            total, drops = _loudest(problem, target.place, every)
            if total == inf:  # a certain witness: what others add to it cannot be told
                continue
            before = max(0.0, target.threshold - 1.0 + exp(-total))
            for rank, drop in drops:
                after = target.threshold - 1.0 + exp(drop - total)
                if after > before and open_mask >> rank & 1:
                    found[rank] += target.weight * (after - before)
        return found

    def outlook(self, problem: Problem, state: State, purse: int | None) -> Outlook:
        """Shortfall falls by less the more is already there: it is submodular, so single gains bound a common one."""
        open_mask, cells, logs = state
        now = floor = 0.0
        gains: dict[int, float] = {}
        for target in self.targets:
            doubt = exp(-logs[target.place])
            short = target.threshold - 1.0 + doubt
            if short <= 0.0:
                continue
            top: dict[int, float] = {}
            for rank, cell, log in problem.givers[target.place]:
                rise = log - cells[cell] if open_mask >> rank & 1 else 0.0
                if rise > 0.0:
                    gain = min(short, doubt * (1.0 - exp(-rise)))
                    gains[rank] = gains.get(rank, 0.0) + target.weight * gain
                    top[cell] = max(top.get(cell, 0.0), rise)
            now += target.weight * short
            floor += target.weight * max(0.0, target.threshold - 1.0 + doubt * exp(-sum(top.values())))
        return _outlook(problem, now, floor, gains, purse)


@dataclass(frozen=True, slots=True)
class Missed:
    """Σ weight of the needs that are below their threshold."""

    targets: tuple[Target, ...]

    def value(self, reached: Sequence[float]) -> float:
        missed = (t.weight for t in self.targets if round(t.threshold - reached[t.place], DECIMALS) > 0.0)
        return round(fsum(missed), DECIMALS)

    @property
    def adds_up(self) -> bool:
        return False  # two calls, either of which a need is missed without, are missed for it once

    def losses(self, problem: Problem, every: int, open_mask: int) -> dict[int, float]:
        """The weight of the needs that are met with a call and surely missed without it."""
        found: dict[int, float] = {}
        for target in self.targets:
            goal = log_of(max(0.0, target.threshold - 2 * HALF_A_DIGIT))
            total, drops = _loudest(problem, target.place, every)
            if goal <= total < inf:
                for rank, drop in drops:
                    if open_mask >> rank & 1 and total - drop < goal * (1.0 - ROUNDING):
                        found[rank] = found.get(rank, 0.0) + target.weight
        return found

    def outlook(self, problem: Problem, state: State, purse: int | None) -> Outlook:
        """A set that meets a need has logs that add up to what it lacks, so shares of the weight bound the gain."""
        open_mask, cells, logs = state
        now = floor = 0.0
        gains: dict[int, float] = {}
        top: dict[int, float]
        for target in self.targets:
            lacking = log_of(max(0.0, target.threshold - HALF_A_DIGIT)) - logs[target.place]
            if lacking <= FLOAT_ERROR:
                continue
            now += target.weight
            rises: dict[int, float] = {}
            top = {}
            for rank, cell, log in problem.givers[target.place]:
                rise = log - cells[cell] if open_mask >> rank & 1 else 0.0
                if rise > 0.0:
                    rises[rank], top[cell] = rise, max(top.get(cell, 0.0), rise)
            if sum(top.values()) < lacking * (1.0 - FLOAT_ERROR):
                floor += target.weight
                continue
            for rank, rise in rises.items():
                gains[rank] = gains.get(rank, 0.0) + target.weight * min(1.0, rise / lacking * (1.0 + FLOAT_ERROR))
        return _outlook(problem, now, floor, gains, purse)


def _outlook(problem: Problem, now: float, floor: float, gains: dict[int, float], purse: int | None) -> Outlook:
    if purse is not None:
        floor = max(floor, now - affordable_gain(gains, problem.worst_prices, purse))
    return Outlook(now, round(max(0.0, floor - FLOAT_ERROR), DECIMALS), gains)


def _loudest(problem: Problem, place: int, every: int) -> tuple[float, list[tuple[int, float]]]:
    """The need's log with all of `every`, and (candidate, drop) for each that alone says most in one of its cells."""
    total = 0.0
    drops = []
    for cell, voices in problem.voices[place]:
        high = low = problem.held_cells[cell]
        loudest = None
        for _, log, rank in voices:
            if every >> rank & 1:
                if loudest is not None:
                    low = log
                    break
                high, loudest = log, rank
        total += high
        if loudest is not None and high > low:
            drops.append((loudest, high - low))
    return total, drops


def levels(problem: Problem) -> tuple[Level, ...]:
    """The levels of the input's objective, most important first; those of required needs alone come first."""
    required = _targets(problem, problem.required)
    optional = _targets(problem, problem.optional)
    match problem.given.objective:
        case Objective.COST | Objective.SPEED:
            return Shortfall(required), Shortfall(optional)
        case Objective.QUALITY:
            certain = (Target(t.place, 1.0, t.weight) for t in (*required, *optional))
            return Shortfall(required), Shortfall(tuple(certain))
        case Objective.COMPLETENESS:
            return Missed(required), Shortfall(required), Missed(optional), Shortfall(optional)


def _targets(problem: Problem, places: tuple[int, ...]) -> tuple[Target, ...]:
    return tuple(Target(place, problem.needs[place].threshold, problem.needs[place].weight) for place in places)


def score(problem: Problem, mask: int) -> Score:
    """The tuple that plans are compared by."""
    reached = reach.reliabilities(problem, mask)
    lacking = [level.value(reached) for level in levels(problem)]
    if problem.given.objective is Objective.SPEED:
        lacking.append(round(reach.seconds(problem, mask), DECIMALS))
    price, calls, priority, sources = reach.measures(problem, mask)
    return Score(levels=tuple(lacking), usable_price=price, calls=calls, priority=priority, sources=sources)


def required_shortfall(problem: Problem, mask: int) -> float:
    """Σ weight × shortfall over required datasets."""
    return Shortfall(_targets(problem, problem.required)).value(reach.reliabilities(problem, mask))


def goals(every: Sequence[Level], lowest: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """Place → the log that its need must reach if no level is to be above what the reliabilities `lowest` make it."""
    found: dict[int, float] = {}
    for target in (target for level in every for target in level.targets):
        found[target.place] = max(found.get(target.place, 0.0), _goal(target, lowest[target.place]))
    return tuple(sorted(found.items()))


def _goal(target: Target, lowest: float) -> float:
    if target.weight <= 0.0:
        return 0.0
    hidden = max(ROUNDING / target.weight, FLOAT_ERROR)  # what one need can lack before the rounded sum shows it
    return log_of(max(0.0, min(target.threshold, lowest) - hidden))
