"""Random sources for small planning problems: what may be asked, and what is held already.

The numbers are chosen so that both ways to compute with them, exactly or in binary fractions, round to the same nine
decimals: reliabilities are tenths with at most nine origin groups and whole weights, or hundredths with at most four
groups and weights in halves, so no exact shortfall has more than nine decimals. Latencies are binary fractions, so they
add up exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from random import Random
from typing import TypeVar

from enrichment.planning.model import Candidate, Charged, Held, Offer

T = TypeVar("T")

GIVEN_BY_NOBODY = "nobody_gives_this"
NAME = "company_name"  # mostly known, never given by a source


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The values that one instance draws from; few of them, so that ties are common."""

    reliabilities: tuple[float, ...]
    thresholds: tuple[float, ...]
    weights: tuple[float, ...]
    groups: tuple[str, ...]


TENTHS = Grid(
    reliabilities=(0.0, 0.3, 0.5, 0.7, 0.7, 0.8, 0.8, 0.9, 1.0),
    thresholds=(0.0, 0.5, 0.7, 0.8, 0.9, 0.91, 0.95, 0.98, 1.0),
    weights=(0.0, 1.0, 1.0, 1.0, 2.0, 5.0),
    groups=tuple(f"origin_{number}" for number in range(9)),
)
HUNDREDTHS = Grid(
    reliabilities=(0.05, 0.35, 0.44, 0.56, 0.67, 0.75, 0.75, 0.85, 0.94),
    thresholds=(0.35, 0.44, 0.75, 0.85, 0.94, 0.95, 0.99),
    weights=(0.0, 0.5, 1.0, 1.0, 1.5),
    groups=tuple(f"origin_{number}" for number in range(4)),
)
# Its thresholds are met exactly, but for the noise of binary fractions: one witness of 0.44 is
# 1 - (1 - 0.44) = 0.43999999999999995, and two witnesses of 0.7 give 0.9099999999999999.
JUST_ENOUGH = Grid(
    reliabilities=(0.44, 0.7),
    thresholds=(0.44, 0.44, 0.91),
    weights=(0.0, 1.0),
    groups=tuple(f"origin_{number}" for number in range(4)),
)


class Shape(Enum):
    """How the candidates of an instance need each other."""

    FLAT = auto()
    CHAIN = auto()
    TANGLE = auto()


def some(draw: Random, of: Sequence[T], *, at_most: int) -> list[T]:
    """Return none to `at_most` members of `of`, in random order."""
    return draw.sample(of, draw.randint(0, min(at_most, len(of))))


def random_candidates(
    draw: Random, grid: Grid, datasets: Sequence[str], shape: Shape, how_many: int
) -> tuple[Candidate, ...]:
    """Return `how_many` sources in an order of their own; about one in seven is the twin of an earlier one."""
    names = [f"source_{number}" for number in range(how_many)]
    draw.shuffle(names)
    candidates: list[Candidate] = []
    for place, name in enumerate(names):
        if candidates and draw.random() < 0.15:
            candidates.append(_twin(draw, grid, draw.choice(candidates), name))
            continue
        candidate = _candidate(draw, grid, datasets, name)
        match shape:
            case Shape.FLAT:
                candidates.append(candidate)
            case Shape.CHAIN:
                candidates.append(_linked(draw, candidate, place, datasets))
            case Shape.TANGLE:
                candidates.append(_tangled(draw, candidate, datasets))
    return tuple(candidates)


def _candidate(draw: Random, grid: Grid, datasets: Sequence[str], name: str) -> Candidate:
    charged = draw.choice(list(Charged))
    most = draw.choice([1, 5, 20])
    return Candidate(
        source=name,
        origin_group=draw.choice(grid.groups),
        offers=_offers(draw, grid, draw.sample(datasets, draw.randint(1, min(5, len(datasets))))),
        price=draw.choice([0, 0, 3, 7, 1_000_000, 1_000_000, 2_500_000, 10_000_000, 99_000_001]),
        charged=charged,
        chance=draw.choice([0.25, 0.5, 0.8, 0.9, 0.9, 1.0]),
        expected_records=draw.choice([0.5, 1.0, float(most)]),
        max_records=most,
        latency=draw.choice([0.0, 0.5, 1.0, 1.0, 2.5, 8.0]),
        needs=frozenset([NAME] if draw.random() < 0.2 else []),
    )


def _offers(draw: Random, grid: Grid, datasets: Sequence[str]) -> tuple[Offer, ...]:
    return tuple(
        Offer(dataset=dataset, reliability=draw.choice(grid.reliabilities), priority=draw.choice([1, 2, 5, 5, 5]))
        for dataset in datasets
    )


def _twin(draw: Random, grid: Grid, of: Candidate, name: str) -> Candidate:
    """Copy a candidate under another name: one witness more, or merely the same one again."""
    group = of.origin_group if draw.random() < 0.5 else draw.choice(grid.groups)
    return replace(of, source=name, origin_group=group)


def _linked(draw: Random, candidate: Candidate, place: int, datasets: Sequence[str]) -> Candidate:
    """Give a link, which may be wanted by nobody else, and mostly need the link of the source before."""
    link = Offer(dataset=f"link_{place}", reliability=draw.choice([0.0, 0.5]), priority=draw.choice([1, 5]))
    needs = [f"link_{place - 1}"] if place and draw.random() < 0.6 else []
    if draw.random() < 0.1:
        needs.append(draw.choice(datasets))
    return replace(candidate, offers=(*candidate.offers, link), needs=candidate.needs | frozenset(needs))


def _tangled(draw: Random, candidate: Candidate, datasets: Sequence[str]) -> Candidate:
    """Need what others give, or what it gives itself, so that circles arise; sometimes what nobody gives."""
    needs = some(draw, datasets, at_most=draw.choice([0, 0, 1, 1, 2]))
    if draw.random() < 0.05:
        needs.append(GIVEN_BY_NOBODY)
    return replace(candidate, needs=candidate.needs | frozenset(needs))


def random_held_responses(
    draw: Random, grid: Grid, candidates: Sequence[Candidate], datasets: Sequence[str]
) -> tuple[Held, ...]:
    """Hold what some candidates gave before, in part or whole, and what sources that are gone gave."""
    if draw.random() < 0.4:
        return ()
    again = [
        Held(
            source=candidate.source,
            origin_group=candidate.origin_group,
            offers=tuple(some(draw, candidate.offers, at_most=len(candidate.offers))),
            age=draw.choice([0.0, 3600.0]),
        )
        for candidate in some(draw, candidates, at_most=2)
    ]
    gone = [
        Held(
            source=f"gone_{number}",
            origin_group=draw.choice(grid.groups),
            offers=_offers(draw, grid, some(draw, datasets, at_most=3)),
        )
        for number in range(draw.randint(0, 2))
    ]
    return (*again, *gone)
