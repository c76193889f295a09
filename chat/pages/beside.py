"""What stands beside the conversation: how far the research is, and what has been found of the company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from chat import intents
from chat.answering.model import Action
from chat.answering.overview import BASICS
from chat.conversing import CONVERSING
from chat.models import ChatEvent, ChatSession, ChatTurn
from chat.money import usd
from chat.pages.markdown import inline
from chat.pages.spoken import Band, band_of
from enrichment import door
from enrichment.models import Company, Fact, Origin, ResearchRequest
from enrichment.pages.words import age, moment

UPDATES = 40  # what sources answered, that is listed
FACTS, VALUES = 16, 3  # of the panel
LONGEST = 160  # characters of a value there
SUGGESTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What is under way. `updates` are what came in, latest first; money in words."""

    percent: int | None  # of the research; None where only questions wait
    answered: int
    updates: Sequence[SafeString]
    waiting: int
    writing: int  # answers that engines are at
    cost: str
    estimate: str


def strip_of(session: ChatSession) -> Strip | None:
    """How far the session's work is; None where nothing is under way."""
    research = session.research
    goes_on = research is not None and research.status == ResearchRequest.Status.ATTACHED
    turns = session.turns.filter(state=ChatTurn.State.WAITING).order_by()
    counts = turns.aggregate(waiting=Count("pk", filter=Q(writing=None)), writing=Count("writing"))
    if not goes_on and not any(counts.values()):
        return None
    estimate = door.accepted(research)["estimatedCost"] if goes_on and research is not None else None
    run = research.run_id if research is not None else None
    rows = ChatEvent.objects.filter(session=session, type=ChatEvent.Type.SOURCE_UPDATE, run=run, run__isnull=False)
    told = list(rows.order_by("-seq")[:UPDATES])
    return Strip(
        percent=door.progress(research) if goes_on and research is not None else None,
        answered=len(told),
        updates=[inline(str(row.data.get("content", ""))) for row in told],
        **counts,
        cost=usd(session.spent()),
        estimate=usd(Decimal(str(estimate))) if estimate else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact in few words."""

    slug: str
    label: str
    texts: Sequence[str]
    more: int
    age: str
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The brief as far as it has grown. `research` is the request whose brief or progress it leads to."""

    company: Company
    basics: Sequence[Finding]
    found: Sequence[Finding]
    more: int
    research: ResearchRequest | None
    is_ready: bool
    is_sandbox: bool


def panel_of(session: ChatSession, *, now: datetime) -> Panel | None:
    """What is held on the company of which is talked; None while there is none."""
    company = session.company
    if company is None:
        return None
    rows = _facts(company)
    facts = [_finding(row, now) for row in rows]
    basics = sorted((each for each in facts if each.slug in BASICS), key=lambda each: BASICS.index(each.slug))
    rest = [each for each in facts if each.slug not in BASICS]
    research = session.research if session.research and session.research.company_id == company.pk else None
    return Panel(
        company=company,
        basics=basics,
        found=rest[:FACTS],
        more=max(len(rest) - FACTS, 0),
        research=research,
        is_ready=research is not None and research.report_id is not None,
        is_sandbox=any(row.origin == Origin.SANDBOX for row in rows),
    )


def _facts(company: Company) -> list[Fact]:
    """Live ones where there are any: origins never mix."""
    rows = list(Fact.objects.filter(company=company).order_by("dataset"))
    live = [row for row in rows if row.origin == Origin.LIVE]
    return live or rows


def _finding(row: Fact, now: datetime) -> Finding:
    values: list[Any] = row.value if isinstance(row.value, list) else [row.value]
    texts = [_in_words(value) for value in values[:VALUES]]
    return Finding(
        slug=row.dataset,
        label=door.labels().get(row.dataset, row.dataset),
        texts=[text for text in texts if text],
        more=max(len(values) - VALUES, 0),
        age=age(row.observed_at, now),
        band=band_of(row.reliability),
    )


def _in_words(value: Any) -> str:
    """A record by its name and what else is words: sums and days are on the company's page."""
    if isinstance(value, dict) and not {"low", "high"} <= set(value):
        first = next(iter(value), "")
        value = {name: held for name, held in value.items() if name == first or _is_words(held)}
    return _short(door.said(value))


def _is_words(held: object) -> bool:
    return isinstance(held, str) and moment(held) is None and not held[:4].isdecimal()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def suggestions(session: ChatSession) -> list[Action]:
    """What one may ask next, as buttons; of no company there is nothing to ask."""
    if session.company_id is None:
        return []
    known = intents.current().by_slug
    return [each.action for slug, each in known.items() if slug not in CONVERSING][:SUGGESTED]
