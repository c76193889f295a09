"""What stands on a long page, in its order, so that a reader gets to it at once. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enrichment.pages.brief import Body
from enrichment.pages.facts import Known

FEWEST = 3  # parts that are worth a list
HEADINGS = {
    "intent": "Which conversation it is",
    "who": "Who they are",
    "now": "Why now",
    "whom": "Whom to talk to",
    "fit": "How we fit",
    "say": "What to say",
    "object": "What they will object",
    "against": "What they use today",
    "tech": "Technology",
    "quality": "Data quality",
    "gaps": "Gaps",
    "disagree": "Sources disagree",
    "costs": "Cost",
    "sources": "Sources",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page; `anchor` is its heading's id."""

    anchor: str
    label: str


def of_brief(body: Body) -> list[Part]:
    """The parts of a brief as its page shows them; a body of another shape has a part for each of its headings."""
    return _worth([*_call(body), *(_titled(name) for name in _about(body))])


def _call(body: Body) -> Iterator[Part]:
    if body.intent:
        yield _titled("intent")
    if body.customer["name"] or body.customer["description"]:
        yield _titled("who")
    yield from (Part(f"other-{place}", group.label) for place, group in enumerate(body.other, start=1))
    yield from map(_titled, () if body.other else body.sections)


def _about(body: Body) -> Iterator[str]:
    yield from ("quality", "gaps")
    if body.disagreements:
        yield "disagree"
    yield from ("costs", "sources")


def of_company(known: Known, *, has_research: bool, has_suggestions: bool, has_parts: bool) -> list[Part]:
    """The parts of a company's page: what was asked of it, then its facts by heading."""
    found = [Part("recent-title", _("Your research on it"))] if has_research else []
    found += [Part("suggestions-title", _("What reports suggest"))] if has_suggestions else []
    found += [Part("parts-title", _("Companies that are part of it"))] if has_parts else []
    found += [Part(f"group-{place}", heading) for place, (heading, _facts) in enumerate(known.groups, start=1)]
    return _worth([*found, _titled("sources")] if known.groups else found)


def _titled(name: str) -> Part:
    return Part(f"{name}-title", HEADINGS[name])


def _worth(parts: list[Part]) -> list[Part]:
    return parts if len(parts) >= FEWEST else []
