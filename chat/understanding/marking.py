"""A question's words, names put as what they are: so one example stands for all companies, titles and products."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chat.understanding import lexicon
from chat.understanding.model import Context
from chat.understanding.names import PLACES
from chat.understanding.persons import capitals_within, people_named
from chat.understanding.words import mended, stem, words
from enrichment import technologies
from enrichment.technologies import Technology

COMPANY, VENDOR, RIVAL, PRODUCT, TITLE, AREA, PERSON, PLACE, UNKNOWN = (
    f"‹{each}›" for each in ("company", "vendor", "rival", "product", "title", "area", "person", "place", "unknown")
)
LONGEST_NAME = 3  # words of a product's or a title's name
Name = tuple[tuple[str, ...], str]  # words of a name, and its mark


@dataclass(frozen=True, slots=True)
class Mark:
    """A word, or the words of one name. `stem` is what is learnt of it; `mark` the class of name, "" for none."""

    text: str
    stem: str
    mark: str = ""

    @property
    def shown(self) -> str:
        return self.mark or self.stem


def marked(text: str, context: Context, known: frozenset[str], *, other: str = "") -> list[Mark]:
    """The question's words in their order. `known` are the words that a slip of the pen is mended to.

    `other` is another company that the text names.
    """
    tokens, capitals = words(text), capitals_within(text)
    whole_names = _whole_names(text, context, known, other)

    def is_ordinary(word: str) -> bool:
        return (word in known or word in lexicon.COMMON) and word not in capitals

    names = {
        VENDOR: _name_words(context.vendor) or lexicon.VENDORS,
        COMPANY: _name_words(context.company) | lexicon.COMPANIES,
        PERSON: _words_of((*context.people, *context.staff)) | lexicon.PERSON,
    }
    marks: list[Mark] = []
    at = 0
    while at < len(tokens):
        taken, mark = _begun(tokens, at, whole_names, is_ordinary)
        if not mark:
            mark = next((mark for mark, held in names.items() if tokens[at] in held), "")
            if mark == PERSON and is_ordinary(tokens[at]) and tokens[at] not in lexicon.PERSON:
                mark = ""
            if mark == COMPANY and at + 1 < len(tokens) and tokens[at + 1] in lexicon.SUFFIXES:
                taken = 2
        if not mark:
            taken, mark = _longest(tokens, at, known, context.vendor)
        if not mark:
            taken, mark = _place(tokens, at)
        if not mark:
            mark = _class_of(tokens, at)
        whole = " ".join(tokens[at : at + taken])
        if mark:
            marks.append(Mark(whole, stem(whole), mark))
        else:
            right = mended(whole, known)
            marks.append(Mark(right, stem(right), _class_of([right], 0) or ("" if right in known else UNKNOWN)))
        at += taken
    return marks


def _whole_names(text: str, context: Context, known: frozenset[str], other: str) -> list[Name]:
    """What is called by all of its words, the longest first."""
    people = (*context.people, *context.staff)
    places = [name.partition(",")[0] for name in context.places]
    named = [(each, PERSON) for each in people if len(each.split()) > 1]
    named += [(each, VENDOR) for each in context.products] + [(each, PLACE) for each in places]
    named += [(each, PERSON) for each in people_named(text, context, known)]
    found = [(tuple(words(name)), mark) for name, mark in ([(other, COMPANY)] if other else []) + named]
    return sorted((each for each in found if each[0]), key=lambda each: -len(each[0]))


def _begun(
    tokens: Sequence[str], at: int, names: Sequence[Name], is_ordinary: Callable[[str], bool]
) -> tuple[int, str]:
    """The name that stands from here on: how many words, and which it is; one and "" for none."""
    for said, mark in names:
        if tuple(tokens[at : at + len(said)]) != said:
            continue
        if len(said) > 1 or mark == COMPANY or not is_ordinary(said[0]):
            return len(said), mark
    return 1, ""


def _place(tokens: Sequence[str], at: int) -> tuple[int, str]:
    for count in range(LONGEST_NAME, 0, -1):
        if at + count <= len(tokens) and " ".join(tokens[at : at + count]) in PLACES:
            return count, PLACE
    return 1, ""


def _words_of(names: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*map(_name_words, names))


def _longest(tokens: Sequence[str], at: int, known: frozenset[str], vendor: str) -> tuple[int, str]:
    """How many words from here on are one product or title, and which of them; one and "" for neither."""
    for count in range(LONGEST_NAME + 1, 0, -1):
        whole = " ".join(tokens[at : at + count])
        if whole in lexicon.TITLE_PHRASES:
            return count, TITLE
        is_ordinary = whole in known or whole in lexicon.COMMON
        is_name = count > 1 or whole in lexicon.PRODUCTS or not is_ordinary
        product = technologies.by_name(whole) if is_name and at + count <= len(tokens) else None
        if product is not None:
            return count, _of_product(product, vendor)
    return 1, ""


def _of_product(product: Technology, vendor: str) -> str:
    vendor = vendor or next(iter(lexicon.VENDORS))
    if vendor.casefold() in {product.name.casefold(), product.vendor.casefold()}:
        return VENDOR
    ours = technologies.by_name(vendor)
    return RIVAL if ours is not None and ours.category == product.category else PRODUCT


def _class_of(tokens: Sequence[str], at: int) -> str:
    word = tokens[at]
    if word in lexicon.TITLES:
        return TITLE
    if word == "it" and (at == 0 or tokens[at - 1] not in {"of", "in", "their", "the", "runs", "and", "about"}):
        return ""
    return AREA if word in lexicon.AREAS else ""


def _name_words(name: str) -> frozenset[str]:
    """The words by which a name is called: without "Corp" and the like, unless that is all."""
    found = words(name)
    return frozenset(each for each in found if each not in lexicon.SUFFIXES and len(each) > 1) or frozenset(found)
