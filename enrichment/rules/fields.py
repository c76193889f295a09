"""A rule's fields as plain values that can be stored, written to a file and read back; rows by their names."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.duration import duration_string

from enrichment.models import (
    AnalysisEngine,
    Brake,
    Budget,
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    PromptVersion,
    Provider,
    PublisherRule,
    RedundancyRule,
    RequestLimit,
    Retention,
    SalesRole,
    SignalRule,
    Source,
    StepDeadline,
)
from enrichment.models.rule import Rule

Plain = str | int | float | bool | list[Any] | dict[str, Any] | None
Name = tuple[Any, ...]

# Model → the fields that name a row, in an order in which a row comes after those that it refers to.
NAMES: dict[type[Rule], tuple[str, ...]] = {
    Dataset: ("slug",),
    Provider: ("slug",),
    Source: ("slug",),
    DatasetSource: ("dataset", "source"),
    DataConsumer: ("slug",),
    ConsumerDataset: ("consumer", "dataset"),
    SalesRole: ("slug",),
    RedundancyRule: ("consumer", "skip", "because_of"),
    SignalRule: ("name",),
    PublisherRule: ("domain",),
    CachePolicy: ("cache_type",),
    Budget: ("provider", "user", "consumer", "period"),
    Brake: ("provider", "window"),
    AnalysisEngine: ("slug",),
    PromptVersion: ("purpose", "version"),
    StepDeadline: ("step",),
    Retention: ("what",),
    RequestLimit: ("scope", "key"),
}
MODELS: dict[str, type[Rule]] = {model.__name__: model for model in NAMES}
WORDS = ("slug", "username", "prefix")  # the column of a row that others refer to it by
SECRET = {"credentials"}  # never leaves the row


def fields_of(model: type[Rule]) -> dict[str, Any]:
    """The fields that can be told and changed, by name: all but ids and credentials."""
    every = (*model._meta.local_fields, *model._meta.local_many_to_many)
    return {field.name: field for field in every if not field.primary_key and field.name not in SECRET}


def related_to(model: type[Rule]) -> list[str]:
    """The foreign keys and many-to-many relations of a model, as `select_related` and `prefetch_related` take them."""
    return [name for name, field in fields_of(model).items() if field.is_relation]


def rows_of(model: type[Rule]) -> models.QuerySet[Any]:
    """All rows with what they refer to, in their usual order; the same number of queries however many there are."""
    return model._default_manager.prefetch_related(*related_to(model))


def plain(row: Rule, name: str) -> Plain:
    """A field's value as JSON can hold it: money and spans as text, other rows by the name that people know."""
    field = fields_of(type(row))[name]
    if field.many_to_many:
        return sorted(known_as(other) for other in getattr(row, name).all())
    value = getattr(row, name)
    if field.is_relation:
        return None if value is None else known_as(value)
    match value:
        case Decimal():
            return f"{value.normalize() + 0:f}"
        case timedelta():
            return duration_string(value)
    told: Plain = value
    return told


def known_as(row: models.Model) -> str:
    """The one word that names a row: its slug, a person's user name, the visible part of a key."""
    return str(next((getattr(row, name) for name in WORDS if getattr(row, name, None)), row.pk))


def name_of(row: Rule) -> Name:
    """What names the row among its model's, as a key."""
    return tuple(hashable(plain(row, field)) for field in NAMES[type(row)])


def hashable(value: Plain) -> Any:
    return tuple(value) if isinstance(value, list) else value


def read(model: type[Rule], name: str, given: Plain) -> Any:
    """The field's value as Python has it; of relations the row, or a list of rows. Raises `ValidationError`."""
    field = fields_of(model)[name]
    if field.many_to_many:
        words = given if isinstance(given, list) else None
        if words is None or not all(isinstance(word, str) for word in words):
            raise ValidationError("Give a list of slugs.")
        return [_row(field.related_model, word) for word in sorted(set(words))]
    if given is None or given == "":
        if not field.null and not field.blank:
            raise ValidationError("A value is needed.")
        return None if field.null else ("" if given is None else given)
    if field.is_relation:
        return _row(field.related_model, str(given))
    if isinstance(field, models.BooleanField):
        return _switch(given)
    if isinstance(field, models.JSONField):
        return given  # the model's own check knows its shape
    if isinstance(given, list | dict | bool):
        raise ValidationError(f"“{given}” is no single value.")
    return field.formfield().clean(str(given))  # refuses what is no number, NaN and infinity included


def _switch(given: Plain) -> bool:
    words = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
    found = words.get(str(given).strip().lower())
    if found is None:
        raise ValidationError(f"“{given}” is neither yes nor no.")
    return found


def _row(model: type[models.Model], word: str) -> models.Model:
    fields = {field.name for field in model._meta.local_fields}
    field = next(name for name in WORDS if name in fields)
    row = None if "\0" in word else model._default_manager.filter(**{field: word}).first()
    if row is None:
        raise ValidationError(f"There is no {model._meta.verbose_name} called “{word}”.")
    return row


def words_of(error: ValidationError) -> str:
    """All that a validation says, in one line; each field's words after its name."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    parts = [
        " ".join(messages) if field == "__all__" else f"{field}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    ]
    return " ".join(parts)
