"""What a company's name says once spelling is taken out of it. Pure: reads neither database nor clock."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
NAME_LENGTH = 200  # longest name that is kept
KEY_LENGTH = 253  # longest key; some single characters fold to many

# Letters that Unicode does not decompose into a base and an accent, and one whose accent people leave out.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ё": "е"}
)
APOSTROPHES = re.compile(r"['’‘`´ʼ]|(?<=\w)[\"״](?=\w)")  # the last are Hebrew gershayim, as in בע"מ
DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Registers of listed companies add the share class, the state ("/DE/", "/NEW") or both.
LISTING_NOTE = re.compile(
    r"""\(\s*class\s[a-z]\s*\)               # anywhere
    |\s[/\\]\s?[a-z]{2,4}[/\\]?\s*$          # " /DE/", " /NEW", " / MA" at the end
    |[/\\][a-z]{2,4}[/\\]\s*$                # "/OH/"
    |((?<=\binc)|(?<=corp))[/\\][a-z]{0,4}$   # "INC/DE", "INC/"
    |((?<=limited)|(?<=company))[/\\][a-z]{2}$""",
    re.VERBOSE,
)


def clean_name(text: str) -> str:
    """`text` as a name to show: one line without control characters, at most 200 characters.

    Half characters go, and marks that turn the direction of writing, by which a name can pass for another. Empty where
    nothing can be seen.
    """
    if not text.isprintable():
        shown = (c for c in text if unicodedata.category(c) not in {"Cs", "Cn"} and c not in DIRECTION_MARKS)
        text = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in shown)
    name = " ".join(text.split())[:NAME_LENGTH].rstrip()
    return name if any(unicodedata.category(c)[0] in "LNSP" for c in name) else ""


def words(text: str) -> tuple[str, ...]:
    """The words of a name in lower case without accents and punctuation, its legal form among them.

    `"J.P. Morgan S.p.A."` gives `("jp", "morgan", "spa")`. Scripts are kept: nothing is transliterated.
    """
    return _words_of_name(text) if len(text) <= NAME_LENGTH else _words(text)


def _words(text: str) -> tuple[str, ...]:
    plain = _unaccented(text.casefold().translate(PLAIN_LETTERS)).casefold().translate(PLAIN_LETTERS)
    plain = LISTING_NOTE.sub(" ", plain.strip())
    plain = APOSTROPHES.sub("", plain).replace("&", " and ").replace("＆", " and ")
    return _initials_joined(tuple(filter(_is_word, "".join(map(_letter_or_space, plain)).split())))


_words_of_name = lru_cache(maxsize=4096)(_words)  # one name is compared with many


def folded(text: str) -> str:
    """The words of a name in one line, its legal form kept: `"Acme, CORP."` gives `"acme corp"`."""
    return " ".join(words(text))[:KEY_LENGTH].rstrip()


def name_key(text: str) -> str:
    """What two spellings of one name share: `folded` without the legal form and the article.

    `"The Coca-Cola Company"` and `"COCA COLA CO"` give `"coca cola"`, `"株式会社日立製作所"` gives `"日立製作所"`.
    A name that is nothing but legal forms keeps its last; one without letters keeps its signs. Empty only where
    nothing can be seen. Applying it again changes nothing. At most 253 characters.
    """
    key = _key_once(clean_name(text))
    while (again := _key_once(key)) != key and len(again) <= len(key):
        key = again
    return key


def legal_countries(text: str) -> frozenset[str]:
    """The countries that know the legal form in `text`; empty where it has none."""
    found = words(text)
    return _strip(found, forms()).countries if found else frozenset()


def ticker_key(text: str) -> str:
    """A ticker however its class is set off: `"BRK-B"` and `"BRK/B"` give `"brk.b"`, which is not `"brkb"`."""
    return ".".join(re.findall(r"[a-z0-9]+", clean_name(text).casefold()))


def compact(key: str) -> str:
    """A key without spaces, which finds "JP Morgan" for "JPMorgan"."""
    return key.replace(" ", "")


@lru_cache(maxsize=1)
def descriptors() -> frozenset[str]:
    """Words that many companies' names hold, say "group": they tell little about which one is meant."""
    return frozenset(tomllib.loads((DATA / "company_words.toml").read_text())["descriptors"])


# --- Letters ----------------------------------------------------------------------------------------------------------


def _unaccented(text: str) -> str:
    """`text` without the accents of Latin and Greek letters; marks of other scripts are letters in their own right."""
    if text.isascii():
        return text
    kept: list[str] = []
    base_is_plain = False
    for character in unicodedata.normalize("NFKD", text):
        if unicodedata.combining(character) and base_is_plain:
            continue
        if not unicodedata.combining(character):
            base_is_plain = character < "\u0250" or "\u0370" <= character <= "\u03ff"
        kept.append(character)
    return unicodedata.normalize("NFKC", "".join(kept))


def _letter_or_space(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # joiners inside a word
        return ""
    return character if category[0] in "LNM" else " "


def _is_word(token: str) -> bool:
    """Whether it is more than marks without a letter under them."""
    return any(character.isalnum() for character in token)


def _initials_joined(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """`("a", "o", "smith")` gives `("ao", "smith")`, so that "A. O. Smith" is spelt like "AO Smith"."""
    joined: list[str] = []
    for are_initials, run in groupby(tokens, key=_is_initial):
        together = list(run)
        joined += ["".join(together)] if are_initials else together
    return tuple(joined)


def _is_initial(token: str) -> bool:
    return len(token) == 1 and token.lower() != token.upper()


# --- Legal forms ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegalForms:
    """Forms as tuples of words → countries that know them; `joined` stand against the name without a space."""

    after: dict[tuple[str, ...], frozenset[str]]
    before: dict[tuple[str, ...], frozenset[str]]
    joined: dict[str, frozenset[str]]
    longest: int  # words of the longest form


@dataclass(frozen=True, slots=True)
class Stripped:
    """The words of a name that are left, and the countries whose forms were taken off."""

    words: tuple[str, ...]
    countries: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def forms() -> LegalForms:
    """The legal forms of `data/legal_forms.toml`."""
    by_country = tomllib.loads((DATA / "legal_forms.toml").read_text())

    def collected(place: str) -> dict[tuple[str, ...], frozenset[str]]:
        found: dict[tuple[str, ...], set[str]] = {}
        for country, places in by_country.items():
            for form in places.get(place, ()):
                found.setdefault(words(form), set()).add(country)
        return {form: frozenset(countries) for form, countries in found.items()}

    after, before = collected("after"), collected("before")
    joined = {"".join(form): countries for form, countries in collected("joined").items()}
    return LegalForms(after, before, joined, max(len(form) for form in (*after, *before)))


def _key_once(text: str) -> str:
    found = words(text)
    if not found:
        return " ".join(text.casefold().split())[:KEY_LENGTH].rstrip()
    return " ".join(_strip(found, forms()).words)[:KEY_LENGTH].rstrip()


def _strip(name: tuple[str, ...], known: LegalForms) -> Stripped:
    """Take articles and legal forms off both ends for as long as a word is left."""
    countries: frozenset[str] = frozenset()
    while True:
        for shorter in (
            _without_article(name),
            _without_after(name, known),
            _without_before(name, known),
            _without_joined(name, known),
        ):
            if shorter.words != name:
                name, countries = shorter.words, countries | shorter.countries
                break
        else:
            return Stripped(name, countries)


def _without_article(name: tuple[str, ...]) -> Stripped:
    if len(name) > 1 and name[-1] in {"the", "and"}:
        return Stripped(name[:-1])
    return Stripped(name[1:] if len(name) > 1 and name[0] == "the" else name)


def _without_after(name: tuple[str, ...], known: LegalForms) -> Stripped:
    for length in range(min(known.longest, len(name) - 1), 0, -1):
        if countries := known.after.get(name[-length:]):
            return Stripped(name[:-length], countries)
    return Stripped(name)


def _without_before(name: tuple[str, ...], known: LegalForms) -> Stripped:
    for length in range(min(known.longest, len(name) - 1), 0, -1):
        if countries := known.before.get(name[:length]):
            return Stripped(name[length:], countries)
    return Stripped(name)


def _without_joined(name: tuple[str, ...], known: LegalForms) -> Stripped:
    """Forms of scripts that write no spaces, at the outer ends of the first and the last word."""
    if name[0].isascii() and name[-1].isascii():
        return Stripped(name)
    for form, countries in known.joined.items():
        for rest in (
            (name[0].removeprefix(form), *name[1:]) if name[0].startswith(form) else name,
            (*name[:-1], name[-1].removesuffix(form)) if name[-1].endswith(form) else name,
        ):
            left = tuple(filter(_is_word, rest))
            if left and left != name:
                return Stripped(left, countries)
    return Stripped(name)
