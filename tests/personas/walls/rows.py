"""A row of somebody's in every walled table, made from the models: a new table has its own without a line here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.db import models

from personas.models import Contact
from personas.walls.policies import FREE
from personas.walls.policies import models as models_of_app
from salesintel.accounts.models import User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Model = type[models.Model]


def walled_models() -> list[Model]:
    return [model for model in models_of_app() if model._meta.label not in FREE]


class Estate:
    """Everything that `owner` has: a row in each table, all about one contact. `friend` holds a grant of that one."""

    def __init__(self, owner: User, friend: User) -> None:
        self.owner, self.friend = owner, friend
        self.rows: dict[Model, Any] = {}
        for model in walled_models():
            self.row(model)

    def row(self, model: Model) -> Any:
        if model not in self.rows:
            self.rows[model] = model(**dict(self._values(model)))
            self.rows[model].save(force_insert=True)
        return self.rows[model]

    def _values(self, model: Model) -> Iterator[tuple[str, Any]]:
        for field in model._meta.concrete_fields:
            related: Any = field.related_model
            if related is User:
                yield field.name, self.friend if field.name == "grantee" else self.owner
            elif related is Contact or (related is not None and not field.null and related in walled_models()):
                yield field.name, self.row(related)
            elif not (field.null or field.has_default() or field.primary_key or related):
                yield field.name, _value(field)


def _value(field: "models.Field[Any, Any]") -> Any:
    match field:
        case models.DateTimeField():
            return NOON
        case models.DateField():
            return NOON.date()
        case models.UUIDField():
            return uuid4()
        case models.BooleanField():
            return False
        case models.BinaryField():
            return b""
        case models.IntegerField() | models.FloatField() | models.DecimalField():
            return 1
    return field.choices[0][0] if field.choices else f"x{uuid4().hex}"[: field.max_length or 8]
