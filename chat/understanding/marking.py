"""A question's words, names put as what they are: so one example stands for all companies, titles and products."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.understanding import lexicon
from chat.understanding.words import mended, stem, words
from enrichment import technologies
from enrichment.technologies import Technology

COMPANY, VENDOR, RIVAL, PRODUCT, TITLE, AREA, PERSON, UNKNOWN = (
    f"‹{each}›" for each in ("company", "vendor", "rival", "product", "title", "area", "person", "unknown")
)
LONGEST_NAME = 3  # words of a product's or a title's name


@dataclass(frozen=True, slots=True)
class Mark:
    """A word, or the words of one name. `stem` is what is learnt of it; `mark` the class of name, "" for none."""

    text: str
    stem: str
    mark: str = ""

    @property
    def shown(self) -> str:
        return self.mark or self.stem


def marked(text: str, *, vendor: str, company: str, people: Sequence[str], known: frozenset[str]) -> list[Mark]:
    """The question's words in their order. `known` are the words that a slip of the pen is mended to."""
    tokens = words(text)
    names = {
        VENDOR: _name_words(vendor) or lexicon.VENDORS,
        COMPANY: _name_words(company) | lexicon.COMPANIES,
        PERSON: frozenset().union(*map(_name_words, people)) | lexicon.PERSON,
    }
    marks: list[Mark] = []
    at = 0
    while at < len(tokens):
        taken, mark = 1, next((mark for mark, held in names.items() if tokens[at] in held), "")
        if mark == COMPANY and at + 1 < len(tokens) and tokens[at + 1] in lexicon.SUFFIXES:
            taken = 2
        if not mark:
            taken, mark = _longest(tokens, at, known, vendor)
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
