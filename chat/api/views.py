"""Conversations: opened, listed, asked, read and left. Others' do not exist."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from chat import conversation, leaving
from chat.api.shapes import (
    FeedbackIn,
    FeedbackOut,
    MessagesOut,
    QuestionIn,
    QuestionOut,
    SayIn,
    SessionChangeIn,
    SessionIn,
    SessionOut,
    SessionsOut,
    StoppedOut,
    TurnOut,
    session_told,
)
from chat.following import catch_up
from chat.models import ChatFeedback, ChatMessage, ChatSession, ChatTurn
from chat.putting_off import question_after
from chat.saying import message_told
from enrichment import door
from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, paged
from enrichment.door import AmbiguousCompany, IdentityError, InvalidAsk, NotACompany
from salesintel.problems import Kind, Problem, problems

READS = problems(401, 403, 404, 503)
AMBIGUOUS = Kind("ambiguous-company", "Several companies go by that name.")


@contextmanager
def as_problems() -> Iterator[None]:
    """Tells what cannot be taken in the API's words."""
    try:
        yield
    except conversation.Refused as error:
        raise Problem(400, str(error), errors={error.field: [str(error)]}) from error
    except InvalidAsk as error:
        raise Problem(400, str(error), errors=error.errors) from error
    except AmbiguousCompany as error:
        words, candidates = f"“{error.text}” may mean several; send its domain.", door.candidates_of(error)
        raise Problem(409, words, kind=AMBIGUOUS, candidates=candidates) from error
    except NotACompany as error:
        raise Problem(400, str(error), errors={"company": [str(error)]}) from error
    except IdentityError as error:
        raise Problem(409, str(error)) from error


def own_session(request: Request, session_id: UUID) -> ChatSession:
    """The caller's own conversation. Raises `Http404`, for another's as for none."""
    rows = ChatSession.objects.visible_to(caller_of(request)).select_related("company", "vendor", "user", "research")
    return get_object_or_404(rows, pk=session_id)


class SessionsView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "enrich"}

    @extend_schema(
        operation_id="chat_sessions",
        tags=["chat"],
        parameters=PAGE,
        responses={200: SessionsOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your conversations, the one that went on last first."""
        page = paged(request, ChatSession.objects.visible_to(caller_of(request)).select_related("company", "vendor"))
        return Response(page.told([session_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="open_chat_session",
        tags=["chat"],
        request=SessionIn,
        responses={201: SessionOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Open a conversation; with a `company` it is begun by asking for that one."""
        given = SessionIn.parse(request.data).validated_data
        company = given.pop("company", "")
        with as_problems():
            session = conversation.open_session(caller_of(request), **given)
            if company:
                conversation.ask(session, company)
        told = session_told(own_session(request, session.pk))
        return Response(told, status=201, headers={"Location": f"/api/v1/chat/sessions/{session.pk}"})


class SessionView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"PATCH": "enrich", "DELETE": "enrich"}

    @extend_schema(operation_id="chat_session", tags=["chat"], responses={200: SessionOut, **READS})
    def get(self, request: Request, session_id: UUID) -> Response:
        """One conversation; what was said is at `/messages`."""
        return Response(session_told(own_session(request, session_id)))

    @extend_schema(
        operation_id="name_chat_session",
        tags=["chat"],
        request=SessionChangeIn,
        responses={200: SessionOut, **READS, **problems(400, 413, 415)},
    )
    def patch(self, request: Request, session_id: UUID) -> Response:
        """Give it another title."""
        session = own_session(request, session_id)
        session.title = SessionChangeIn.parse(request.data).validated_data["title"]
        session.save(update_fields=["title"])
        return Response(session_told(session))

    @extend_schema(operation_id="delete_chat_session", tags=["chat"], responses={204: None, **READS})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Delete it with all that was said in it; research under way is stopped, what it found stays known.

        It is gone from everywhere at once; for ten minutes `/restore` brings it back.
        """
        leaving.delete(own_session(request, session_id))
        return Response(status=204)


class RestoreView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="restore_chat_session", tags=["chat"], request=None, responses={200: SessionOut, **READS}
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """Bring back a conversation that was deleted less than ten minutes ago. What was stopped stays so."""
        if not leaving.restore(caller_of(request), session_id):
            raise Http404
        return Response(session_told(own_session(request, session_id)))


class MessagesView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "enrich"}

    @extend_schema(
        operation_id="chat_messages",
        tags=["chat"],
        parameters=PAGE,
        responses={200: MessagesOut, **READS, **problems(400)},
    )
    def get(self, request: Request, session_id: UUID) -> Response:
        """What was said, oldest first."""
        session = own_session(request, session_id)
        catch_up(session.pk)
        page = paged(request, ChatMessage.objects.filter(session=session).order_by("created", "pk"))
        return Response(page.told([message_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="say_in_chat",
        tags=["chat"],
        request=SayIn,
        responses={200: TurnOut, **READS, **problems(400, 409, 413, 415)},
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """Ask something, or press a button. What is known is answered at once; the rest comes as events."""
        session, given = own_session(request, session_id), SayIn.parse(request.data).validated_data
        with as_problems():
            if "question" in given:
                turn = conversation.ask(session, given["question"], client_id=given.get("clientId"))
            else:
                payload = given.get("payload", {})
                turn = conversation.act(session, given["action"], payload, client_id=given.get("clientId"))
        waited = question_after(turn)
        return Response(_said(turn) | {"waited": _said(waited) if waited else None})


def _said(turn: ChatTurn) -> dict[str, Any]:
    return {
        "turnId": str(turn.pk),
        "status": turn.state,
        "intent": turn.intent,
        "found": turn.found,
        "messages": [message_told(message) for message in turn.messages.order_by("created", "pk")],
    }


class StopView(ScopedView):
    required_scope = "enrich"

    @extend_schema(operation_id="stop_chat", tags=["chat"], request=None, responses={200: StoppedOut, **READS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Stop what is under way for it before the next paid call. What was collected is kept."""
        return Response({"stopped": conversation.stop(own_session(request, session_id))})


class FeedbackView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="judge_chat_message",
        tags=["chat"],
        request=FeedbackIn,
        responses={200: FeedbackOut, **READS, **problems(400, 413, 415)},
    )
    def put(self, request: Request, message_id: UUID) -> Response:
        """Say whether an answer was of use, and why not."""
        rows = ChatMessage.objects.filter(
            session__in=ChatSession.objects.visible_to(caller_of(request)), type=ChatMessage.Type.ASSISTANT
        )
        message, body = get_object_or_404(rows, pk=message_id), FeedbackIn.parse(request.data)
        given = body.validated_data
        ChatFeedback.objects.update_or_create(
            message=message, defaults={"value": body.to_value(), "why": given["why"], "at": timezone.now()}
        )
        return Response({"value": given["value"], "why": given["why"]})


class QuestionView(ScopedView):
    """The documents' `/api/chat/question`."""

    required_scope = "enrich"

    @extend_schema(
        operation_id="chat_question",
        tags=["chat"],
        request=QuestionIn,
        responses={200: QuestionOut, **READS, **problems(400, 409, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        """Ask one question about a company. Without `chatSessionId` a conversation is begun for it."""
        given = QuestionIn.parse(request.data).validated_data
        with as_problems():
            session = self._session(request, given)
            turn = conversation.awaited(conversation.ask(session, given["question"]))
        message = turn.messages.filter(type=ChatMessage.Type.ASSISTANT).order_by("created", "pk").last()
        metadata = message.metadata if message else {}
        return Response(
            {
                "content": message.content if message else "",
                "actions": message.actions if message else [],
                "sources": metadata.get("sources", []),
                "confidence": metadata.get("confidence"),
                "status": turn.state,
                "found": turn.found,
                "chatSessionId": str(session.pk),
                "turnId": str(turn.pk),
            }
        )

    def _session(self, request: Request, given: dict[str, Any]) -> ChatSession:
        if "chatSessionId" in given:
            session = own_session(request, given["chatSessionId"])
        else:
            session = conversation.open_session(caller_of(request))
        conversation.talk_of(session, _customer(given.get("customer")))
        return session


def _customer(given: Any) -> str:
    """The documents send a whole customer; its domain is certain, else its id or name."""
    if isinstance(given, dict):
        given = given.get("domain") or (f"#{given['id']}" if given.get("id") else given.get("name", ""))
    return given[:253] if isinstance(given, str) else ""
