"""An answer to any intent: each has its family; what has none is told from its datasets, or from what names it."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo

from chat.answering import changed, company, news, opening, people, selling, technology
from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.mentions import mentions
from chat.answering.model import Answer, Part, Said
from chat.understanding.spans import Span
from enrichment.door import FactItem, Known, said

MOST = 6  # statements of one dataset
IDENTITY = ("company_name", "company_domain")  # what singles nothing out

Family = Callable[[Held, About, Sequence[str]], Answer]
FAMILIES: dict[str, Family] = {
    "company_overview": company.overview_of_business,
    "competitors": company.competitors,
    "technology_stack": technology.stack,
    "current_vendor_use": technology.vendors_in_use,
    "integration_points": technology.integration,
    "funding_news": news.funding_and_news,
    "hiring_patterns": news.hiring,
    "buying_signals": news.buying_signals,
    "business_challenges": news.challenges,
    "what_changed": changed.changes,
    "decision_makers": people.decision_makers,
    "vendor_fit": selling.vendor_fit,
    "competitive_comparison": selling.comparison,
    "objections": selling.objections,
    "talking_points": selling.talking_points,
    "opener": opening.opener,
}
OF_THE_VENDOR = (
    "technology_stack",
    "current_vendor_use",
    "competitors",
    "business_challenges",
)  # may ask for it by name


def answer(
    intent: str,
    known: Known,
    *,
    datasets: Sequence[str] = (),
    about: Sequence[str] = (),
    question: str = "",
    span: Span | None = None,
    zone: tzinfo = UTC,
) -> Answer:
    """What is held that answers the intent, narrowed by `about`, the words of the `question` and the days of `span`.

    Days are those of `zone`, in which the question is asked.

    `datasets` are those that the intent needs: what nothing is held on is told as missing.

    Every statement on the company cites evidence that is held, but what a person pinned. Pure: now is `known.as_of`.
    """
    held = Held(known, zone)
    names = (held.name, *(() if intent in OF_THE_VENDOR else (held.vendor,)))
    asked = About.of(about, but=names, question=question, span=span)
    family = FAMILIES.get(intent)
    return family(held, asked, datasets) if family else anything(held, asked, datasets)


def anything(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What is held on the datasets; with words alone, whatever names them, and where they stand."""
    slugs = datasets or [slug for slug in held.known.facts if slug not in IDENTITY]
    parts = [_of_dataset(held, slug, about) for slug in slugs] if datasets or about else []
    found = [each for each in parts if each]
    where = part("Where it stands", mentions(held, about), MOST) if about and not found else None
    opening = f"What is known of {held.name}{f' on {about.shown}' if about else ''}:"
    nothing = f"Nothing that we hold on {held.name} names {about.shown}; that proves nothing." if about else ""
    return held.answer(opening, *found[:3], where, datasets=datasets, nothing=nothing)


def _of_dataset(held: Held, slug: str, about: About) -> Part | None:
    items = [item for item in held.items(slug) if not about or about.is_in(item.value)]
    return part(held.label(slug), [_said(held, item, slug) for item in items], MOST)


def _said(held: Held, item: FactItem, slug: str) -> Said | None:
    age = held.ago(held.seen(item))
    words = " ".join(said(item.value).split())[:600]
    return held.of_items(f"{words}, {age}" if words and age else words, [item], slug)
