"""What advice and questions take for granted: "the audit that failed", "how the rollout of badges is going".

Advice asserts nothing by itself; what it names as known must be there. A thing that any company, conversation or
purchase has (a team, a budget, a meeting) needs no citing.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from enrichment.analysis.stems import STOP, root_of, roots
from enrichment.analysis.text import words_in

_FILE = Path(__file__).parents[1] / "data" / "asserting.toml"
_RAW = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_ANYBODYS = roots(frozenset(_RAW["light"]) | frozenset(_RAW["anybodys"]))

# "the audit that failed", "the evaluation he started", "the partnership she signed"
_DONE = re.compile(
    r"\b(?:the|that|this|those|these|his|her|their|your|its) (?P<thing>(?:[\w-]+ ){1,3}?)"
    r"(?:(?:that|which|who) (?:he |she |they |you )?|(?:he|she|they|you) )(?:have |has |had )?"
    r"(?P<act>\w+ed|ran|won|lost|led|built|bought|chose|left)\b",
    re.IGNORECASE,
)
# "how the rollout of badges on the shop floor is going", "whether the migration has finished"
_UNDERWAY = re.compile(
    r"\b(?:how|whether|when|why|where) (?P<thing>(?:the |her |his |their |your |its )?(?:[\w'-]+ ){1,9}?)"
    r"(?:is|are|was|were|has|have|had|went|goes|go|will|would|can|could|should|did|do|does)\b",
    re.IGNORECASE,
)
# "is changing that part of the integration plan?"
_PART = re.compile(
    r"\b(?:part of|result of|because of|thanks to|after|since|during|following|on top of|progress (?:of|on|with)) "
    r"(?:the|that|this|his|her|their|your|its) (?P<thing>(?:[\w'-]+ ?){1,3})",
    re.IGNORECASE,
)
# "Thank her for signing the pilot", "congratulate him on passing the inspection"
_PRAISED = re.compile(
    r"^(?:thank|congratulate|remind|praise|follow up)\b.*?\b(?:for|on|of|about) (?P<thing>.+)$", re.IGNORECASE
)
# "ask why the drawings leaked"
_HAPPENED = re.compile(
    r"\b(?:why|how|when|where|what|which|who|whether)\b.*?(?P<thing>(?<!be )(?<!been )(?<!is )(?<!are )\b\w{3,}ed)\b",
    re.IGNORECASE,
)
# "the three breaches"
_COUNTED = re.compile(
    r"\b(?:the|these|those|your|their|its|his|her) "
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many) "
    r"(?P<thing>[\w'-]+)",
    re.IGNORECASE,
)
_PATTERNS = (_PRAISED, _HAPPENED, _COUNTED, _DONE, _UNDERWAY, _PART)


def complaint(clause: str, known: frozenset[str]) -> str | None:
    """The first word of what is taken for granted that is neither known nor anybody's; `known` are words and roots."""
    for thing in _things(clause):
        if not {thing, root_of(thing)} & known and not {thing, root_of(thing)} & _ANYBODYS:
            return f"takes for granted what is not cited: {thing}"
    return None


def _things(clause: str) -> Iterator[str]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(clause):
            said = f"{match['thing']} {match.groupdict().get('act') or ''}"
            yield from (word.casefold() for word in words_in(said) if word.casefold() not in STOP and len(word) > 2)
