"""Sentences that the checker withheld for their wording alone, and what a second reader may restore them by.

A wording is no more than ordinary words, in lower case, that no cited item has: "Acme lends to pharmacies", where it
"raises $70M to give credit to pharmacies". Names, numbers, dates, products, links, quotations, negations, quantities,
and whatever turns a cited line round stay with the checker, whoever says otherwise.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enrichment.analysis import asserting
from enrichment.analysis.grounding import Judge, Path
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.model import Claim, Draft, EvidenceItem, Granted, Grounded, Support, Task
from enrichment.analysis.stems import STOP, stems
from enrichment.analysis.text import bag, holds, words_in
from enrichment.analysis.told import Sources
from enrichment.analysis.vocabulary import is_ordinary
from enrichment.technologies import by_name

MOST_WORDS = 6  # of a sentence that nothing cited has
SHORTEST = 4  # words of a quotation
_WORDING = re.compile(r"(?:asserts|takes for granted) what is not cited: (?P<word>[^\W\d_]+)")


def withheld_for_wording(
    task: Task, draft: Draft, grounded: Grounded
) -> Iterator[tuple[str, str, Claim, frozenset[str]]]:
    """(pointer in the draft, sentence, claim, the words in its way) of all that wording alone withholds."""
    judge = Judge(task)
    for each in grounded.withheld:
        claim = draft.claims.get(each.pointer)
        if claim is not None and claim.support is Support.INFERRED:
            path, parent, value = _found(draft.body, each.pointer)
            if isinstance(value, str) and (words := in_the_way(judge, value, claim, path, parent)):
                yield each.pointer, value, claim, words


def in_the_way(judge: Judge, sentence: str, claim: Claim, path: Path, parent: Any) -> frozenset[str]:
    """The words that would have to be granted for the sentence to stand; none where that is not all."""
    sources = judge.sources_of(claim)
    if _speaks_of_the_vendor(sentence, sources):
        return frozenset()
    granted: frozenset[str] = frozenset()
    while len(granted) <= MOST_WORDS:
        why = judge.complaint(sentence, claim, path=path, parent=parent, granted=granted)
        if why is None:
            return granted
        wording = _WORDING.fullmatch(why)
        if wording is None or wording["word"] in granted or not _is_wording(wording["word"], sources):
            break
        granted |= {wording["word"]}
    return frozenset()


def _speaks_of_the_vendor(sentence: str, sources: Sources) -> bool:
    """Whether it names the vendor or a product of its that the cited items do not."""
    named = [name for name in (*sources.products, sources.seller) if name and holds(sentence, name)]
    return any(not any(holds(told.text, name) for told in sources.cited) for name in named)


def _is_wording(word: str, sources: Sources) -> bool:
    """Whether the word is an ordinary one, and neither a name's, nor a product's, nor one that turns or counts."""
    named = bag(" ".join([*sources.products, sources.seller, *(told.text for told in sources.names)]))
    plain = word.islower() and is_ordinary(word) and by_name(word) is None
    return plain and word not in asserting.DECIDING and word not in named


def granted(task: Task, sentence: str, claim: Claim, words: frozenset[str], quote: str) -> Granted | None:
    """The sentence's grant where the quotation stands word for word in an item that it cites and is about the same."""
    cited = (text for item in task.evidence if item.id in claim.evidence for text in _texts(item))
    own = stems(bag(" ".join(filter(None, (task.company, task.vendor_name)))))
    shared = stems(bag(quote) - STOP) & stems(bag(sentence) - STOP) - own
    stands = len(words_in(quote)) >= SHORTEST and any(holds(text, quote) for text in cited)
    return Granted(words=words, quote=quote) if stands and shared else None


def _texts(item: EvidenceItem) -> list[str]:
    return [text for text in (item.title, item.text) if text and not talks_to_machines(text)]


def _found(body: Mapping[str, Any], pointer: str) -> tuple[Path, Any, Any]:
    """The path of a draft's pointer, what holds its value, and the value."""
    path: list[str | int] = []
    parent: Any = None
    value: Any = body
    for step in pointer.split("/")[1:]:
        parent = value
        plain = step.replace("~1", "/").replace("~0", "~")
        path.append(int(plain) if isinstance(parent, list) else plain)
        value = parent[path[-1]]
    return tuple(path), parent, value
