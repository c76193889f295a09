"""Which rows of a table are whose, as policies of PostgreSQL, found from the models.

Own:  a row with an owner is the owner's; one without hangs on a row that has (`parent`), and is whose that is.
Seen: what grants open to colleagues, for reading alone. Whatever is written for a colleague is written in the owner's
      scope, once the first wall has seen to it that they may (`acting_for`).

Each sub-select on the setting stands for itself, so PostgreSQL evaluates it once a query and not once a row; what a
grant opens is looked up when the first row comes by that is not one's own. A policy that asks another table of ours is
held to that table's policies, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CASCADE, ForeignKey, Model

from personas.models import Contact, Deal, Grant, Product
from personas.models.owned import Owned
from salesintel.walls.scope import SYSTEM
from salesintel.walls.stamping import SETTING

_ROW = re.compile(r"\bt\.")
# Of nobody: what holds for everybody, and sums in which nobody can be made out. One line for each such table.
FREE = frozenset(
    {
        "personas.Benchmark",
        "personas.Distribution",
        "personas.EmbeddingCall",
        "personas.EmbeddingProvider",
        "personas.PersonaArm",
        "personas.PersonaPolicy",
        "personas.PersonaTrial",
    }
)
VECTORS = "personas_profile_vector"  # of no model: it is there where pgvector is (`personas.retrieval.vectors`)
OWNERS = ("owner", "user")  # what the column is called that says whose a row is

# ruff: noqa: S608 - the SQL is of our own names and nobody's values
ME = f"(SELECT substring(current_setting('{SETTING}', true) from '^[0-9]+$')::bigint)"
IS_SYSTEM = f"(SELECT current_setting('{SETTING}', true) = '{SYSTEM}')"
_ALL_OF = f"(SELECT g.owner_id FROM personas_grant g WHERE g.grantee_id = {ME} AND g.contact_id IS NULL)"
_ONE_OF = f"(SELECT g.contact_id FROM personas_grant g WHERE g.grantee_id = {ME} AND g.contact_id IS NOT NULL)"
# What one contact's grant opens beside the rows that name the contact. `t` is the row.
_BESIDE: dict[type[Model], str] = {
    Contact: f"t.id IN {_ONE_OF}",
    Deal: "EXISTS (SELECT 1 FROM personas_dealcontact p"
    f" WHERE p.deal_id = t.id AND p.owner_id = t.owner_id AND p.contact_id IN {_ONE_OF})",
    Product: "EXISTS (SELECT 1 FROM personas_deal_products p JOIN personas_deal d ON d.id = p.deal_id"
    " WHERE p.product_id = t.id AND d.owner_id = t.owner_id)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy of a table: for which command it opens rows, and which."""

    name: str
    command: str  # ALL, SELECT or DELETE
    rows: str  # a condition on the table's columns


def walled() -> dict[str, tuple[Policy, ...]]:
    """By table its policies, of every model of this app that is somebody's, and of the vectors' own table."""
    found = {model._meta.db_table: policies_of(model) for model in models() if model._meta.label not in FREE}
    return found | {VECTORS: _policies(VECTORS, own=_own_by("owner_id"), seen=f"t.owner_id IN {_ALL_OF}")}


def models() -> Iterator[type[Model]]:
    """Those of this app with a table of their own; histories of rules are of rules."""
    for model in apps.get_app_config("personas").get_models(include_auto_created=True):
        if not (model._meta.proxy or model.__name__.startswith("Historical")):
            yield model


def policies_of(model: type[Model]) -> tuple[Policy, ...]:
    """The policies of a model's table. Raises `LookupError` for rows of which nobody can say whose they are.

    PostgreSQL asks those first whose names come last in the alphabet: whose own a row is, that is cheapest.
    """
    table = model._meta.db_table
    if model is Grant:
        own, held = _own_by("owner_id"), f"t.grantee_id = {ME}"
        return (*_policies(table, own=own, seen=held), _policy(table, "walls_given_back", "DELETE", held))
    return _policies(table, own=_own(model), seen=_seen(model))


def _own(model: type[Model], *, depth: int = 0) -> str:
    if (column := _owner_column(model)) is not None:
        return _own_by(column, of=f"t{depth or ''}")
    field, parent = _parent(model)
    here, above = f"t{depth or ''}", f"t{depth + 1}"
    inner = _own(parent, depth=depth + 1)
    return (  # whoever keeps everybody's rows also sees one whose parent went first
        f"{IS_SYSTEM} OR EXISTS (SELECT 1 FROM {parent._meta.db_table} {above}"
        f" WHERE {above}.{parent._meta.pk.column} = {here}.{field.column} AND ({inner}))"
    )


def _own_by(column: str, *, of: str = "t") -> str:
    return f"{of}.{column} = {ME} OR {IS_SYSTEM}"


def _seen(model: type[Model]) -> str:
    """What grants open; "" for what is its owner's alone."""
    if not issubclass(model, Owned):
        return _with_parent(model) if _owner_column(model) is None else ""
    if model.is_private:
        return ""
    ways = [f"t.owner_id IN {_ALL_OF}"]
    if model.about:
        ways.append(f"t.{model._meta.get_field(model.about).column} IN {_ONE_OF}")  # type: ignore[union-attr]
    elif model in _BESIDE:
        ways.append(_BESIDE[model])
    elif way := _with_parent(model):
        ways.append(way)
    return " OR ".join(ways)


def _with_parent(model: type[Model]) -> str:
    """Seen where the row is that it goes with, if there is one that others may see."""
    try:
        field, parent = _parent(model)
    except LookupError:
        return ""
    if not _seen(parent):
        return ""
    table, key = parent._meta.db_table, parent._meta.pk.column
    return f"EXISTS (SELECT 1 FROM {table} p WHERE p.{key} = t.{field.column})"


def _owner_column(model: type[Model]) -> str | None:
    to_user = (field for field in _keys(model) if field.related_model._meta.label == settings.AUTH_USER_MODEL)
    return next((field.column for field in to_user if field.name in OWNERS), None)


def _parent(model: type[Model]) -> "tuple[ForeignKey[Any, Any], type[Model]]":
    """The row with which it is deleted. Raises `LookupError`."""
    for field in _keys(model):
        parent = field.related_model
        if parent._meta.app_label == "personas" and field.remote_field.on_delete is CASCADE:
            return field, parent
    raise LookupError(
        f"{model._meta.label} has neither an owner nor a row that it goes with: whose are its rows? Name it in FREE if"
        " they are nobody's."
    )


def _keys(model: type[Model]) -> "Iterator[ForeignKey[Any, Any]]":
    return (field for field in model._meta.concrete_fields if isinstance(field, ForeignKey))


def _policies(table: str, *, own: str, seen: str) -> tuple[Policy, ...]:
    mine = _policy(table, "walls_owner", "ALL", own)
    return (mine, _policy(table, "walls_grants", "SELECT", seen)) if seen else (mine,)


def _policy(table: str, name: str, command: str, rows: str) -> Policy:
    """A policy names its table in full, not by the letter that stands for it here."""
    return Policy(name=name, command=command, rows=_ROW.sub(f"{table}.", rows))
