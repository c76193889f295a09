"""What would change if one source of a plan were disabled: neither asked, nor counted where its answer is held."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from enrichment.planning import reach
from enrichment.planning.model import PlanInput
from enrichment.planning.problem import DECIMALS, Problem, members
from enrichment.planning.solver import best_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A needed dataset that becomes less reliable. `is_missed`: it met its threshold, and no longer does."""

    dataset: str
    before: float
    after: float
    is_missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The best plan without `source`, beside the plan with it. Money in nano-USD, spans in seconds."""

    source: str
    price: int  # expected
    change: int  # of the expected price; below 0 where it is cheaper
    seconds: float
    instead: tuple[str, ...]  # sources that are asked in its place, by slug
    losses: tuple[Loss, ...]  # by dataset


def without_each(given: PlanInput) -> tuple[Without, ...]:
    """For every source that the best plan asks or reuses, by slug: the best plan if it were disabled.

    Any other source could go without a change: a plan that is best is best among fewer, too.
    """
    before = _Reached.of(given)
    reused = {held.source for held in given.held if {o.dataset for o in held.offers} & before.reliabilities.keys()}
    return tuple(_without(given, source, before) for source in sorted({*before.sources, *reused}))


@dataclass(frozen=True, slots=True)
class _Reached:
    sources: frozenset[str]
    price: int
    seconds: float
    reliabilities: dict[str, float]
    missed: frozenset[str]

    @classmethod
    def of(cls, given: PlanInput) -> "_Reached":
        problem = Problem(given)
        chosen, _ = best_sets(problem)
        reached = reach.reliabilities(problem, chosen)
        called = [problem.candidates[rank] for rank in members(chosen)]
        needs = [need.dataset for need in problem.needs]
        return cls(
            frozenset(candidate.source for candidate in called),
            sum(round(candidate.expected_price) for candidate in called),
            reach.seconds(problem, chosen),
            dict(zip(needs, reached, strict=True)),
            frozenset(slug for place, slug in enumerate(needs) if reach.is_below(problem, place, reached)),
        )


def _without(given: PlanInput, source: str, before: _Reached) -> Without:
    rest = replace(
        given,
        candidates=tuple(candidate for candidate in given.candidates if candidate.source != source),
        held=tuple(response for response in given.held if response.source != source),
    )
    after = _Reached.of(rest)
    return Without(
        source=source,
        price=after.price,
        change=after.price - before.price,
        seconds=after.seconds,
        instead=tuple(sorted(after.sources - before.sources)),
        losses=tuple(_losses(before, after)),
    )


def _losses(before: _Reached, after: _Reached) -> Iterator[Loss]:
    for dataset in sorted(before.reliabilities):
        was, now = before.reliabilities[dataset], after.reliabilities[dataset]
        if round(was - now, DECIMALS) > 0:
            missed = dataset in after.missed - before.missed
            yield Loss(dataset=dataset, before=was, after=now, is_missed=missed)
