"""Writes what is encrypted at rest anew: with the first key of the ring, and bodies as the settings have them.

Rows are locked batch by batch, so it may run beside everything else, be cut off and be begun again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import BinaryField, ExpressionWrapper, F, TextField, Value

from enrichment.models.fields import SEALED, EncryptedJsonField, SealedBytesField, key_ring, sealed, token_of

BATCH, BATCH_OF_BYTES = 200, 20  # rows in one transaction; a body may be megabytes


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is encrypted, or may be."""

    model: type[models.Model]
    field: EncryptedJsonField | SealedBytesField

    def __str__(self) -> str:
        return f"{self.model._meta.label} {self.field.name}"

    @property
    def is_bytes(self) -> bool:
        return isinstance(self.field, SealedBytesField)

    @property
    def stored_as(self) -> "models.Field[Any, Any]":
        return BinaryField() if self.is_bytes else TextField()

    def stored(self) -> "models.QuerySet[Any]":
        """Primary keys and what is stored, as it is stored, by primary key."""
        raw = ExpressionWrapper(F(self.field.name), output_field=self.stored_as)
        rows = self.model._default_manager.order_by("pk").annotate(raw_value=raw)
        found: models.QuerySet[Any] = rows.values_list("pk", "raw_value")
        return found


def columns() -> list[Column]:
    """Every column that is encrypted, or may be, those of credentials first."""
    found = [
        Column(model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedJsonField | SealedBytesField)
    ]
    return sorted(found, key=lambda each: (each.is_bytes, str(each)))


def reseal(column: Column, *, is_trial: bool = False) -> Counter[str]:
    """`{"rows": …, "written": …, "unreadable": …}`. A trial writes nothing, and counts what would be written.

    What no key of the ring opens is left as it is and counted: somebody has its key, or it has to be given again.
    """
    counted: Counter[str] = Counter()
    for batch in _batches(column, is_trial=is_trial):
        counted.update(batch)
    return counted


def _batches(column: Column, *, is_trial: bool) -> Iterator[Counter[str]]:
    last: Any = None
    while True:
        with transaction.atomic():
            rows = column.stored() if last is None else column.stored().filter(pk__gt=last)
            if not is_trial:
                rows = rows.select_for_update(no_key=True)
            found = list(rows[: BATCH_OF_BYTES if column.is_bytes else BATCH])
            counted = Counter({"rows": len(found)})
            for pk, raw in found:
                counted[_rewrite(column, pk, raw, is_trial=is_trial)] += 1
        if not found:
            return
        last = found[-1][0]
        yield counted


def _rewrite(column: Column, pk: Any, raw: Any, *, is_trial: bool) -> str:
    """What became of one row."""
    try:
        new = _bytes_anew(bytes(raw)) if column.is_bytes else _text_anew(raw)
    except InvalidToken:
        return "unreadable"
    if new is None:
        return "as it was"
    if not is_trial:
        value = Value(new, output_field=column.stored_as)
        column.model._default_manager.filter(pk=pk).update(**{column.field.name: value})
    return "written"


def _text_anew(raw: str) -> str | None:
    """The token by the first key; None where it is that already, or where nothing is stored."""
    return None if not raw or _is_of_first(raw.encode()) else key_ring().rotate(raw.encode()).decode()


def _bytes_anew(raw: bytes) -> bytes | None:
    is_sealed = raw.startswith(SEALED)
    if not settings.ENCRYPT_BODIES:
        return key_ring().decrypt(token_of(raw)) if is_sealed else None
    if not is_sealed:
        return sealed(raw)
    return None if _is_of_first(token_of(raw)) else sealed(key_ring().decrypt(token_of(raw)))


def _is_of_first(token: bytes) -> bool:
    try:
        Fernet(settings.CREDENTIAL_KEYS[0]).decrypt(token)
    except InvalidToken:
        return False
    return True
