"""How a sentence of borne words can still say something else: another count, time or order, done for planned.

Each check looks only at what a sentence asserts, and compares it with the sentences of the cited items that speak of
the same. What none of them speaks of is for the other checks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from enrichment.analysis.paraphrases import other_words
from enrichment.analysis.stems import STOP, is_past, root_of, roots
from enrichment.analysis.text import Number, bag, normal, words_in
from enrichment.technologies import by_name
from enrichment.technologies.model import Technology

_SENTENCE = re.compile(r"(?<=[.!?;·])\s+|\n|\s·\s")
_SMALL = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen"
)
_COUNTS = {word: str(value) for value, word in enumerate(_SMALL.split(), 2)} | {
    word: str(value * 10)
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_TIME = re.compile(
    r"\b(?:this|next) (?:day|week|weekend|month|quarter|year|spring|summer|autumn|fall|winter)s?\b"
    r"|\b(?:day one|(?:the|their|its|your) first day|immediately|overnight|in (?:days|minutes|seconds|hours|weeks)"
    r"|within (?:a |an |one |days|\w+ )(?:few )?(?:day|week|month|hour|minute)?s?)\b"
)
_CAUSE = re.compile(r"\b(?:because|due to|as a result of|caused by|causes|caused|thanks to)\b")
_ANY_CAUSE = re.compile(
    r"\b(?:because|due to|as a result|caused|causes|after|since|so that|following|over|thanks to)\b"
)
_SHARE = re.compile(
    r"\b(?:by )?(half|halve|halves|halved|two-thirds|twice|doubles?|doubled|triples?|tripled|tenfold)\b"
)
# Words before a verb that leave open whether it has come to pass: in a cited item, and in the clause itself.
_COMING = frozenset(
    "to will would plans plan planned wants want may could aims intends expects should hopes set follow".split()
)
_OPEN = frozenset(
    "to will would can could should may might must once when after before if until be get planned plans plan being"
    " yet".split()
)
# Acts that go one way: who does it and to whom cannot be told from the words alone. "Partner" is the same both ways.
_ONE_WAY = roots(
    frozenset(
        "acquire buy hire appoint recruit name connect replace lead supply offer serve sue fund own absorb choose"
        " select use run invest pay sell win give take embed".split()
    )
)
# Words that a sentence takes to speak to somebody of what an item says.
_TURNS = frozenset("want wants need needs plan plans new still also today currently".split())
_NOW = frozenset({"now", "already"})
_LATER = frozenset({"to", "will", "may", "might", "could", "plans", "planned", "wants", "follow", "follows"})
_TAKEN_UP = re.compile(r"\b(?P<act>joined|hired|appointed|started|recruited|filled)\b", re.IGNORECASE)
_READING = roots(
    frozenset(
        "interest read reading research researching topic looking surge surging intent attention search study explore"
        " look exploring compare consider question curious signal score".split()
    )
)
_RUNS_ON = re.compile(
    r"\b(?:runs?|is built|are built|is based|relies|depends|sits|is hosted|is written) (?:on|in|with)\b", re.IGNORECASE
)
_REPEATS = 3  # telling words that a clause shares with a sentence which it repeats
_IN_A_ROW = 3  # words beside a gap
_NAME = 5  # words of a line that only names a topic again
_NEAR = 5  # words on either side of a number that say what it counts


@dataclass(frozen=True)
class Line:
    """One sentence of a cited item, taken apart."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(word.casefold() for word in words_in(self.text))

    @cached_property
    def also(self) -> frozenset[str]:
        return roots(bag(self.text)) | other_words(self.text)


@lru_cache(maxsize=4096)
def lines(text: str) -> tuple[Line, ...]:
    """The sentences of a cited text."""
    return tuple(Line(part) for part in _SENTENCE.split(text) if part.strip())


def complaint(clause: str, cited: Sequence[str], vendor: Sequence[str], names: frozenset[str]) -> str | None:
    """How an assertion distorts what is cited; None where it does not. `names` are the words of company and vendor.

    `vendor` are the vendor's texts, where the clause speaks of what it sells: times and counts may be theirs.
    """
    told = [line for text in cited for line in lines(text)]
    offered = [line for text in vendor for line in lines(text)]
    return (
        _exchanged(clause, told, names)
        or _other_time(clause, [*told, *offered])
        or _other_count(clause, [*told, *offered], names)
        or _done(clause, told)
        or _already(clause, told)
        or _filled(clause, told)
        or _only_read(clause, told)
        or _other_way(clause, told)
        or _joined(clause, told)
    )


# --- Counts and times -------------------------------------------------------------------------------------------------


def counted(word: str) -> str | None:
    """The number that a word from two to ninety stands for."""
    return _COUNTS.get(word.casefold())


def in_words(numbers: Iterable[Number]) -> frozenset[str]:
    """The counts among the numbers as words: "fourteen" for 14."""
    values = {value for kind, value in numbers if not kind}
    return frozenset(word for word, value in _COUNTS.items() if value in values)


def _other_time(clause: str, told: Sequence[Line]) -> str | None:
    for match in _TIME.finditer(normal(clause)):
        if not any(match[0] in normal(line.text) for line in told):
            return f"names a time that is not cited: {match[0]}"
    return None


def other_cause(sentence: str, cited: Sequence[str]) -> bool:
    """Whether it gives a cause for what it asserts, and no cited item gives any."""
    return _CAUSE.search(normal(sentence)) is not None and not any(_ANY_CAUSE.search(normal(text)) for text in cited)


def other_share(sentence: str, cited: Sequence[str]) -> str | None:
    """A half, a third, twice as much: such a share has to be cited."""
    for match in _SHARE.finditer(normal(sentence)):
        if not any({match[1], root_of(match[1])} & (roots(bag(text)) | other_words(text)) for text in cited):
            return f"names a number that is not cited: {match[1]}"
    return None


def _other_count(clause: str, told: Sequence[Line], names: frozenset[str]) -> str | None:
    """A number in words stands in the items too, in words or figures, and counts the same there."""
    words = tuple(word.casefold() for word in words_in(clause))
    for place, word in enumerate(words):
        value = counted(word)
        if value is None or (value == "2" and place and words[place - 1] in ("the", "these", "those", "both")):
            continue
        near = roots(_around(words, place) - names)
        same = [_around(line.words, at) for line in told for at, other in enumerate(line.words)
                if other == value or counted(other) == value]  # fmt: skip
        if not any(near & (roots(each) | other_words(" ".join(each))) for each in same):
            return f"names a number that is not cited: {word}"
    return None


def _around(words: Sequence[str], place: int) -> frozenset[str]:
    return frozenset(words[max(0, place - _NEAR) : place + _NEAR + 1]) - STOP - _COUNTS.keys()


# --- One thing in place of another ------------------------------------------------------------------------------------


def _exchanged(clause: str, told: Sequence[Line], names: frozenset[str]) -> str | None:
    words = tuple(word.casefold() for word in words_in(clause))
    found = [_exchange(words, line, names) for line in told]
    closest = max(found, key=lambda each: each[0], default=(0, None))
    return f"puts in place of what is cited: {closest[1]}" if closest[1] else None


def _exchange(words: tuple[str, ...], line: Line, names: frozenset[str]) -> tuple[int, str | None]:
    """How many words the two share in a row or around a gap, and what stands in the gap instead."""
    steps = SequenceMatcher(None, words, line.words, autojunk=False).get_opcodes()
    shared = sum(end - start for kind, start, end, _, _ in steps if kind == "equal")
    telling = frozenset(words) & frozenset(line.words) - STOP
    if len(telling) < _REPEATS:
        return 0, None
    for place, (kind, start, end, begin, stop) in enumerate(steps):
        around = [steps[other] for other in (place - 1, place + 1) if 0 <= other < len(steps)]
        if kind != "replace" or not any(step[0] == "equal" and step[2] - step[1] >= _IN_A_ROW for step in around):
            continue
        mine, theirs = words[start:end], frozenset(line.words[begin:stop]) - STOP - names
        new = [word for word in mine if word not in STOP | _TURNS | names and not counted(word) and not word.isdigit()]
        if len(mine) <= 2 and len(new) == 1 and theirs and not roots(frozenset(new)) & line.also:
            return shared, new[0]
    return shared, None


# --- What is planned, and what is done --------------------------------------------------------------------------------


def _done(clause: str, told: Sequence[Line]) -> str | None:
    words = tuple(word.casefold() for word in words_in(clause))
    for place, word in enumerate(words):
        if not is_past(word) or _OPEN & set(words[max(0, place - 3) : place]):
            continue
        ways = list(_ways(root_of(word), told))
        if ways and all(ways):
            return f"says that it is done, which is only planned: {word}"
    return None


def _ways(root: str, told: Sequence[Line]) -> Iterator[bool]:
    """For each time that a form of the word is cited, whether it is spoken of as yet to come."""
    for line in told:
        for place, word in enumerate(line.words):
            if root_of(word) == root:
                yield bool(_COMING & set(line.words[max(0, place - 3) : place])) and not is_past(word)


def _already(clause: str, told: Sequence[Line]) -> str | None:
    """“Now takes deposits”, where deposits may follow."""
    words = frozenset(word.casefold() for word in words_in(clause))
    if not words & _NOW or words & _COMING:
        return None
    shared = {line: len(roots(words - STOP) & roots(frozenset(line.words) - STOP)) for line in told}
    most = max(shared.values(), default=0)
    closest = [line for line, count in shared.items() if count == most > 0]
    if closest and all(_LATER & set(line.words) for line in closest):
        return "says that it is done, which is only planned: now"
    return None


def _filled(clause: str, told: Sequence[Line]) -> str | None:
    """An open post told as one that somebody holds."""
    match = _TAKEN_UP.search(clause)
    titles = [line.text.partition(":")[2] for line in told if line.text.startswith("Open position:")]
    if (
        match
        and any(len(bag(title) & bag(clause) - STOP) >= 2 for title in titles)
        and not any(root_of(match["act"].casefold()) in roots(frozenset(line.words)) for line in told)
    ):
        return f"says that it is done, which is only planned: {match['act']}"
    return None


def _only_read(clause: str, told: Sequence[Line]) -> str | None:
    """What people read up on, told as what they do."""
    topics = [line for line in told if line.text.startswith("Intent topic:")]
    words = roots(bag(clause) - STOP)
    rest = frozenset[str]().union(
        *(roots(frozenset(line.words)) for line in told if line not in topics and len(line.words) > _NAME)
    )
    for line in topics:
        topic = roots(bag(line.text.partition(":")[2].partition(",")[0]) - STOP)
        if topic & words - rest and not words & _READING:
            return f"puts in place of what is cited: {min(topic & words - rest)} as a deed"
    return None


# --- Who does what to whom --------------------------------------------------------------------------------------------


def _other_way(clause: str, told: Sequence[Line]) -> str | None:
    """“Nordea hires the chief of Polar” where Polar hires Nordea's."""
    for verb, before, after in _acts(clause):
        for line in told:
            for other, subject, target in _acts(line.text):
                same = root_of(other) == root_of(verb)
                turned = (before & target) - subject and (after & subject) - before and not before & subject
                if same and turned:
                    return f"turns round who does it: {verb}"
    return None


@lru_cache(maxsize=8192)
def _acts(text: str) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Each verb that goes one way, with the names before and after it."""
    words = words_in(text)
    found = []
    for place, word in enumerate(words):
        small = word.casefold()
        if word[:1].islower() and root_of(small) in _ONE_WAY and "by" not in words[place : place + 3]:
            found.append((small, _names(words[:place]), _names(words[place + 1 :])))
    return tuple(found)


def _names(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words if word[:1].isupper()) - STOP


def _joined(clause: str, told: Sequence[Line]) -> str | None:
    """One technology said to run on another, where no item says so of the two."""
    match = _RUNS_ON.search(clause)
    if match is None:
        return None
    subject = by_name(clause[: match.start()].strip().removeprefix("The ").removeprefix("the "))
    base = _first_technology(clause[match.end() :])
    if subject is None or base is None or {subject.name, base.name} & set(subject.implies):
        return None
    wanted = bag(subject.name) | bag(base.name)
    if any(_RUNS_ON.search(line.text) and wanted <= bag(line.text) for line in told):
        return None
    return f"says that {subject.name} runs on {base.name}, which is not cited"


def _first_technology(text: str) -> Technology | None:
    words = words_in(text)
    return next((found for reach in (2, 1) if (found := by_name(" ".join(words[:reach])))), None)
