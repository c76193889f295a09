"""Collected text that talks to the machine: recognised here, shown to no engine, repeated by no report.

This is one of three walls. The others do not depend on recognising anything: engines have no tools and cannot act, and
grounding lets a report name only people, products, sums and links that collected records hold.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment.analysis.disguises import readings
from enrichment.analysis.text import leaves, normal, tidy

_MARKS = Path(__file__).parents[1] / "data" / "hostile.toml"
_RULES = tomllib.loads(_MARKS.read_text(encoding="utf-8"))
_PATTERNS = [re.compile(mark, re.IGNORECASE) for mark in _RULES["patterns"]]
_WITHIN = 80  # characters: a sentence


def _pair(one: str, other: str) -> re.Pattern[str]:
    """A word of one list and one of the other within a sentence, in either order."""
    first, second = ("|".join(_RULES["tongues"][name]) for name in (one, other))
    within = rf"[^.!?]{{0,{_WITHIN}}}?"
    return re.compile(rf"(?:{first}){within}(?:{second})|(?:{second}){within}(?:{first})")


_IN_TONGUES = (_pair("put_aside", "instructions"), _pair("write", "report"))


@lru_cache(maxsize=4096)
def talks_to_machines(text: str) -> bool:
    """Whether the text, or what it says to whoever undoes its disguise, gives orders to a language model."""
    return any(_is_order(normal(tidy(reading, 4_000))) for reading in readings(text))


def _is_order(read: str) -> bool:
    return any(pattern.search(read) for pattern in (*_PATTERNS, *_IN_TONGUES))


def is_hostile(value: Any) -> bool:
    """Whether any string inside a JSON value talks to machines."""
    return any(talks_to_machines(leaf) for leaf in leaves(value))
