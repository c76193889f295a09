"""By what somebody is recognised: a full name, a mail address, the address of a profile. Pure.

A name is its words in any order, without accents, titles and single letters: "Dr. Jane A. Doe" is "Doe, Jane".
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_to_bytes

from enrichment.naming.spelling import PLAIN_LETTERS
from salesintel.privacy.masking import EMAIL

# Bounded, so that a hostile text cannot make it slow.
_REST = r"[^\s\"'<>\\)\]]+"
ADDRESS = re.compile(
    rf"(?:https?:)?//{_REST}|(?:[\w-]{{1,30}}\.){{0,3}}linkedin\.com(?::\d{{1,5}})?/(?:in|pub)/{_REST}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_HOST_PREFIX = re.compile(r"^(?:(?:www|m|[a-z]{2})\.)+(?=[^/]+\.[a-z])")  # LinkedIn has a host for each country
_ESCAPES = re.compile(r"(?:%[0-9a-f]{2})+|%")
_ENDS = "/.,;" + "".join(filter(str.isspace, map(chr, range(0x3001))))  # which end an address in a sentence
LONGEST_URL, LONGEST_PROFILE = 4096, 1000  # characters of an address without its query, and of its key
# Not as it is in every spelling of a part: what may be escaped, ß, and a letter that an accent may be written onto.
_SPELT_APART = re.compile(r"%[0-9a-f]{2}|s{2,}|[a-z]?[^\x00-\x7f]+|[^a-z0-9._~-]")
_ESCAPES_OF_ANY = re.compile(r"%[0-9A-F]{2}")
SAFE = "!$&'()*+,;=:@"  # which a path may have as they are
ENOUGH = 4  # letters that tell one profile from most others
_NOBODYS = frozenset({"linkedin.com/in", "linkedin.com/pub"})
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
    """An address as it is compared: host and path, whatever the scheme, the country's host, the port, the query.

    The path is unescaped once, and composed: “J%C3%B6rg” is “jörg”, in one character or in two. Of the key itself it is
    the same key again, so what would end or escape something there stays escaped: “%25”, “%3f”, “%23”, bytes that are
    no UTF-8. Empty where the text is no address, or far too long for one.
    """
    bare = re.split(r"[?#]", _SCHEME.sub("", url.strip()), maxsplit=1)[0]
    if len(bare) > LONGEST_URL:
        return ""
    authority, _, path = _folded(bare).partition("/")
    host = _HOST_PREFIX.sub("", authority.rpartition("@")[2].partition(":")[0])
    path = _folded(_ESCAPES.sub(_unescaped, path)).rstrip(_ENDS)
    key = f"{host}/{path}"
    is_one = path and "." in host and len(key) <= LONGEST_PROFILE and not any(map(str.isspace, host))
    return key if is_one and key not in _NOBODYS else ""


def _folded(text: str) -> str:
    """Without the difference of cases, and of an accent in one character or in two."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _unescaped(escapes: re.Match[str]) -> str:
    if escapes[0] == "%":
        return "%25"
    text = unquote_to_bytes(escapes[0]).decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(c) & 0xFF:02x}" if c in "%?#" or "\udc80" <= c <= "\udcff" else c for c in text)


def needles(emails: Iterable[str], profiles: Iterable[str], *, shortest: int = 1) -> list[str]:
    """What to search stored texts for, in any case, so as to meet every spelling that the keys take for the same.

    Escaped or not, composed or not, in JSON or not; only not where somebody escapes letters that need no escape, as in
    “%6Aane”. `shortest`: bytes that the last part of a profile's address must have.
    """
    found: set[str] = set()
    for key in filter(None, map(email_key, emails)):
        found |= {key, f"{key.partition('@')[0]}+"}
    others = {text.replace("&", sign) for text in found for sign in ("&amp;", "\\u0026")}
    for url in profiles:
        end = profile_key(url).rpartition("/")[2]
        found |= _spellings(end, shortest) if len(end.encode("utf-8", "surrogatepass")) >= shortest else set()
    return sorted(found | others | {json.dumps(text)[1:-1] for text in found})  # SQLite keeps JSON in ASCII


def _spellings(end: str, shortest: int) -> set[str]:
    """The longest run of letters that all spellings of it have; where that tells too little, the spellings."""
    run = max(_SPELT_APART.split(end), key=len)
    if len(run) >= max(shortest, ENOUGH) or run == end:
        return {run} - {""}
    plain = unquote(end)
    cased = {text for one in (plain, plain.replace("ss", "ß")) for text in (one, one.upper(), one.title())}
    literal = {unicodedata.normalize(form, text) for text in cased for form in ("NFC", "NFD")}
    escaped = {quote(text, safe=safe, errors="surrogatepass") for text in literal for safe in ("", SAFE)}
    return literal | escaped | {_ESCAPES_OF_ANY.sub(lambda found: found[0].lower(), text) for text in escaped}


def emails(text: str) -> Iterator[tuple[str, int, int]]:
    """The mail addresses in a text, as they are compared, with their places."""
    if "@" in text:
        for found in EMAIL.finditer(text):
            yield email_key(found[0]), found.start(), found.end()
            # In “?to=a&jane@acme.com” it only parts her from what stands before.
            if (after := found[0].rpartition("&")[2]) != found[0] and (key := email_key(after)):
                yield key, found.end() - len(after), found.end()


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
