"""How often a source is right, judged by whoever else spoke of the same and by what people pinned. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.merging import same
from enrichment.workflow.intervals import share_interval

PRIOR = 20.0  # comparisons that the reliability of today counts for
ENOUGH = 30.0  # comparisons below which nothing is suggested
STEP = 0.01  # to which a suggestion is rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value of one dataset of one company, and who says so."""

    value: Any
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is claimed of one dataset of one company. `pinned`: a person's correction, None without one."""

    dataset: str
    kind: str  # scalar, list or records
    claims: tuple[Said, ...]
    pinned: Any = None


@dataclass(slots=True)
class Tally:
    """How one source did for one dataset.

    `weight` is the sum of the reliabilities that it was compared with: a comparison with a source that is right in 80
    of 100 cases agrees by 0.8 even for who is never wrong. A person's correction counts 1.
    """

    compared: int = 0
    agreed: int = 0
    weight: float = 0.0

    def add(self, reliability: float, *, is_agreed: bool) -> None:
        self.compared += 1
        self.agreed += is_agreed
        self.weight += reliability

    @property
    def agreement(self) -> float | None:
        return self.agreed / self.compared if self.compared else None

    @property
    def seen(self) -> float | None:
        """The reliability that the comparisons alone speak for; None without any."""
        return min(self.agreed / self.weight, 1.0) if self.weight else None

    def interval(self) -> tuple[float, float]:
        """Where that is, in 95 % of such samples."""
        return share_interval(self.seen or 0.0, round(self.weight))

    def suggestion(self, today: float) -> float | None:
        """A reliability to set instead of today's; None where there is too little, or nothing against today's.

        (PRIOR · today + agreed) / (PRIOR + weight): the mean of a Beta prior worth `PRIOR` comparisons. It takes the
        sources for independent and wrong values for too many to coincide often, so that P(agree) = r₁ · r₂.
        """
        low, high = self.interval()
        if self.weight < ENOUGH or low <= today <= high:
            return None
        shrunk = min((PRIOR * today + self.agreed) / (PRIOR + self.weight), 1.0)
        rounded = round(round(shrunk / STEP) * STEP, 2)
        return rounded if abs(rounded - today) >= STEP / 2 else None


def tallied(
    statements: Iterable[Statement],
    *,
    groups: Mapping[str, str],
    reliabilities: Mapping[tuple[str, str], float],
) -> dict[tuple[str, str], Tally]:
    """(source, dataset) → how it did. `groups`: source → origin group; sources of one group judge nobody among them.

    Where a person pinned a scalar, that alone judges. Else a scalar is compared with each other origin group's most
    reliable claim; of lists and records nothing is said, for what one source has and another lacks is no contradiction.
    """
    found: dict[tuple[str, str], Tally] = {}
    for statement in statements:
        if statement.kind != "scalar":
            continue
        told = _told(statement, groups, reliabilities)
        for source, said in told.items():
            tally = found.setdefault((source, statement.dataset), Tally())
            if statement.pinned is not None:
                tally.add(1.0, is_agreed=same(statement.dataset, said.value, statement.pinned, kind=statement.kind))
                continue
            for judge in _judges(source, told, groups, statement.dataset, reliabilities):
                weight = reliabilities[judge, statement.dataset]
                tally.add(weight, is_agreed=told[judge] is said)
    return found


def _told(
    statement: Statement, groups: Mapping[str, str], reliabilities: Mapping[tuple[str, str], float]
) -> dict[str, Said]:
    """Source → the claim that it bears, of sources that still count; of several the first, which is its best."""
    told: dict[str, Said] = {}
    for said in statement.claims:
        for source in said.sources:
            if source in groups and (source, statement.dataset) in reliabilities:
                told.setdefault(source, said)
    return told


def _judges(
    source: str,
    told: Mapping[str, Said],
    groups: Mapping[str, str],
    dataset: str,
    reliabilities: Mapping[tuple[str, str], float],
) -> Sequence[str]:
    """One source of each other origin group that spoke, its most reliable one."""
    best: dict[str, str] = {}
    for other in sorted(told, key=lambda slug: (-reliabilities[slug, dataset], slug)):
        if groups[other] != groups[source]:
            best.setdefault(groups[other], other)
    return list(best.values())
