"""The documents' `/api/intelligence/customer`: a brief on a customer whose making is told in a conversation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat import choosing, conversation
from chat.api.views import as_problems, own_session
from chat.models import ChatMessage, ChatSession, ChatTurn
from enrichment import door
from enrichment.api import asking
from enrichment.api.asks import UserPersonaIn, company_field
from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.prefer import idempotency_key
from enrichment.api.research import KEY, PREFER, STARTS
from enrichment.api.shapes import AcceptedOut, EnvelopeOut
from enrichment.models import Company, ResearchRequest
from salesintel.problems import Kind, Problem, problems

UNAFFORDABLE = Kind("unaffordable", "Nothing that is required can be had for that.")
WIRE = {"company": "customer", "company_domain": "customer", "role": "userPersona.role"}


class CustomerIn(serializers.Serializer[Any]):
    """Whom it is about; one of the three is enough, and the domain is the surest. What else was told is not read."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="As a search told it.")
    name = company_field(required=False, allow_blank=True)
    domain = serializers.CharField(max_length=253, required=False, allow_blank=True, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.get(name) for name in ("id", "name", "domain")):
            raise serializers.ValidationError("Give its domain, its name or its id.")
        return attrs


class CustomerIntelligenceInChat(Input):
    """A customer, the rep it is for, and the conversation in which the work is told."""

    customer = CustomerIn(help_text="As `/customers/search` told it, whole.")
    userPersona = UserPersonaIn(required=False, help_text="Left out: as the conversation was opened.")
    chatSessionId = serializers.UUIDField(required=False, help_text="A new conversation is begun without it.")


class AcceptedInChatOut(AcceptedOut):
    """The work is under way, and told in the conversation."""

    executionArn = serializers.UUIDField(help_text="The documents' name of `requestId`.")
    chatSessionId = serializers.UUIDField()


class CustomerIntelligenceInChatView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="intelligence_customer",
        tags=["chat"],
        request=CustomerIntelligenceInChat,
        parameters=[PREFER, KEY],
        responses={200: EnvelopeOut, 202: AcceptedInChatOut, **STARTS, **problems(404)},
    )
    def post(self, request: Request) -> Response:
        """A brief on a customer, told in a conversation as it is made: 200 if it is there, else 202.

        Like choosing the customer there: what is known is told at once, and the caps of conversations hold.
        """
        given = CustomerIntelligenceInChat.parse(request.data).validated_data
        key = idempotency_key(request)
        session = _session(request, given)
        with _as_problems(session, given["customer"]):
            company = _company(given["customer"], session)
            asked = _under_way(session, company) or _begun(session, company, key)
        more = {"executionArn": str(asked.pk), "chatSessionId": str(session.pk)}
        return asking.told(request, asked, render=door.envelope_json, more=more)


def _session(request: Request, given: dict[str, Any]) -> ChatSession:
    """The conversation, in the terms of the rep whom the body tells of."""
    persona = given.get("userPersona", {})
    with as_problems():
        if "chatSessionId" not in given:
            session = conversation.open_session(caller_of(request), role=persona.get("role", ""))
        else:
            session = own_session(request, given["chatSessionId"])
        seller = door.checked_seller(door.Seller(**(session.seller | {k: v for k, v in persona.items() if v})))
    if asdict(seller) != session.seller:
        session.seller = asdict(seller)
        session.save(update_fields=["seller"])
    return session


@contextmanager
def _as_problems(session: ChatSession, customer: dict[str, Any]) -> Iterator[None]:
    """Tells what is refused as for any research, in this body's words."""
    ask = door.Ask(
        consumer=door.CONVERSATION, company=customer.get("name") or "", company_domain=customer.get("domain")
    )
    with as_problems(), asking.as_problems(ask, WIRE):
        yield


def _company(customer: dict[str, Any], session: ChatSession) -> Company:
    number = f"#{customer['id']}" if customer.get("id") and not customer.get("domain") else None
    return door.company_named(
        "" if number else customer.get("name") or "",
        domain=customer.get("domain") or number,
        by=session.user,
    )


def _under_way(session: ChatSession, company: Company) -> ResearchRequest | None:
    """The session's research on it, where that goes on: choosing it has begun it already."""
    found = session.research
    is_same = found is not None and found.company_id == company.pk and session.company_id == company.pk
    return found if found is not None and is_same and found.status == ResearchRequest.Status.ATTACHED else None


def _begun(session: ChatSession, company: Company, key: str | None) -> ResearchRequest:
    """The request that choosing the company led to. Raises `Problem` where the conversation says that it did not."""
    client_id = f"key-{key}"[:64] if key else None
    turn = conversation.act(session, choosing.SELECT, {"reference": company.reference}, client_id=client_id)
    asked = ResearchRequest.objects.filter(user=session.user, idempotency_key=f"chat-{turn.pk}").first()
    if asked is not None:
        return asked
    said = turn.messages.filter(type=ChatMessage.Type.ASSISTANT).order_by("created", "pk").first()
    words = said.content if said else "The conversation is gone."
    if turn.state == ChatTurn.State.ASKING:
        words += " Press that button in the conversation, or ask an admin for a higher cap."
    raise Problem(422, words, kind=UNAFFORDABLE)
