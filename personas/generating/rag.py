"""A persona of all that happened, by the built-in engine: figures in words, their own sentences, and advice. Pure.

What the history does not tell is filled from what is usual in such a post, and marked as inferred.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from personas.generating.advice import advice
from personas.generating.alike import NOBODY, Alike, alike_traits
from personas.generating.basic import Card, basic, persona_name
from personas.generating.concerns import concerns, traits
from personas.generating.habits import habit, habits
from personas.generating.model import SECTIONS, Draft
from personas.generating.wishes import wished
from personas.hearing.listening import Heard
from personas.hearing.preferring import Stated
from personas.history import History, Terms
from personas.metrics import Metrics

_FILLED = frozenset(
    {"communicationStyle", "painPoints", "buyingMotivations", "likelyObjections", "recommendedApproach"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that a persona is written from."""

    card: Card
    history: History
    metrics: Metrics
    heard: Sequence[Heard]
    stated: Sequence[Stated] = ()
    alike: Alike = NOBODY
    terms: Terms


def lacking(context: Context) -> str:
    """Why there is too little for figures, in a sentence; "" where there is enough.

    What the contact did by themselves is counted: their mails, opens, clicks, calls, meetings held, files.
    """
    acts, enough = int(context.metrics.figures["ownActs"].value or 0), context.terms.enough
    total = int(context.metrics.figures["totalInteractions"].value or 0)
    if not total:
        return "Nothing has happened with this contact yet."
    if acts < enough:
        things = "1 thing" if acts == 1 else f"{acts} things"
        return (
            f"They have done {things} by themselves in {total} interactions, and {enough} are needed for figures:"
            " what you sent does not count, nor do automatic replies."
        )
    return ""


def rag(context: Context) -> Draft:
    """What the history tells of them; sections that it leaves empty say what is usual."""
    at = {moment.id: moment.at for moment in context.history.moments}
    found = concerns(context.heard, at, context.terms)
    said = [
        *wished(context.stated),
        *habits(context.history, context.metrics, enough=context.terms.enough),
        *traits(found),
        *advice(context.history, context.metrics, found, context.terms, context.stated),
    ]
    there = {trait.section for trait in said}
    usual = [trait for trait in basic(context.card).traits if trait.section in _FILLED - there]
    said += alike_traits(context.alike, context.metrics.figures, said)
    order = {section: place for place, section in enumerate(SECTIONS)}
    return Draft(
        persona_name=persona_name(context.card, habit(context.metrics)),
        role=context.card.title,
        company=context.card.company,
        traits=tuple(sorted([*said, *usual], key=lambda trait: order[trait.section])),
    )
