"""What runs tell, told on in the conversations that follow them; and questions that waited for it.

`catch_up` is all of it. Whoever serves a client calls it when a run has moved, and a chore of the workers calls it for
sessions that nobody looks at: the session's lock lets one after the other in, and what was told is not told again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import intents, writing
from chat.answering import told_event
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.answering.words import ended
from chat.models import ChatEvent, ChatFollow, ChatSession, ChatTurn, append
from chat.money import usd
from chat.saying import Saying, say
from chat.settling import settle, waiting
from enrichment import door
from enrichment.models import ResearchRequest, RunEvent

LEFT = timedelta(seconds=30)  # after which whoever took a question counts as dead
PAGE = 200  # events of a run that are told in one transaction
ATTACHED = ResearchRequest.Status.ATTACHED


def catch_up(session_id: UUID) -> None:
    """Tell what has happened since in the runs that the session follows, and answer what waited for it."""
    moved = False
    while _behind(session_id).exists():
        moved = _tell_on(session_id) or moved
    if not moved and not _left(session_id).exists():
        return
    session = ChatSession.objects.get(pk=session_id)
    for turn in waiting(session):
        settle(turn)


def _left(session_id: UUID) -> "QuerySet[ChatTurn]":
    """Turns that wait for what is over: whoever told of its end died before it answered them."""
    return _waiting_in_vain().filter(session=session_id)


def _waiting_in_vain() -> "QuerySet[ChatTurn]":
    waiting = ChatTurn.objects.filter(writing.nobody_writes(), state=ChatTurn.State.WAITING, session__deleted=None)
    waiting = waiting.exclude(request=None)
    return waiting.exclude(request__status=ATTACHED)


def _behind(session_id: UUID) -> "QuerySet[ChatFollow]":
    """What the session follows and has not told to its end. A request that is answered by a cache has no run."""
    rows = ChatFollow.objects.filter(session=session_id, session__deleted=None, is_over=False)
    return rows.filter(~Q(request__status=ATTACHED) | Q(request__run__last_seq__gt=F("run_seq")))


def _tell_on(session_id: UUID) -> bool:
    """One page of each run, in one transaction; whether there was anything to tell."""
    at, labels = timezone.now(), door.labels()
    with transaction.atomic():
        session = ChatSession.objects.locked(session_id)
        follows = list(_behind(session_id).select_related("request__run", "request__report", "request__company"))
        for follow in follows:
            _tell_run(session, follow, labels, at=at)
        return bool(follows)


def _tell_run(session: ChatSession, follow: ChatFollow, labels: Mapping[str, str], *, at: datetime) -> None:
    request = follow.request
    rows = RunEvent.objects.filter(run=request.run_id, seq__gt=follow.run_seq).order_by("seq") if request.run_id else ()
    page = list(rows[:PAGE])
    told = _told_of(session, request.run_id)
    append(session, [event for row in page if row.seq > told and (event := _as_event(row, labels))], at=at)
    follow.run_seq = page[-1].seq if page else follow.run_seq
    follow.is_over = request.status != ATTACHED and len(page) < PAGE
    if follow.is_over and request.pk == session.research_id:
        say(session, [_conclusion(request)], turn=None, at=at)
    follow.save(update_fields=["run_seq", "is_over"])


def _told_of(session: ChatSession, run: UUID | None) -> int:
    """The run's latest event that was told here: two requests of a conversation may wait for the same run."""
    rows = ChatEvent.objects.filter(session=session, run=run, run_seq__isnull=False)
    return rows.aggregate(latest=Max("run_seq"))["latest"] or 0


def _as_event(row: RunEvent, labels: Mapping[str, str]) -> ChatEvent | None:
    told = told_event(row.kind, row.data, labels, at=row.at)
    if told is None:
        return None
    data: dict[str, Any] = {"step": told.step, "status": told.status, "content": told.content}
    if told.sources:
        data["sources"] = list(told.sources)
    return ChatEvent(type=told.type, data=data, run=row.run_id, run_seq=row.seq)


def _conclusion(request: ResearchRequest) -> Saying:
    """How the research that the session was begun with came out."""
    name = inert(request.company.name)
    metadata = {
        "requestId": str(request.pk),
        "cost": float(request.spent),
        "brief": reverse("brief", args=[request.pk]),
    }
    if request.status == ResearchRequest.Status.CANCELLED:
        words = _("The research on %(company)s was stopped. What was collected is kept: ask on.") % {"company": name}
        return Saying(content=words, metadata=metadata, step="complete", status="completed")
    if request.status != ResearchRequest.Status.ANSWERED or request.report is None:
        why = ended(inert(door.error_of(request)))
        words = _(
            "The research on %(company)s ended without a complete analysis: %(why)s What was collected is kept: ask on."
        )
        words %= {"company": name, "why": why}
        return Saying(content=words, metadata=metadata, step="complete", status="failed")
    words = _("The complete analysis of %(company)s is ready; it cost %(cost)s.")
    words %= {"company": name, "cost": usd(request.spent)}
    if gaps := len(request.report.gaps):
        words += " " + ngettext(
            "%(count)d thing could not be found out; the brief says which.",
            "%(count)d things could not be found out; the brief says which.",
            gaps,
        ) % {"count": gaps}
    offered = [intent.action for slug in ("talking_points", "decision_makers", "vendor_fit") if (intent := _get(slug))]
    brief = Action(id="brief", label=_("Open the brief"), action="open", payload={"url": metadata["brief"]})
    return Saying(content=words, actions=[brief, *offered], metadata=metadata, step="complete", status="completed")


def _get(slug: str) -> "intents.Intent | None":
    return intents.current().get(slug)


def unattended(*, older_than: datetime) -> list[UUID]:
    """Sessions with something to tell that nobody has told, or whose question was left; none twice, at most 600."""
    rows = ChatFollow.objects.filter(is_over=False, session__deleted=None).filter(
        ~Q(request__status=ATTACHED) | Q(request__run__last_seq__gt=F("run_seq"))
    )
    found = (rows, never_taken_up(older_than=older_than), _waiting_in_vain())
    return list({pk for each in found for pk in each.values_list("session", flat=True)[:200]})


def never_taken_up(*, older_than: datetime) -> "QuerySet[ChatTurn]":
    """Turns that nobody has done anything about since then, for the process that took them died."""
    turns = ChatTurn.objects.filter(
        writing.nobody_writes(),
        state=ChatTurn.State.WAITING,
        request=None,
        asked__lt=older_than,
        session__deleted=None,
    )
    return turns.filter(Q(taken_up=None) | Q(taken_up__lt=older_than))
