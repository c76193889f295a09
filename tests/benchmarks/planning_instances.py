"""Small random planning problems that visit every clause of the definition of the best plan."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from enrichment.planning.model import (
    Candidate,
    Charged,
    Held,
    Mode,
    Need,
    Objective,
    PlanInput,
    Redundancy,
    Unavailable,
)
from tests.benchmarks.planning_sources import (
    GIVEN_BY_NOBODY,
    HUNDREDTHS,
    JUST_ENOUGH,
    NAME,
    TENTHS,
    Grid,
    Shape,
    random_candidates,
    random_held_responses,
    some,
)

MOST_SOURCES = 10
MOST_DATASETS = 13
NO_SUCH_SOURCE = "no_such_source"


def random_instance(seed: int, objective: Objective = Objective.COST) -> PlanInput:
    """Return the planning problem number `seed`, the same one in every process.

    It has at most ten candidates and thirteen wanted datasets; some candidates may be unavailable. Even numbers are the
    same problem for every objective; odd ones are pressed where the objective hurts, except for `cost`.
    """
    given = replace(_instance(seed), objective=objective)
    return _pressed(Random(f"pressed {seed}"), given) if seed % 2 else given


def _pressed(draw: Random, given: PlanInput) -> PlanInput:
    """Let the budget bind, or make sources free and alike in latency: what `cost` alone would seldom tell apart."""
    match given.objective:
        case Objective.COST:
            return given
        case Objective.QUALITY | Objective.COMPLETENESS:
            needs = _demanding(draw, given.needs)
            candidates = _halves_and_wholes(draw, {need.dataset for need in needs}, given.candidates)
            budget = sum(candidate.worst_price for candidate in candidates) // draw.choice([2, 3, 4, 5])
            deadline = draw.choice([None, None, given.deadline])
            return replace(given, needs=needs, candidates=candidates, budget=budget, deadline=deadline)
        case Objective.SPEED:
            return replace(given, candidates=_alike_in_latency(draw, given.candidates))


def _halves_and_wholes(draw: Random, needed: set[str], candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Let a candidate answer one needed dataset in whole, or all of its datasets by halves, for much the same price."""
    made: list[Candidate] = []
    for candidate in candidates:
        price = draw.choice([1_000_000, 2_000_000, 3_000_000])
        whole = draw.choice([*sorted(candidate.gives & needed), None])
        offers = tuple(
            replace(offer, reliability=0.9 if offer.dataset == whole else draw.choice([0.5, 0.7]))
            for offer in candidate.offers
            if whole in (offer.dataset, None) or offer.dataset not in needed
        )
        made.append(replace(candidate, offers=offers, price=price, charged=Charged.CALL))
    return tuple(made)


def _demanding(draw: Random, needs: Sequence[Need]) -> tuple[Need, ...]:
    """Raise some thresholds, so that one witness is often half an answer, and weigh some of the needs more."""
    return tuple(
        replace(
            need,
            threshold=max(need.threshold, draw.choice([0.0, 0.9, 0.9, 0.95])),
            weight=draw.choice([need.weight, 1.0, 2.0]),
        )
        for need in needs
    )


def _alike_in_latency(draw: Random, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Make half of the candidates free, and most of them as fast as others."""
    return tuple(
        replace(
            candidate, price=draw.choice([0, candidate.price]), latency=draw.choice([1.0, 1.0, 2.5, candidate.latency])
        )
        for candidate in candidates
    )


def _instance(seed: int) -> PlanInput:
    draw = Random(seed)
    grid = draw.choice([TENTHS, HUNDREDTHS])
    if draw.random() < 0.3:
        return _ruled_instance(draw, draw.choice([grid, grid, JUST_ENOUGH]))
    datasets = _datasets(draw.randint(1, MOST_DATASETS))
    shape = draw.choice([Shape.FLAT, Shape.CHAIN, Shape.CHAIN, Shape.TANGLE])
    how_many = draw.randint(0, 3) if draw.random() < 0.15 else draw.randint(4, MOST_SOURCES)
    candidates = random_candidates(draw, grid, datasets, shape, how_many)
    held = random_held_responses(draw, grid, candidates, datasets)
    return PlanInput(
        needs=_needs(draw, grid, datasets),
        candidates=candidates,
        known=_known(draw, datasets),
        held=held,
        redundancies=_redundancies(draw, candidates, held),
        unavailable=_unavailable(draw, candidates),
        budget=_budget(draw, candidates),
        deadline=_deadline(draw, candidates),
    )


def _ruled_instance(draw: Random, grid: Grid) -> PlanInput:
    """Return an instance that redundancy decides: few datasets, many rules, hardly another limit."""
    datasets = _datasets(draw.randint(1, 3))
    shape = draw.choice([Shape.FLAT, Shape.CHAIN, Shape.CHAIN])
    candidates = random_candidates(draw, grid, datasets, shape, draw.randint(3, 6))
    held = random_held_responses(draw, grid, candidates, datasets) if draw.random() < 0.6 else ()
    return PlanInput(
        needs=_needs(draw, grid, datasets),
        candidates=candidates,
        known=frozenset({NAME}),
        held=held,
        redundancies=_redundancies(draw, candidates, held) + _redundancies(draw, candidates, held),
        budget=_budget(draw, candidates) if draw.random() < 0.2 else None,
    )


def _datasets(how_many: int) -> list[str]:
    return [f"dataset_{number:02}" for number in range(how_many)]


def _known(draw: Random, datasets: Sequence[str]) -> frozenset[str]:
    """Know the company's name, mostly, and at times a dataset that may be wanted too."""
    name = [NAME] if draw.random() < 0.8 else []
    return frozenset([*name, *some(draw, datasets, at_most=draw.choice([0, 0, 1, 2]))])


def _needs(draw: Random, grid: Grid, datasets: Sequence[str]) -> tuple[Need, ...]:
    """Want most of the datasets, and now and then one that nobody gives; the others only meet calls' needs."""
    wanted = draw.sample(datasets, draw.randint((len(datasets) + 1) // 2, len(datasets)))
    if len(wanted) < MOST_DATASETS and draw.random() < 0.1:
        wanted.append(GIVEN_BY_NOBODY)
    share_required = draw.choice([0.0, 0.3, 0.3, 0.5, 0.7, 1.0])
    return tuple(
        Need(
            dataset=dataset,
            threshold=draw.choice(grid.thresholds),
            required=draw.random() < share_required,
            weight=draw.choice(grid.weights),
        )
        for dataset in wanted
    )


def _redundancies(draw: Random, candidates: Sequence[Candidate], held: Sequence[Held]) -> tuple[Redundancy, ...]:
    called = [candidate.source for candidate in candidates]
    if len(called) < 2:
        return ()
    reasons = sorted({*called, *(response.source for response in held), NO_SUCH_SOURCE})
    rules: list[Redundancy] = []
    for _ in range(draw.choice([0, 1, 2, 3, 4, 6])):
        if draw.random() < 0.5:
            rules.append(_neighbourly(draw, called))
            continue
        skip = draw.choice(called)
        others = [reason for reason in reasons if reason != skip]
        because_of = frozenset(draw.sample(others, min(draw.choice([1, 1, 2, 3]), len(others))))
        rules.append(Redundancy(skip=skip, because_of=because_of, mode=draw.choice(list(Mode))))
    return tuple(rules)


def _neighbourly(draw: Random, called: Sequence[str]) -> Redundancy:
    """Make a source redundant because of the one listed next, which in a chain needs it."""
    place = draw.randrange(len(called) - 1)
    return Redundancy(skip=called[place], because_of=frozenset({called[place + 1]}))


def _unavailable(draw: Random, candidates: Sequence[Candidate]) -> tuple[Unavailable, ...]:
    gone = some(draw, candidates, at_most=draw.choice([0, 0, 1, 3]))
    return tuple(Unavailable(source=candidate.source, why="switched off") for candidate in gone)


def _budget(draw: Random, candidates: Sequence[Candidate]) -> int | None:
    """Allow nothing, a share of everything, or to the nano-USD what some set of calls may cost, or one less."""
    worst = sum(candidate.worst_price for candidate in candidates)
    exact = sum(
        candidate.worst_price for candidate in draw.sample(candidates, min(draw.randint(1, 5), len(candidates)))
    )
    return draw.choice(
        [None, None, None, None, None, 0, worst, worst // 2, worst // 5, exact, exact, max(0, exact - 1)]
    )


def _deadline(draw: Random, candidates: Sequence[Candidate]) -> float | None:
    """Allow no time, no limit, or exactly as long as some calls take one after the other, or a little less."""
    exact = sum(candidate.latency for candidate in draw.sample(candidates, min(draw.randint(1, 4), len(candidates))))
    return draw.choice([None, None, None, None, None, None, 0.0, exact, exact, exact, max(0.0, exact - 0.5)])
