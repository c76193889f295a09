"""What a sentence asserts, as opposed to what it advises, asks, supposes, or says in general.

A check of words alone lets "Acme is unhappy with its tools" pass where each word is an ordinary one. So sentences are
taken apart into clauses, and each clause that asserts something about somebody in particular must have all its words,
light ones apart, from what is cited, from the names, or, where it speaks of the vendor, from the vendor's own texts.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from enrichment.analysis.stems import is_past
from enrichment.analysis.text import bag, normal, without_numbers, words_in

_FILE = Path(__file__).parents[1] / "data" / "asserting.toml"
_WORDS = {name: tuple(words) for name, words in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
_HEDGE = re.compile(rf"\b(?:{'|'.join(map(re.escape, _WORDS['hedges']))})\b")
_MEANS = re.compile(rf"\b(?:{'|'.join(_WORDS['means'])})\b")
_NEGATION = re.compile(rf"\b(?:{'|'.join(map(re.escape, _WORDS['negations']))})\b|n't\b")
LIGHT = frozenset(_WORDS["light"]) | frozenset(_WORDS["grounds"])
ANSWERING = _WORDS["answering"]
# What turns an assertion round, counts, or says whether and when it holds.
DECIDING = frozenset().union(
    *(_WORDS[name] for name in ("negations", "claims", "tentative", "planned", "past", "parts"))
)
_ADVICE, _GENERAL, _PARTICULAR = (frozenset(_WORDS[name]) for name in ("advice", "general", "particular"))

QUOTE = re.compile(r"[“\"«]([^“”\"«»]+)[”\"»]")
_SENTENCE = re.compile(r"(?<=[.!?;:→])\s+|\s[-–—]\s")
_CLAUSE = re.compile(
    r",?\s+(?=(?:because|since|so|but|while|whereas|which|who|now that|given that|although|even though|until|unless|if)"
    r"\b)"
    r"|,\s+(?=and\b|then\b)|,\s+(?=(?:who|what|which|where|how|when|why|is|are|do|does|did|can|could|will|would|shall|has"
    r"|have)\b)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:and|but|so|then|or|which|who|while|whereas|please|therefore|also)\s+", re.IGNORECASE)
_ROLE = re.compile(r"^as (?:an? |the )?[^,]*(?:, [A-Z][^,]*)*,\s*", re.IGNORECASE)


_ASKED = frozenset({"who", "what", "which", "how", "where", "whether", "why", "that"})


class Kind(StrEnum):
    ASSERTS = "asserts"
    SUPPOSES = "supposes"
    GENERAL = "general"
    FREE = "free"  # advises, asks, or says what might be


@dataclass(frozen=True, slots=True)
class Clause:
    kind: Kind
    text: str

    @property
    def is_ground(self) -> bool:
        """Whether it gives a reason or a time: "because …"."""
        read = normal(self.text)
        return any(read.startswith(f"{word} ") for word in _WORDS["grounds"]) and not _is_role(self.text)


def clauses(text: str, *, company: Sequence[str]) -> Iterator[Clause]:
    """The clauses of a text and what each of them does. `company` are the names of those that a report is about."""
    for sentence in _SENTENCE.split(QUOTE.sub(" ", text)):
        asks = sentence.rstrip(" )'").endswith("?")
        before: Kind | None = None
        for part in _parts(sentence):
            clause = part.strip(" ,.!?:;→()")
            if clause:
                before = _kind(clause, asks=asks, before=before, company=company)
                yield Clause(before, clause)


def _parts(sentence: str) -> Iterator[str]:
    """The sentence at its joints: "Since they hire, expect questions" is a ground and what comes of it."""
    for part in _CLAUSE.split(sentence):
        ground, comma, rest = part.partition(", ")
        if comma and rest[:1].islower() and Clause(Kind.FREE, ground.strip()).is_ground:
            yield from (ground, rest)
        else:
            yield part


def _kind(clause: str, *, asks: bool, before: Kind | None, company: Sequence[str]) -> Kind:
    """`before` is the kind of the clause that it goes on from: advice and suppositions go on with "and"."""
    read = normal(clause)
    if Clause(Kind.FREE, clause).is_ground:
        return Kind.GENERAL if _is_general(read.split(" ", 1)[1], company) else Kind.ASSERTS
    bare = normal(_OPENING.sub("", _ROLE.sub("", clause) if _is_role(clause) else clause))
    if asks or first_of(bare) in _ADVICE or any(read.startswith(f"{word} ") for word in _WORDS["hypothetical"]):
        return Kind.FREE
    if before in (Kind.FREE, Kind.SUPPOSES) and read.startswith(("and ", "or ", "then ", "who ")):
        return before
    if before is Kind.FREE and first_of(read) in _ASKED:  # "ask who looks after it"
        return before
    hedge = _HEDGE.search(read)
    if hedge and _UNDER_WAY.search(read[: hedge.start()]):  # "budgets are being set, and habits tend to stay"
        return Kind.ASSERTS
    if hedge or _MEANS.search(read) or _is_of_office(clause):
        return Kind.SUPPOSES
    return Kind.GENERAL if _is_general(bare, company) else Kind.ASSERTS


def first_of(text: str) -> str:
    """The first word; empty where there is none."""
    return text.split(" ", 1)[0]


def _is_role(clause: str) -> bool:
    """Whether it begins by saying what somebody is: "As Chief Information Officer, …"."""
    return re.match(r"as (?:an? |the )?[A-Z]", clause, re.IGNORECASE) is not None and normal(clause).startswith("as ")


def _is_of_office(clause: str) -> bool:
    """Whether it says what somebody can do by their office: "As Head of Partnerships, she can say …"."""
    words = normal(clause)
    return _is_role(clause) and _BY_OFFICE.search(words) is not None and not any(map(is_past, words.split()))


_BY_OFFICE = re.compile(
    r"\bcan (?:\w+ )|\b(?:judge|decide|approve|know|feel|keep|answer|shape|set)s?\b|\b(?:has|have) a say\b"
    r"|\bwill have (?:to|a say)\b"
)


def _is_general(bare: str, company: Sequence[str]) -> bool:
    words = bare.split(" ")
    if any(name and normal(name) in bare for name in company):
        return False
    if _UNDER_WAY.search(bare) or any(map(str.isdigit, bare)):  # "someone is settling new suppliers there"
        return False
    if _ANY_OFFICE.match(bare) and not _PARTICULAR - {"the", "that", "this"} & set(words):
        return not any(is_past(word) for word in words)
    return words[0] in _GENERAL and not _PARTICULAR & set(words)


# What goes on is said of somebody in particular; so is what has a number.
_UNDER_WAY = re.compile(r"\b(?:is|are) (?:being \w+|(?!going\b|being\b)\w{2,}ing)\b")

# "A Chief Risk Officer cares about the figures" is said of whoever holds that office.
_ANY_OFFICE = re.compile(
    r"an? (?:\w+ ){0,4}?"
    r"(?:officer|director|president|manager|leader|head|founder|architect|engineer|buyer|c[a-z]o|ciso|vp)\b"
)


def unborne(clause: Clause, stems: frozenset[str], stem: Callable[[str], str]) -> str | None:
    """The first word of what is asserted, or the first negation of what is supposed, that is not among the `stems`."""
    read = normal(clause.text)
    if clause.kind in (Kind.ASSERTS, Kind.SUPPOSES):
        turned = _NEGATION.search(read)
        if turned and stem(turned[0]) not in stems:
            return turned[0]
    means = _MEANS.search(read)
    if clause.kind is not Kind.ASSERTS and not (means and not _HEDGE.search(read)):
        return None
    asserted = clause.text if clause.kind is Kind.ASSERTS or means is None else read[: means.start()]
    for word in words_in(without_numbers(asserted)):
        small = word.casefold()
        if not {small, small.removesuffix("s")} & LIGHT and len(small) > 1 and not {small, stem(small)} & stems:
            return word
    return None


def quotes(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [found.strip() for found in QUOTE.findall(text) if bag(found)]


def is_supposed_speech(quote: str) -> bool:
    """Whether the quotation is what somebody might say: "We already have Lever"."""
    words = normal(quote).split()
    return bool({"we", "our", "us", "i"} & set(words) or {"it", "there", "that", "too"} & set(words[:3]))
