"""An engine's sentences laid over the built-in draft. Pure.

What is computed stays, with its n and interval. In a section of which the engine says something that stands, its
sentences take the place of the built-in ones; a section that it leaves empty keeps those.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from personas.generating.concerns import ENOUGH, MOST_NAMED
from personas.generating.engines.showing import Shown
from personas.generating.model import SECTIONS, Draft, Support, Trait

_QUOTES = ("“", '"')


class Said(Protocol):
    """A sentence of a section, and the ids of the clues that it rests on."""

    @property
    def section(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def evidence(self) -> tuple[str, ...]: ...


def laid(draft: Draft, said: Sequence[Said], shown: Shown) -> Draft:
    """The draft with the sentences; their traits are named by section and place, as `written.painPoints.1`."""
    counted: Counter[str] = Counter()
    written: list[Trait] = []
    for each in said:
        counted[each.section] += 1
        written.append(_trait(each, shown, f"written.{each.section}.{counted[each.section]}"))
    kept = [trait for trait in draft.traits if trait.support == "derived" or not counted[trait.section]]
    order = {section: place for place, section in enumerate(SECTIONS)}
    return replace(draft, traits=tuple(sorted([*kept, *written], key=lambda trait: order[trait.section])))


def _trait(said: Said, shown: Shown, name: str) -> Trait:
    """Borne by the interactions of its passages and of its figures; by a figure's interval where it cites just one."""
    figures = [shown.figures[key] for key in said.evidence if key in shown.figures]
    passages = list(dict.fromkeys(shown.passages[key] for key in said.evidence if key in shown.passages))
    named = list(dict.fromkeys([*passages, *(pk for trait in figures for pk in trait.evidence)]))
    support: Support = "verbatim" if passages and any(mark in said.text for mark in _QUOTES) else "inferred"
    if len(figures) == 1 and not passages:
        own = figures[0]
        return replace(own, section=said.section, name=name, value=said.text, support="inferred")
    return Trait(
        section=said.section, name=name, value=said.text, support=support, n=len(passages) or len(named),
        unit="interactions" if named else "", enough=len(named) >= ENOUGH, evidence=tuple(named[:MOST_NAMED]),
    )  # fmt: skip
