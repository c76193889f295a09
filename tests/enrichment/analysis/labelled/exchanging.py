"""Fair statements made unfair by machine: two of their words exchanged, or one replaced by another of the same items.

Each word of what comes of it is cited, so a checker of words alone lets it pass. Some remain fair by chance ("Jira and
Slack"): a share to compare with, not a count of slips.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from enrichment.analysis.asserting import LIGHT
from enrichment.analysis.context import Context
from enrichment.analysis.model import Support
from enrichment.analysis.stems import STOP
from enrichment.analysis.text import words_in
from enrichment.analysis.told import Sources
from tests.enrichment.analysis.labelled.statements import Round, Statement, complaints, tasks


def exchanged(which: Round, *, seed: int = 3) -> Iterator[tuple[str, Statement]]:
    """("exchanged" or "replaced", the statement) of each fair sentence of a model's that is shown; always the same."""
    dice = random.Random(seed)
    for each, why in complaints(which):
        if why is None and each.supported and each.engine != "builtin" and each.claim.support is Support.INFERRED:
            sources = Context(tasks()[each.task]).sources_of(each.claim)
            yield from ((how, replace(each, value=text)) for how, text in _made(str(each.value), sources, dice))


def _made(text: str, sources: Sources, dice: random.Random) -> Iterator[tuple[str, str]]:
    names = frozenset[str]().union(*(told.words for told in sources.names))
    cited = [word for told in sources.cited for word in words_in(told.text) if _tells(word, names)]
    known = {word.casefold() for word in cited}
    mine = [word for word in words_in(text) if _tells(word, names) and word.casefold() in known]
    if len(mine) > 1:
        one, other = dice.sample(mine, 2)
        both = re.compile(rf"\b(?:{re.escape(one)}|{re.escape(other)})\b")
        if one.casefold() != other.casefold():
            yield "exchanged", both.sub(lambda match: other if match[0] == one else one, text)
    new = [word for word in cited if word.casefold() not in text.casefold()]
    if mine and new:
        yield "replaced", re.sub(rf"\b{re.escape(dice.choice(mine))}\b", dice.choice(new), text)


def _tells(word: str, names: frozenset[str]) -> bool:
    return len(word) > 2 and word.casefold() not in STOP | LIGHT | names
