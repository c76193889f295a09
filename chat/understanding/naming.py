"""What a question names: another company than before, and the words that single something out."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from chat.understanding import lexicon
from chat.understanding.marking import (
    AREA,
    COMPANY,
    PERSON,
    PLACE,
    PRODUCT,
    RIVAL,
    TITLE,
    UNKNOWN,
    VENDOR,
    Mark,
    marked,
)
from chat.understanding.model import Context
from chat.understanding.words import LONGEST, words

_DOMAIN = re.compile(r"(?<![\w@.-])(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w@-])", re.IGNORECASE)
_LETTERS = r"[^\W_][\w&'’.+-]*"
# After these a company may stand in small letters, too.
_CALLED_FOR = re.compile(
    r"\b(?:(?:me|ready)\s+for|same(?:\s+(?:question|thing))?\s+(?:for|about|at|with)|question\s+about|over\s+at|people\s+(?:of|at|from)"
    r"|prep(?:are|ping)?(?:\s+me)?\s+for|brief\s+me\s+on|homework\s+on|next\s+up\s+is|start\s+with|switch\s+(?:over\s+)?to|research"
    r"|(?:meeting|call|demo|chat|appointment|lunch|visit)\s+(?:with|at)|meet(?:ing)?|seeing|look\s+(?:at|into)"
    r"|let'?s\s+(?:do|take)|(?:what|how)\s+about(?:\s+(?:at|for))?|and\s+(?:at|for|with))\s+"
    rf"(?=(?P<name>{_LETTERS}(?:\s+{_LETTERS}){{0,4}}))",  # looked at alone: “for my meeting with” holds another one
    re.IGNORECASE,
)
_MET = re.compile(
    r"(?:me\s+for|ready\s+for|prep\w*|meet\w*|call|demo|chat|appointment|lunch|visit|seeing|next\s+up)\b", re.IGNORECASE
)  # a product's name means its maker there
_CAPITALS = re.compile(r"(?<![\w'’])(?P<name>[A-Z][\w&'’.+-]*(?:\s+(?:of\s+|&\s+|and\s+(?=[A-Z]))?[A-Z][\w&'’.+-]*)*)")
_POSSESSIVE = re.compile(r"['’]s?$")
_ORDINARY = lexicon.POLITE | lexicon.OPEN | lexicon.MORE | lexicon.TIMES | lexicon.WE | lexicon.THEY | lexicon.PERSON
_LONGEST_NAME = 5  # words
_FEW = 4  # words: in a longer text the first one has a capital letter whatever it is


def company_named(text: str, marks: Sequence[Mark], context: Context, known: Collection[str]) -> tuple[str, bool]:
    """Another company than the one talked of, as it was written, and whether only a company can stand there; or ""."""
    spoken_of = _spoken_of(context)
    ours = {VENDOR} if context.vendor else set()
    taken = {each.text for each in marks if each.mark in {TITLE, AREA, PERSON, PLACE} | ours}
    products = {each.text for each in marks if each.mark in {PRODUCT, RIVAL}}
    makers = products | {each.text for each in marks if each.mark == VENDOR and not ours}
    for name, is_certain, is_met in _candidates(text[:LONGEST]):
        kept = _kept(name, known, makers if is_met else (), is_certain=is_certain)
        said = " ".join(words(kept))
        if not said or said in taken or (said in products and not is_met) or set(said.split()) <= spoken_of:
            continue
        return kept, is_certain
    return "", False


def _candidates(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Names and whether only a company can stand there, and whether one meets it; the most certain first."""
    for found in _DOMAIN.finditer(text):
        yield found[1], True, True
    for found in _CALLED_FOR.finditer(text):
        yield found["name"], True, _MET.match(found[0]) is not None
    letters = [each for each in text if each.isalpha()]
    if sum(each.isupper() for each in letters) * 2 < len(letters):  # all in capitals: they tell nothing
        for found in _CAPITALS.finditer(text):
            is_first_word = not text[: found.start()].strip(" \"'(¿¡") and " " not in found["name"]
            if not is_first_word or len(text.split()) <= _FEW or found["name"].endswith(("'s", "’s")):
                yield found["name"], False, False


def _kept(name: str, known: Collection[str], makers: Collection[str], *, is_certain: bool) -> str:
    """The name without what stands around it; "" where all of it are ordinary words, and none of the `makers`."""
    kept: list[str] = []
    for word in name.split()[:_LONGEST_NAME]:
        bare = _POSSESSIVE.sub("", word.strip(".,;:!?\"'’()"))
        said = " ".join(words(bare))
        if said in _ORDINARY or (word.islower() and said in known and said not in lexicon.COMPANIES):
            if kept:
                break
            if is_certain:
                return ""
            continue
        kept.append(bare)
        if bare != word.rstrip("'’"):
            break
    read = words(" ".join(kept))
    if " ".join(read) not in makers and all(each in known and each not in lexicon.COMPANIES for each in read):
        return ""
    return " ".join(kept)


def _spoken_of(context: Context) -> set[str]:
    return {word for name in (context.company, context.vendor, *context.people) for word in words(name)}


def about_words(marks: Sequence[Mark], context: Context) -> tuple[str, ...]:
    """What is singled out, lower-case: a product, a title, an area, a topic, a person whom an answer named."""
    found = [
        each.text
        for each in marks
        if each.mark in {PRODUCT, RIVAL, VENDOR, TITLE, AREA, PLACE}
        or (each.mark == PERSON and each.text not in lexicon.PERSON)
        or each.text in lexicon.TOPICS
    ]
    return tuple(dict.fromkeys(found))


def is_of_vendor(marks: Sequence[Mark]) -> bool:
    """Whether the vendor, or what it sells, is named, and nobody besides."""
    named = {each.mark for each in marks}
    others = {COMPANY, PERSON, UNKNOWN} & named or any(each.text in lexicon.THEY for each in marks)
    return VENDOR in named and not others


def stranger(marks: Sequence[Mark], context: Context) -> str:
    """The first person named of whom nothing was told before; "" for none."""
    known = {word for name in (*context.people, *context.staff) for word in words(name)} | lexicon.PERSON
    return next((each.text for each in marks if each.mark == PERSON and not set(each.text.split()) <= known), "")


def doubt_of(name: str, context: Context, known: frozenset[str]) -> str:
    """What else than a company the name may well be: see `Slots.doubt`."""
    said = words(name)
    if _DOMAIN.fullmatch(name.strip()):
        return VENDOR if context.vendor and said[:1] == words(context.vendor)[:1] else ""
    marks = marked(name, replace(context, company=""), known)
    if len(marks) == 1 and marks[0].mark == VENDOR:
        return VENDOR if context.vendor else ""
    if len(marks) == 1 and marks[0].mark in {PRODUCT, RIVAL, PLACE, PERSON, TITLE, AREA}:
        return marks[0].mark
    if all((not each.mark and each.text in said) or each.text in lexicon.COMMON for each in marks):
        return ORDINARY
    return ""


ORDINARY = "ordinary"
