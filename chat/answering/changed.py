"""What is new to us: what came to be known of a company in a time. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.model import Answer, Part
from chat.answering.news import funding_and_news
from chat.answering.timed import nearest_before
from chat.answering.words import day_told, days_told, text
from chat.understanding.spans import Span
from enrichment.door import FactItem

NEW = timedelta(days=30)  # what “new” means where no time is asked of
WATCHED = ("recent_activities", "growth_signals", "decision_makers", "hiring_trends", "tech_stack")


def changes(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What came to be known lately, by dataset: in the time that is asked of, else in thirty days.

    Where all that is known was learnt since that time began there is nothing to compare with: then news are told.
    """
    slugs, today = tuple(datasets or WATCHED), held.now.date()
    span = about.span or Span(today - NEW, today)
    told_when = days_told(span.since, span.until, today)
    first = _known_since(held, slugs)
    if first is None or first >= span.since:
        return _nothing_to_compare(held, about, first, datasets)
    parts = [_new(held, dataset, span, about) for dataset in slugs]
    how_near, nearest = _nearest(held, about, slugs) if not any(parts) else ("", None)
    return held.answer(
        f"New to us on {held.name} {told_when}:" if any(parts) else f"Nothing new {told_when}.{how_near}",
        *parts,
        nearest,
        datasets=datasets,
        nothing=f"Nothing new became known of {held.name} {told_when}.",
    )


def _nothing_to_compare(held: Held, about: About, first: date | None, datasets: Sequence[str]) -> Answer:
    told = funding_and_news(held, about, datasets)
    since = f"All that is held was learnt since {day_told(first)}: nothing earlier to compare with. " if first else ""
    words = "The newest:" if told.said and not about.span else told.opening
    return Answer(opening=f"{since}{words}".strip(), lead=told.lead, parts=told.parts, missing=told.missing)


def _known_since(held: Held, datasets: Sequence[str]) -> date | None:
    days = [day for slug in datasets for item in held.items(slug) if (day := held.since(slug, item))]
    return min(days, default=None)


def _new(held: Held, dataset: str, span: Span, about: About) -> Part | None:
    new = [item for item in held.items(dataset) if (day := held.since(dataset, item)) and day in span]
    said = [held.of_items(_told(held, item), [item], dataset) for item in new if not about or about.is_in(item.value)]
    return part(held.label(dataset), said, 5)


def _nearest(held: Held, about: About, datasets: Sequence[str]) -> tuple[str, Part | None]:
    """What became known last before the time."""
    rows = [
        (held.since(slug, item), (slug, item))
        for slug in datasets
        for item in held.items(slug)
        if not about or about.is_in(item.value)
    ]
    how_near, before = nearest_before(held, about, rows)
    said = [held.of_items(_told(held, item), [item], slug) for slug, item in before]
    return how_near, part("", said, 3)


def _told(held: Held, item: FactItem) -> str:
    if not isinstance(item.value, Mapping):
        return text(item.value)
    told = [text(item.value.get(name)) for name in ("headline", "name", "title", "product", "challenge", "system")]
    age = held.ago(item.value.get("date"))
    words = ", ".join(dict.fromkeys(filter(None, told)))
    return f"{words} ({age})" if words and age else words
