"""What is wrong with a tool's arguments, in the API's words (enrichment/api/wording.py)."""

from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from enrichment.api.base import shown
from enrichment.api.wording import sentence
from enrichment.mcp import shapes

MOST = 10  # faults that are told

# pydantic's word for a fault → the API's, and where pydantic says the bound. What is not here is of the wrong kind.
CODES = {
    "missing": ("required", ""),
    "string_too_short": ("min_length", "min_length"),
    "string_too_long": ("max_length", "max_length"),
    "greater_than_equal": ("min_value", "ge"),
    "less_than_equal": ("max_value", "le"),
}
KINDS = {"string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false"}


def faults(error: ValidationError, takes: type[shapes.In]) -> str:
    """Each thing that is wrong with the arguments of a tool that takes `takes`, by name and with the way out."""
    known: dict[str, Any] = takes.model_json_schema().get("properties", {})
    required = {name for name, field in takes.model_fields.items() if field.is_required()}
    told = []
    for fault in error.errors(include_url=False)[:MOST]:
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if name in known:
            told.append(f"{name}: {_told(dict(fault), known[name], is_required=name in required)}")
        elif name:
            there = ", ".join(known) or _("none")
            told.append(f"{shown(name)}: " + _("There is no such argument; there are {names}.").format(names=there))
        else:
            told.append(_("The arguments are no object of names and values."))
    return f"Not valid. {' '.join(told)}"


def _told(fault: dict[str, Any], described: dict[str, Any], *, is_required: bool) -> str:
    code, bound = CODES.get(fault["type"], ("invalid", ""))
    value = fault["input"]
    if value is None and is_required:
        code = "required"
    if code == "min_length" and isinstance(value, str) and not value.strip():
        code = "blank"
    limit = fault.get("ctx", {}).get(bound, "?")
    if isinstance(limit, float):
        limit = f"{limit:.10g}"
    return sentence(code, value, kind=_kind(described), least=limit, most=limit)


def _kind(described: dict[str, Any]) -> str:
    """What an argument takes, with its article, by its JSON schema; of an optional one the first form."""
    form = described.get("anyOf", [described])[0]
    if form.get("format") == "uuid":
        return _("an id of 36 characters such as 123e4567-e89b-42d3-a456-426614174000")
    if "pattern" in form:
        return _("a word of small letters, digits, - and _")
    return _(KINDS[form["type"]])
