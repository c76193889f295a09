"""The filters of Bright Data's stored data sets: leaves of a field, an operator and a value, in groups three deep."""

from collections.abc import Callable
from typing import Any

DEEPEST = 3
GROUPS = {"and": all, "or": any}


def complaints_about(given: Any, depth: int = 1) -> list[str]:
    """What is wrong with a filter, in the provider's words; empty if nothing is."""
    if not isinstance(given, dict):
        return ["filter is required"]
    if "filters" in given:
        inner = given["filters"]
        if given.get("operator") not in GROUPS or not isinstance(inner, list) or not inner or depth > DEEPEST:
            return ["Invalid input provided"]
        return [complaint for each in inner for complaint in complaints_about(each, depth + 1)]
    if not given.get("name"):
        return ["filter.name is required"]
    return [] if given.get("operator") in OPERATORS else ["filter.operator is invalid"]


def fits(record: dict[str, Any], given: dict[str, Any]) -> bool:
    """Whether the filter, of which nothing is wrong, takes the record."""
    if "filters" in given:
        return bool(GROUPS[given["operator"]](fits(record, each) for each in given["filters"]))
    return OPERATORS[given["operator"]](record.get(given["name"]), given.get("value"))


def names_in(given: Any) -> set[str]:
    """The fields that a filter looks at."""
    if not isinstance(given, dict):
        return set()
    inner = given.get("filters")
    names = {str(given["name"])} if given.get("name") else set()
    return names.union(*map(names_in, inner)) if isinstance(inner, list) else names


def _includes(found: Any, wanted: Any) -> bool:
    """Whether a text, or a list of texts, holds the text or one of the texts."""
    texts = [str(item).casefold() for item in (found if isinstance(found, list) else [found]) if item is not None]
    words = [str(word).casefold() for word in (wanted if isinstance(wanted, list) else [wanted])]
    return any(word in text for word in words for text in texts)


def _equals(found: Any, wanted: Any) -> bool:
    return str(found).casefold() == str(wanted).casefold()


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": _equals,
    "!=": lambda found, wanted: not _equals(found, wanted),
    "in": lambda found, wanted: isinstance(wanted, list) and found in wanted,
    "includes": _includes,
    "not_includes": lambda found, wanted: not _includes(found, wanted),
    "is_null": lambda found, _: not found,
    "is_not_null": lambda found, _: bool(found),
}
