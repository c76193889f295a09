"""Cases in figures: what was known at each moment, the contact's own earlier cases among it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import log

from personas.history import DealHistory, History
from personas.predicting import features
from personas.predicting.model import Case, Example, Question

MOST = 3_000  # cases that a predictor is made of, the latest: some 2 s of figures
OWN = "ownShare"
NAMES: Mapping[Question, tuple[str, ...]] = {
    Question.REPLY: (OWN, *features.CONTACT),
    Question.WON: (OWN, *features.DEAL),
    Question.CLOSED: features.DEAL,
}


def examples_of(cases: Iterable[Case], question: Question) -> list[Example]:
    """The latest `MOST` of the cases in figures, the earliest first."""
    ordered = sorted(cases, key=lambda case: (case.at, str(case.group)))
    by_contact: dict[object, list[Case]] = {}
    for case in ordered:
        by_contact.setdefault(case.history.contact, []).append(case)
    return [example(case, question, by_contact[case.history.contact]) for case in ordered[-MOST:]]


def example(case: Case, question: Question, cases: Sequence[Case]) -> Example:
    """A case in figures. `cases`: all of the same contact; of these only what was known before the moment is used."""
    hits, n = earlier(cases, case.at)
    return Example(
        at=case.at,
        known=case.known,
        group=case.group,
        happened=bool(case.happened),
        weight=case.weight,
        features=known(case.history, case.deal, case.at, question, hits, n),
        hits=hits,
        n=n,
    )


def known(
    history: History, deal: DealHistory | None, at: datetime, question: Question, hits: float, n: float
) -> dict[str, float | None]:
    """By name of `NAMES` what is known at a moment. The own share is (hits + 1) ÷ (n + 2) as log odds."""
    found = features.of_deal(history, deal, at) if deal else features.of_contact(history, at)
    own = {OWN: log((hits + 1) / (n - hits + 1)) if n else None}
    return {name: value for name, value in {**own, **found}.items() if name in NAMES[question]}


def earlier(cases: Iterable[Case], at: datetime) -> tuple[float, float]:
    """How many of the cases that were known before a moment happened, and of how many, by weight."""
    hits = n = 0.0
    for case in cases:
        if case.known < at:
            n += case.weight
            hits += case.weight * bool(case.happened)
    return hits, n
