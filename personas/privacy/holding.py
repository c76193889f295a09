"""Where a contact's records are: every table of this app that leads to a contact, found by walking the models."""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db.models import CASCADE, Field, ForeignKey, Model

from personas.models import Contact
from salesintel.privacy.registry import REGISTRY, Personal, Whose

# Tables that lead to a contact, and say nothing of them.
NOT_OF_THEM = {"personas.Grant": "whom its owner lets see the records"}


@cache
def paths() -> dict[type[Model], str]:
    """By table of this app, how a query comes from its rows to the contacts that they are about; "pk" of contacts.

    The shortest way: a contact of its own, contacts in a many-to-many relation, else by a row that has one.
    """
    found: dict[type[Model], str] = {Contact: "pk"}
    models = [each for each in apps.get_app_config("personas").get_models() if each is not Contact]
    for is_near in (True, False):
        for model in models:
            if model in found or model.__name__.startswith("Historical"):
                continue
            ways = [(each.name, each.related_model) for each in _relations(model)]
            near = next((name for name, to in ways if to is Contact), None)
            far = next((f"{name}__{found[to]}" for name, to in ways if to in found and to is not Contact), None)
            if way := near if is_near else far:
                found[model] = way
    return found


def _relations(model: type[Model]) -> "Iterator[Field[object, object]]":
    yield from (field for field in model._meta.fields if isinstance(field, ForeignKey))
    yield from model._meta.many_to_many


@cache
def registered() -> dict[type[Model], tuple[Personal, ...]]:
    """By table of this app, its columns that are about contacts, in the registry's order."""
    found: dict[type[Model], list[Personal]] = {}
    for row in REGISTRY:
        if row.whose is Whose.CONTACT and row.model.startswith("personas.") and row.model != "personas.Suppression":
            found.setdefault(apps.get_model(row.model), []).append(row)
    return {model: tuple(columns) for model, columns in found.items()}


def exported() -> dict[type[Model], str]:
    """The tables that an export reads, each with its way to the contact; contacts themselves first."""
    return {model: path for model, path in paths().items() if model._meta.label not in NOT_OF_THEM}


def surviving() -> list[str]:
    """Columns by which a row would be left behind when its contact goes: `app.Model.field`."""
    columns = [(model, field) for model in paths() for field in model._meta.fields if field.related_model is Contact]
    return [
        f"{model._meta.label}.{field.name}"
        for model, field in columns
        if getattr(field.remote_field, "on_delete", None) is not CASCADE
    ]
