"""Whom it is about: looking companies up, choosing one, and beginning the research that the choice stands for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import intents
from chat.answering import overview, sources_of, statements_json, to_markdown
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.memory import EXPECTS_DOMAIN, forget, remember
from chat.models import ChatEvent, ChatFollow, ChatPolicy, ChatSession, ChatTurn
from chat.money import authorising, room, usd
from chat.putting_off import asked_anew
from chat.saying import Saying, say
from enrichment import door
from enrichment.door import Ask, Meant, RequestError, Seller
from enrichment.models import Company, ResearchRequest
from salesintel.narrowed import certain

SELECT, ADD, CONFIRM = "select_customer", "add_company", "confirm_research"
OFFERED = ("company_overview", "decision_makers", "technology_stack", "full_report")  # the document's four
Type = ChatEvent.Type


# --- Looking up -------------------------------------------------------------------------------------------------------


def look_up(session: ChatSession, name: str, turn: ChatTurn) -> ChatTurn | None:
    """Choose the company that `name` means for certain, as `choose` does; else ask which one is meant."""
    meant = door.whom(name, by=session.user)
    if meant.company is not None:
        return choose(session, meant.company, turn)
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        if is_through(turn):
            return None
        expects = "" if meant.candidates else EXPECTS_DOMAIN
        remember(session, expects=expects, name=name[:200])
        say(session, [_which(name, meant)], turn=turn, at=timezone.now())
        end(turn, ChatTurn.State.ASKING)
    return None


def _which(name: str, meant: Meant) -> Saying:
    shown = inert(name)
    if not meant.candidates:
        words = _(
            "I know no company called “%(name)s”. Send me the domain of its website, say acme.com, and I look it up;"
            " or send the name in another spelling."
        )
        return Saying(content=words % {"name": shown}, step="lookup", status="failed")
    count = len(meant.candidates)
    opening = ngettext(
        "Did you mean this one by “%(name)s”?", "Found %(count)d customers matching “%(name)s”:", count
    ) % {"name": shown, "count": count}
    add = Action(id="other", label=_("Another company"), action=ADD, payload={"name": name})
    actions = [candidate(each) for each in meant.candidates]
    lines = [f"- {inert(action.label)}" for action in actions]
    content = "\n".join([opening, "", *lines, "", _("Which customer are you meeting with?")])
    return Saying(content=content, actions=[*actions, add], step="lookup", status="completed")


def candidate(found: dict[str, Any]) -> Action:
    """As the document has it: name (domain) - industry; and how old what is known of it is."""
    label = f"{found['name']} ({found['domain']})" if found["domain"] else str(found["name"])
    if isinstance(found["industry"], str) and found["industry"]:
        label += f" - {found['industry']}"
    reference = found["domain"] or f"#{found['id']}"
    payload = {name: found[name] for name in ("id", "name", "domain", "industry")} | {"reference": reference}
    if (freshness := found["freshness"]) is not None:
        payload["freshness"] = freshness | {"observedAt": freshness["observedAt"].isoformat()}
        payload["ageSeconds"] = freshness["ageSeconds"]
    return Action(id=f"company-{found['id']}", label=label, action=SELECT, payload=payload)


def add(session: ChatSession, name: str, domain: str, turn: ChatTurn) -> ChatTurn | None:
    """Choose the company of that website, which is made where it is unknown. Raises `NotACompany`, `IdentityError`."""
    named = name if name and not is_domain(name) else domain  # one that was not known is nobody's name
    return choose(session, door.company_named(named, domain=domain, by=session.user), turn)


def is_domain(text: str) -> bool:
    """Whether it has the look of a domain."""
    return " " not in text and "." in text


# --- Choosing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a choice led to: a request, or a price that is to be confirmed first, or why there is neither."""

    request: ResearchRequest | None = None
    price: door.Outlook | None = None
    trouble: str = ""


def choose(
    session: ChatSession, company: Company, turn: ChatTurn, *, confirmed: Decimal | None = None
) -> ChatTurn | None:
    """Talk of this company from now on, and begin its research within what the conversation may cost.

    The choice authorises the run that was quoted and no more: its cap is the most that was quoted, within what
    is left of the caps or was `confirmed`. Returns the turn of the question that waited for a choice, for the caller to
    have answered; None where none did.
    """
    at = timezone.now()
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        session.company = company
        session.title = session.title or company.name[:120]
        ChatSession.objects.filter(pk=session.pk).update(company=company, title=session.title)
        forget(session, but=("question",))
    begun = _begin(session, company, turn, confirmed=confirmed, at=at)
    sayings = [*_told(company, begun), _overview(session, company, is_going_on=_goes_on(begun))]
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        if is_through(turn):
            transaction.on_commit(partial(call_off, turn, begun.request))
            return None
        if begun.request is not None:
            ChatSession.objects.filter(pk=session.pk).update(research=begun.request)
        *_, shown = say(session, sayings, turn=turn, at=timezone.now())
        remember(session, message=str(shown.pk), told=(str(shown.pk),))
        end(turn, ChatTurn.State.ASKING if begun.price else ChatTurn.State.ANSWERED, company=company)
        return asked_anew(session, company, after=turn)


def is_selected(session: ChatSession, company: Company) -> bool:
    """Whether the person has chosen this company in this conversation."""
    return session.follows.filter(request__company=company, request__consumer=door.CONVERSATION).exists()


def offer(session: ChatSession, company: Company, turn: ChatTurn) -> None:
    """Tell what a preparation costs, with the button that begins it: the company is talked of, and was not chosen."""
    try:
        price = door.outlook(ask_of(session, company, consumer=door.CONVERSATION), by=session.user)
    except (RequestError, door.IdentityError) as error:
        told = _told(company, Begun(trouble=str(error)))
    else:
        told = [_priced(company, price, _("Shall I begin?"))]
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        if is_through(turn):
            return
        say(session, told, turn=turn, at=timezone.now())
        end(turn, ChatTurn.State.ASKING, company=company)


def _priced(company: Company, price: door.Outlook, question: str) -> Saying:
    """What the preparation costs, a question, and the button that says yes to both."""
    told = {"company": inert(company.name), "expected": usd(price.expected), "worst": usd(price.worst)}
    words = _("A complete preparation on %(company)s costs about %(expected)s, at most %(worst)s.") % told
    payload = {"reference": company.reference, "maxCost": str(price.worst)}
    label = _("Yes, up to %(worst)s") % told
    confirm = Action(id="confirm", label=label, action=CONFIRM, payload=payload)
    return Saying(content=f"{words} {question}", actions=[confirm], step="research", status="started")


def _begin(session: ChatSession, company: Company, turn: ChatTurn, *, confirmed: Decimal | None, at: datetime) -> Begun:
    ask = ask_of(session, company, consumer=door.CONVERSATION)
    try:
        price = door.outlook(ask, by=session.user)
        policy = ChatPolicy.now()
        with authorising(session):
            if (earlier := asked_by(turn, session)) is not None:
                return Begun(request=earlier)
            left = room(session, policy, at=at).least if confirmed is None else confirmed
            if price.expected > left:
                return Begun(price=price)
            # It counts in full while the run goes on. Where all is held, only an engine's reading may still cost.
            most = price.worst or policy.question_cap
            cap = min(each for each in (left, most, price.cap) if each is not None)
            asked = ask_of(session, company, consumer=door.CONVERSATION, max_cost=cap)
            request = door.request_research(asked, user=session.user, idempotency_key=own_key(turn))
            follow(session, request)
            return Begun(request=request)
    except (RequestError, door.IdentityError) as error:
        return Begun(trouble=str(error))


def own_key(turn: ChatTurn) -> str:
    """The idempotency key of what the turn itself asks for."""
    return f"chat-{turn.pk}"


def asked_by(turn: ChatTurn, session: ChatSession) -> ResearchRequest | None:
    """What the turn asked for already, before its worker died: it counts in the room, so the cap would differ now."""
    return ResearchRequest.objects.visible_to(session.user).filter(idempotency_key=own_key(turn)).first()


def ask_of(session: ChatSession, company: Company, *, consumer: str, max_cost: Decimal | None = None) -> Ask:
    """What the session asks of a company: in its rep's role, for its vendor."""
    vendor = session.vendor
    return Ask(
        consumer=consumer,
        company=company.name,
        company_domain=company.reference,
        vendor=vendor.name if vendor else None,
        vendor_domain=vendor.reference if vendor else None,
        seller=seller_of(session),
        max_cost=max_cost,
    )


def seller_of(session: ChatSession) -> Seller:
    """The rep whom the session speaks to."""
    return Seller(**{name: str(session.seller.get(name, "")) for name in ("name", "role", "segment", "region")})


def _goes_on(begun: Begun) -> bool:
    return begun.request is not None and begun.request.status == ResearchRequest.Status.ATTACHED


def _told(company: Company, begun: Begun) -> list[Saying]:
    """The document's confirmation, and what the research will take; or why it has not begun."""
    name = inert(company.name)
    if begun.trouble:
        words = _("The research could not begin: %(why)s") % {"why": inert(begun.trouble)}
        return [Saying(content=words, step="research", status="failed")]
    if begun.price is not None:
        return [_priced(company, begun.price, _("This conversation may not spend as much unasked. Shall I go on?"))]
    request = certain(begun.request, ResearchRequest)  # one of the three
    if not _goes_on(begun):
        words = _("Perfect! A complete analysis of %(company)s is there already; it cost nothing more.")
        words %= {"company": name}
        return [Saying(content=words, metadata=_of_request(request), step="research", status="completed")]
    told = door.accepted(request)
    duration, cost = told["estimatedDuration"], told["estimatedCost"]
    how_long = _("%(duration)s, %(cost)s expected") if cost else "%(duration)s"
    how_long %= {"duration": duration, "cost": usd(Decimal(str(cost or 0)))}
    words = _(
        "Perfect! Researching %(company)s for your meeting. Deep research started (%(how_long)s)."
        " While that goes on, here is what I can tell you now:"
    ) % {"company": name, "how_long": how_long}
    metadata = {**_of_request(request), "estimatedDuration": duration, "estimatedCost": cost}
    return [Saying(content=words, metadata=metadata, step="research", status="started")]


def _of_request(request: ResearchRequest) -> dict[str, Any]:
    return {"requestId": str(request.pk), "executionArn": str(request.pk)}


def _overview(session: ChatSession, company: Company, *, is_going_on: bool) -> Saying:
    """Step 3: what is known at once, and the document's four buttons."""
    known = door.known(company, vendor=session.vendor, seller=seller_of(session))
    told = overview(known, is_going_on=is_going_on)
    now = intents.current()
    offered = [intent.action for slug in OFFERED if (intent := now.get(slug))]
    return Saying(
        content=to_markdown(told),
        actions=offered,
        metadata={
            "sources": [badge.to_json() for badge in sources_of(told, known)],
            "statements": statements_json(told, known),
            "sandbox": known.is_sandbox,
        },
        type=Type.PARTIAL_RESULTS,
        step="overview",
        status="started" if is_going_on else "completed",
    )


# --- What both share --------------------------------------------------------------------------------------------------


def follow(session: ChatSession, request: ResearchRequest) -> None:
    """Tell of the request's run from its beginning. One that is answered already has nothing to tell."""
    is_over = request.status != ResearchRequest.Status.ATTACHED
    ChatFollow.objects.get_or_create(session=session, request=request, defaults={"is_over": is_over})


def is_through(turn: ChatTurn) -> bool:
    """Whether somebody answered, asked back or stopped meanwhile; under the session's lock."""
    return ChatTurn.objects.values_list("state", flat=True).get(pk=turn.pk) != ChatTurn.State.WAITING


def call_off(turn: ChatTurn, request: ResearchRequest | None) -> None:
    """Cancel what the turn had just begun when it was stopped or deleted, before anything more is paid for it."""
    state = ChatTurn.objects.values_list("state", flat=True).get(pk=turn.pk)
    is_open = request is not None and request.status == ResearchRequest.Status.ATTACHED
    if request is not None and is_open and state == ChatTurn.State.STOPPED:
        door.cancel(request)


def end(turn: ChatTurn, state: str, **more: Any) -> None:
    """The turn is through; `more` are fields of its row."""
    ChatTurn.objects.filter(pk=turn.pk).update(state=state, answered=timezone.now(), **more)
