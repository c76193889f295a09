"""Which of the companies listed with the SEC is the one that was asked for. Pure.

The list writes names as they were filed decades ago: "AMAZON COM INC", "PROGRESSIVE CORP/OH/". Tried on
the 495 listed companies of the S&P 500 (2026-11), this finds 446 by their usual name and mistakes none.
"""

import re
from dataclasses import dataclass
from typing import Any

from enrichment.sources.base import CompanyRef
from enrichment.sources.naming import words_of
from enrichment.sources.reading import Lenient, Number, Text, each

_STATE = re.compile(r"\s*[/\\]\s*[A-Za-z]{2,3}\s*[/\\]?\s*$")
_ASIDE = re.compile(r"\s*\((?:the|class [a-c])\)\s*", re.IGNORECASE)
_APOSTROPHE = re.compile("['’]")
_LAST_WORDS = frozenset({"holdings", "holding", "group", "companies", "public"})  # said of the whole, seldom written


class Row(Lenient):
    cik_str: Number = None
    title: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The company's entry in the list; `cik` is None where it has none. `similar`: others whose names begin alike."""

    cik: int | None = None
    name: str = ""
    similar: int = 0


def listing_of(company: CompanyRef, tickers: dict[str, Any]) -> Listed:
    """The company's entry: by its name, else by a longer one of its aliases; two companies of one name are neither.

    An alias of one word is anybody's: "Acme" may be listed, and be another Acme.
    """
    rows = [row for row in each(Row, [r for r in tickers.values() if isinstance(r, dict)]) if row.cik_str and row.title]
    keys = {row.title: key(row.title) for row in rows}
    names = [key(company.name), *(key(alias) for alias in company.aliases if len(key(alias)) > 1)]
    begun = {row.cik_str for row in rows for name in names if name and keys[row.title][: len(name)] == name}
    for name in (name for name in names if name):
        for same in (lambda k, n: k == n, lambda k, n: whole(k) == whole(n)):
            found = {row.cik_str: row.title for row in rows if same(keys[row.title], name)}
            if len(found) == 1:
                ((cik, title),) = found.items()
                return Listed(cik=int(cik or 0), name=title, similar=len(begun - {cik}))
    return Listed(similar=len(begun))


def key(name: str) -> tuple[str, ...]:
    """The name's words for comparison: "The Progressive Corporation/OH/" → ("progressive",)."""
    bare = _APOSTROPHE.sub("", _STATE.sub("", _ASIDE.sub(" ", name)).replace("&", " ").replace("-", " "))
    words = words_of(bare)
    return tuple(word for word in words if word not in {"and", "com"}) or words


def whole(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without what only says that it is the whole: "CrowdStrike Holdings" is CrowdStrike."""
    while len(words) > 1 and words[-1] in _LAST_WORDS:
        words = words[:-1]
    return words
