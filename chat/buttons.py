"""Buttons: what an answer offered is pressed, by a person or a program."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chat import choosing, intents
from chat.answering.telling import inert
from chat.answers import CONFIRM
from chat.conversing import CONVERSING
from chat.intents import Intent
from chat.memory import EXPECTS_DOMAIN, remember
from chat.models import ChatSession, ChatTurn
from chat.money import usd
from chat.putting_off import drop, put_off
from chat.saying import Saying
from chat.slots import asked_again
from chat.taking import PRESSED, Refused, add_by_domain, checked, go_on, say_once, settle_now, taken, whole
from enrichment import door
from enrichment.models import Company

FINEST = Decimal("1E-9")  # USD that are told apart


def act(session: ChatSession, action: str, payload: Mapping[str, Any], *, client_id: str | None = None) -> ChatTurn:
    """Take a button. Raises `Refused` for one that there is not, or whose payload is none."""
    press, label = _meant(session, action, checked(payload))
    turn, is_new = taken(session, label, client_id, pressed={"action": action, "payload": dict(payload)})
    if not is_new:
        return turn
    _do(turn, press, payload)
    return ChatTurn.objects.get(pk=turn.pk)


def _meant(session: ChatSession, action: str, payload: Mapping[str, Any]) -> "tuple[_Pressed | Intent, str]":
    """What a button does, and how it is told. Raises `Refused`."""
    if done := BUTTONS.get(action):
        press = done(session, payload)
        return press, press.label
    intent = intents.current().get(str(payload.get("intent", ""))) or intents.current().of_action(action)
    if intent is None:
        raise Refused("action", f"“{action[:40]}” is no action; take one from a message's `actions`.")
    return intent, intent.button


def press_again(turn: ChatTurn) -> None:
    """Do what the turn's button asked for, which nobody did. Raises `Refused` where that has gone since."""
    action, payload = turn.slots[PRESSED]["action"], turn.slots[PRESSED]["payload"]
    _do(turn, _meant(turn.session, action, payload)[0], payload)


def _do(turn: ChatTurn, press: "_Pressed | Intent", payload: Mapping[str, Any]) -> None:
    if isinstance(press, _Pressed):
        press(turn)
        return
    about = payload.get("about")
    slots = {"about": [each[:60] for each in about if isinstance(each, str)][:5] if isinstance(about, list) else []}
    ChatTurn.objects.filter(pk=turn.pk).update(intent=press.slug, score=1.0, slots=turn.slots | slots)
    turn = whole(turn.pk)
    drop(turn.session)
    if turn.intent in CONVERSING:
        CONVERSING[turn.intent](turn)
    elif turn.session.company is None:
        put_off(turn)
        say_once(turn, Saying(content=_("Which company is it about?")), ChatTurn.State.ASKING)
    else:
        settle_now(turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pressed:
    """A button with what its payload names: how it is told, and what it does."""

    label: str
    company: Company | None = None
    maximum: Decimal | None = None
    asked: ChatTurn | None = None
    name: str = ""
    domain: str = ""

    def __call__(self, turn: ChatTurn) -> None:
        if self.asked is not None:
            _again(self.asked, turn, self.maximum)
        elif self.company is not None:
            go_on(choosing.choose(turn.session, self.company, turn, confirmed=self.maximum))
        elif self.domain:
            add_by_domain(turn, self.name, self.domain)
        else:
            words = _("Send me the domain of %(company)s's website, say acme.com.") % {"company": inert(self.name)}
            with transaction.atomic():
                session = ChatSession.objects.locked(turn.session_id)
                remember(session, expects=EXPECTS_DOMAIN, name=self.name[:200])
            say_once(turn, Saying(content=words), ChatTurn.State.ASKING)


def _again(earlier: ChatTurn, turn: ChatTurn, maximum: Decimal | None) -> None:
    """Ask the earlier question again, with leave to spend."""
    slots = turn.slots | asked_again(earlier)
    ChatTurn.objects.filter(pk=turn.pk).update(intent=earlier.intent, score=1.0, slots=slots, company=earlier.company)
    settle_now(whole(turn.pk), confirmed=maximum)


def _select(session: ChatSession, payload: Mapping[str, Any]) -> _Pressed:
    reference = str(payload.get("reference") or payload.get("domain") or "")
    if not reference and isinstance(payload.get("id"), int | str):
        reference = f"#{str(payload['id']).removeprefix('#')}"
    company = door.whom(reference, by=session.user).company if reference else None
    if company is None:
        words = f"No company is known as “{reference[:60]}”; send `reference` as the action has it."
        raise Refused("payload", words)
    return _Pressed(label=f"{company.name} ({company.reference})", company=company, maximum=_maximum(payload))


def _add_company(_session: ChatSession, payload: Mapping[str, Any]) -> _Pressed:
    name, domain = str(payload.get("name", ""))[:200], str(payload.get("domain") or "")[:253]
    return _Pressed(label=_("Add %(company)s") % {"company": name or domain}, name=name, domain=domain)


def _confirm_query(session: ChatSession, payload: Mapping[str, Any]) -> _Pressed:
    try:
        earlier = session.turns.get(pk=UUID(str(payload.get("turn"))))
    except (ValueError, ChatTurn.DoesNotExist) as error:
        raise Refused("payload", "`turn` names no question of this conversation.") from error
    maximum = _maximum(payload)
    if maximum is None:
        raise Refused("payload", "Send `maxCost`, the USD that it may cost, as the action has it.")
    return _Pressed(label=_("Find out, up to %(worst)s") % {"worst": usd(maximum)}, asked=earlier, maximum=maximum)


def _maximum(payload: Mapping[str, Any]) -> Decimal | None:
    if payload.get("maxCost") is None:
        return None
    try:
        amount = Decimal(str(payload["maxCost"]))
    except InvalidOperation as error:
        raise Refused("payload", "`maxCost` is an amount of USD, say 0.40.") from error
    if not (amount.is_finite() and 0 <= amount < 10**6):
        raise Refused("payload", "`maxCost` is between 0 and 1,000,000 USD.")
    return amount.copy_abs().quantize(FINEST, ROUND_DOWN)


BUTTONS = {
    choosing.SELECT: _select,
    choosing.CONFIRM: _select,
    choosing.ADD: _add_company,
    CONFIRM: _confirm_query,
}
