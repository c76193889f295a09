"""How well answers agree with labels: precision, recall and F1 by class, and their plain mean. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Answered:
    """One row: the classes that a person gave it and those that the product gives. One each, or a set where several."""

    meant: frozenset[str]
    given: frozenset[str]


def one(meant: str, given: str) -> Answered:
    """A row of which a person said one class, and the product one."""
    return Answered(frozenset({meant}), frozenset({given}))


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one class, or of all together: `hits` of the `given` are right, of the `meant` found."""

    hits: int
    meant: int
    given: int

    @property
    def precision(self) -> float:
        return self.hits / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.meant if self.meant else 0.0

    @property
    def f1(self) -> float:
        """2PR / (P + R): 8 hits of 10 meant and 10 given are 0.8; 0 where there is no hit."""
        return 2 * self.hits / (self.meant + self.given) if self.meant + self.given else 0.0


def by_class(rows: Iterable[Answered]) -> dict[str, Score]:
    """The score of every class that is meant or given anywhere, by name."""
    hits, meant, given = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        hits.update(row.meant & row.given)
        meant.update(row.meant)
        given.update(row.given)
    return {name: Score(hits[name], meant[name], given[name]) for name in sorted({*meant, *given})}


def macro_f1(scores: Mapping[str, Score]) -> float:
    """The mean of the classes' F1, each class alike; one that is given and never meant counts 0."""
    return fmean(score.f1 for score in scores.values())


def mean_f1(rows: Iterable[Answered]) -> float:
    """The mean of the rows' F1, each row alike; 1 for a row where nothing is meant and nothing given."""
    counts = [(len(row.meant & row.given), len(row.meant) + len(row.given)) for row in rows]
    return fmean(2 * hits / both if both else 1.0 for hits, both in counts)


def together(scores: Mapping[str, Score]) -> Score:
    """All decisions alike, whatever their class: what is called micro."""
    every: Sequence[Score] = list(scores.values())
    return Score(*(sum(part) for part in zip(*((each.hits, each.meant, each.given) for each in every), strict=True)))
