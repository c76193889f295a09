"""The benchmarks that the product comes with, from one readable file into rows.

A row that nobody touched since it was loaded follows the file; one that an admin edited or deleted is left alone.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from personas.benchmarks.industries import raw
from personas.models import Benchmark
from salesintel.history import explain

SEEDED = "loaded with the product"  # why a row changed, in its history
OURS = "ours"
Key = tuple[str, str, str]  # industry, size, metric
_VALUES = ("low", "typical", "high", "origin")


@transaction.atomic
def seed() -> Counter[str]:
    """Load the benchmarks. Returns how many rows are new or renewed; the second time none."""
    wanted = {key: dict(zip(_VALUES, values, strict=True)) for key, values in rows()}
    told = _last_told()
    made: Counter[str] = Counter()
    new = [
        Benchmark(industry=key[0], size=key[1], metric=key[2], **values)
        for key, values in wanted.items()
        if key not in told
    ]
    if new:
        bulk_create_with_history(new, Benchmark, default_change_reason=SEEDED)
        made["benchmarks"] += len(new)
    for row in Benchmark.objects.all():
        if told.get(_key(row)) == SEEDED and _renewed(row, wanted.get(_key(row), {})):
            made["renewed benchmarks"] += 1
    return made


def rows() -> Iterator[tuple[Key, tuple[float, float, float, str]]]:
    """Every benchmark of the file: what it is of, and low, typical, high and origin."""
    for industry, sizes in raw().items():
        if industry == "names":
            continue
        if industry == "all":
            yield from _of("", "", {k: v for k, v in sizes.items() if isinstance(v, list)}, sizes["origin"])
            yield from _of("", "", sizes["ours"], OURS)
            continue
        for size, metrics in sizes.items():
            yield from _of(industry, "" if size == "any" else size, metrics, OURS)


def _of(
    industry: str, size: str, metrics: dict[str, list[float]], origin: str
) -> Iterator[tuple[Key, tuple[float, float, float, str]]]:
    for metric, (low, typical, high) in metrics.items():
        yield (industry, size, metric), (float(low), float(typical), float(high), origin)


def _last_told() -> dict[Key, str]:
    """Why the latest record of each benchmark's history was written, of deleted ones too."""
    history: Any = Benchmark.history
    return {
        _key(record): record.history_change_reason or "" if record.history_type != "-" else "deleted"
        for record in history.order_by("history_date", "history_id")
    }


def _key(row: Any) -> Key:
    return row.industry, row.size, row.metric


def _renewed(row: Benchmark, wanted: dict[str, Any]) -> bool:
    """Bring the row up to date with the file; whether anything was different."""
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        explain(row, SEEDED)
        row.save()
    return bool(changed)
