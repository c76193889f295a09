"""What a CRM calls an industry → the one of our benchmarks; how large a company is."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from personas.models import Range

FILE = Path(__file__).parents[1] / "data" / "benchmarks.toml"
_SMALL, _MEDIUM = 50, 200  # employees at most
_LONGEST = 60  # characters, as the columns have
_NO_WORD = re.compile(r"(?:[^\w-]|_)+")


@cache
def raw() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def industry_of(text: str) -> str:
    """Our name of an industry: "Computer Software" is technology; one that we do not know is itself, in plain words."""
    plain = _NO_WORD.sub(" ", text.lower())[:_LONGEST].strip()  # some letters are two in lower case
    padded = f" {plain} "
    return next((industry for phrase, industry in _names() if f" {phrase} " in padded), plain)


def size_of(employees: int | None) -> str:
    """By the bounds of the documents; "" where it is not known."""
    if not employees:
        return ""
    if employees <= _SMALL:
        return Range.Size.SMALL.value
    return Range.Size.MEDIUM.value if employees <= _MEDIUM else Range.Size.LARGE.value


@cache
def _names() -> tuple[tuple[str, str], ...]:
    """Phrase and industry, the longest phrases first."""
    named = [(phrase, industry) for industry, phrases in raw()["names"].items() for phrase in phrases]
    return tuple(sorted(named, key=lambda pair: (-len(pair[0]), pair)))
