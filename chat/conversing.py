"""Answers that are not about a company's data: preparing, costs, stopping, the whole report, reasons, help."""

from django.urls import reverse
from django.utils import timezone

from chat import choosing, intents
from chat.answering import explained
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.memory import Memory
from chat.models import ChatSession, ChatTurn
from chat.money import usd
from chat.saying import Saying
from chat.taking import say_once
from enrichment import door
from enrichment.models import ResearchRequest

PREPARE, COST, STOP, WHY, FULL_REPORT, HELP = "prepare", "cost", "stop", "why", "full_report", "help"
THANKS = "thanks"


def _prepare(turn: ChatTurn) -> None:
    company = turn.session.company
    if company is None:
        say_once(turn, Saying(content="Gladly. Which company are you meeting with?"), ChatTurn.State.ASKING)
    else:
        choosing.choose(turn.session, company, turn)


def _cost(turn: ChatTurn) -> None:
    """What the conversation cost so far, and what it may still cost."""
    spent = turn.session.spent()
    words = (
        f"This conversation has cost {usd(spent)} so far." if spent else "This conversation has cost nothing so far."
    )
    say_once(turn, Saying(content=words, metadata={"intent": COST, "cost": float(spent)}))


def _stop(turn: ChatTurn) -> None:
    stopped = stop(turn.session)
    words = "I have stopped; what was collected is kept." if stopped else "Nothing is under way."
    say_once(turn, Saying(content=words, step="complete", status="completed"))


def _full_report(turn: ChatTurn) -> None:
    """Where the complete analysis is, or how far."""
    request = turn.session.research
    if request is None:
        _prepare(turn)
    elif request.report is not None and request.status == ResearchRequest.Status.ANSWERED:
        brief = Action(
            id="brief", label="Open the brief", action="open", payload={"url": reverse("brief", args=[request.pk])}
        )
        say_once(turn, Saying(content="The complete analysis is ready.", actions=[brief]))
    elif request.status == ResearchRequest.Status.ATTACHED:
        words = f"{door.progress(request)} % of it is done; I tell you here as soon as the rest is."
        say_once(turn, Saying(content=words, step="research", status="started"))
    else:
        say_once(turn, Saying(content=f"It ended without one: {inert(door.error_of(request))}", status="failed"))


def offer_help(turn: ChatTurn) -> None:
    now = intents.current()
    actions = [each.action for each in list(now.by_slug.values())[:8] if each.slug not in CONVERSING]
    words = "I can tell you what is known of a company, and find out the rest. Ask for instance:"
    say_once(turn, Saying(content=words, actions=actions))


def _why(turn: ChatTurn) -> None:
    """The evidence of the last answer."""
    told = Memory.of(turn.session).message
    message = turn.session.messages.filter(pk=told).first() if told else None
    statements = message.metadata.get("statements", []) if message else []
    if not statements:
        say_once(turn, Saying(content="I have not said anything yet that rests on evidence."))
        return
    words = f"Because of this:\n\n{explained(statements, now=timezone.now())}"
    metadata = {
        name: message.metadata[name] for name in ("sources", "statements") if message and name in message.metadata
    }
    say_once(turn, Saying(content=words, metadata={**metadata, "intent": WHY}))


def _small_talk(turn: ChatTurn) -> None:
    company = turn.session.company
    words = (
        f"Ask on about {inert(company.name)} whenever you like." if company else "Which company are you meeting with?"
    )
    say_once(turn, Saying(content=f"With pleasure. {words}", metadata={"intent": THANKS}))


CONVERSING = {
    PREPARE: _prepare,
    COST: _cost,
    STOP: _stop,
    FULL_REPORT: _full_report,
    HELP: offer_help,
    WHY: _why,
    THANKS: _small_talk,
}


def stop(session: ChatSession) -> bool:
    """Detach the session from all that is under way for it; whether there was anything."""
    under_way = ResearchRequest.objects.attached().filter(chat_follows__session=session)
    requests = list(under_way)
    for request in requests:
        door.cancel(request)
    waiting = session.turns.filter(state=ChatTurn.State.WAITING).exclude(request=None)
    changed = waiting.update(state=ChatTurn.State.STOPPED, answered=timezone.now())
    return bool(requests or changed)
