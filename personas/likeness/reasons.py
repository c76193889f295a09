"""Why two are called alike, in words that can be checked. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from personas.likeness.features import FEATURES, Known
from personas.likeness.saying import topic_label
from personas.retrieval.hashing import Vectors
from personas.wording import told

NEAR = 0.5  # units between two figures that are called alike
MOST_FIGURES, MOST_TOPICS = 4, 3
MOST_WORDS = 6
Kind = Literal["behaviour", "topic", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that two have in common. `figure`, `here` and `there` are of a behaviour alone."""

    kind: Kind
    words: str
    figure: str = ""
    here: float | None = None  # the figure of the contact that was asked of
    there: float | None = None  # of the one that is like them


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is compared: scaled figures, which are known, and what they said (`saying.said_in`)."""

    behaviour: Vectors
    known: Known
    said: Mapping[str, Sequence[str]]


def reasons(here: Side, there: Side) -> list[Reason]:
    """The behaviours that are alike, the furthest from middling first, then topics and words of both. May be none."""
    return [*_behaviours(here, there), *_topics(here, there), *_words(here, there)]


def _behaviours(here: Side, there: Side) -> list[Reason]:
    both = [place for place in range(len(FEATURES)) if here.known[place] and there.known[place]]
    near = [place for place in both if abs(float(here.behaviour[place] - there.behaviour[place])) <= NEAR]
    near.sort(key=lambda place: -abs(float(here.behaviour[place] + there.behaviour[place])))
    return [_behaviour(place, here, there) for place in near[:MOST_FIGURES]]


def _behaviour(place: int, here: Side, there: Side) -> Reason:
    feature = FEATURES[place]
    first, second = (feature.value(float(side.behaviour[place])) for side in (here, there))
    words = f"{feature.label.capitalize()}: {told(first, feature.unit)} and {told(second, feature.unit)}"
    return Reason(kind="behaviour", words=words, figure=feature.figure, here=first, there=second)


def _topics(here: Side, there: Side) -> Iterator[Reason]:
    theirs = set(there.said.get("topics", ()))
    both = [topic for topic in here.said.get("topics", ()) if topic in theirs and topic_label(topic)]
    for topic in both[:MOST_TOPICS]:
        yield Reason(kind="topic", words=f"Both say: {topic_label(topic)}", figure=topic)


def _words(here: Side, there: Side) -> Iterator[Reason]:
    theirs = set(there.said.get("words", ()))
    both = [word for word in here.said.get("words", ()) if word in theirs]
    if both:
        yield Reason(kind="words", words=f"Both write of {', '.join(both[:MOST_WORDS])}")
