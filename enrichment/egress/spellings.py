"""How a secret may be spelt where it is repeated: as it is, in URLs, in JSON, in HTML, in Base64. Pure."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.entities import html5
from itertools import groupby

# Nobody escapes these. All else is escaped somewhere: `-` by Django's `escapejs`, `_` by OWASP's encoders.
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_SLASHES = "{0,8}+"  # backslashes before a sign, one more for each JSON inside JSON; no backtracking into them


@dataclass(frozen=True)
class Spelling:
    """One way to write a secret, whoever escapes its signs."""

    written: str

    def replaced(self, text: str, by: str) -> str:
        """`text` with `by` in place of it."""
        return self._pattern.sub(lambda _found: by, text) if self._core in text else text

    @cached_property
    def _core(self) -> str:
        """Its longest part that is never escaped, "" where there is none: a text without it has none of the secret."""
        return max(_PLAIN.findall(self.written), key=len, default="")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Compiled when the first text needs it, which takes milliseconds: most spellings are never met."""
        return re.compile("".join(_part(sign, count) for sign, count in _runs(self.written)))


def spellings(secret: str) -> Iterator[Spelling]:
    """As it is, as bytes in UTF-8 that are read as Latin-1, and in both alphabets of Base64, which URLs escape too.

    Base64 is found where the secret stands alone in it: beginning and end depend on what is around.
    """
    octets = secret.encode("utf-8", "surrogatepass")
    encoded = base64.b64encode(octets).decode().rstrip("=")
    for written in {secret, octets.decode("latin-1"), encoded, encoded.translate(str.maketrans("+/", "-_"))}:
        yield Spelling(written)


def _runs(text: str) -> Iterator[tuple[str, int]]:
    """The signs, each with how often it follows itself if it is a backslash, else one by one."""
    for sign, run in groupby(text):
        count = sum(1 for _ in run)
        yield from [(sign, count)] if sign == "\\" else [(sign, 1)] * count


def _part(sign: str, count: int) -> str:
    if _PLAIN.fullmatch(sign):
        return sign
    either = "|".join(dict.fromkeys(_spellings_of(sign)))
    if sign == "\\":  # at once, for a backslash before another one is its escape or the next sign
        return f"(?:{either}){{{count},{4 * count}}}+"
    return f"{_BACKSLASH}{_SLASHES}(?:{either})"


def _spellings_of(sign: str) -> Iterator[str]:
    """Patterns for an odd sign; the backslash that JSON writes before it is left out.

    As it is comes last: what escapes “&” or “%” begins with it, and the rest would stay behind.
    """
    # `%2F`, and `%252F` where a URL stands inside another one
    yield "(?i:" + "".join(f"%(?:25)*{octet:02x}" for octet in sign.encode("utf-8", "surrogatepass")) + ")"
    yield from ([r"\+"] if sign == " " else [])
    yield from _in_json(sign)
    yield f"(?i:&(?:amp;)*#(?:0*{ord(sign)}|x0*{ord(sign):x});)"
    yield from (f"&(?:amp;)*{name};" for name in _ENTITIES.get(sign, ()))
    yield re.escape(sign)


def _in_json(sign: str) -> Iterator[str]:
    escaped = json.dumps(sign)[1:-1]
    if len(escaped) == 2 and escaped[1] != sign:  # the letter of `\n`
        yield re.escape(escaped[1])
    units = sign.encode("utf-16-be", "surrogatepass")
    codes = [units[place : place + 2].hex() for place in range(0, len(units), 2)]
    yield "(?i:" + rf"{_BACKSLASH}{_SLASHES}".join(f"u{code}" for code in codes) + ")"


def _entities() -> dict[str, list[str]]:
    found = defaultdict(list)
    for name, sign in html5.items():
        if name.endswith(";"):
            found[sign].append(name[:-1])
    return found


_ENTITIES = _entities()
_BACKSLASH = r"(?i:\\|%(?:25)*5c|u005c|&(?:amp;)*(?:#0*92|#x0*5c|bsol);)"
