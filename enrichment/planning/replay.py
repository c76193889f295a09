"""A run once more, on answers that were recorded: what it would have asked, paid and known under other rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from enrichment.planning import reach
from enrichment.planning.model import Candidate, Held, PlanInput, Unavailable
from enrichment.planning.problem import Problem, members
from enrichment.planning.solver import best_sets


class Unrecorded(Exception):
    """The run would ask a source whose answer was not recorded."""

    def __init__(self, source: str) -> None:
        super().__init__(f"No answer of {source} was recorded.")
        self.source = source


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source once answered about the company."""

    gave: frozenset[str]  # datasets that it spoke of; none where it knew nothing or failed
    cost: int  # nano-USD that was charged
    seconds: float
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How the run ends: money in nano-USD, spans in seconds."""

    asked: tuple[str, ...]  # in waves, then by slug
    held: tuple[Held, ...]  # what is known in the end, each with the offers that it really gave
    cost: int
    seconds: float


def replay(given: PlanInput, answers: Mapping[str, Answer]) -> Replay:
    """Run the plan of `given` in thought, wave by wave, with `answers` by source; replanned after each as runs are.

    What an answer cost is off the budget and the slowest of a wave is off the deadline. Raises `Unrecorded` for the
    first source, by slug, that would be asked and has no answer.
    """
    asked: list[str] = []
    seconds = 0.0
    left = given
    while wave := _wave(left):
        missing = next((call.source for call in wave if call.source not in answers), None)
        if missing is not None:
            raise Unrecorded(missing)
        took = max(answers[call.source].seconds for call in wave)
        left = _after(left, wave, answers, took)
        asked += [call.source for call in wave]
        seconds += took
    return Replay(
        asked=tuple(asked), held=left.held, cost=sum(answers[source].cost for source in asked), seconds=seconds
    )


def _wave(given: PlanInput) -> tuple[Candidate, ...]:
    if given.deadline is not None and given.deadline <= 0:
        return ()
    problem = Problem(given)
    chosen, _ = best_sets(problem)
    first = next(iter(reach.layers(problem, chosen)), 0)
    return tuple(problem.candidates[rank] for rank in members(first))


def _after(given: PlanInput, wave: tuple[Candidate, ...], answers: Mapping[str, Answer], took: float) -> PlanInput:
    sources = {call.source for call in wave}
    failed = (Unavailable(source=call.source, why="failed") for call in wave if answers[call.source].failed)
    answered = (
        Held(
            source=call.source,
            origin_group=call.origin_group,
            offers=tuple(offer for offer in call.offers if offer.dataset in answers[call.source].gave),
        )
        for call in wave
        if not answers[call.source].failed
    )
    paid = sum(answers[source].cost for source in sources)
    return replace(
        given,
        candidates=tuple(candidate for candidate in given.candidates if candidate.source not in sources),
        held=(*given.held, *answered),
        unavailable=(*given.unavailable, *failed),
        budget=None if given.budget is None else max(given.budget - paid, 0),
        deadline=None if given.deadline is None else given.deadline - took,
    )
