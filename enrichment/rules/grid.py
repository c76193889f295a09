"""The matrix as one grid: datasets down, sources across; what was seen and what was typed become changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from enrichment.models import Dataset, DatasetSource, Source
from enrichment.models.rule import Rule
from enrichment.rules.changes import Change
from enrichment.rules.fields import Plain, fields_of, plain, read, words_of

CELL = ("priority", "reliability")
COLUMN = ("cost", "enabled")
PREFIX: dict[type[Rule], str] = {DatasetSource: "cell", Source: "source"}
TITLES = {"priority": "priority", "reliability": "reliability", "cost": "cost in USD", "enabled": "asked"}


@dataclass(frozen=True, slots=True)
class Input:
    """One value of the grid: how the form names it, what the row holds."""

    name: str  # "cell-12-priority"
    label: str  # "Industry from Google News: priority"
    value: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    row: Source
    inputs: dict[str, Input]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    row: Dataset
    cells: list[dict[str, Input] | None]  # one per column; None where the source does not give the dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The grid's part that is shown."""

    columns: list[Column]
    lines: list[Line]

    @property
    def inputs(self) -> dict[str, Input]:
        """Every input by its name."""
        boxes = [column.inputs for column in self.columns]
        boxes += [cell for line in self.lines for cell in line.cells if cell]
        return {box.name: box for inputs in boxes for box in inputs.values()}

    @property
    def seen(self) -> dict[str, Plain]:
        """What the person sees, to be sent back with what they typed: nobody saves over what they did not see."""
        return {name: box.value for name, box in self.inputs.items()}


def read_grid(*, only_enabled: bool = False, group: str = "") -> Grid:
    """The matrix as the rows have it now, in three queries: providers side by side, datasets by their groups."""
    sources = Source.objects.select_related("provider").order_by("-enabled", "provider__slug", "slug")
    datasets = Dataset.objects.order_by("group", "slug")
    if only_enabled:
        sources = sources.filter(enabled=True)
    if group:
        datasets = datasets.filter(group=group)
    cells = {(cell.dataset_id, cell.source_id): cell for cell in DatasetSource.objects.all()}
    columns = [Column(row=source, inputs=_inputs(source, COLUMN, source.label)) for source in sources]
    return Grid(
        columns=columns,
        lines=[
            Line(row=dataset, cells=[_cell(cells, dataset, column.row) for column in columns]) for dataset in datasets
        ],
    )


def _cell(cells: Mapping[tuple[int, int], DatasetSource], dataset: Dataset, source: Source) -> dict[str, Input] | None:
    cell = cells.get((dataset.pk, source.pk))
    return None if cell is None else _inputs(cell, CELL, f"{dataset.label} from {source.label}")


def _inputs(row: Rule, names: tuple[str, ...], label: str) -> dict[str, Input]:
    prefix = f"{PREFIX[type(row)]}-{row.pk}"
    return {name: Input(f"{prefix}-{name}", f"{label}: {TITLES[name]}", plain(row, name)) for name in names}


# --- What was typed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person made of the grid."""

    changes: list[Change]
    errors: dict[str, str]  # input's name → what is wrong with it


def typed(grid: Grid, given: Mapping[str, str], seen: Mapping[str, Plain]) -> Typed:
    """The changes: inputs whose value differs from what was `seen`. What is not in `given` or `seen` was left alone."""
    found: dict[tuple[type[Rule], int], dict[str, tuple[Plain, Plain]]] = {}
    labels: dict[tuple[type[Rule], int], str] = {}
    errors: dict[str, str] = {}
    for name, box in grid.inputs.items():
        if name not in given or name not in seen:
            continue
        model, row, field = _parsed(name)
        try:
            value = _spelled(model, field, given[name])
        except ValidationError as error:
            errors[name] = f"{box.label}: {words_of(error)}"
            continue
        if value != seen[name]:
            found.setdefault((model, row), {})[field] = (seen[name], value)
            labels[model, row] = box.label.rpartition(":")[0]
    changes = [
        Change(model=model.__name__, row=row, label=labels[model, row], fields=fields)
        for (model, row), fields in found.items()
    ]
    return Typed(changes=changes, errors=errors)


def as_edits(grid: Grid, changes: list[Change]) -> dict[str, Any]:
    """The changes as `enrichment.rules.edits` spells them, for what is asked about them without saving."""
    fields = {
        (change.model, change.row): {name: after for name, (_, after) in change.fields.items()} for change in changes
    }
    sources = {column.row.slug: found for column in grid.columns if (found := fields.get(("Source", column.row.pk)))}
    matrix: dict[str, dict[str, Any]] = {}
    for line in grid.lines:
        for column, cell in zip(grid.columns, line.cells, strict=True):
            if cell and (found := fields.get(("DatasetSource", _parsed(cell["priority"].name)[1]))):
                matrix.setdefault(line.row.slug, {})[column.row.slug] = found
    return {"sources": sources, "matrix": matrix}


def _parsed(name: str) -> tuple[type[Rule], int, str]:
    prefix, row, field = name.split("-")
    model = next(model for model, known in PREFIX.items() if known == prefix)
    return model, int(row), field


def _spelled(model: type[Rule], field: str, text: str) -> Plain:
    """The text as the row would hold it, checked by the field. Raises `ValidationError`."""
    value: Any = read(model, field, text.strip())
    fields_of(model)[field].run_validators(value)
    row = model()
    setattr(row, field, value)
    return plain(row, field)
