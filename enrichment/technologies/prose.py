"""The technologies that a job's text names. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enrichment.technologies.model import Technology
from enrichment.technologies.rules import FIRST_WORD, Spelling, rules

LONGEST_TEXT = 50_000
LONGEST_JOINT = 8  # characters between two members of a list: ", and/or"

_GOES_ON = re.compile(r"[\w+#]|\.\w")  # "Java" is not in "JavaScript", nor "Okta" in "okta.com"
_JOINT = re.compile(r"\s?[,/;|+&•·(]\s?(?:(?:and|or|and/or|&) )?|\s(?:and|or|and/or|&)\s")
_ENDS = re.compile(r"\s?(?:[,./;:|()•·\]]|$|\n)|\s(?:and|or|and/or|&|\+)\s|\s(?:experience|skills|knowledge|code)\b")
_LED = re.compile(
    r"\b(?:written in|coded in|built (?:in|with|on)|program in|develop in|developed in|code in|using"
    r"|proficien(?:t|cy) (?:in|with)|fluent in|experience (?:in|with)|powered by|(?:runs|running|deployed) on)\s$",
    re.IGNORECASE,
)
_LONGEST_LEAD = 24  # characters of what `_LED` looks for
_TRADE = re.compile(r"\s(?:[Dd]evelopers?|[Ee]ngineers?|[Pp]rogramm(?:ers?|ing)|[Cc]odebases?|[Mm]icroservices)\b")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A spelling where it stands in the text."""

    start: int
    spelling: Spelling

    @property
    def end(self) -> int:
        return self.start + len(self.spelling.text)


def in_text(text: str) -> tuple[Technology, ...]:
    """The technologies that a job's text names, in order. Whole words only, in the case that the name is written in.

    Names that are ordinary words as well (Go, Notion, Segment, React) count where nothing else can be meant: in their
    unmistakable spellings ("Golang", "Express.js"), in a list with a technology ("Python, Go and Rust"), after
    "written in" and the like, for languages and frameworks before "developer" and the like. Reads the first 50,000
    characters.
    """
    text = text[:LONGEST_TEXT]
    hits = list(_hits(text))
    return tuple(dict.fromkeys(hit.spelling.technology for hit in _meant(text, hits)))


def _hits(text: str) -> Iterator[_Hit]:
    words = rules().words
    for start in FIRST_WORD.finditer(text):
        for spelling in words.get(start[0], ()):
            at = start.start()
            if text.startswith(spelling.text, at) and not _GOES_ON.match(text, at + len(spelling.text)):
                yield _Hit(at, spelling)
                break


def _meant(text: str, hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """The sure ones, and of the ambiguous ones those that their surroundings settle."""
    sure = [hit.spelling.is_sure or _is_settled(text, hit) for hit in hits]
    steps = range(1, len(hits))
    for before, after in (*((at - 1, at) for at in steps), *((at, at - 1) for at in reversed(steps))):
        first, second = sorted((before, after))
        if sure[before] and not sure[after] and _is_list(text, hits[first], hits[second]):
            sure[after] = _is_whole(text, hits[after])
    return (hit for hit, is_sure in zip(hits, sure, strict=True) if is_sure)


def _is_settled(text: str, hit: _Hit) -> bool:
    if hit.spelling.technology.chat_group in {"languages", "frameworks"} and _TRADE.match(text, hit.end):
        return True
    return bool(_LED.search(text[max(0, hit.start - _LONGEST_LEAD) : hit.start])) and _is_whole(text, hit)


def _is_list(text: str, first: _Hit, second: _Hit) -> bool:
    """Whether nothing but a comma or the like stands between them."""
    between = text[first.end : second.start]
    return len(between) <= LONGEST_JOINT and bool(_JOINT.fullmatch(between))


def _is_whole(text: str, hit: _Hit) -> bool:
    """Whether the word stands for itself: "Go, Python", but not "Go to market" nor "Segment Lead"."""
    return bool(_ENDS.match(text, hit.end))
