"""What a clause asserts, held against the lines of its items that speak of the same.

Words alone do not tell how far a statement goes: whether it is done or planned, of all or of some, over or under, of
the whole or of a part, so or not so, and why. Each check finds the lines that say most of what the clause says
and asks whether they go as far. What no line goes as far as is withheld; a fair clause that is lost weighs less.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from enrichment.analysis.distortions import Line
from enrichment.analysis.stems import STOP, is_past, root_of
from enrichment.analysis.text import normal, words_in

_FILE = Path(__file__).parents[1] / "data" / "asserting.toml"
_WORDS = {name: frozenset(words) for name, words in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
_CLAIMS, _TENTATIVE, _PLANNED = _WORDS["claims"], _WORDS["tentative"], _WORDS["planned"]
_PAST, _PARTS = _WORDS["past"], _WORDS["parts"]
_QUIET = STOP | _WORDS["light"] | _TENTATIVE | _PLANNED

# Bounds of a number, by what they mean.
_BOUNDS = {
    "over": r"over|more than|above|exceed(?:s|ing)?|beyond|upwards of",
    "at least": r"at least|no (?:fewer|less) than|from",
    "under": r"under|less than|fewer than|below",
    "up to": r"up to|as many as|at most|no more than|a maximum of",
    "about": r"about|around|roughly|nearly|almost|some|approximately|close to|circa|an estimated",
}
_BOUND = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name.replace(' ', '_')}>{words})" for name, words in _BOUNDS.items()) + r")"
    r"\s+(?:the\s+)?[$€£¥]?(?P<number>\d[\d,.]*)"
)
_AS_IT_IS = re.compile(r"[$€£¥]?(?P<number>\d[\d,.]*)")
_NEGATION = re.compile(
    r"\b(?:not|no|never|nothing|nobody|none|neither|nor|without|cannot|lacks?|fails?|failed)\b|n't\b"
)
_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|as a result(?: of)?|caused by|causes?|thanks to|driven by|prompted by|leads? to"
    r"|led to|results? in|resulted in|in response to|stems? from|forces?|forced|which is why|owing to"
    r"|drives|creates?|so that|in order to)\b"
)
_ANY_CAUSE = re.compile(rf"{_CAUSE.pattern}|\b(?:after|since|following|to)\b")
_SUPERLATIVE = re.compile(r"\b(?:most|least) \w+|\b(?!inter|requ|t\b|b\b|l\b)\w{3,}(?:i|[^aeiou])est\b")
_NO_SUPERLATIVE = frozenset("interest request latest protest invest harvest suggest contest guest digest".split())
_SINGULAR = frozenset("a an one first second third another single its his her their".split())
_PLURAL = frozenset("its their the new these those more several other different many multiple his her our your".split())
_TELLING = 2  # roots that a line shares with a clause that it is compared with


@dataclass(frozen=True)
class Clause:
    """A clause taken apart; `names` are the words of company and vendor, which say nothing about it."""

    text: str
    names: frozenset[str]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(word.casefold() for word in words_in(self.text))

    @cached_property
    def telling(self) -> frozenset[str]:
        return frozenset(root_of(word) for word in self.words if word not in _QUIET and word not in self.names)

    def closest(self, told: Sequence[Line], least: int = _TELLING) -> list[Line]:
        """The lines that share most with it, `least` roots at least; a title repeated in a text counts twice."""
        shared = [(len(self.telling & line.also), line) for line in told]
        most = max((count for count, _ in shared), default=0)
        return [line for count, line in shared if count == most] if most >= min(least, len(self.telling) or 1) else []


def complaint(text: str, told: Sequence[Line], borne: frozenset[str], names: frozenset[str]) -> str | None:
    """How far the clause goes beyond the lines; None where it does not. `borne`: roots of all that is cited."""
    clause = Clause(text, names)
    return (
        _too_much(clause, borne)
        or _other_cause(clause, told)
        or _other_bound(clause, told)
        or _turned(clause, told)
        or _settled(clause, told)
        or _over_by_now(clause, told)
        or _of_the_whole(clause, told)
        or _of_many(clause, told)
    )


def _too_much(clause: Clause, borne: frozenset[str]) -> str | None:
    for word in clause.words:
        if word in _CLAIMS and not {word, root_of(word)} & borne:
            return f"claims more than is cited: {word}"
    for found in _SUPERLATIVE.findall(normal(clause.text)):
        word = found.split()[-1]
        if word not in _NO_SUPERLATIVE and not {word, root_of(word)} & borne:
            return f"claims more than is cited: {found}"
    return None


def _other_cause(clause: Clause, told: Sequence[Line]) -> str | None:
    """A cause and its effect that stand together in no line which gives a cause."""
    read = normal(clause.text)
    for match in _CAUSE.finditer(read):
        before = Clause(read[: match.start()], clause.names).telling
        after = Clause(read[match.end() :], clause.names).telling
        causal = [line for line in told if _ANY_CAUSE.search(normal(line.text))]
        if before and after and not any(before & line.also and after & line.also for line in causal):
            return "gives a cause that is not cited"
    return None


def _other_bound(clause: Clause, told: Sequence[Line]) -> str | None:
    """A number that is bounded in another way than where it is cited: “over 120”, where it is “up to 120”."""
    mine = dict(_bounds(clause.text))
    theirs: dict[str, set[str]] = {}
    for line in told:
        for number, bound in _bounds(line.text):
            theirs.setdefault(number, set()).add(bound)
    for number, bound in mine.items():
        if number in theirs and bound not in theirs[number]:
            return f"bounds a number otherwise than it is cited: {bound or 'exactly'} {number}"
    return None


def _bounds(text: str) -> Iterator[tuple[str, str]]:
    """Each number with its bound, "" for none."""
    read = normal(text)
    bounded = {match.start("number"): match for match in _BOUND.finditer(read)}
    for match in _AS_IT_IS.finditer(read):
        found = bounded.get(match.start("number"))
        bound = (
            next((name for name, words in found.groupdict().items() if words and name != "number"), "") if found else ""
        )
        more = read[match.end() : match.end() + 1] == "+"
        yield match["number"].rstrip(".,").replace(",", ""), "over" if more else bound.replace("_", " ")


def _turned(clause: Clause, told: Sequence[Line]) -> str | None:
    """So, where the line says not so; or the other way round."""
    closest = clause.closest(told)
    is_denied = _NEGATION.search(normal(clause.text)) is not None
    if closest and all((_NEGATION.search(normal(line.text)) is not None) != is_denied for line in closest):
        return "says the opposite of what is cited"
    return None


def _settled(clause: Clause, told: Sequence[Line]) -> str | None:
    """As certain, or as done, what each line that says it leaves open or only plans."""
    closest = clause.closest(told)
    mine = frozenset(clause.words)
    if not closest or mine & _TENTATIVE:
        return None
    if all(_TENTATIVE & frozenset(line.words) for line in closest):
        return "says as settled what is left open"
    is_planned = [bool(_PLANNED - {"to"} & frozenset(line.words)) or _is_to(line) for line in closest]
    if all(is_planned) and not mine & _PLANNED and any(is_past(word) for word in mine - clause.names):
        return "says that it is done, which is only planned"
    return None


def _is_to(line: Line) -> bool:
    """“Acme to open a plant”: what a headline plans."""
    return any(
        word == "to" and line.words[place + 1 : place + 2] and place <= 3 and not is_past(line.words[place - 1])
        for place, word in enumerate(line.words)
        if place
    )


def _over_by_now(clause: Clause, told: Sequence[Line]) -> str | None:
    """As of today, what each line tells of the past: “runs”, where it “was closed”."""
    closest = clause.closest(told)
    mine = frozenset(clause.words)
    if not closest or mine & _PAST or any(is_past(word) for word in mine - clause.names):
        return None
    return "says of today what is cited of the past" if all(_PAST & frozenset(line.words) for line in closest) else None


def _of_the_whole(clause: Clause, told: Sequence[Line]) -> str | None:
    """Of the company, what each line says of a part of it, or of what it is a part of."""
    closest = clause.closest(told)
    if closest and not _PARTS & set(clause.words) and all(_PARTS & set(line.words) for line in closest):
        return "says of the whole what is cited of a part"
    return None


def _of_many(clause: Clause, told: Sequence[Line]) -> str | None:
    """“The new plants”, where there is one."""
    lines = [line for line in told if len(line.words) > 1]
    cited = frozenset(word for line in lines for word in line.words)
    for before, word in zip(clause.words, clause.words[1:], strict=False):
        one = word.removesuffix("s")
        if before in _PLURAL and one != word and len(one) > 3 and word not in cited and one in cited:
            single = any(
                _SINGULAR & set(line.words[max(0, place - 3) : place])
                for line in lines for place, other in enumerate(line.words) if other == one
            )  # fmt: skip
            if single:
                return f"says of many what is cited of one: {word}"
    return None
