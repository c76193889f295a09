"""Whom it is about: looking companies up, choosing one, and beginning the research that the choice stands for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import intents
from chat.answering import overview, sources_of, statements_json, to_markdown
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.memory import EXPECTS_DOMAIN, forget, remember
from chat.models import ChatEvent, ChatFollow, ChatPolicy, ChatSession, ChatTurn
from chat.money import room, usd
from chat.saying import Saying, say
from enrichment import door
from enrichment.door import Ask, Meant, RequestError, Seller
from enrichment.models import Company, ResearchRequest

SELECT, ADD, CONFIRM = "select_customer", "add_company", "confirm_research"
OFFERED = ("company_overview", "decision_makers", "technology_stack", "full_report")  # the document's four
Type = ChatEvent.Type


# --- Looking up -------------------------------------------------------------------------------------------------------


def look_up(session: ChatSession, name: str, turn: ChatTurn) -> None:
    """Choose the company that `name` means for certain, else ask which one is meant."""
    meant = door.whom(name, by=session.user)
    if meant.company is not None:
        choose(session, meant.company, turn)
        return
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        if is_through(turn):
            return
        expects = "" if meant.candidates else EXPECTS_DOMAIN
        remember(session, expects=expects, name=name[:200])
        say(session, [_which(name, meant)], turn=turn, at=timezone.now())
        end(turn, ChatTurn.State.ASKING)


def _which(name: str, meant: Meant) -> Saying:
    shown = inert(name)
    if not meant.candidates:
        words = (
            f"I know no company called “{shown}”. Send me the domain of its website, say acme.com, and I look it up;"
            " or send the name in another spelling."
        )
        return Saying(content=words, step="lookup", status="failed")
    count = len(meant.candidates)
    opening = f"Found {count} customers matching “{shown}”:" if count > 1 else f"Did you mean this one by “{shown}”?"
    add = Action(id="other", label="Another company", action=ADD, payload={"name": name})
    actions = [_candidate(each) for each in meant.candidates]
    lines = [f"- {inert(action.label)}" for action in actions]
    content = "\n".join([opening, "", *lines, "", "Which customer are you meeting with?"])
    return Saying(content=content, actions=[*actions, add], step="lookup", status="completed")


def _candidate(found: dict[str, Any]) -> Action:
    """As the document has it: name (domain) - industry; and how old what is known of it is."""
    label = f"{found['name']} ({found['domain']})" if found["domain"] else str(found["name"])
    if isinstance(found["industry"], str) and found["industry"]:
        label += f" - {found['industry']}"
    reference = found["domain"] or f"#{found['id']}"
    payload = {"id": found["id"], "name": found["name"], "domain": found["domain"], "reference": reference}
    freshness = found["freshness"]
    if freshness is not None:
        payload["ageSeconds"] = freshness["ageSeconds"]
    return Action(id=f"company-{found['id']}", label=label, action=SELECT, payload=payload)


def add(session: ChatSession, name: str, domain: str, turn: ChatTurn) -> None:
    """Choose the company of that website, which is made where it is unknown. Raises `NotACompany`, `IdentityError`."""
    choose(session, door.company_named(name or domain, domain=domain, by=session.user), turn)


# --- Choosing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a choice led to: a request, or a price that is to be confirmed first, or why there is neither."""

    request: ResearchRequest | None = None
    price: door.Outlook | None = None
    trouble: str = ""


def choose(session: ChatSession, company: Company, turn: ChatTurn, *, confirmed: Decimal | None = None) -> None:
    """Talk of this company from now on, and begin its research within what the conversation may cost.

    The choice authorises the run that was quoted and no more: its cap is what is left of the caps, or what was
    `confirmed`.
    """
    at = timezone.now()
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        session.company = company
        session.title = session.title or company.name[:120]
        ChatSession.objects.filter(pk=session.pk).update(company=company, title=session.title)
        forget(session)
    begun = _begin(session, company, turn, confirmed=confirmed, at=at)
    sayings = [*_told(company, begun), _overview(session, company, is_going_on=_goes_on(begun))]
    with transaction.atomic():
        session = ChatSession.objects.locked(session.pk)
        if is_through(turn):
            return
        if begun.request is not None:
            follow(session, begun.request)
            ChatSession.objects.filter(pk=session.pk).update(research=begun.request)
        say(session, sayings, turn=turn, at=timezone.now())
        end(turn, ChatTurn.State.ASKING if begun.price else ChatTurn.State.ANSWERED, company=company)


def _begin(session: ChatSession, company: Company, turn: ChatTurn, *, confirmed: Decimal | None, at: datetime) -> Begun:
    ask = ask_of(session, company, consumer=door.CONVERSATION)
    try:
        price = door.outlook(ask, by=session.user)
        left = room(session, ChatPolicy.now(), at=at).least if confirmed is None else confirmed
        if price.expected > left:
            return Begun(price=price)
        cap = left if price.cap is None else min(left, price.cap)
        asked = ask_of(session, company, consumer=door.CONVERSATION, max_cost=cap)
        return Begun(request=door.request_research(asked, user=session.user, idempotency_key=f"chat-{turn.pk}"))
    except (RequestError, door.IdentityError) as error:
        return Begun(trouble=str(error))


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
        return [
            Saying(content=f"The research could not begin: {inert(begun.trouble)}", step="research", status="failed")
        ]
    if begun.price is not None:
        price = begun.price
        words = (
            f"A complete preparation on {name} costs about {usd(price.expected)}, at most {usd(price.worst)}, which is"
            " more than this conversation may spend unasked. Shall I go on?"
        )
        payload = {"reference": company.reference, "maxCost": str(price.worst)}
        confirm = Action(id="confirm", label=f"Yes, up to {usd(price.worst)}", action=CONFIRM, payload=payload)
        return [Saying(content=words, actions=[confirm], step="research", status="started")]
    request = begun.request
    assert request is not None  # noqa: S101 - one of the three
    if not _goes_on(begun):
        words = f"Perfect! A complete analysis of {name} is there already; it cost nothing more."
        return [Saying(content=words, metadata=_of_request(request), step="research", status="completed")]
    told = door.accepted(request)
    duration, cost = told["estimatedDuration"], told["estimatedCost"]
    price_words = f", {usd(Decimal(str(cost)))} expected" if cost else ""
    words = (
        f"Perfect! Researching {name} for your meeting. Deep research started ({duration}{price_words})."
        " While that goes on, here is what I can tell you now:"
    )
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


def end(turn: ChatTurn, state: str, **more: Any) -> None:
    """The turn is through; `more` are fields of its row."""
    ChatTurn.objects.filter(pk=turn.pk).update(state=state, answered=timezone.now(), **more)
