"""Taking what a client sends: stored and told before it is understood, and once however often it is sent."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import choosing, settling
from chat.choosing import end, is_through
from chat.models import ChatMessage, ChatSession, ChatTurn
from chat.questions import Question
from chat.saying import Saying, hear, say
from enrichment import door
from enrichment.door import NotACompany
from enrichment.killpoints import reach

PRESSED = "pressed"  # in a turn's slots: action and payload of the button that it is
LARGEST_PAYLOAD = 8_192  # characters of JSON; a button's own has some hundred


class Refused(Exception):
    """What was sent cannot be taken; `field` is at fault, the words say why and what to send instead."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def storable(field: str, text: str) -> str:
    """The text, where every database takes it. Raises `Refused`."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused(field, f"`{field}` holds what is no character, or half of one; leave that out.")
    return text


def checked(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The payload of a button, where it is as small and plain as one. Raises `Refused`."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise Refused("payload", "`payload` holds NaN or Infinity, or is nested too deeply.") from error
    if len(text) > LARGEST_PAYLOAD:
        raise Refused(
            "payload", f"`payload` has at most {LARGEST_PAYLOAD:,} characters as JSON; this has {len(text):,}."
        )
    storable("payload", text.replace("\\u0000", "\0"))  # as JSON writes it
    return payload


def taken(
    session: ChatSession, text: str, client_id: str | None, *, pressed: Mapping[str, Any] | None = None
) -> tuple[ChatTurn, bool]:
    """The turn of what was said, and whether it is new: stored and told to every client before it is understood.

    `pressed`: the button, where it was one, so that whoever takes the turn up after a death can press it. Raises
    `Refused` for a client's name that something else came with.
    """
    storable("clientId", client_id or "")
    slots = {PRESSED: dict(pressed)} if pressed else {}
    try:
        with transaction.atomic():
            locked = ChatSession.objects.locked(session.pk)
            if locked.deleted:
                raise Refused("session", "This conversation was deleted.")
            turn = ChatTurn.objects.create(
                session=locked, client_id=client_id or None, slots=slots, state=ChatTurn.State.WAITING
            )
            hear(locked, text, turn=turn, at=timezone.now())
    except IntegrityError:
        earlier = ChatTurn.objects.get(session=session, client_id=client_id)
        if not earlier.messages.filter(type=ChatMessage.Type.USER, content=text).exists():
            raise Refused("clientId", "This clientId came with something else before; use a new one.") from None
        return earlier, False
    reach("after_take")
    return whole(turn.pk), True


def whole(turn_id: UUID) -> ChatTurn:
    rows = ChatTurn.objects.select_related("session__company", "session__vendor", "session__user", "session__research")
    return rows.get(pk=turn_id)


def say_once(turn: ChatTurn, saying: Saying, state: str = ChatTurn.State.ANSWERED) -> None:
    """Say it, and the turn is through; whoever comes second finds it so."""
    with transaction.atomic():
        session = ChatSession.objects.locked(turn.session_id)
        if is_through(turn):
            return
        say(session, [saying], turn=turn, at=timezone.now())
        end(turn, state)


def settle_now(turn: ChatTurn, *, confirmed: Decimal | None = None) -> None:
    question = Question.of(turn)
    if question is None:
        words = _("Nothing is set up to answer that; ask an admin for the intent.")
        say_once(turn, Saying(content=words, status="failed"))
    else:
        ChatTurn.objects.filter(pk=turn.pk).update(company=question.company)
        settling.answer_at_once(question, confirmed=confirmed)


def go_on(waited: ChatTurn | None) -> None:
    """Answer the question that waited for a company to be chosen, where one did."""
    if waited is not None:
        settle_now(whole(waited.pk))


def add_by_domain(turn: ChatTurn, name: str, domain: str) -> None:
    try:
        go_on(choosing.add(turn.session, name, domain, turn))
    except (NotACompany, door.IdentityError) as error:
        say_once(turn, Saying(content=str(error), step="lookup", status="failed"), ChatTurn.State.FAILED)
