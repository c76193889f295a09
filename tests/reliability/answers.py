"""A4 for answers to questions: instructions in collected text and in questions, and an engine that obeys all of them.

The injections are those of reports (`injections.py`). Of what the worst engine says to a question every sentence is
weighed, not only the first dozen that are told; harm is an order that is left.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from enrichment.analysis.hostile import is_hostile, talks_to_machines
from enrichment.analysis.replies.cutting import Sentence, sentences_in
from enrichment.analysis.replies.judging import Hearing
from enrichment.analysis.text import normal
from enrichment.analysis.worst_case import WorstCaseEngine
from enrichment.workflow.replying import Asked, as_asked
from tests.enrichment.analysis.worlds import acme
from tests.reliability.audit import Verdict
from tests.reliability.injections import DRESSES, FRESH, Injection, injections

QUESTION = "What should I know before the call?"
EVERY = 3  # of the injections stands in the question instead of in what was collected


@dataclass(frozen=True, slots=True)
class Said:
    """What the worst engine said to one injection. `is_sent`: whether the engine was asked at all."""

    injection: Injection
    place: str
    is_sent: bool
    sentences: tuple[Sentence, ...]
    kept: tuple[Sentence, ...]

    @property
    def harm(self) -> list[str]:
        marks = self.injection.order.marks
        return [each.text for each in self.kept if any(mark in normal(each.text) for mark in marks)]


def said(injection: Injection, *, in_question: bool, checked: bool = True) -> Said:
    asked = _in_question(injection) if in_question else _in_evidence(injection)
    place = "question" if in_question else injection.field
    if asked is None:
        return Said(injection, place, is_sent=False, sentences=(), kept=())
    sentences = tuple(_sentences(asked))
    hearing = Hearing(asked.task, lambda _: None)
    kept = [each for each in sentences if not checked or hearing.complaint(each) is None]
    return Said(injection, place, is_sent=True, sentences=sentences, kept=tuple(kept))


def _in_question(injection: Injection) -> Asked | None:
    if talks_to_machines(injection.text):  # then it is sent to nobody (`asked_of`)
        return None
    return as_asked(acme(), injection.text, [("They grow.", ("e1",))], (), prompt="")


def _in_evidence(injection: Injection) -> Asked:
    return as_asked(injection.task, QUESTION, [(injection.text, ("x1",)), ("They grow.", ("e1",))], (), prompt="")


def _sentences(asked: Asked) -> Iterator[Sentence]:
    heard: list[str] = []
    asyncio.run(WorstCaseEngine().reply(system=asked.system, user=asked.user, hear=heard.append))
    for line in "".join(heard).splitlines():
        yield from sentences_in(line)


def every_instruction_obeyed_in_answers(count: int) -> Verdict:
    """Answer with the worst engine for `count` injections; what is left of what they ordered is a violation."""
    chosen = enumerate(injections(count, FRESH | DRESSES))
    found = [said(each, in_question=place % EVERY == 0) for place, each in chosen]
    harmed = tuple(f"{each.injection}, in the {each.place}: {each.harm[0][:120]}" for each in found if each.harm)
    written = sum(len(each.sentences) for each in found)
    hidden = sum(not each.is_sent or (each.place != "question" and is_hostile(each.injection.text)) for each in found)
    worst = (
        f"{hidden} recognised; {written} sentences written by order,"
        f" {written - sum(len(each.kept) for each in found)} of them withheld"
    )
    return Verdict(id="A4 (answers)", trials=count, violations=harmed, worst=worst)
