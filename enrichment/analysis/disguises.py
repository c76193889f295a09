"""What a text says to whoever undoes its disguise: escapes, encodings, look-alike and invisible characters.

Only texts that show signs of a disguise are undone, for every collected text comes through here.
"""

import base64
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote_plus

_UNSEEN = frozenset({"Cf", "Mn", "Me", "Co", "Cn"})  # categories of characters that nobody sees by themselves
_LONGEST = 4_000  # characters that are looked at
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){12,}")
_SPACED = re.compile(r"(?:(?<!\w)\w[\s._*-]+){8,}")
_JOINED = re.compile(r"\w[_+-]\w+[_+-]\w+[_+-]\w")
# Words of orders, turned round and turned by thirteen letters: only what has one is turned back.
_KEYS = ("ignore", "instruction", "prompt", "system", "report", "assistant", "disregard", "forget", "previous", "rules")
_TURNED = tuple(key[::-1] for key in _KEYS)
_ROTATED = tuple(codecs.encode(key, "rot13") for key in _KEYS)

# Letters of other scripts that pass for Latin ones.
_ALIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝѵгкмнтвАВЕКМНОРСТУХІЅЈҮԌαορτυνικγηχβΑΒΕΖΗΙΚΜΝΟΡΤΥΧı",
    "aeopcyxijsdhqwvrkmhtbABEKMHOPCTYXISJYGaoptuvikyhxbABEZHIKMNOPTYXi",
)
_CIPHERS = str.maketrans("013457@$|", "oieastasi")


def readings(text: str) -> Iterator[str]:
    """The text as it is read, and what it hides, each once."""
    seen: set[str] = set()
    for reading in _readings(text[:_LONGEST]):
        if reading and reading not in seen:
            seen.add(reading)
            yield reading


def _readings(text: str) -> Iterator[str]:
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    yield plain
    if not text.isascii():
        yield (plain := visible(plain))
        if not plain.isascii():
            yield _latin(plain)
        yield "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    yield from _unescaped(plain)
    yield from _decoded(plain)
    yield from _turned(plain if plain.isascii() else _latin(plain))


def visible(text: str) -> str:
    """Without characters that nobody sees, and without marks on letters."""
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(char for char in apart if unicodedata.category(char) not in _UNSEEN))


def _latin(text: str) -> str:
    """The words of mixed scripts in Latin letters; words of one other script stay what they are."""
    return " ".join(
        word.translate(_ALIKE) if not word.isascii() and _passes_for_latin(word) else word for word in text.split(" ")
    )


def _passes_for_latin(word: str) -> bool:
    return all(char.isascii() or ord(char) in _ALIKE or not char.isalpha() for char in word)


def _unescaped(text: str) -> Iterator[str]:
    if "%" in text or "+" in text:
        yield unquote_plus(text)
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text or "\\x" in text:
        try:
            yield codecs.decode(text.encode("ascii", "backslashreplace"), "unicode_escape")
        except ValueError:
            return


def _decoded(text: str) -> Iterator[str]:
    for found in _ENCODED.findall(text):
        bare = found.rstrip("=").replace("+", "-").replace("/", "_")
        yield from _as_text(base64.urlsafe_b64decode, bare + "=" * (-len(bare) % 4))
    for found in _HEXADECIMAL.findall(text):
        yield from _as_text(bytes.fromhex, re.sub(r"[ :]", "", found))


def _as_text(decode: Callable[[str], bytes], raw: str) -> Iterator[str]:
    try:
        found = decode(raw).decode()
    except ValueError:
        return
    if found.isprintable():
        yield found


def _turned(text: str) -> Iterator[str]:
    small = text.casefold()
    if _SPACED.search(text):
        closed = re.sub(r"(?<=(?<!\w)\w)[\s.*-]+(?=\w(?!\w))|(?<=_)[\s.*-]|[\s.*-](?=_)", "", text)
        yield closed.replace("_", " ")
        yield re.sub(r"[\s.*-]", "", text).replace("_", " ")
    if re.search(r"[a-z]-[a-z]+.*[a-z]-[a-z]", text):
        yield re.sub(r"(?<=[a-z])-(?=[a-z])", "", text)
    if _JOINED.search(text):
        yield re.sub(r"[_+-]+", " ", text)
    if any(key in small for key in _TURNED):
        yield text[::-1]
    if any(key in small for key in _ROTATED):
        yield codecs.decode(text, "rot13")
    if sum(key in small for key in _KEYS) >= 2:  # perhaps word by word from the end
        yield " ".join(text.split(" ")[::-1])
    if any(char in "013457@$|" for char in text):
        yield text.translate(_CIPHERS)
