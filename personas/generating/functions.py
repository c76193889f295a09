"""In which function somebody works, as their title tells, and what is usual there: `data/parts.toml`. Pure."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[1] / "data" / "parts.toml"


def function_of(title: str) -> str:
    """The function whose word stands first in the title: “VP, IT Security” works in IT. "" where none does.

    A longer word that begins at the same place wins: “data protection” is law, where “data” is engineering.
    """
    found = [
        (match.start(), -len(match.group()), name)
        for name, pattern in _patterns().items()
        if (match := pattern.search(title.casefold()))
    ]
    # Security is a function of its own wherever it stands: “IT security” is no IT post.
    if any(name == "security" for _, _, name in found):
        return "security"
    return min(found)[2] if found else ""


def usual_in(function: str) -> dict[str, Any]:
    """Pains, motivations, objections and approach that are usual there; empty for no function."""
    return _functions().get(function, {})


def parts() -> dict[str, Any]:
    """What is usual by the part played in a purchase."""
    return {name: row for name, row in _raw().items() if name != "function"}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile("|".join(_word(word) for word in sorted(row["words"], key=len, reverse=True)))
        for name, row in _functions().items()
    }


def _word(word: str) -> str:
    ends = r"\w*" if word.endswith("*") else r"(?!\w)"
    return rf"(?<!\w){re.escape(word.removesuffix('*'))}{ends}"


def _functions() -> dict[str, dict[str, Any]]:
    functions: dict[str, dict[str, Any]] = _raw()["function"]
    return functions


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))
