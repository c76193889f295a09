"""What is wrong with a body, in our words: they name the value and the way out.

The framework's own words do neither: “Ensure this field has at least 1 elements.” Errors that views and bodies raise
themselves, which have their words already, stay as they are.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

LONGEST = 60  # characters of a value that are repeated
MOST_CHOICES = 20
WHOLE = "non_field_errors"

# In this order: a DateTimeField is no DateField, but an EmailField is a CharField.
KINDS: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], str], ...] = (
    (serializers.BooleanField, "true or false"),
    (serializers.IntegerField, "a whole number"),
    (serializers.FloatField, "a number"),
    (serializers.DecimalField, "a number"),
    (serializers.DateTimeField, "a moment such as 2026-11-02T09:00:00Z"),
    (serializers.DateField, "a day such as 2026-11-02"),
    (serializers.UUIDField, "an id of 36 characters such as 123e4567-e89b-42d3-a456-426614174000"),
    (serializers.SlugField, "a word of letters, digits, - and _"),
    (serializers.EmailField, "an e-mail address"),
    (serializers.URLField, "an address that begins with https:// or http://"),
    (serializers.ListField, "a list"),
    (serializers.DictField, "an object"),
    (serializers.BaseSerializer, "an object"),
    (serializers.CharField, "a text"),
)


def reworded(errors: Any, field: Any, data: Any) -> Any:
    """`errors` of a serializer or field, as the framework nests them, for `data` that was sent there."""
    if isinstance(errors, Mapping):
        return {name: _inner(inner, name, field, data) for name, inner in errors.items()}
    if isinstance(errors, Sequence) and not isinstance(errors, str):
        if any(isinstance(each, Mapping) for each in errors):
            child = getattr(field, "child", field)
            return [reworded(each, child, _at(data, place)) for place, each in enumerate(errors)]
        return [_words(each, field, data) for each in errors]
    return _words(errors, field, data)


def _inner(errors: Any, name: Any, field: Any, data: Any) -> Any:
    if name == WHOLE:
        return reworded(errors, field, data)
    child = getattr(field, "child", None) or getattr(field, "fields", {}).get(name)
    return errors if child is None else reworded(errors, child, _at(data, name))


def _at(data: Any, name: Any) -> Any:
    try:
        return data[name]
    except (KeyError, IndexError, TypeError):
        return None


def kind_of(field: Any) -> str:
    """What the field takes, with its article."""
    if isinstance(field, serializers.ChoiceField):
        return _("one of {choices}").format(choices=_choices(field))
    return next((_(words) for kind, words in KINDS if isinstance(field, kind)), _("a value"))


def _choices(field: Any) -> str:
    names = [str(name) for name in field.choices]
    return ", ".join(names[:MOST_CHOICES]) + (", …" if len(names) > MOST_CHOICES else "")


def shown(value: Any) -> str:
    """The value as it may be repeated: short, and something that can be encoded."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode()
        return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float | Decimal):
        return str(value)[:LONGEST] if abs(value) < 10**LONGEST else _("A number of that length")
    if isinstance(value, Mapping):
        return _("An object")
    return _("A list") if isinstance(value, Sequence) else _("That")


def _words(error: Any, field: Any, data: Any) -> Any:
    """The error in our words; as it is where it is not the framework's."""
    code = getattr(error, "code", None)
    if code is None or not _is_frameworks(error, code, field):
        return error
    return ErrorDetail(sentence(code, data, kind=kind_of(field), **_bounds(field)), code=code)


def sentence(code: str, data: Any, *, kind: str, least: Any = "?", most: Any = "?") -> str:
    """What is wrong with the value `data`, and the way out. `code` is the framework's word for it, such as min_length.

    `kind` is what is wanted, with its article; `least` and `most` bound the length or the value, whichever is meant.
    """
    words = {
        "required": _("It is missing; give {kind}."),
        "null": _("null says nothing; give {kind}, or leave it out."),
        "blank": _("It is empty; give {kind}."),
        "empty": _("It is empty; give one item at least."),
        "max_length": _("It has {length}; {most} are possible at most."),
        "min_length": _("It has {length}; {least} are needed at least."),
        "min_value": _("{value} is too small; {least} is possible at least."),
        "max_value": _("{value} is too large; {most} is possible at most."),
        "max_digits": _("{value} has more digits than are kept; round it."),
        "max_whole_digits": _("{value} has more digits than are kept; round it."),
        "max_decimal_places": _("{value} has more digits than are kept; round it."),
        "null_characters_not_allowed": _("It holds a NUL character, which cannot be stored; leave that out."),
        "surrogate_characters_not_allowed": _("It holds half a character, which cannot be stored; leave that out."),
    }.get(code, _("{value} is not {kind}."))
    return words.format(kind=kind, value=shown(data), length=_length(data), least=least, most=most)


def _length(data: Any) -> str:
    if isinstance(data, str):
        return _("{count} characters").format(count=len(data))
    return _("{count} items").format(count=len(data)) if isinstance(data, Sequence | Mapping) else "?"


def _bounds(field: Any) -> dict[str, Any]:
    """The least and the most that the field takes, whichever it bounds: length or value."""
    least, most = (
        next((found for name in names if (found := getattr(field, name, None)) is not None), "?")
        for names in (("min_length", "min_value"), ("max_length", "max_value"))
    )
    return {"least": least, "most": most}


OF_VALIDATORS = {"max_length", "min_length", "max_value", "min_value", "max_digits"} | {
    *("max_whole_digits", "max_decimal_places"),
    *("null_characters_not_allowed", "surrogate_characters_not_allowed"),
}


def _is_frameworks(error: str, code: str, field: Any) -> bool:
    """Whether the error's words are the framework's: those of a validator, or made from the field's own template."""
    if code in OF_VALIDATORS:
        return True
    template = getattr(field, "error_messages", {}).get(code)
    if not isinstance(template, str | Promise):
        return False
    return str(error).startswith(str(template).partition("{")[0])
