"""Answers that are not about a company's data: preparing, costs, stopping, the whole report, reasons, help."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import asking_back, choosing, costing, writing
from chat.answering import explained
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.memory import Memory
from chat.models import ChatSession, ChatTurn
from chat.putting_off import drop
from chat.saying import Saying
from chat.taking import go_on, say_once
from enrichment import door
from enrichment.models import ResearchRequest

PREPARE, STOP, WHY, FULL_REPORT, HELP = "prepare", "stop", "why", "full_report", "help"
THANKS = "thanks"
OF_A_COMPANY = (PREPARE, FULL_REPORT)  # of what is said outside of a company's data


def _prepare(turn: ChatTurn) -> None:
    company = turn.session.company
    if company is None:
        say_once(turn, Saying(content=_("Gladly. Which company are you meeting with?")), ChatTurn.State.ASKING)
    elif choosing.is_selected(turn.session, company):
        go_on(choosing.choose(turn.session, company, turn))
    else:
        choosing.offer(turn.session, company, turn)


def _stop(turn: ChatTurn) -> None:
    stopped = stop(turn.session, but=turn)
    words = _("I have stopped; what was collected is kept.") if stopped else _("Nothing is under way.")
    say_once(turn, Saying(content=words, step="complete", status="completed"))


def _full_report(turn: ChatTurn) -> None:
    """Where the complete analysis is, or how far."""
    request = turn.session.research
    if request is None or request.company_id != turn.session.company_id:
        _prepare(turn)
    elif request.report is not None and request.status == ResearchRequest.Status.ANSWERED:
        url = reverse("brief", args=[request.pk])
        brief = Action(id="brief", label=_("Open the brief"), action="open", payload={"url": url})
        say_once(turn, Saying(content=_("The complete analysis is ready."), actions=[brief]))
    elif request.status == ResearchRequest.Status.ATTACHED:
        words = _("%(share)s %% of it is done; I tell you here as soon as the rest is.")
        words %= {"share": door.progress(request)}
        say_once(turn, Saying(content=words, step="research", status="started"))
    else:
        words = _("It ended without one: %(why)s") % {"why": inert(door.error_of(request))}
        say_once(turn, Saying(content=words, status="failed"))


def offer_help(turn: ChatTurn) -> None:
    say_once(turn, asking_back.offers())


def _why(turn: ChatTurn) -> None:
    """The evidence of the last answer."""
    told = Memory.of(turn.session).message
    message = turn.session.messages.filter(pk=told).first() if told else None
    statements = message.metadata.get("statements", []) if message else []
    if not statements:
        say_once(turn, Saying(content=_("I have not said anything yet that rests on evidence.")))
        return
    words = f"{_('Because of this:')}\n\n{explained(statements, now=timezone.now())}"
    metadata = {
        name: message.metadata[name] for name in ("sources", "statements") if message and name in message.metadata
    }
    say_once(turn, Saying(content=words, metadata={**metadata, "intent": WHY}))


def _small_talk(turn: ChatTurn) -> None:
    company = turn.session.company
    words = _("With pleasure. Which company are you meeting with?")
    if company:
        words = _("With pleasure. Ask on about %(company)s whenever you like.") % {"company": inert(company.name)}
    say_once(turn, Saying(content=words, metadata={"intent": THANKS}))


CONVERSING = {
    PREPARE: _prepare,
    costing.COST: costing.tell_cost,
    STOP: _stop,
    FULL_REPORT: _full_report,
    HELP: offer_help,
    WHY: _why,
    THANKS: _small_talk,
}


def stop(session: ChatSession, *, but: ChatTurn | None = None) -> bool:
    """Detach the session from all that is under way for it, and stop what is written; whether there was anything.

    Turns are ended first: one that is just beginning research finds itself stopped, and calls that off. `but`: the turn
    that asks for it.
    """
    drop(session)
    with transaction.atomic():
        stopped = writing.stop_in(ChatSession.objects.locked(session.pk))
        waiting = session.turns.filter(state=ChatTurn.State.WAITING)
        waiting = waiting if but is None else waiting.exclude(pk=but.pk)
        changed = waiting.update(state=ChatTurn.State.STOPPED, answered=timezone.now())
    under_way = ResearchRequest.objects.attached().filter(chat_follows__session=session)
    requests = list(under_way)
    for request in requests:
        door.cancel(request)
    return bool(requests or changed or stopped)
