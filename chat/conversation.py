"""The conversation: a session is opened, and each question is answered as far as it can be now.

Every function is whole by itself: what was said is stored before it is understood, so that nothing is lost with the
process; what a client sends twice under one id is taken once.
"""

from dataclasses import asdict

from django.utils.translation import gettext as _

from chat import intents, whom
from chat.answering.words import one_line
from chat.asking_back import did_you_mean
from chat.buttons import act, press_again
from chat.choosing import is_domain
from chat.conversing import CONVERSING, OF_A_COMPANY, PREPARE, offer_help, stop
from chat.desk import DESK
from chat.intents import FREE
from chat.memory import EXPECTS_DOMAIN, Memory, context_of
from chat.models import LONGEST_QUESTION, ChatMessage, ChatSession, ChatTurn
from chat.putting_off import drop, put_off
from chat.slots import AFTER, TOLD, slots_json
from chat.taking import PRESSED, Refused, add_by_domain, say_once, settle_now, storable, taken
from chat.understanding.model import GUESS, Understood
from chat.understanding.recognise import understand
from chat.understanding.words import words
from chat.writing import LONGEST
from enrichment import door
from enrichment.door import Seller
from salesintel.accounts.models import User

FEWEST = 3  # words of a question that an engine is asked though no intent covers it


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
    if not one_line(text):
        raise Refused("question", _("Say what you want to know."))
    if len(text) > LONGEST_QUESTION:
        told = _("A question has at most %(most)d characters; this has %(count)d.")
        raise Refused("question", told % {"most": LONGEST_QUESTION, "count": len(text)})
    turn, is_new = taken(session, text, client_id)
    if is_new:
        _answer(turn, text)
    return ChatTurn.objects.get(pk=turn.pk)


def awaited(turn: ChatTurn) -> ChatTurn:
    """The turn as it is when an engine has written its answer, where one does; else as it is."""
    DESK.wait(turn.pk, seconds=LONGEST)
    return ChatTurn.objects.get(pk=turn.pk)


def take_up(turn: ChatTurn) -> None:
    """Answer a turn that was taken and then left, by a process that died. Raises `Refused` for a button that has gone.

    Whoever else answers it at the same time, it is answered once, and bought for once.
    """
    if PRESSED in turn.slots:
        press_again(turn)
    elif AFTER in turn.slots:
        settle_now(turn)
    else:
        _answer(turn, turn.messages.get(type=ChatMessage.Type.USER).content)


def _answer(turn: ChatTurn, text: str) -> None:
    session = turn.session
    held = Memory.of(session)
    if held.expects == EXPECTS_DOMAIN and is_domain(text):
        add_by_domain(turn, held.name, text)
        return
    found = understand(text, intents.current().rules, context_of(session))
    slots = slots_json(found.slots) | ({TOLD: list(held.told)} if found.slots.goes_on else {})
    ChatTurn.objects.filter(pk=turn.pk).update(intent=found.intent, score=found.score, slots=slots)
    turn.intent, turn.score, turn.slots = found.intent, found.score, slots
    if (held.question or held.expects) and not whom.may_be_told(session, text, found):
        drop(session)
    if found.is_sure and found.intent in CONVERSING and found.intent not in OF_A_COMPANY:
        CONVERSING[found.intent](turn)
    elif found.slots.company and not _is_of_other(turn, found):
        is_all = words(found.slots.company) == words(text)
        if found.is_sure and not is_all:
            put_off(turn)
        is_asked_for = session.company is None or bool(held.question)
        is_named = (is_all and is_asked_for) or (found.is_sure and found.intent == PREPARE)
        whom.find(turn, found.slots.company, found, is_meant=is_named and not found.slots.doubt)
    elif found.slots.person and (namesake := door.whom(found.slots.person, by=session.user).company):
        whom.ask_which(turn, found.slots.person, namesake, found)
    else:
        _reply(turn, text, found)


def _is_of_other(turn: ChatTurn, found: Understood) -> bool:
    """Whether the question is one of another company, which is talked of from now on."""
    asks = found.is_sure and found.intent != PREPARE and not found.slots.doubt
    return asks and whom.switch(turn, found.slots.company)


def _reply(turn: ChatTurn, text: str, found: Understood) -> None:
    """What was said, of the company in talk."""
    of_vendor = found.slots.is_of_vendor and turn.session.vendor is not None
    if of_vendor and (not found.is_sure or found.intent in (*whom.OF_THEMSELVES, *OF_A_COMPANY)):
        if found.is_sure:
            put_off(turn)
        whom.ask_of_vendor(turn)
    elif found.is_sure and found.intent in CONVERSING:
        CONVERSING[found.intent](turn)
    elif turn.session.company is None:
        whom.find_text(turn, text, found)
    elif not found.is_sure:
        _ask_back(turn, found, text)
    else:
        settle_now(turn)


def _ask_back(turn: ChatTurn, found: Understood, text: str) -> None:
    """An engine may know; else: did you mean, or where nothing is near enough, what can be asked."""
    now = intents.current()
    near = [slug for slug, score in ((found.intent, found.score), *found.others) if score >= GUESS and now.get(slug)]
    free = now.get(FREE)
    if free is not None and free.by_engine and len(text.split()) >= FEWEST and door.may_an_engine_answer():
        turn.intent, turn.slots = FREE, {**turn.slots, "near": near}
        ChatTurn.objects.filter(pk=turn.pk).update(intent=turn.intent, slots=turn.slots)
        settle_now(turn)
    elif near:
        say_once(turn, did_you_mean(near), ChatTurn.State.ASKING)
    else:
        offer_help(turn)


__all__ = ["Refused", "act", "ask", "awaited", "open_session", "stop", "take_up", "talk_of"]
