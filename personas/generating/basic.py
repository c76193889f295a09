"""A persona of the contact's fields alone: what is usual in such a post and function. All of it is inferred. Pure."""

from dataclasses import dataclass

from personas.generating.functions import function_of, parts, usual_in
from personas.generating.model import Draft, Trait

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
    by_part = parts().get(card.part, parts()["Influencer"])
    usual = by_part | usual_in(function_of(card.title))
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
