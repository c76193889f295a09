"""The answer to a question, cache first: what is known and fresh, then the research under way, then a query of its own.

Which of the three it was is told with the answer. A question that waits for data keeps its turn waiting; `settle` looks
again whenever a run has told something.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import writing
from chat.answering import to_markdown
from chat.answers import fail, metadata_of, recalling, speak
from chat.choosing import ask_of, asked_by, call_off, end, follow, is_through, own_key
from chat.models import ChatPolicy, ChatSession, ChatTurn
from chat.money import authorising, room, usd
from chat.questions import Question
from chat.saying import MEANWHILE, Saying, say
from enrichment import door
from enrichment.door import Outlook, RequestError
from enrichment.models import ResearchRequest


def answer_at_once(question: Question, *, confirmed: Decimal | None = None) -> None:
    """Answer from what is known; where that lacks something, wait for the research, or ask for the rest alone.

    `confirmed`: USD that the person agreed to for this question.
    """
    try:
        outlook = question.outlook()
    except (RequestError, door.IdentityError) as error:
        fail(question, str(error))
        return
    if outlook is None or outlook.is_held:
        _say(question, found=where(question))
        return
    research = question.research()
    if research is not None and set(outlook.datasets) & set(door.datasets_of(research.consumer)):
        words = _("The research under way is collecting that; I tell you as soon as it is there.")
        _wait_for(question, research, words=words)
        return
    _ask_for_it(question, outlook, confirmed=confirmed)


def _ask_for_it(question: Question, outlook: Outlook, *, confirmed: Decimal | None) -> None:
    """A query of its own, within the question's cap; beyond it the price is told, and the person asked."""
    try:
        request = _authorised(question, outlook, confirmed=confirmed)
    except (RequestError, door.IdentityError) as error:
        fail(question, str(error))
        return
    if request is None:
        _say(question, found=ChatTurn.Found.CACHE, price=outlook)
        return
    if request.status != ResearchRequest.Status.ATTACHED:
        _say(question, found=where(question))
        return
    most = outlook.worst if request.cap is None else request.cap
    words = _("I look that up now: about %(expected)s, at most %(worst)s.")
    _wait_for(question, request, words=words % {"expected": usd(outlook.expected), "worst": usd(most)})


def _authorised(question: Question, outlook: Outlook, *, confirmed: Decimal | None) -> ResearchRequest | None:
    """The question's own query; None where it would pass a cap."""
    policy, session = ChatPolicy.now(), question.session
    own = policy.question_cap if question.intent.max_cost is None else question.intent.max_cost
    with authorising(session):
        if (earlier := asked_by(question.turn, session)) is not None:
            return earlier
        cap = min(own, room(session, policy, at=timezone.now()).least) if confirmed is None else confirmed
        if outlook.expected > cap:
            return None
        most = min(cap, outlook.worst) if outlook.worst else cap
        ask = ask_of(session, question.company, consumer=question.intent.consumer, max_cost=most)
        request = door.request_research(ask, user=session.user, idempotency_key=own_key(question.turn))
        follow(session, request)
        return request


def _wait_for(question: Question, request: ResearchRequest, *, words: str) -> None:
    """Say what is known meanwhile, and let the turn wait."""
    known = question.known()
    told = question.answer(known)
    content = words if told.is_empty else f"{words} {_('Meanwhile:')}\n\n{to_markdown(told)}"
    content = recalling(question, content)
    with transaction.atomic():
        session = ChatSession.objects.locked(question.session.pk)
        if is_through(question.turn):
            if request.idempotency_key == own_key(question.turn):
                transaction.on_commit(partial(call_off, question.turn, request))
            return
        follow(session, request)
        ChatTurn.objects.filter(pk=question.turn.pk).update(state=ChatTurn.State.WAITING, request=request)
        saying = Saying(content=content, metadata=metadata_of(question, told, known), step=MEANWHILE, status="started")
        say(session, [saying], turn=question.turn, at=timezone.now())
        question.remember(session)


def settle(turn: ChatTurn) -> None:
    """Look again at a question that waits: answer it where all it needs is there, or nothing more will come."""
    question = Question.of(turn)
    if question is None:
        end(turn, ChatTurn.State.FAILED)
        return
    request = turn.request
    is_over = request is None or request.status != ResearchRequest.Status.ATTACHED
    if not is_over:
        try:
            outlook = question.outlook()
        except (RequestError, door.IdentityError) as error:
            fail(question, str(error))
            return
        if outlook is not None and not outlook.is_held:
            return
    own = request is not None and request.consumer == question.intent.consumer
    _say(question, found=ChatTurn.Found.QUERY if own else ChatTurn.Found.WORKFLOW, request=request)


def where(question: Question) -> str:
    """Whether what is known was known before, or was found by this session's research since that was asked for.

    Its run may be older: another conversation's, which is joined, or whose report is there already.
    """
    research = question.session.research
    if research is None or research.company_id != question.company.pk:
        return ChatTurn.Found.CACHE
    known = question.known()
    newest = [known.facts[slug].observed_at for slug in question.intent.datasets if slug in known.facts]
    is_new = bool(newest) and max(newest) >= research.created
    return ChatTurn.Found.WORKFLOW if is_new else ChatTurn.Found.CACHE


def _say(
    question: Question, *, found: str, price: Outlook | None = None, request: ResearchRequest | None = None
) -> None:
    """The answer; where an engine is to write it, and no price is to be agreed to first, it comes later."""
    known = question.known()
    told = question.answer(known)
    if price is not None or not writing.hand_over(question, known, told, found=found, request=request):
        speak(question, known, told, found=found, price=price, request=request)


def waiting(session: ChatSession) -> Sequence[ChatTurn]:
    """The turns of the session that wait for a request, oldest first.

    The others are being understood just now, or an engine writes their answers.
    """
    rows = session.turns.filter(writing.nobody_writes(), state=ChatTurn.State.WAITING).exclude(request=None)
    return list(rows.select_related("company", "request", "session__company", "session__vendor", "session__user"))
