"""The quick overview: what is known at the moment in which a company is chosen."""

from chat.answering.company import BASICS as _BASICS
from chat.answering.company import WEBSITE, basics_of
from chat.answering.held import Held, part
from chat.answering.model import Answer, Missing, Part, Said
from chat.answering.words import counted
from enrichment.door import Known

BASICS = (*(dataset for _, dataset, _ in _BASICS.values()), WEBSITE[1])

# What is worth knowing at a glance: datasets, the first that is held counts; what one of them is called.
KINDS = {
    "News and market signals": (("recent_activities", "recent_news", "growth_signals"), "item"),
    "Hiring": (("hiring_trends",), "open post"),
    "Technology": (("tech_stack",), "technology"),
    "Decision makers": (("decision_makers", "key_contacts"), "person"),
}
MANY = {"technology": "technologies", "person": "people"}


def overview(known: Known, *, is_going_on: bool = False) -> Answer:
    """Industry, size, location and website; what else is known and how old it is, and what is being gathered."""
    held = Held(known)
    basics = [said for _, said in basics_of(held)]
    told = {label: _held(held, label) for label in KINDS}
    gathered = [label for label, said in told.items() if said is None]
    rest = tuple(Missing(dataset=KINDS[label][0][0], label=label, why="Nothing is held on it.") for label in gathered)
    answer = held.answer(
        f"{held.name} - Quick overview",
        part("Company basics", basics),
        part("What is known already", told.values()),
        _gathering(gathered or list(KINDS)) if is_going_on else None,
        datasets=BASICS,
        nothing=f"Nothing is known yet of {held.name}.",
    )
    missing = () if is_going_on else (*answer.missing, *rest)
    return Answer(opening=answer.opening, lead=answer.lead, parts=answer.parts, missing=missing)


def _held(held: Held, label: str) -> Said | None:
    """“Technology: 16 technologies, the newest seen 3 days ago”."""
    slugs, one = KINDS[label]
    slug = next((each for each in slugs if held.items(each)), "")
    items = held.items(slug)
    words = f"{label}: {counted(len(items), one, MANY.get(one, ''))}, the newest {held.newest(items)}"
    return held.of_items(words, items, slug, support="derived")


def _gathering(labels: list[str]) -> Part | None:
    return part("Gathering deeper intelligence", [Said(text=label, is_ours=True) for label in labels])
