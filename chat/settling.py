"""The answer to a question, cache first: what is known and fresh, then the research under way, then a query of its own.

Which of the three it was is told with the answer. A question that waits for data keeps its turn waiting; `settle` looks
again whenever a run has told something.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import intents
from chat.answering import answer, confidence_of, people_in, sources_of, statements_json, to_markdown
from chat.answering.model import Action, Answer, Missing
from chat.answering.telling import inert
from chat.choosing import ask_of, end, follow, is_through, seller_of
from chat.intents import Intent
from chat.memory import remember
from chat.models import ChatMessage, ChatPolicy, ChatSession, ChatTurn
from chat.money import room, usd
from chat.saying import Saying, say
from enrichment import door
from enrichment.door import Known, Outlook, RequestError
from enrichment.models import Company, ResearchRequest

CONFIRM = "confirm_query"
CHANGES = "what_changed"
FOUND = {
    ChatTurn.Found.CACHE: "From what was known already.",
    ChatTurn.Found.WORKFLOW: "From the research under way.",
    ChatTurn.Found.QUERY: "Looked up for this question.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A turn with what it is about."""

    turn: ChatTurn
    session: ChatSession
    company: Company
    intent: Intent
    about: tuple[str, ...]

    @classmethod
    def of(cls, turn: ChatTurn) -> "Question | None":
        """None where its intent or its company are gone."""
        intent = intents.current().get(turn.intent)
        company = turn.company or turn.session.company
        if intent is None or company is None:
            return None
        about = tuple(str(each) for each in turn.slots.get("about", ()))
        return cls(turn=turn, session=turn.session, company=company, intent=intent, about=about)

    def known(self) -> Known:
        return door.known(self.company, vendor=self.session.vendor, seller=seller_of(self.session))

    def answer(self, known: Known) -> Answer:
        """What is said of what is known."""
        if self.intent.slug == CHANGES:
            known = door.with_first_seen(known, self.intent.datasets)
        asked = self.turn.messages.filter(type=ChatMessage.Type.USER).order_by("created")
        text = asked.values_list("content", flat=True).first() or ""
        return answer(self.intent.slug, known, datasets=self.intent.datasets, about=self.about, question=text)

    def outlook(self) -> Outlook | None:
        """What would have to be bought; None where nothing is ever bought for it."""
        if not self.intent.consumer:
            return None
        return door.outlook(ask_of(self.session, self.company, consumer=self.intent.consumer), by=self.session.user)

    def research(self) -> ResearchRequest | None:
        """The session's research, where it is of this company and goes on."""
        found = self.session.research
        is_ours = found is not None and found.company_id == self.company.pk
        return found if found is not None and is_ours and found.status == ResearchRequest.Status.ATTACHED else None


def answer_at_once(question: Question, *, confirmed: Decimal | None = None) -> None:
    """Answer from what is known; where that lacks something, wait for the research, or ask for the rest alone.

    `confirmed`: USD that the person agreed to for this question.
    """
    try:
        outlook = question.outlook()
    except (RequestError, door.IdentityError) as error:
        _fail(question, str(error))
        return
    if outlook is None or outlook.is_held:
        _say(question, found=_where(question))
        return
    research = question.research()
    if research is not None and set(outlook.datasets) & set(door.datasets_of(research.consumer)):
        _wait_for(
            question, research, words="The research under way is collecting that; I tell you as soon as it is there."
        )
        return
    _ask_for_it(question, outlook, confirmed=confirmed)


def _ask_for_it(question: Question, outlook: Outlook, *, confirmed: Decimal | None) -> None:
    """A query of its own, within the question's cap; beyond it the price is told, and the person asked."""
    policy = ChatPolicy.now()
    left = room(question.session, policy, at=timezone.now()).least
    own = policy.question_cap if question.intent.max_cost is None else question.intent.max_cost
    cap = min(own, left) if confirmed is None else confirmed
    if outlook.expected > cap:
        _say(question, found=ChatTurn.Found.CACHE, price=outlook)
        return
    ask = ask_of(
        question.session, question.company, consumer=question.intent.consumer, max_cost=min(cap, outlook.cap or cap)
    )
    try:
        request = door.request_research(ask, user=question.session.user, idempotency_key=f"chat-{question.turn.pk}")
    except (RequestError, door.IdentityError) as error:
        _fail(question, str(error))
        return
    if request.status != ResearchRequest.Status.ATTACHED:
        _say(question, found=_where(question))
        return
    words = f"I look that up now: about {usd(outlook.expected)}, at most {usd(outlook.worst)}."
    _wait_for(question, request, words=words)


def _wait_for(question: Question, request: ResearchRequest, *, words: str) -> None:
    """Say what is known meanwhile, and let the turn wait."""
    known = question.known()
    told = question.answer(known)
    content = words if told.is_empty else f"{words} Meanwhile:\n\n{to_markdown(told)}"
    with transaction.atomic():
        session = ChatSession.objects.locked(question.session.pk)
        if is_through(question.turn):
            return
        follow(session, request)
        ChatTurn.objects.filter(pk=question.turn.pk).update(state=ChatTurn.State.WAITING, request=request)
        saying = Saying(content=content, metadata=_metadata(question, told, known), step="search", status="started")
        say(session, [saying], turn=question.turn, at=timezone.now())


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
            _fail(question, str(error))
            return
        if outlook is not None and not outlook.is_held:
            return
    own = request is not None and request.consumer == question.intent.consumer
    _say(question, found=ChatTurn.Found.QUERY if own else ChatTurn.Found.WORKFLOW, request=request)


def _where(question: Question) -> str:
    """Whether what is known was known before, or was found by this session's research."""
    research = question.session.research
    if research is None or research.company_id != question.company.pk or research.run is None:
        return ChatTurn.Found.CACHE
    known = question.known()
    newest = [known.facts[slug].observed_at for slug in question.intent.datasets if slug in known.facts]
    is_new = bool(newest) and max(newest) >= research.run.created
    return ChatTurn.Found.WORKFLOW if is_new else ChatTurn.Found.CACHE


def _say(
    question: Question, *, found: str, price: Outlook | None = None, request: ResearchRequest | None = None
) -> None:
    """The answer, once: whoever comes second finds the turn answered."""
    known = question.known()
    told = question.answer(known)
    content, actions = to_markdown(told), intents.current().after(question.intent.slug)
    if price is not None:
        content += f"\n\nTo find out costs about {usd(price.expected)}, at most {usd(price.worst)}."
        payload = {"turn": str(question.turn.pk), "maxCost": str(price.worst)}
        label = f"Find out, up to {usd(price.worst)}"
        actions = [Action(id="confirm", label=label, action=CONFIRM, payload=payload), *actions]
    else:
        content += f"\n\n_{FOUND[ChatTurn.Found(found)]}_"
    metadata = _metadata(question, told, known) | {"found": found}
    if request is not None:
        metadata["cost"] = float(request.spent)
    state = ChatTurn.State.ASKING if price is not None else ChatTurn.State.ANSWERED
    with transaction.atomic():
        session = ChatSession.objects.locked(question.session.pk)
        if is_through(question.turn):
            return
        saying = Saying(content=content, actions=actions, metadata=metadata, step="answer", status="completed")
        message = say(session, [saying], turn=question.turn, at=timezone.now())[0]
        end(question.turn, state, found=found)
        remember(
            session,
            intent=question.intent.slug,
            about=question.about,
            message=str(message.pk),
            people=people_in(told, known),
        )


def _fail(question: Question, why: str) -> None:
    with transaction.atomic():
        session = ChatSession.objects.locked(question.session.pk)
        if is_through(question.turn):
            return
        saying = Saying(content=f"That could not be found out: {inert(why)}", step="answer", status="failed")
        say(session, [saying], turn=question.turn, at=timezone.now())
        end(question.turn, ChatTurn.State.FAILED)


def _metadata(question: Question, told: Answer, known: Known) -> dict[str, Any]:
    return {
        "intent": question.intent.slug,
        "company": {"name": question.company.name, "reference": question.company.reference},
        "sources": [badge.to_json() for badge in sources_of(told, known)],
        "statements": statements_json(told, known),
        "missing": [_missing(each) for each in told.missing],
        "confidence": confidence_of(told, known),
        "sandbox": known.is_sandbox,
    }


def _missing(what: Missing) -> dict[str, str]:
    return {"dataset": what.dataset, "label": what.label, "why": what.why}


def waiting(session: ChatSession) -> Sequence[ChatTurn]:
    """The turns of the session that wait for a request, oldest first; the others are being understood just now."""
    rows = session.turns.filter(state=ChatTurn.State.WAITING).exclude(request=None)
    return list(rows.select_related("company", "request", "session__company", "session__vendor", "session__user"))
