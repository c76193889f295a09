"""The rules as files: the matrix as CSV, all of them as JSON; read back into changes, with one sentence per bad line.

Rows are known by their names (`fields.NAMES`), never by their ids, so a file of one installation fits another. What a
file does not name stays as it is; nothing is deleted. Credentials are in no file.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from enrichment.models import DatasetSource, Provider, Source
from enrichment.models.rule import Rule
from enrichment.rules.changes import Action, Change, Problem
from enrichment.rules.fields import (
    MODELS,
    NAMES,
    Name,
    Plain,
    fields_of,
    hashable,
    name_of,
    plain,
    read,
    rows_of,
    words_of,
)

OF_CELL = ("priority", "reliability", "fill_rate", "freshness_needed", "extraction_complexity", "origin")
OF_SOURCE = ("cost", "enabled")
HEADER = ("dataset", "source", *OF_CELL, *OF_SOURCE)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes what begins so for a formula
KEPT = {(Provider, "in_doubt")}  # which ways a source can go is checked in its form alone
MOST_LINES = 5_000


@dataclass(slots=True)
class Import:
    """What a file would change, and what is wrong with it; `Problem.label` names the line."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


# --- Out --------------------------------------------------------------------------------------------------------------


def as_csv() -> str:
    """The matrix, one line per cell, with its source's cost and switch; safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for cell in DatasetSource.objects.select_related("dataset", "source"):
        values = [cell.dataset.slug, cell.source.slug]
        values += [_text(plain(cell, name)) for name in OF_CELL] + [
            _text(plain(cell.source, name)) for name in OF_SOURCE
        ]
        writer.writerow([_harmless(value) for value in values])
    return out.getvalue()


def as_json() -> str:
    """All rules: model → rows, each with its fields by name."""
    found = {name: [_plain_row(row) for row in rows_of(model)] for name, model in MODELS.items()}
    return json.dumps(found, indent=1, ensure_ascii=False)


def _plain_row(row: Rule) -> dict[str, Plain]:
    return {name: plain(row, name) for name in fields_of(type(row))}


def _text(value: Plain) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _meant(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


# --- In ---------------------------------------------------------------------------------------------------------------


def from_csv(text: str) -> Import:
    """The changes that a matrix file asks for. Columns that are missing stay as they are."""
    found = Import()
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = reader.fieldnames or []
    unknown = [name for name in columns if name not in HEADER]
    if unknown or not {"dataset", "source"} <= set(columns):
        words = f"Give the columns dataset and source, and any of {', '.join(HEADER[2:])}"
        found.problems.append(
            Problem("Line 1", words + (f"; “{unknown[0][:60]}” is none of them." if unknown else "."))
        )
        return found
    try:
        lines = [(reader.line_num, line) for line in reader][: MOST_LINES + 1]
    except csv.Error as error:
        found.problems.append(Problem(f"Line {reader.line_num}", f"It is no CSV: {error}."))
        return found
    _collect(found, _of_matrix(found, lines))
    return found


def _of_matrix(
    found: Import, lines: list[tuple[int, dict[str, Any]]]
) -> Iterator[tuple[str, type[Rule], dict[str, Plain]]]:
    """Each line as a cell, and each source once; a source told twice in two ways is a mistake."""
    told: dict[tuple[str, str], tuple[str, str]] = {}
    for number, line in lines:
        place = f"Line {number}"
        if None in line or None in line.values():
            found.problems.append(Problem(place, f"It has not the {len(line)} values of the first line."))
            continue
        row: dict[str, str] = {name: _meant(value.strip()) for name, value in line.items()}
        yield place, DatasetSource, {name: row[name] for name in row if name not in OF_SOURCE}
        for name in OF_SOURCE:
            if name not in row:
                continue
            before = told.setdefault((row["source"], name), (row[name], place))
            if before[0] != row[name]:
                words = f"{row['source']} has the {name} {row[name]} here and {before[0]} in {before[1].lower()}."
                found.problems.append(Problem(place, words))
            elif before[1] == place:
                yield place, Source, {"slug": row["source"], name: row[name]}


def from_json(text: str) -> Import:
    """The changes that a file of rules asks for; fields that a row leaves out stay as they are."""
    found = Import()
    try:
        given = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        found.problems.append(Problem("The file", f"It is no JSON: {error}."))
        return found
    if not isinstance(given, dict):
        found.problems.append(Problem("The file", f"Give an object of {', '.join(MODELS)}, each a list of rows."))
        return found
    _collect(found, _of_models(found, given))
    return found


def _of_models(found: Import, given: dict[str, Any]) -> Iterator[tuple[str, type[Rule], dict[str, Plain]]]:
    for name in given.keys() - MODELS.keys():
        found.problems.append(Problem(name[:60], f"There are no such rules; there are {', '.join(MODELS)}."))
    for name, model in MODELS.items():
        rows = given.get(name, [])
        if not isinstance(rows, list):
            found.problems.append(Problem(name, "Give a list of rows."))
            continue
        for number, row in enumerate(rows[:MOST_LINES], start=1):
            if isinstance(row, dict):
                yield f"{name} {number}", model, row
            else:
                found.problems.append(Problem(f"{name} {number}", "Give an object of fields."))


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _collect(found: Import, rows: Iterable[tuple[str, type[Rule], dict[str, Plain]]]) -> None:
    """Compare each row with the one of its name; what is not there yet is added."""
    known: dict[type[Rule], dict[Name, Rule]] = {}
    seen: dict[tuple[type[Rule], Name], str] = {}
    for place, model, row in rows:
        fields = fields_of(model)
        unknown = [name for name in row if name not in fields]
        lacking = [name for name in NAMES[model] if name not in row]
        if unknown or lacking:
            words = (
                f"“{unknown[0][:60]}” is no field of it." if unknown else f"It lacks {', '.join(lacking)}, its name."
            )
            found.problems.append(Problem(place, words))
            continue
        parts = [sorted(v, key=str) if isinstance(v := row[part], list) else v for part in NAMES[model]]
        if not all(_is_name(part) for part in parts):
            found.problems.append(Problem(place, f"Give {', '.join(NAMES[model])} as words."))
            continue
        name = tuple(hashable(part) for part in parts)
        if model is not Source and seen.setdefault((model, name), place) != place:
            found.problems.append(Problem(place, f"It is there twice, first as {seen[model, name]}."))
            continue
        if model not in known:
            known[model] = {name_of(each): each for each in rows_of(model)}
        _compare(found, place, known[model].get(name), model, row)


def _is_name(part: Plain) -> bool:
    if isinstance(part, list):
        return all(isinstance(word, str) for word in part)
    return part is None or isinstance(part, str | int)


def _compare(found: Import, place: str, now: Rule | None, model: type[Rule], row: dict[str, Plain]) -> None:
    fields: dict[str, tuple[Plain, Plain]] = {}
    for name, given in row.items():
        if (model, name) in KEPT:
            continue
        if isinstance(given, list) and fields_of(model)[name].many_to_many:
            given = sorted(given, key=str)  # noqa: PLW2901 - the order means nothing
        if now is not None and given == plain(now, name):
            continue
        try:
            after = given if fields_of(model)[name].is_relation else _spelled(model, name, given)
        except ValidationError as error:
            found.problems.append(Problem(place, f"{name}: {words_of(error)}"))
            return
        before = None if now is None else plain(now, name)
        if after != before:
            fields[name] = (before, after)
    if fields:
        action = Action.ADD if now is None else Action.CHANGE
        label = str(now) if now is not None else f"{model._meta.verbose_name} {place}"
        found.changes.append(
            Change(model=model.__name__, row=None if now is None else now.pk, label=label, fields=fields, action=action)
        )


def _spelled(model: type[Rule], name: str, given: Plain) -> Plain:
    """The value as a row would hold it. Raises `ValidationError`."""
    value = read(model, name, given)
    fields_of(model)[name].run_validators(value)
    row = model()
    setattr(row, name, value)
    return plain(row, name)
