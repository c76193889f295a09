"""Whom to talk to. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.model import Answer, Said
from chat.answering.words import counted, text
from enrichment.door import Known

MOST = 7
IN_FULL = 3  # people whose advice is told, too


def decision_makers(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """People in the order in which the rep's role talks to them; with `about`, those whose post or name fits."""
    rows = held.rows("target_contacts")
    people = [each for each in rows if text(each[1].get("name"))]
    posts = [each for each in rows if not text(each[1].get("name")) and text(each[1].get("title"))]
    if about:
        return _of_post(held, about, people, posts, datasets)
    lines = [_line(held, at, row) for at, row in people]
    listed, known = part("", lines, MOST), counted(len(people), "person", "people")
    more = f" {len(listed.rest)} more: ask “Who else?”" if listed and listed.rest else ""
    return held.answer(
        f"Whom to talk to at {held.name}: {known} known, whom to call first on top.{more}",
        listed,
        part("How to take them", [_advice(held, at, row) for at, row in people[:IN_FULL]]),
        part("Still to be filled", [_post(held, at, row) for at, row in posts], 3),
        datasets=datasets,
        nothing=f"Nobody is known by name yet at {held.name}.",
    )


Row = tuple[str, Mapping[str, Any]]


def _of_post(held: Held, about: About, people: Sequence[Row], posts: Sequence[Row], datasets: Sequence[str]) -> Answer:
    """Whoever was asked for, else who comes nearest; where nobody does that is said, with those who are known."""
    fitting = [each for each in people if _fits(each[1], about)]
    near = [] if fitting else sorted(people, key=lambda each: -_nearness(each[1], about))
    nearest = [each for each in near if _nearness(each[1], about)]
    open_ones = [_post(held, at, row) for at, row in posts if about.is_title(text(row.get("title")))]
    if not fitting and not nearest:
        opening = f"Nobody whom we hold at {held.name} has a post that says {about.shown}; that proves nothing."
        known = part("Known instead", [_line(held, at, row) for at, row in people], 3)
        return held.answer(opening, part("Open post", open_ones, 3), known, datasets=datasets, nothing=opening)
    (at, row), *others = fitting or nearest
    return held.answer(
        "" if fitting else f"Nobody whom we hold has a post that says all of {about.shown}. The nearest:",
        part("", _more(held, at, row)),
        part("Also", [_line(held, *each) for each in others], 5),
        part("Open post", open_ones, 3),
        lead=_presented(held, at, row),
        datasets=datasets,
    )


def _presented(held: Held, at: str, row: Mapping[str, Any]) -> Said | None:
    name, title = text(row.get("name")), text(row.get("title"))
    words = f"{name} is {title} at {held.name}." if title else f"{name} is known at {held.name}; the post is not."
    return held.said(words, f"{at}/name", *([f"{at}/title"] if title else []), dataset="decision_makers")


def _nearness(row: Mapping[str, Any], about: About) -> int:
    """How many of the words the post or the name says."""
    return sum(_fits(row, About((word,))) for word in about.words)


def _fits(row: Mapping[str, Any], about: About) -> bool:
    return about.is_title(text(row.get("title"))) or about.is_in(text(row.get("name")))


def _line(held: Held, at: str, row: Mapping[str, Any]) -> Said | None:
    """“Renata Oliveira, Chief Information Security Officer (Decision Maker), renata@acme.example”."""
    name, title, role, email = (text(row.get(field)) for field in ("name", "title", "role", "email"))
    pointers = [f"{at}/{field}" for field in ("name", "title", "role", "email") if text(row.get(field))]
    words = ", ".join(filter(None, (name, f"{title} ({role})" if title and role else title, email)))
    return held.said(words, *pointers, dataset="decision_makers")


def _advice(held: Held, at: str, row: Mapping[str, Any]) -> Said | None:
    told = text(row.get("persona_fit"), 600)
    return (
        held.said(f"{text(row.get('name'))}: {told}", f"{at}/persona_fit", dataset="decision_makers") if told else None
    )


def _more(held: Held, at: str, row: Mapping[str, Any]) -> list[Said | None]:
    said = []
    for field, before in (("email", "E-mail: "), ("profile_url", "Profile: "), ("persona_fit", ""), ("signal", "")):
        if told := text(row.get(field), 600):
            said.append(held.said(f"{before}{told}", f"{at}/{field}", dataset="decision_makers"))
    return said


def _post(held: Held, at: str, row: Mapping[str, Any]) -> Said | None:
    """“IAM Architect: Open position in San Francisco, CA, posted 2026-11-18”."""
    title, signal = text(row.get("title")), text(row.get("signal"))
    pointers = [f"{at}/title", *([f"{at}/signal"] if signal else [])]
    return held.said(f"{title}: {signal}" if signal else title, *pointers, dataset="hiring_trends")


def people_in(answer: Answer, known: Known) -> tuple[str, ...]:
    """Whom the answer names, in the order in which they come: by this a follow-up knows who “she” is."""
    told = " ".join(each.text for each in answer.said)
    names = [text(row.get("name")) for _, row in Held(known).rows("target_contacts")]
    return tuple(sorted({name for name in names if name and name in told}, key=told.index))
