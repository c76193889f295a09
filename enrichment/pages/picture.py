"""A plan as a picture: datasets down, sources across, and in each cell what the one gives of the other. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.pages.words import State, label_of, percent, usd
from enrichment.rules import Rules

TOLD = {"bought": "asked", "reused": "reused", "left": "not asked"}


@dataclass(frozen=True, slots=True)
class Column:
    """A source. `kind` is bought, reused or left; `price` what it is expected to cost, "" where nobody knows."""

    source: str  # slug
    label: str
    kind: str
    price: str

    @property
    def told(self) -> str:
        return TOLD[self.kind]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a source gives of a dataset; `kind` is "" where it gives nothing of it."""

    kind: str = ""
    reliability: str = ""
    source: str = ""  # as its column is headed: on a phone the cell stands alone

    @property
    def told(self) -> str:
        return TOLD.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One row: a dataset, and what each column's source gives of it."""

    label: str
    required: bool
    marks: list[Mark]
    state: State
    reliability: str
    threshold: str


@dataclass(frozen=True, slots=True)
class Picture:
    columns: list[Column]
    needs: list[Need]


def picture(plan: Mapping[str, Any], rules: Rules) -> Picture:
    """The picture of an explained plan: who is reused, who is asked, then who could be asked and is not."""
    rows = plan["expectations"]
    wanted = {row["dataset"] for row in rows}
    serves = {each["source"]: set(each["serves"]) for each in (*plan["reused"], *plan["calls"])}
    columns = list(_columns(plan, wanted, rules))
    return Picture(columns, [_need(row, columns, serves, rules) for row in rows])


def _columns(plan: Mapping[str, Any], wanted: set[str], rules: Rules) -> Iterator[Column]:
    for each in plan["reused"]:
        yield Column(each["source"], _label(each["source"], rules), "reused", usd(0))
    for each in plan["calls"]:
        yield Column(each["source"], _label(each["source"], rules), "bought", usd(each["expectedPrice"]))
    for each in plan["rejected"]:
        if wanted & rules.cells_by_source.get(each["source"], {}).keys():
            price = each["usablePrice"]
            yield Column(each["source"], _label(each["source"], rules), "left", "" if price is None else usd(price))


def _label(slug: str, rules: Rules) -> str:
    return rules.sources[slug].label if slug in rules.sources else label_of(slug)


def _need(row: Mapping[str, Any], columns: Sequence[Column], serves: Mapping[str, set[str]], rules: Rules) -> Need:
    slug = row["dataset"]
    return Need(
        label=rules.datasets[slug].label if slug in rules.datasets else label_of(slug),
        required=row["required"],
        marks=[_mark(column, slug, serves, rules) for column in columns],
        state=State("good", "met") if row["shortfall"] <= 0 else State("warn", "falls short"),
        reliability=percent(row["reliability"]),
        threshold=percent(row["threshold"]),
    )


def _mark(column: Column, dataset: str, serves: Mapping[str, set[str]], rules: Rules) -> Mark:
    cell = rules.cells_by_source.get(column.source, {}).get(dataset)
    gives = cell is not None if column.kind == "left" else dataset in serves[column.source]
    return Mark(column.kind, percent(cell.reliability) if cell else "", column.label) if gives else Mark()
