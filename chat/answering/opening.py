"""How to begin: a call's first words and a short e-mail, of grounded sentences alone. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.model import Answer, Said
from chat.answering.words import ended, text

CLOSING = "Would a quarter of an hour next week suit you?"


def opener(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """To whoever is asked for, else to whom the role talks first. Names nobody of the seller's."""
    questions = held.leaves("talking_points")
    asked = next((each for each in questions if about and about.is_in(each[1])), questions[0] if questions else None)
    if asked is None:
        return held.answer("", datasets=datasets, nothing=f"Too little is known of {held.name} yet to open with.")
    question = held.said(asked[1], asked[0])
    hook, subject = _hook(held, question)
    person = _person(held, about)
    called, named = _greeting(held, person, "Hello {name},"), _greeting(held, person, "Hello {name}.")
    mail = [
        subject or _ours(f"Subject: A question to {held.name}"),
        called,
        hook,
        question,
        _offer(held),
        _ours(CLOSING),
    ]
    return held.answer(
        f"An opener for {held.name}; send or say it in your own name:",
        part("On the phone", [named, hook, question], 5, is_list=False),
        part("By e-mail", mail, 8, is_list=False),
        datasets=datasets,
    )


def _ours(words: str) -> Said:
    return Said(text=words, is_ours=True)


def _person(held: Held, about: About) -> tuple[str, Mapping[str, Any]] | None:
    people = [each for each in held.rows("target_contacts") if text(each[1].get("name"))]
    fitting = [
        p for p in people if about and (about.is_title(text(p[1].get("title"))) or about.is_in(p[1].get("name")))
    ]
    return next(iter(fitting or people), None)


def _greeting(held: Held, person: tuple[str, Mapping[str, Any]] | None, words: str) -> Said:
    if person is not None:
        at, row = person
        told = held.said(words.format(name=text(row.get("name"))), f"{at}/name", dataset="decision_makers")
        if told is not None:
            return told
    return _ours(words.replace(" {name}", ""))


def _hook(held: Held, question: Said | None) -> tuple[Said | None, Said | None]:
    """The news that the question is about, as a sentence and as a subject; nothing where it quotes it itself."""
    for at, row in held.rows("news_signals"):
        headline, publisher = text(row.get("headline")), text(row.get("source"), 60)
        pointers = [f"{at}/headline", *([f"{at}/source"] if publisher else [])]
        by = f" in {publisher}" if publisher else ""
        said = held.said(f"I read{by}: “{headline}”.", *pointers, dataset="recent_activities")
        if said and question and set(said.evidence) & set(question.evidence) and headline not in question.text:
            return said, held.said(f"Subject: {text(headline, 90)}", f"{at}/headline", dataset="recent_activities")
    return None, None


def _offer(held: Held) -> Said | None:
    """Why us: the product that fits best, by name alone."""
    for at, row in held.rows("recommended_products"):
        product = text(row.get("product"))
        words = f"{held.vendor}'s {product} may help with that." if held.vendor else f"{product} may help with that."
        if product and (said := held.said(ended(words), f"{at}/product", f"{at}/reason")):
            return said
    return None
