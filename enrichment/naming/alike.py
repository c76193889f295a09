"""Whether two names are one in another shape: reordered, cut short, blended, misspelt. Pure; only words count."""

import re

from rapidfuzz.distance import OSA

from enrichment.naming.forms import Form, are_common, common, forms, kinds, standing_for
from enrichment.naming.spelling import forms as legal_forms
from enrichment.naming.spelling import words

SHORTEST_MISSPELT = 6  # letters; in shorter words another letter is another word
SHORTEST_CUT = 3
SHORTEST_BLEND = 5
SHORTEST_TYPED = 5  # letters of a whole name in which one may have slipped
SHORTEST_LEGAL_FORM = 3

SMALL_WORDS = frozenset({"and", "of", "the", "de", "la", "du", "des", "der", "die", "fur", "for", "del"})
_SOUND_ALIKE = tuple(map(frozenset, ("mn", "sz", "cs", "ck", "gk", "gj", "bp", "dt", "vw", "fv", "uv")))
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def are_reordered(one: str, other: str) -> bool:
    """Whether they have the same words in another order: Hotel Bellavoine, Marbellini Giovanni.

    Not where all are common ones and none is a trade: Stone Bridge is no Bridge Stone.
    """
    return any(
        len(first.core) > 1
        and _in_any_order(first.core) == _in_any_order(second.core)
        and (not are_common(first.core) or 0 < sum(word in kinds() for word in first.spelt) < len(first.spelt))
        for first in forms(one)
        for second in forms(other)
    )


def _in_any_order(words: tuple[str, ...]) -> list[str]:
    """Its words without "of" and the like: University of Marlowe and Marlowe University."""
    return sorted(word for word in words if word not in SMALL_WORDS)


def are_abbreviated(one: str, other: str) -> bool:
    """Whether words behind the first are cut short in one of them: "Ostrander Med. Devices"."""
    return any(
        len(first.spelt) == len(second.spelt) > 1
        and standing_for(first.spelt[:1]) == standing_for(second.spelt[:1])
        and all(_is_cut(*pair) for pair in zip(first.spelt, second.spelt, strict=True))
        for first in forms(one)
        for second in forms(other)
    )


def _is_cut(one: str, other: str) -> bool:
    """Whether two words are one, or the shorter is no word itself and cut from the other: "costr", "bldg"."""
    if one == other or standing_for((one,)) == standing_for((other,)):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < SHORTEST_CUT or short in common() or len(long) - len(short) < SHORTEST_CUT - 1:
        return False
    is_contracted = short[-1] == long[-1] and long in common() and stands_for(short, long)
    return is_contracted or (long.startswith(short) and long.removeprefix(short) not in common())


def stands_for(short: str, long: str) -> bool:
    """Whether the letters of `short` stand in `long` in that order, the first one first: "bldg", "building"."""
    letters = iter(long)
    return short[:1] == long[:1] and all(letter in letters for letter in short)


def are_blended(one: str, other: str) -> bool:
    """Whether it is put together from the beginnings of all the words: "SocGen"."""
    for first in forms(one):
        words = [word for word in first.spelt if word not in SMALL_WORDS]
        for second in forms(other):
            blend = second.joined
            parts = "".join(rf"({re.escape(word[:2])}\w*)" for word in words)
            found = re.fullmatch(parts, blend) if len(words) > 1 and len(second.spelt) == 1 else None
            if found and len(blend) >= SHORTEST_BLEND and all(map(str.startswith, words, found.groups())):
                return True
    return False


def holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """Whether the shorter's words stand in the longer one in a row: at its beginning, or behind what it is."""
    longer, shorter = ((*words[:1], *(word for word in words[1:] if word != "and")) for words in (longer, shorter))
    if not 0 < len(shorter) < len(longer):
        return False
    starts = range(len(longer) - len(shorter) + 1)
    return any(longer[at : at + len(shorter)] == shorter and are_common(longer[:at]) for at in starts)


def are_one_slip_apart(one: Form, other: Form) -> bool:
    if len(one.spelt) != len(other.spelt):
        return False
    pairs = [(first, second) for first, second in zip(one.spelt, other.spelt, strict=True) if first != second]
    if len(pairs) != 1:
        return False
    first, second = pairs[0]
    shortest = SHORTEST_MISSPELT - (len(one.spelt) > 1)
    if min(len(first), len(second)) < shortest or first[0] != second[0] or not (first + second).isalpha():
        return False
    if len(one.spelt) == 1 and len(first) == len(second) and sorted(first) != sorted(second):
        return False  # a name of one word with another letter in it is another name
    return OSA.distance(first, second) == 1 and not {first, second} <= common() and _may_slip(first, second)


def is_a_slip(one: str, other: str) -> bool:
    """Whether one slip of the pen makes the one spelling of the other; both in lower case, a word between spaces.

    That is less than being one company ("Northwend", "Northwind"): it is worth a question before money is spent. Not
    the first letter, nor a figure, nor one common word in another's place: Acme Foods and Acme Goods.
    """
    if min(len(one), len(other)) < SHORTEST_TYPED or one[0] != other[0] or _digits(one) != _digits(other):
        return False
    if OSA.distance(one, other, score_cutoff=1) != 1 or not _may_slip(one, other):
        return False
    first, second = one.split(), other.split()
    if len(first) != len(second):
        return True
    return all(not {a, b} <= common() for a, b in zip(first, second, strict=True) if a != b)


def _digits(text: str) -> list[str]:
    return [letter for letter in text if letter.isdigit()]


def slips_of_forms(name: str) -> list[str]:
    """The names of which a slip in the legal form makes this one: "Acme Crop" of "acme corp"."""
    *before, last = words(name) or ("",)
    if not before or (last,) in legal_forms().after:
        return []
    single = sorted(form[0] for form in legal_forms().after if len(form) == 1 and len(form[0]) >= SHORTEST_LEGAL_FORM)
    meant = (form for form in single if form[0] == last[:1] and OSA.distance(last, form, score_cutoff=1) == 1)
    return [" ".join((*before, form)) for form in meant if _may_slip(last, form)]


def _may_slip(one: str, other: str) -> bool:
    """Whether a letter in another's place stands beside it on the keyboard, sounds like it or is a vowel as well.

    Other letters make another name: Rosenbaum and Rosenblum.
    """
    if len(one) != len(other) or sorted(one) == sorted(other):
        return True
    first, second = next((a, b) for a, b in zip(one, other, strict=True) if a != b)
    rows = {letter: (at, number) for number, row in enumerate(_KEYS) for at, letter in enumerate(row)}
    if not {first, second} <= rows.keys():
        return False
    (x, y), (u, v) = rows[first], rows[second]
    return {first, second} <= set("aeiouy") or {first, second} in _SOUND_ALIKE or (abs(x - u) <= 1 and abs(y - v) <= 1)
