"""Before and after: figures of runs, put together and set side by side. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from math import fsum
from typing import Generic, Self, TypeVar
from uuid import UUID

MOST_CHANGED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one run, or of many: `cost` is then their sum in USD, everything else the mean. `seconds` of wait."""

    cost: Decimal
    seconds: float

    @classmethod
    def together(cls, many: Sequence[Self]) -> Self:
        """The figures of many runs; nothing but zeros where there are none."""
        others = [each.name for each in fields(cls) if each.name != "cost"]
        means = {name: fsum(getattr(one, name) for one in many) / (len(many) or 1) for name in others}
        return cls(cost=sum((one.cost for one in many), Decimal(0)), **means)

    def distance(self, other: Self) -> tuple[float, ...]:
        """How far apart they are: in cost first, then in each other figure, seconds last."""
        names = [each.name for each in fields(self)]
        ranked = sorted(names, key=lambda name: (name != "cost", name == "seconds"))
        return tuple(abs(round(float(getattr(self, name) - getattr(other, name)), 9)) for name in ranked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook(Figures):
    """What a plan expects: `reliability` over its needs by weight, `met` the share of required thresholds reached."""

    reliability: float
    met: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Figures):
    """What a run came to: `coverage` is the share of its datasets with a value, `quality` as a report's overall."""

    coverage: float
    quality: float


F = TypeVar("F", bound=Figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[F]):
    """One run before and after. `asked` and `dropped` are sources that only one of the two asks."""

    run: UUID
    company: str
    consumer: str
    at: datetime
    before: F
    after: F
    asked: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def is_one(self) -> bool:
        """Whether anything changed."""
        return bool(self.asked or self.dropped) or any(self.before.distance(self.after))

    @property
    def rank(self) -> tuple[object, ...]:
        """Most changed last; among equals the newest."""
        return (*self.before.distance(self.after), len(self.asked) + len(self.dropped), self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Generic[F]):
    """Many runs before and after, with those that changed most."""

    runs: int
    changed: int
    before: F
    after: F
    most_changed: tuple[Change[F], ...]

    @classmethod
    def of(cls, changes: Iterable[Change[F]], kind: type[F]) -> "Comparison[F]":
        """Put the runs together; the most changed first, ten at most."""
        rows = list(changes)
        changed = sorted((row for row in rows if row.is_one), key=lambda row: row.rank, reverse=True)
        return cls(
            runs=len(rows),
            changed=len(changed),
            before=kind.together([row.before for row in rows]),
            after=kind.together([row.after for row in rows]),
            most_changed=tuple(changed[:MOST_CHANGED]),
        )
