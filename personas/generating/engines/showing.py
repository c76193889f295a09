"""What an engine is shown of a contact: clues with short ids, and what each of them rests on. Pure.

Their own words and what is computed; nobody's name, address or number, no CRM id, nothing that others wrote.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrichment.door import Clue
from personas.generating.basic import Card, basic
from personas.generating.engines.hiding import Hidden
from personas.generating.model import Trait
from personas.retrieval.chunks import chunks
from personas.wording import ranged

MOST_PASSAGES = 24
MOST_FIGURES = 14
LONGEST = 700  # characters of a passage: what a prompt shows of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Something the contact wrote."""

    interaction: UUID
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Clues, and by their ids what they rest on: a figure's trait, or the interaction of a passage."""

    clues: tuple[Clue, ...]
    figures: Mapping[str, Trait]
    passages: Mapping[str, str]


def shown(card: Card, *, figures: Iterable[Trait], words: Sequence[Words], hide: Hidden) -> Shown:
    """Their post, the figures in words, and passages of their own words in the order in which they come."""
    told = [trait for trait in figures if trait.support == "derived"][:MOST_FIGURES]
    clues = list(_of_post(card, hide))
    clues += [Clue(id=f"m{place}", text=_figure(trait)) for place, trait in enumerate(told, 1)]
    passages: dict[str, str] = {}
    for each in words:
        for chunk in chunks(hide(each.text))[:2]:
            if len(passages) < MOST_PASSAGES:
                key = f"p{len(passages) + 1}"
                passages[key] = str(each.interaction)
                clues.append(Clue(id=key, text=chunk.text[:LONGEST], at=each.at))
    if not words:
        clues += _usual(card)
    return Shown(
        clues=tuple(clues),
        figures={f"m{place}": trait for place, trait in enumerate(told, 1)},
        passages=passages,
    )


def _of_post(card: Card, hide: Hidden) -> Iterable[Clue]:
    post = hide(card.title.strip())
    if post:
        yield Clue(id="c1", text=f"Their post: {post}. Part in a purchase: {card.part}. Rank: {card.seniority}.")
    else:
        yield Clue(id="c1", text=f"Their post is not known. Part in a purchase: {card.part}.")


def _usual(card: Card) -> list[Clue]:
    """Without words of theirs: what is usual in such a post, as the built-in engine has it."""
    traits = basic(card).traits
    return [Clue(id=f"u{place}", text=f"Usual in such a post: {trait.value}") for place, trait in enumerate(traits, 1)]


def _figure(trait: Trait) -> str:
    """The figure's sentence with its n and interval."""
    words = [trait.value, f"n = {trait.n}."]
    if trait.low is not None and trait.high is not None:
        words.append(f"95 % interval: {ranged(trait.low, trait.high, trait.unit)}.")
    return " ".join(words)
