"""What we have to say to them: fit, comparison, objections, talking points. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.model import Answer, Said
from chat.answering.technology import actions_on, rivals_in_use
from chat.answering.words import text

NO_VENDOR = "Say in your profile whom you sell for, and the answer is made for it."


def vendor_fit(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """Which of our products may help, each with the need that was found; how to stand is told first."""
    rows = held.rows("recommended_products")
    asked = [each for each in rows if about and about.is_in(dict(each[1]))]
    opening = f"How {held.vendor} fits {held.name}:" if held.vendor else f"How we fit {held.name}. {NO_VENDOR}"
    if about and rows and not asked:
        opening = f"No need that we hold names {about.shown}. What fits {held.name}:"
    return held.answer(
        opening,
        part("Products that may help", [_product(held, at, row) for at, row in asked or rows], 5),
        lead=_advantage(held),
        datasets=datasets,
        nothing=_nothing(held, f"No need of {held.name} that {held.vendor} could meet is known yet."),
    )


def _product(held: Held, at: str, row: Mapping[str, Any]) -> Said | None:
    """“Lifecycle Management: the reason. The outcome.”"""
    product, reason, outcome = (text(row.get(name), 600) for name in ("product", "reason", "outcome"))
    words = f"{product}: {' '.join(filter(None, (reason, outcome)))}"
    pointers = [f"{at}/{name}" for name in ("product", "reason", "outcome") if row.get(name)]
    return held.said(words, *pointers, dataset=text(row.get("dataset_source"))) if product and reason else None


def _advantage(held: Held) -> Said | None:
    told, pointer = held.field("competitor_context", "positioning_advantage")
    return held.said(told, pointer, dataset="competitive_usage")


def _nothing(held: Held, words: str) -> str:
    return words if held.vendor else NO_VENDOR


def comparison(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """How to stand beside what they have, and what they will say of it."""
    approach, at = held.field("intent", "approach")
    is_against = bool(rivals_in_use(held))
    already = [
        each for each in _objections(held, about) if each.text.startswith(("If they already use", "“We already use"))
    ]
    return held.answer(
        f"{held.vendor or 'We'} against what {held.name} uses:",
        part("What was found", rivals_in_use(held), 3),
        part("How to go about it", [held.said(approach, at) if is_against else None]),
        part("What they may say", already, 3),
        part("What to find out", actions_on(held, "May use ", "Uses "), 2),
        lead=_advantage(held),
        datasets=datasets,
        nothing=_nothing(held, f"Nothing that {held.name} uses in {held.vendor}'s place is known yet."),
    )


def objections(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What will be said against buying, each with an answer."""
    return held.answer(
        f"What {held.name} may object, and what to answer:",
        part("", _objections(held, about) or _objections(held, About()), 6),
        part("Where you stand", [_advantage(held)]),
        datasets=datasets,
        nothing=f"No objection that evidence on {held.name} speaks for is known yet.",
    )


def _objections(held: Held, about: About) -> list[Said]:
    told = held.leaves("competitor_context", "objection_handling")
    said = [held.said(words, at, dataset="competitive_usage") for at, words in told if not about or about.is_in(words)]
    return [each for each in said if each]


def talking_points(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """Questions to ask, best first; with `about`, those that name it."""
    told = held.leaves("talking_points")
    chosen = [each for each in told if about and about.is_in(each[1])]
    opening = f"What to ask {held.name}, best first:"
    if about and not chosen:
        opening = f"No talking point that we hold names {about.shown}. {opening}"
    return held.answer(opening, part("", [held.said(words, at) for at, words in chosen or told], 8), datasets=datasets)
