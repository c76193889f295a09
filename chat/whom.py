"""Whom a message is about: another company, the rep's own vendor, or somebody and something at the company in talk.

A name alone begins no paid research while it may mean something else: then buttons ask which it is, and pressing one is
the selection. `choosing` begins what was selected.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chat import choosing, intents
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.conversing import CONVERSING
from chat.intents import ASK
from chat.memory import context_of
from chat.models import ChatSession, ChatTurn
from chat.putting_off import put_off
from chat.saying import Saying
from chat.taking import go_on, say_once
from chat.understanding import marking
from chat.understanding.model import GUESS, Understood
from chat.understanding.recognise import doubt
from chat.understanding.words import words
from enrichment import door
from enrichment.models import Company
from salesintel.narrowed import certain

OF_THEMSELVES = ("company_overview", "competitors")  # of the vendor these would be told of the customer
OF_US = ("vendor_fit", "current_vendor_use", "talking_points")
SHORT = 6  # words: a longer text is no company's name


def switch(turn: ChatTurn, name: str) -> bool:
    """Talk of another company from now on, where it is known for certain which; its research is not begun by that."""
    company = door.whom(name, by=turn.session.user).company
    if company is None or company.pk == turn.session.vendor_id:
        return False
    with transaction.atomic():
        session = ChatSession.objects.locked(turn.session_id)
        ChatSession.objects.filter(pk=session.pk).update(company=company)
        ChatTurn.objects.filter(pk=turn.pk).update(company=company)
    turn.company = turn.session.company = company
    return True


def find(turn: ChatTurn, name: str, found: Understood, *, is_meant: bool) -> None:
    """Look the name up: choose the company where it `is_meant` for certain, else ask whether it is."""
    session = turn.session
    company = door.whom(name, by=session.user).company
    if company is not None and company.pk == session.vendor_id:
        ask_of_vendor(turn)
    elif company is not None and not is_meant:
        ask_which(turn, name, company, found)
    else:
        go_on(choosing.look_up(session, name, turn))


def find_text(turn: ChatTurn, text: str, found: Understood) -> None:
    """What is said while no company is in talk: a company's name, perhaps, or a question of none."""
    session = turn.session
    is_short = len(words(text)) <= SHORT
    meant = door.whom(text, by=session.user) if is_short else door.Meant()
    if meant.company is not None or meant.candidates:
        find(turn, text, found, is_meant=not doubt_of(session, text))
    elif session.vendor is not None and found.slots.is_of_vendor:
        if found.is_sure:
            put_off(turn)
        ask_of_vendor(turn)
    elif found.is_sure:
        put_off(turn)
        say_once(turn, Saying(content=_("Which company is it about?")), ChatTurn.State.ASKING)
    else:
        go_on(choosing.look_up(session, text, turn))


def may_be_told(session: ChatSession, text: str, found: Understood) -> bool:
    """Whether the text may tell whom an earlier question is about, and is no question of its own."""
    is_short = len(words(text)) <= SHORT
    if words(found.slots.company) == words(text):
        return True
    if not found.is_sure:
        return bool(found.slots.company) or is_short
    return is_short and session.company is None and door.whom(text, by=session.user).company is not None


def doubt_of(session: ChatSession, name: str) -> str:
    """What else than a company the name may be; "" for nothing."""
    return doubt(name, intents.current().rules, context_of(session))


# --- Asking back ------------------------------------------------------------------------------------------------------


def ask_of_vendor(turn: ChatTurn) -> None:
    """The rep's own vendor is no customer, unless the rep says so."""
    session = turn.session
    vendor = certain(session.vendor, Company)  # asked for only where there is one
    told = {"vendor": inert(vendor.name)}
    if session.company is None:
        words = _("%(vendor)s is whom you sell for. Which company are you meeting with?") % told
    else:
        words = _("%(vendor)s is whom you sell for. Did you mean:") % told
    now = intents.current()
    ours = [intent.action for slug in OF_US if session.company and (intent := now.get(slug))]
    _ask(turn, words, [*ours, choosing.candidate(door.as_candidate(vendor))])


def ask_which(turn: ChatTurn, name: str, company: Company, found: Understood) -> None:
    """Whether the company of that name is meant, or somebody or something of the company in talk."""
    told = {"name": inert(name), "company": inert(company.name)}
    here = turn.session.company
    words = _("By “%(name)s”, did you mean the company %(company)s?") % told
    actions = [choosing.candidate(door.as_candidate(company))]
    if here is not None:
        words = _("By “%(name)s”, did you mean the company %(company)s, or somebody or something at %(here)s?")
        words %= told | {"here": inert(here.name)}
        label = _("“%(name)s” at %(here)s") % {"name": name[:60], "here": here.name}
        payload = {"intent": _intent_of(found), "about": [name.casefold()[:60]]}
        actions.append(Action(id="here", label=label, action=ASK, payload=payload))
    actions.append(Action(id="other", label=_("Another company"), action=choosing.ADD, payload={"name": name}))
    _ask(turn, words, actions)


def _intent_of(found: Understood) -> str:
    """What was asked, where that is half understood; else what is asked of such a name the most."""
    if found.score >= GUESS and found.intent not in CONVERSING:
        return found.intent
    return "decision_makers" if found.slots.person or found.slots.doubt == marking.PERSON else "funding_news"


def _ask(turn: ChatTurn, words: str, actions: Sequence[Action]) -> None:
    say_once(turn, Saying(content=words, actions=actions, step="lookup", status="completed"), ChatTurn.State.ASKING)
