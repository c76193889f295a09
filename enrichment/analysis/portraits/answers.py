"""What a model answers that is asked what a contact is like."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from enrichment.analysis.answers import Cited, StrictAnswer
from enrichment.analysis.text import legible

Section = Literal[
    "communicationStyle",
    "painPoints",
    "buyingMotivations",
    "likelyObjections",
    "recommendedApproach",
    "nextStep",
    "do",
    "doNot",
]
LONGEST = 300  # characters of a sentence
MOST = 60  # sentences of an answer


def _legible(text: str) -> str:
    return legible(text, LONGEST)


class TraitAnswer(StrictAnswer):
    """One sentence, and the ids that it rests on."""

    section: Section
    text: Annotated[str, StringConstraints(max_length=4 * LONGEST), AfterValidator(_legible)]
    evidence: Cited


class PortraitAnswer(StrictAnswer):
    traits: Annotated[list[TraitAnswer], Field(max_length=MOST)]
