"""How one's contacts stand beside what is usual for contacts like them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from personas.benchmarks.industries import industry_of, size_of
from personas.benchmarks.standing import COLUMNS
from personas.models import Benchmark, ContactFigures, OwnBenchmark, Range
from salesintel.accounts.models import User

Ranges = Mapping[tuple[str, str, str], Range]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Of the contacts with a figure and a range for it: the median of both, and how many are below, within, above."""

    metric: str
    median: float
    typical: float
    below: int
    within: int
    above: int

    @property
    def n(self) -> int:
        return self.below + self.within + self.above


def beside_usual(user: User) -> list[Beside]:
    """By metric in the order of `Range.Metric`; one without both figures and ranges is left out. Three queries.

    A contact's range is the most exact that there is, by industry and size, one's own before the product's.
    """
    own = _ranges(OwnBenchmark.objects.filter(owner=user))
    general = _ranges(Benchmark.objects.all())
    rows = ContactFigures.objects.filter(owner=user).values_list(
        "contact__industry", "contact__employees", *COLUMNS.values()
    )
    found: dict[str, list[tuple[float, Range]]] = defaultdict(list)
    for industry, employees, *values in rows.iterator():
        kind = industry_of(industry), size_of(employees)
        for metric, value in zip(COLUMNS, values, strict=True):
            usual = _fitting(own, metric, *kind) or _fitting(general, metric, *kind)
            if value is not None and usual is not None:
                found[metric].append((value, usual))
    return [_beside(metric, found[metric]) for metric in COLUMNS if found[metric]]


def _ranges(rows: Iterable[Range]) -> Ranges:
    return {(row.industry, row.size, row.metric): row for row in rows}


def _fitting(ranges: Ranges, metric: str, industry: str, size: str) -> Range | None:
    """An industry says more than a size."""
    kinds = ((industry, size), (industry, ""), ("", size), ("", ""))
    return next((ranges[kind, each, metric] for kind, each in kinds if (kind, each, metric) in ranges), None)


def _beside(metric: str, pairs: list[tuple[float, Range]]) -> Beside:
    below = sum(value < usual.low for value, usual in pairs)
    above = sum(value > usual.high for value, usual in pairs)
    return Beside(
        metric=metric,
        median=float(np.median([value for value, _ in pairs])),
        typical=float(np.median([usual.typical for _, usual in pairs])),
        below=below,
        within=len(pairs) - below - above,
        above=above,
    )
