"""By what somebody is recognised: a full name, a mail address, the address of a profile. Pure.

A name is its words in any order, without accents, titles and single letters: "Dr. Jane A. Doe" is "Doe, Jane".
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from enrichment.companies.names import PLAIN_LETTERS
from salesintel.privacy.masking import EMAIL

# Bounded, so that a hostile text cannot make it slow.
_REST = r"[^\s\"'<>\\)\]]+"
ADDRESS = re.compile(
    rf"(?:https?:)?//{_REST}|(?:[\w-]{{1,30}}\.){{0,3}}linkedin\.com/(?:in|pub)/{_REST}", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_HOST_PREFIX = re.compile(r"^(?:www|m|[a-z]{2})\.(?=[^/]+\.[a-z])")  # LinkedIn has a host for each country
_TITLES = frozenset("mr mrs ms miss dr prof sir dame jr sr phd md mba cpa esq".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text as names are compared, and where it stands."""

    plain: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text that may be of a name, in order."""
    found = (Word(_plain(match[0]), match.start(), match.end()) for match in _WORD.finditer(text))
    return [word for word in found if word.plain not in _TITLES and not _is_initial(word.plain)]


def name_key(name: str) -> str:
    """What every spelling of a name shares; empty where it has no word."""
    return key_of([word.plain for word in words(name)] or [_plain(word) for word in _WORD.findall(name)])


def key_of(plain: list[str]) -> str:
    """The key of a name that has these words."""
    return " ".join(sorted(plain))


def email_key(text: str) -> str:
    """A mail address as it is compared: lower case, without a “+tag”. Empty where it is none."""
    found = EMAIL.fullmatch(text.strip())
    if found is None:
        return ""
    local, _, host = found[0].casefold().rpartition("@")
    return f"{local.split('+')[0] or local}@{host}"


def profile_key(url: str) -> str:
    """An address as it is compared: host and path, whatever the scheme, the country's host, the query."""
    bare = _SCHEME.sub("", url.strip().casefold())
    bare = re.split(r"[?#]", bare, maxsplit=1)[0].rstrip("/.,;")
    host, slash, path = _HOST_PREFIX.sub("", bare).partition("/")
    return f"{host}/{path}" if slash and path and "." in host else ""


def needles(emails: Iterable[str], profiles: Iterable[str], *, shortest: int = 1) -> list[str]:
    """What to search stored texts for, so as to meet every spelling that the keys take for the same.

    `shortest`: characters that the last part of a profile's address must have.
    """
    found: set[str] = set()
    for key in filter(None, map(email_key, emails)):
        found |= {key, f"{key.partition('@')[0]}+"}
    for url in profiles:
        end = profile_key(url).rpartition("/")[2]
        found |= {end} if len(end) >= shortest else set()
    return sorted(found | {json.dumps(text)[1:-1] for text in found})  # SQLite keeps JSON in ASCII


def emails(text: str) -> Iterator[tuple[str, int, int]]:
    """The mail addresses in a text, as they are compared, with their places."""
    if "@" in text:
        for found in EMAIL.finditer(text):
            yield email_key(found[0]), found.start(), found.end()


def profiles(text: str) -> Iterator[tuple[str, int, int]]:
    """The web addresses in a text, as they are compared, with their places."""
    if "//" in text or "linkedin" in text.casefold():
        for found in ADDRESS.finditer(text):
            if key := profile_key(found[0]):
                yield key, found.start(), found.end()


def _plain(word: str) -> str:
    folded = word.casefold().translate(PLAIN_LETTERS)
    if folded.isascii():
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


def _is_initial(plain: str) -> bool:
    return len(plain) == 1 and plain.isascii()
