"""Collected text that talks to the machine: recognised here, shown to no engine, repeated by no report.

This is one of three walls. The others do not depend on recognising anything: engines have no tools and cannot act, and
grounding lets a report name only people, products, sums and links that collected records hold.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment.analysis.text import leaves, normal, tidy

_MARKS = Path(__file__).parents[1] / "data" / "hostile.toml"
_PATTERNS = [re.compile(mark, re.IGNORECASE) for mark in tomllib.loads(_MARKS.read_text(encoding="utf-8"))["patterns"]]


@lru_cache(maxsize=4096)
def talks_to_machines(text: str) -> bool:
    """Whether the text, or what remains of it without invisible characters, gives orders to a language model."""
    read = normal(tidy(text, 4_000))
    return any(pattern.search(read) for pattern in _PATTERNS)


def is_hostile(value: Any) -> bool:
    """Whether any string inside a JSON value talks to machines."""
    return any(talks_to_machines(leaf) for leaf in leaves(value))
