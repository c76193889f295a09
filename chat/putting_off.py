"""A question that waits until it is known whom it is about: put off, and asked again once a company is chosen.

A conversation remembers at most one, by its turn: the words stay where they were said. Another question, a stop and a
deletion make it forgotten.
"""

from django.db import transaction

from chat.asking_back import CONVERSING
from chat.memory import Memory, remember
from chat.models import ChatSession, ChatTurn
from chat.slots import AFTER, asked_again
from enrichment.models import Company


def put_off(turn: ChatTurn) -> None:
    """Ask the turn's question again once a company is chosen, unless it is one that needs no company's data."""
    if turn.intent and turn.intent not in CONVERSING:
        with transaction.atomic():
            remember(ChatSession.objects.locked(turn.session_id), question=str(turn.pk))


def drop(session: ChatSession) -> None:
    """Forget what was put off, and that a domain was asked for."""
    with transaction.atomic():
        locked = ChatSession.objects.locked(session.pk)
        held = Memory.of(locked)
        if held.question or held.expects:
            remember(locked, question="", expects="", name="")


def asked_anew(session: ChatSession, company: Company, *, after: ChatTurn) -> ChatTurn | None:
    """The turn that asks what was put off of the company, which the turn `after` chose; None where nothing was.

    In the caller's transaction, which has the session locked: it is asked once, and not lost with the process.
    """
    held = Memory.of(session).question
    if not held:
        return None
    remember(session, question="")
    earlier = ChatTurn.objects.filter(session=session, pk=held).first()
    if earlier is None:
        return None
    return ChatTurn.objects.create(
        session=session,
        company=company,
        intent=earlier.intent,
        score=earlier.score,
        slots=asked_again(earlier) | {AFTER: str(after.pk)},
        state=ChatTurn.State.WAITING,
    )


def question_after(turn: ChatTurn) -> ChatTurn | None:
    """The turn that asked what was put off, once this one had chosen a company."""
    return ChatTurn.objects.filter(session=turn.session_id, **{f"slots__{AFTER}": str(turn.pk)}).first()
