"""What happens when a plan is run: a wave of calls, each usable or not, then a new plan without what failed.

A wave is the first layer of the plan of the moment. A usable answer is held from then on, what it was paid is off the
budget and the wave's time is off the deadline; a call that failed is not made again. The run ends when the plan is
empty.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from enrichment.planning import reach
from enrichment.planning.model import Candidate, Charged, Held, PlanInput, Unavailable
from enrichment.planning.problem import Problem, members
from enrichment.planning.solver import best_sets


class TooManyOutcomes(Exception):
    """More situations than `most` would have to be planned for."""

    def __init__(self, most: int) -> None:
        super().__init__(f"More than {most} situations can arise.")
        self.most = most


@dataclass(frozen=True, slots=True)
class Situation:
    """What has happened so far: who answered, who failed, and the seconds that it took."""

    answered: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    seconds: float = 0.0

    def after(self, wave: tuple[Candidate, ...], answered: frozenset[str]) -> "Situation":
        """The situation once the wave is back, with usable answers from those in `answered`."""
        asked = {call.source for call in wave}
        took = max(call.latency for call in wave)
        return Situation(self.answered | answered, self.failed | (asked - answered), self.seconds + took)


@dataclass(frozen=True, slots=True)
class Ending:
    """A way that the run can end: its probability, what it costs and how long it takes."""

    chance: float
    situation: Situation
    cost: int  # nano-USD, records as many as expected
    dearest: int  # nano-USD, records as many as possible


def price_if_usable(candidate: Candidate) -> int:
    """nano-USD that a usable answer costs. Records come in usable answers only, so those carry the average price."""
    if candidate.charged is Charged.RECORD:
        return min(candidate.worst_price, candidate.usable_price)
    return candidate.price


def price_if_not(candidate: Candidate) -> int:
    """nano-USD that an empty or failed answer costs: the price of a call, nothing per hit or record."""
    return candidate.price if candidate.charged is Charged.CALL else 0


class Runs:
    """All ways in which the planned run can go, planned for as they are asked about. Raises `TooManyOutcomes`."""

    def __init__(self, given: PlanInput, *, most: int) -> None:
        self.given = given
        self.by_source = {candidate.source: candidate for candidate in given.candidates}
        self.most = most
        self._waves: dict[Situation, tuple[Candidate, ...]] = {}

    def wave(self, situation: Situation) -> tuple[Candidate, ...]:
        """The calls that are made in this situation, by slug; none when nothing helps any more."""
        key = situation if self.given.deadline is not None else replace(situation, seconds=0.0)
        if key not in self._waves:
            if len(self._waves) >= self.most:
                raise TooManyOutcomes(self.most)
            problem = Problem(self.replanned(situation))
            chosen, _ = best_sets(problem)
            first = next(iter(reach.layers(problem, chosen)), 0)
            self._waves[key] = tuple(problem.candidates[rank] for rank in members(first))
        return self._waves[key]

    def replanned(self, situation: Situation) -> PlanInput:
        """The input as it is in this situation."""
        given = self.given
        asked = situation.answered | situation.failed
        answers = (self.by_source[source] for source in sorted(situation.answered))
        held = (Held(source=c.source, origin_group=c.origin_group, offers=c.offers) for c in answers)
        failed = (Unavailable(source=source, why="failed") for source in sorted(situation.failed))
        return replace(
            given,
            candidates=tuple(candidate for candidate in given.candidates if candidate.source not in asked),
            held=(*(response for response in given.held if response.source not in situation.answered), *held),
            unavailable=(*given.unavailable, *failed),
            budget=None if given.budget is None else given.budget - self.cost(situation),
            deadline=None if given.deadline is None else given.deadline - situation.seconds,
        )

    def cost(self, situation: Situation, *, of_answer: Callable[[Candidate], int] = price_if_usable) -> int:
        """nano-USD paid so far."""
        paid = sum(of_answer(self.by_source[source]) for source in situation.answered)
        return paid + sum(price_if_not(self.by_source[source]) for source in situation.failed)

    def ending(self, situation: Situation, chance: float) -> Ending:
        """The ending in this situation; the dearest price never exceeds the budget, which is reserved from."""
        dearest = self.cost(situation, of_answer=lambda candidate: candidate.worst_price)
        if self.given.budget is not None:
            dearest = min(dearest, max(self.given.budget, 0))
        return Ending(chance, situation, self.cost(situation), dearest)

    def endings(self, situation: Situation = Situation(), chance: float = 1.0) -> Iterator[Ending]:
        """Every ending that can be reached from here, with its probability."""
        wave = self.wave(situation)
        if not wave:
            yield self.ending(situation, chance)
            return
        if 2 ** len(wave) > self.most:
            raise TooManyOutcomes(self.most)
        for outcome in product((True, False), repeat=len(wave)):
            likely = chance
            for call, usable in zip(wave, outcome, strict=True):
                likely *= call.chance if usable else 1.0 - call.chance
            if likely > 0.0:
                answered = frozenset(call.source for call, usable in zip(wave, outcome, strict=True) if usable)
                yield from self.endings(situation.after(wave, answered), likely)

    def ending_if(self, usable: frozenset[str]) -> Ending:
        """The ending if exactly these sources have a usable answer."""
        situation = Situation()
        while wave := self.wave(situation):
            situation = situation.after(wave, frozenset(call.source for call in wave) & usable)
        return self.ending(situation, 1.0)
