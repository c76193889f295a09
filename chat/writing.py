"""An engine's answer to a question: claimed by one process, written at its desk, told as it grows, then told whole.

The claim is a moment in the turn's row, renewed while the writer lives. What it says before it is whole is only ever
told, never stored; whatever goes wrong, the built-in answer is said, and why.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from chat import deltas
from chat.answering.model import Answer
from chat.answering.telling import inert, statements_json
from chat.answers import Writing, of_engine, speak, written_by
from chat.choosing import follow, seller_of
from chat.desk import DESK
from chat.models import ChatEvent, ChatPolicy, ChatSession, ChatTurn
from chat.money import answer_key, authorising, room
from chat.questions import Question
from chat.saying import Saying, say
from enrichment import door
from enrichment.door import Asked, Known, Reply
from enrichment.models import ResearchRequest
from salesintel.reading import Threads

ALIVE_EVERY = 2.0  # seconds between two signs of life, and until a stop in another process is seen
LEFT = timedelta(seconds=30)  # after which a writer counts as dead
LONGEST = door.LONGEST_REPLY + 15.0  # seconds that an answer may take, with what stands around it
DIED = "The process in which an engine was answering this died, so this is the built-in answer."

work = Threads(2, "writing")  # of this process


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A question that is handed over: the built-in answer, and what an engine is asked."""

    question: Question
    known: Known
    told: Answer
    found: str
    asked: Asked
    payer: ResearchRequest
    request: ResearchRequest | None  # of the question's own query


def hand_over(question: Question, known: Known, told: Answer, *, found: str, request: ResearchRequest | None) -> bool:
    """Whether an engine answers the question, or somebody sees to it already; False: the built-in answer is said."""
    if not question.intent.by_engine or question.told is not None or not door.may_an_engine_answer():
        return False
    statements = [(each.text, each.evidence) for each in told.said if each.evidence]
    asked = door.asked_about(
        question.company,
        question.words,
        vendor=question.session.vendor,
        seller=seller_of(question.session),
        known=statements,
        datasets=question.intent.datasets,
    )
    if asked is None:
        return False
    before = ChatTurn.objects.values_list("writing", flat=True).get(pk=question.turn.pk)
    if not _claimed(question.turn):
        return True
    if before is not None:
        _take_over(question, known, told, found=found, request=request)
        return True
    job = Job(
        question=question, known=known, told=told, found=found, asked=asked, payer=_payer(question, request),
        request=request,
    )  # fmt: skip
    DESK.begin(question.turn.pk, partial(_write, job))
    return True


def nobody_writes() -> Q:
    """Turns at which no engine writes, as far as one can tell."""
    return Q(writing=None) | Q(writing__lt=timezone.now() - LEFT)


def _claimed(turn: ChatTurn) -> bool:
    rows = ChatTurn.objects.filter(nobody_writes(), pk=turn.pk, state=ChatTurn.State.WAITING)
    return bool(rows.update(writing=timezone.now()))


def _take_over(question: Question, known: Known, told: Answer, *, found: str, request: ResearchRequest | None) -> None:
    """Its writer died: what that may have cost is booked, and no engine is asked a second time."""
    payer = ResearchRequest.objects.visible_to(question.session.user).filter(idempotency_key=answer_key(question.turn))
    for each in payer:
        door.doubt_replies(each.pk)
    speak(question, known, told, found=found, request=request, writing=Writing(note=DIED))


# --- Who pays ---------------------------------------------------------------------------------------------------------


def _payer(question: Question, request: ResearchRequest | None) -> ResearchRequest:
    """What is left of the question's cap, and of the conversation's and the person's."""
    policy, session = ChatPolicy.now(), question.session
    own = policy.question_cap if question.intent.max_cost is None else question.intent.max_cost
    spent = request.spent + request.reserved if request is not None else Decimal(0)
    with authorising(session):
        cap = max(min(own - spent, room(session, policy, at=timezone.now()).least), Decimal(0))
        payer = door.payer_of(
            question.company,
            vendor=session.vendor,
            seller=seller_of(session),
            user=session.user,
            cap=cap,
            key=answer_key(question.turn),
        )
        follow(session, payer)
    return payer


# --- At the desk ------------------------------------------------------------------------------------------------------


async def _write(job: Job, halt: asyncio.Event) -> None:
    alive = asyncio.ensure_future(_stay_alive(job.question.turn, halt))
    try:
        with deltas.growing(job.question.session.pk) as answer:
            reply = await door.reply(
                job.asked,
                payer=job.payer.pk,
                is_wanted=partial(_is_wanted, job.question.turn),
                tell=partial(_tell, job, answer),
                halt=halt,
                work=work,
            )
            await work(partial(_conclude, job, reply))
    finally:  # where it failed, nobody is alive on it any more, and others take it up
        alive.cancel()


async def _stay_alive(turn: ChatTurn, halt: asyncio.Event) -> None:
    """Renew the claim; where the turn is through, stopped in another process, there is nothing to write for."""
    while not halt.is_set():
        await asyncio.sleep(ALIVE_EVERY)
        with suppress(DatabaseError):  # which may be away for a moment
            if not await work(partial(_renew, turn)):
                halt.set()


def _renew(turn: ChatTurn) -> bool:
    rows = ChatTurn.objects.filter(pk=turn.pk, state=ChatTurn.State.WAITING)
    return bool(rows.update(writing=timezone.now()))


def _is_wanted(turn: ChatTurn) -> bool:
    return ChatTurn.objects.filter(pk=turn.pk, state=ChatTurn.State.WAITING).exists()


def _conclude(job: Job, reply: Reply) -> None:
    """The whole answer, unless it was stopped, or the conversation is gone."""
    with suppress(ObjectDoesNotExist):
        writing = written_by(reply)
        job.payer.refresh_from_db()
        cost = job.payer.spent + (job.request.spent if job.request is not None else Decimal(0))
        writing.metadata["cost"] = float(cost)
        speak(job.question, job.known, job.told, found=job.found, writing=writing)


def _tell(job: Job, growing: deltas.Growing, sentence: door.Sentence) -> None:
    """The sentence as an unnumbered event, to whoever listens."""
    answer = of_engine(Reply(sentences=(sentence,)))
    data = {
        "step": "delta",
        "turnId": str(job.question.turn.pk),
        "content": inert(sentence.text),
        "statement": statements_json(answer, job.known)[0],
    }
    session = str(job.question.session.pk)
    event = {"type": ChatEvent.Type.QUESTION_RESPONSE, "chatSessionId": session, "data": data}
    growing.tell(lambda index: JSONRenderer().render(event | {"data": data | {"index": index}}))


# --- Stopping ---------------------------------------------------------------------------------------------------------


def stop_in(session: ChatSession) -> int:
    """End what engines write in the session, which the caller has locked; how many answers that were."""
    turns = list(session.turns.filter(state=ChatTurn.State.WAITING).exclude(writing=None))
    for turn in turns:
        words = "The answer was stopped; nothing of it is kept."
        say(session, [Saying(content=words, step="answer", status="failed")], turn=turn, at=timezone.now())
        ChatTurn.objects.filter(pk=turn.pk).update(state=ChatTurn.State.STOPPED, answered=timezone.now())
        DESK.halt(turn.pk)
    return len(turns)
