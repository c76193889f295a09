"""What of a model's sentences on a contact may stand: the checker of reports, and what is said of nobody. Pure."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from enrichment.analysis.grounding import Judge
from enrichment.analysis.model import Claim, Support, Task, Withheld
from enrichment.analysis.portraits.answers import LONGEST, PortraitAnswer
from enrichment.analysis.text import normal, tidy

MOST = 4  # sentences of a section
_NEVER = Path(__file__).parents[2] / "data" / "never_of_people.toml"
_NEGATED = re.compile(r"^(?:please )?(?:do not|don't|don’t|never|avoid)\s+(?=\w)", re.IGNORECASE)
_ONE = {"nextStep": 1}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a section that stands, and the ids of what it rests on."""

    section: str
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What may stand, in the model's order, and what may not."""

    said: tuple[Said, ...]
    withheld: tuple[Withheld, ...]


def judged(answer: PortraitAnswer, task: Task) -> Judged:
    """Each sentence by its own citations. Said twice, or beyond what a section holds, it is left out uncounted."""
    judge, said, withheld = Judge(task), list[Said](), list[Withheld]()
    seen: set[str] = set()
    held: Counter[str] = Counter()
    for place, trait in enumerate(answer.traits):
        wrote = Said(trait.section, " ".join(trait.text.split()), tuple(dict.fromkeys(trait.evidence)))
        each = _upright(wrote)
        plain = normal(each.text).strip(" .!?")
        if not plain or plain in seen or held[each.section] >= _ONE.get(each.section, MOST):
            continue
        seen.add(plain)
        why = complaint(wrote, judge)  # “do not press them” asserts less than “press them” does
        if why is None:
            said.append(each)
            held[each.section] += 1
        else:
            withheld.append(Withheld(pointer=f"/traits/{place}", text=tidy(each.text, LONGEST), why=why))
    return Judged(tuple(said), tuple(withheld))


def complaint(said: Said, judge: Judge) -> str | None:
    """Why the sentence may not stand; None where it may."""
    claim = Claim(evidence=said.evidence, support=Support.INFERRED)
    return never_said(said.text) or judge.complaint(said.text, claim, path=("sentences", 0))


def never_said(text: str) -> str | None:
    """Why nobody is told that of a person; None where it is nothing of the kind."""
    plain = normal(text)
    return next((why for why, pattern in _never() if pattern.search(plain)), None)


def _upright(said: Said) -> Said:
    """“Do not press them” is to be left, not done; under “Do not” it would say the opposite."""
    bare = _NEGATED.sub("", said.text)
    if bare == said.text or said.section not in ("do", "doNot"):
        return said
    return Said("doNot", bare[:1].upper() + bare[1:], said.evidence)


@cache
def _never() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = tomllib.loads(_NEVER.read_text(encoding="utf-8"))["kinds"]
    return tuple(
        (kind["why"], re.compile(rf"(?<!\w)(?:{'|'.join(kind['patterns'])})(?!\w)", re.IGNORECASE)) for kind in kinds
    )
