"""Everything that is held about one person, for themselves: each part with its table, purpose, source and age."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Model

from enrichment.people.known import Person
from enrichment.workflow.mentions import Mention, Search, tables, value_of
from salesintel import audit

LONGEST = 4_000  # characters of a text that names them among others
_WHEN = ("observed_at", "collected_at", "fetched_at", "generated_at", "updated", "created", "at", "started", "answered")


def held(person: Person) -> list[dict[str, Any]]:
    """Every part of every row that names the person, in the registry's order of tables; nothing of a namesake's."""
    search = Search(person.company.pk, person.marks())
    found = (mention for columns in tables() for mention in search.rows(columns, whole=True) if mention.is_sure)
    return [part for mention in found for part in _parts(mention)]


def exported(person: Person) -> list[dict[str, Any]]:
    """The same for whoever takes it away. That they did is an entry: at which company, and of how much; not of whom."""
    found = held(person)
    audit.record("export person", person.company, counts={"parts": len(found)})
    return found


def _parts(mention: Mention) -> Iterator[dict[str, Any]]:
    row = mention.row
    for column in mention.columns:
        for pointer, value in mention.blocked.fragments(value_of(row, column)):
            yield {
                "table": column.model,
                "column": column.field,
                "row": str(row.pk),
                "pointer": pointer,
                "value": value[:LONGEST] if isinstance(value, str) else value,
                "source": getattr(row, "source", "") or column.source,
                "at": _when(row),
                "purpose": column.purpose,
                "lawfulBasis": column.basis,
                "kept": column.keep,
            }


def _when(row: Model) -> datetime | None:
    """The row's own moment: when it was observed, collected, made."""
    names = {field.name for field in row._meta.concrete_fields if isinstance(field, DateTimeField)}
    return next((getattr(row, name) for name in _WHEN if name in names), None)
