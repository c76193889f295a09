"""Comparing texts: one spelling for what reads the same, spans on word boundaries, words and numbers.

Scraped text plays tricks (look-alike spaces, soft hyphens, typographic quotes); all comparisons go through here.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0])
_LOOKALIKES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "…": "..."})


def tidy(text: str, longest: int = 2_000) -> str:
    """The text on one line, without invisible characters, cut at a word within `longest` characters."""
    line = " ".join(text[: longest * 4].translate(_INVISIBLE).split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:-–") + "…"


_CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
_MARKS = "\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\uffff\\U000e0000-\\U000e007f"
_HIDDEN = re.compile(f"[{_CONTROLS}{_MARKS}\\ud800-\\udfff]")


def is_legible(text: str) -> bool:
    """Whether the text reads as it is stored: no NUL, half a character, direction mark, or letter that nobody sees."""
    return _HIDDEN.search(text) is None


def legible(text: str, longest: int) -> str:
    """The text on one line without what `is_legible` looks for: fit for a database and for eyes."""
    return " ".join(_HIDDEN.sub("", text[: longest * 4]).split())[:longest]


def normal(text: str) -> str:
    """What two spellings of the same words have in common: case, width, quotes, dashes and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_LOOKALIKES).casefold().split())


def holds(text: str, span: str) -> bool:
    """Whether `span` stands in `text` as whole words, both normalised: "AI" is not in "said"."""
    text, span = normal(text), normal(span)
    at = text.find(span) if span else -1
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(span) : at + len(span) + 1]
        if not (before.isalnum() and span[0].isalnum()) and not (after.isalnum() and span[-1].isalnum()):
            return True
        at = text.find(span, at + 1)
    return False


def leaves(value: Any, depth: int = 8) -> Iterator[str]:
    """Every string and number inside a JSON value, as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, dict | list) and depth:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner, depth - 1)


# --- Numbers ----------------------------------------------------------------------------------------------------------

_SCALES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<date>(?<!\d)\d{4}-\d{2}-\d{2}(?!\d))"
    r"|(?:(?P<currency>[$€£¥])\s?)?(?<![\w.])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,18}(?:\.\d{1,9})?)"
    r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|bn|mn|mm|tn|[kmbt])(?!\w))?"
    r"(?:\s?(?P<percent>%|percent\b|per\scent\b))?(?:\s(?P<dollars>dollars|usd)\b)?(?!\w)",
    re.IGNORECASE,
)

Number = tuple[str, str]  # what it counts (date, percent, $, €, £, ¥, or nothing) and its value


def numbers_in(text: str) -> list[Number]:
    """The dates, sums, shares and counts that a text names: "$50M" is ("$", "50000000")."""
    return [_value_of(match) for match in _NUMBER.finditer(_plain(text))]


def without_numbers(text: str) -> str:
    """The text with a blank in place of each of its numbers."""
    return _NUMBER.sub(" ", _plain(text))


def words_after_numbers(text: str, reach: int = 1) -> set[tuple[Number, str]]:
    """Each number with each of the `reach` words that follow: "7,000+ seats" gives (("", "7000"), "seats")."""
    plain = _plain(text)
    found: set[tuple[Number, str]] = set()
    for match in _NUMBER.finditer(plain):
        following = WORD.findall(plain, match.end(), match.end() + 80)[:reach]
        found |= {(_value_of(match), word.casefold()) for word in following}
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_LOOKALIKES)


def _value_of(match: re.Match[str]) -> Number:
    if match["date"]:
        return "date", match["date"]
    value = Decimal(match["number"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1)
    counts = "%" if match["percent"] else match["currency"] or ("$" if match["dollars"] else "")
    return counts, f"{value.normalize():f}"


# --- Words ------------------------------------------------------------------------------------------------------------

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?(?:[+#]+(?!\w))?")


def words_in(text: str) -> list[str]:
    """The words of a text as written, hyphenated ones in parts: "Next.js" and "Okta's" give Next, js, Okta."""
    return [_bare(word) for word in WORD.findall(_plain(text))]


def _bare(word: str) -> str:
    return word[:-2] if word.casefold().endswith("'s") else word


def bag(text: str) -> frozenset[str]:
    """The words of a text, without regard to case or order."""
    return frozenset(word.casefold() for word in words_in(text))
