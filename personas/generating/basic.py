"""A persona of the contact's fields alone: what is usual in such a post. All of it is marked as inferred. Pure."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from personas.generating.model import Draft, Trait

_DATA = Path(__file__).parents[1] / "data" / "parts.toml"
_SECTIONS = {"pains": "painPoints", "motivations": "buyingMotivations", "objections": "likelyObjections"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a contact before anything happened. `part`: the buying role that the title tells of."""

    title: str = ""
    company: str = ""
    part: str = "Influencer"
    seniority: str = "unknown"


def basic(card: Card) -> Draft:
    """What is usual for somebody in such a post."""
    usual = _parts().get(card.part, _parts()["Influencer"])
    says = [("communicationStyle", usual["style"])]
    for key, section in _SECTIONS.items():
        says += [(section, text) for text in usual[key]]
    says += [("recommendedApproach", usual["approach"]), ("nextStep", _first_step(card))]
    says += [("do", text) for text in usual["do"]] + [("doNot", text) for text in usual["do_not"]]
    traits = tuple(
        Trait(section=section, name=f"usual{place}", value=text, support="inferred", enough=False)
        for place, (section, text) in enumerate(says)
    )
    return Draft(persona_name=persona_name(card), role=card.title, company=card.company, traits=traits)


def persona_name(card: Card, habit: str = "") -> str:
    """Post and, where it is known, a habit: “CISO who answers within a day”. Never a type of personality."""
    post = card.title.strip() or card.part
    return f"{post} who {habit}" if habit else post


def _first_step(card: Card) -> str:
    if not card.title:
        return "Find out what their post is."
    return (
        "Write to them, and note what comes of it: from a handful of interactions on, this page says how they answer."
    )


@cache
def _parts() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))
