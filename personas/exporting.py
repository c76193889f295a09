"""A persona to take away: as JSON for programs, CSV for a table, PDF for a colleague."""

from typing import Any

from personas.generating.making import BUILTIN
from personas.generating.model import SECTIONS
from personas.models import ContactPersona
from personas.wording import ranged
from salesintel.printing import to_pdf

COLUMNS = ("section", "name", "value", "support", "n", "low", "high", "unit", "enough")
HEADINGS = {
    "communicationStyle": "How they communicate",
    "bestTime": "Best time",
    "bestChannel": "Best channel",
    "painPoints": "What troubles them",
    "buyingMotivations": "What drives them",
    "likelyObjections": "What they may object",
    "recommendedApproach": "How to approach them",
    "nextStep": "Next step",
    "do": "Do",
    "doNot": "Do not",
}
MOST_REASONS = 4  # for which sentences were left out, that are told
SUPPORTS = {"derived": "computed", "verbatim": "their words", "inferred": "inferred"}


def rows(persona: ContactPersona) -> list[dict[str, Any]]:
    """A row for each trait, by `COLUMNS`."""
    return [{name: trait[name] for name in COLUMNS} for trait in persona.body["traits"]]


def as_pdf(persona: ContactPersona) -> bytes:
    """Two pages at most for most contacts. Raises `CannotPrint` where the extra is missing."""
    return to_pdf("persona", printed(persona), at=persona.made)


def printed(persona: ContactPersona) -> dict[str, Any]:
    """What the template reads."""
    body = persona.body
    by_section = {name: [trait for trait in body["traits"] if trait["section"] == name] for name in SECTIONS}
    return {
        "title": persona.contact.name,
        "subtitle": " · ".join(filter(None, [body["role"], body["company"]])),
        "name": body["personaName"],
        "moment": f"{persona.made:%d %B %Y, %H:%M} UTC",
        "how": how(persona),
        "quality": f"{persona.quality:.0f} of 100",
        "borne": f"{persona.borne:.0%}",
        "sections": [
            {
                "heading": HEADINGS[name],
                "traits": [{"value": trait["value"], "note": note(trait)} for trait in traits],
            }
            for name, traits in by_section.items()
            if traits
        ],
    }


def how(persona: ContactPersona) -> str:
    """What it was made of, in a sentence."""
    if persona.method == ContactPersona.Method.RAG:
        made = f"Made of {persona.interactions} interactions."
    else:
        because = f" {persona.fell_back}" if persona.fell_back else ""
        made = f"Made of the contact's fields alone: all of it is what is usual in such a post.{because}"
        if any(trait["support"] == "verbatim" for trait in persona.body["traits"]):
            made = f"Made of the contact's fields, and of what they wrote, where it is quoted.{because}"
    return f"{made} {by_whom(persona)}".strip()


def by_whom(persona: ContactPersona) -> str:
    """Which engine wrote it and what of that was left out, or why none did; nothing where none was to."""
    if persona.no_engine:
        return f"The built-in engine wrote it: {_ended(persona.no_engine)}"
    if persona.engine == BUILTIN:
        return ""
    withheld = persona.body.get("withheld", [])
    words = f"Written by {persona.engine}, each sentence checked against what happened."
    if not withheld:
        return words
    count = sum(each["count"] for each in withheld)
    reasons = "; ".join(f"{each['why']} ({each['count']})" for each in withheld[:MOST_REASONS])
    return f"{words} {count} {'sentence is' if count == 1 else 'sentences are'} left out: {reasons}."


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def note(trait: dict[str, Any]) -> str:
    """What a trait rests on, in a few words."""
    words = [SUPPORTS[trait["support"]]]
    if trait["n"]:
        words.append(f"n = {trait['n']}")
    if trait["low"] is not None and trait["high"] is not None:
        words.append(f"95 %: {ranged(trait['low'], trait['high'], trait['unit'])}")
    if not trait["enough"]:
        words.append("few data")
    return " · ".join(words)
