"""Everything that is held on one contact, table by table, in plain text, with what the registry says of it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from personas.models import Contact
from personas.privacy.holding import exported, registered
from salesintel import audit
from salesintel.privacy.registry import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The rows of one table that are about the contact; `columns` are those that the registry calls personal."""

    table: str
    rows: tuple[Mapping[str, Any], ...]  # column → value, as JSON has it
    columns: tuple[Personal, ...]


@transaction.atomic
def everything_on(contact: Contact) -> list[Held]:
    """All of it, and an entry in the audit log that it was handed out."""
    found = [_held(model, path, contact) for model, path in exported().items()]
    counts = {each.table.rpartition(".")[2].lower(): len(each.rows) for each in found if each.rows}
    audit.record("export", contact, counts=counts)
    return [each for each in found if each.rows]


def _held(model: type[Model], path: str, contact: Contact) -> Held:
    columns = [field for field in model._meta.concrete_fields if field.name != "owner"]
    rows = model._default_manager.filter(**{path: contact.pk}).order_by("pk").distinct()
    return Held(
        table=model._meta.label,
        rows=tuple({each.name: _plain(getattr(row, each.attname)) for each in columns} for row in rows.iterator(500)),
        columns=registered().get(model, ()),
    )


def _plain(value: Any) -> Any:
    """As JSON has it: moments in ISO 8601, amounts and ids as text, bytes in base64."""
    match value:
        case None | bool() | int() | float() | str() | dict():
            return value
        case date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case bytes() | memoryview():
            return b64encode(bytes(value)).decode()
        case _ if hasattr(value, "tolist"):
            return value.tolist()
        case _:
            return [_plain(each) for each in value] if isinstance(value, list | tuple) else str(value)
