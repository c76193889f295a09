"""The conversation: a session is opened, and each question is answered as far as it can be now.

Every function is whole by itself: what was said is stored before it is understood, so that nothing is lost with the
process; what a client sends twice under one id is taken once.
"""

from dataclasses import asdict

from django.db import transaction

from chat import choosing, intents
from chat.buttons import act, press_again
from chat.conversing import CONVERSING, PREPARE, offer_help, stop
from chat.memory import EXPECTS_DOMAIN, Memory, context_of
from chat.models import LONGEST_QUESTION, ChatMessage, ChatSession, ChatTurn
from chat.saying import Saying
from chat.taking import PRESSED, Refused, add_by_domain, say_once, settle_now, storable, taken
from chat.understanding.model import GUESS, Understood
from chat.understanding.recognise import understand
from enrichment import door
from enrichment.door import Seller
from salesintel.accounts.models import User


def open_session(user: User, *, title: str = "", vendor: str = "", role: str = "") -> ChatSession:
    """A new conversation in the terms of the user's own profile, or of another vendor and role.

    Raises `AmbiguousCompany`, `NotACompany` and `InvalidAsk`, the last for a role that there is not.
    """
    seller = Seller(name=user.get_full_name(), role=role or user.role, segment=user.segment, region=user.region)
    sells = vendor or user.vendor
    return ChatSession.objects.create(
        user=user,
        title=title[:120],
        vendor=door.company_named(sells, by=user) if sells else None,
        seller=asdict(door.checked_seller(seller)),
    )


def talk_of(session: ChatSession, name: str) -> None:
    """Talk of this company from now on, without any research: what a question takes is asked for by itself.

    A company that nobody knows is made. Raises `AmbiguousCompany` and `NotACompany`.
    """
    if not name:
        return
    number = name if name.startswith("#") else None
    company = door.company_named("" if number else name, domain=number, by=session.user)
    if company.pk != session.company_id:
        ChatSession.objects.filter(pk=session.pk).update(company=company, title=session.title or company.name[:120])
        session.company = company


def ask(session: ChatSession, text: str, *, client_id: str | None = None) -> ChatTurn:
    """Take a question, and answer it as far as that can be done at once. Raises `Refused`."""
    text = storable("question", text.strip())
    if not text:
        raise Refused("question", "Say what you want to know.")
    if len(text) > LONGEST_QUESTION:
        raise Refused("question", f"A question has at most {LONGEST_QUESTION} characters; this has {len(text)}.")
    turn, is_new = taken(session, text, client_id)
    if is_new:
        _answer(turn, text)
    return ChatTurn.objects.get(pk=turn.pk)


def take_up(turn: ChatTurn) -> None:
    """Answer a turn that was taken and then left, by a process that died. Raises `Refused` for a button that has gone.

    Whoever else answers it at the same time, it is answered once, and bought for once.
    """
    if PRESSED in turn.slots:
        press_again(turn)
    else:
        _answer(turn, turn.messages.get(type=ChatMessage.Type.USER).content)


def _answer(turn: ChatTurn, text: str) -> None:
    session = turn.session
    held = Memory.of(session)
    if held.expects == EXPECTS_DOMAIN and _is_domain(text):
        add_by_domain(turn, held.name, text)
        return
    found = understand(text, intents.current().rules, context_of(session))
    slots = {"company": found.slots.company, "about": list(found.slots.about)}
    ChatTurn.objects.filter(pk=turn.pk).update(intent=found.intent, score=found.score, slots=slots)
    turn.intent, turn.score, turn.slots = found.intent, found.score, slots
    if found.slots.company and not (found.is_sure and found.intent != PREPARE and _switch(turn, found.slots.company)):
        choosing.look_up(session, found.slots.company, turn)
    elif found.intent in CONVERSING and found.is_sure:
        CONVERSING[found.intent](turn)
    elif session.company is None:
        choosing.look_up(session, found.slots.company or text, turn)
    elif not found.is_sure:
        _ask_back(turn, found)
    else:
        settle_now(turn)


def _switch(turn: ChatTurn, name: str) -> bool:
    """Talk of another company from now on, where it is known for certain which; its research is not begun by that."""
    meant = door.whom(name, by=turn.session.user)
    if meant.company is None:
        return False
    company = meant.company
    with transaction.atomic():
        session = ChatSession.objects.locked(turn.session_id)
        ChatSession.objects.filter(pk=session.pk).update(company=company)
        ChatTurn.objects.filter(pk=turn.pk).update(company=company)
    turn.company = turn.session.company = company
    return True


def _ask_back(turn: ChatTurn, found: Understood) -> None:
    """Did you mean; where nothing is near enough, what can be asked."""
    now = intents.current()
    near = [slug for slug, score in ((found.intent, found.score), *found.others) if score >= GUESS and now.get(slug)]
    if not near:
        offer_help(turn)
        return
    actions = [intent.action for slug in near[:3] if (intent := now.get(slug))]
    say_once(turn, Saying(content="I am not sure what you ask. Did you mean:", actions=actions), ChatTurn.State.ASKING)


def _is_domain(text: str) -> bool:
    return " " not in text and "." in text


__all__ = ["Refused", "act", "ask", "open_session", "stop", "take_up", "talk_of"]
