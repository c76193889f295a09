"""The conversation's pages: parse, permit, call `chat.conversation`, render. Others' conversations do not exist."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import beginning, conversation, intents, leaving
from chat.following import catch_up
from chat.models import LONGEST_QUESTION, ChatEvent, ChatFeedback, ChatMessage, ChatSession
from chat.pages.beside import panel_of, strip_of, suggestions
from chat.pages.markdown import plain
from chat.pages.quoting import quoted
from chat.pages.spoken import Spoken, spoken
from enrichment.door import AmbiguousCompany, IdentityError, InvalidAsk, NotACompany
from enrichment.pages.page import Page, user_of
from enrichment.pages.words import age
from salesintel.printing import can_print

LIST, TOLD = 50, 200  # conversations on a page of the list; messages on a page of one
EXAMPLES = (
    "Help me prepare for my meeting with Acme",
    "What is their technology stack?",
    "Who runs security?",
)
REFUSALS = (conversation.Refused, InvalidAsk, AmbiguousCompany, NotACompany, IdentityError)


class ChatsPage(Page):
    """All of one's conversations, and the way to a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.listed()

    def listed(self, *, refusal: str = "", typed: str = "", status: int = 200) -> HttpResponse:
        last = ChatMessage.objects.filter(session=OuterRef("pk")).order_by("-created", "-pk").values("content")[:1]
        rows = ChatSession.objects.visible_to(user_of(self.request)).select_related("company")
        page = Paginator(rows.annotate(last=Subquery(last)), LIST).get_page(self.request.GET.get("page"))
        now = timezone.now()
        lines = [(row, age(row.updated, now), _first_line(getattr(row, "last", None))) for row in page]
        gone = leaving.restorable(user_of(self.request), at=now)
        context = {"page": page, "lines": lines, "gone": gone, "refusal": refusal, "typed": typed, **_composer()}
        return self.shown("chat/chats.html", context, status=status)


class NewChat(ChatsPage):
    """Begins a conversation with a question, or of a company, once however often it is sent: that buys nothing."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        question, company = request.POST.get("question", "").strip(), request.POST.get("about", "").strip()
        try:
            if not question and not company:
                raise conversation.Refused("question", _("Say whom you are going to meet, or what you want to know."))
            nonce = beginning.nonce_of(request.POST.get("nonce", ""), question, company)
            session = beginning.begin(user_of(request), company=company[:253], nonce=nonce)
            if question:
                conversation.ask(session, question, client_id=nonce)
        except REFUSALS as error:
            return self.listed(refusal=str(error), typed=question, status=400)
        return redirect("chat", session_id=session.pk)


class ChatPage(Page):
    """One conversation, whole."""

    def get(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        catch_up(session_id)
        return self.read(own_chat(request, session_id))

    def read(self, session: ChatSession, *, refusal: str = "", typed: str = "", status: int = 200) -> HttpResponse:
        """The page; with a `refusal` what was `typed` stands in the composer again."""
        before, rows = _number(self.request.GET.get("before", "")), _with_messages(session)
        if before:
            rows = rows.filter(seq__lt=before)
        said = _told(session, list(rows.order_by("-seq")[: TOLD + 1])[::-1])
        context = {
            "session": session,
            "said": said[-TOLD:],
            "is_past": bool(before),
            "earlier": said[-TOLD].seq if len(said) > TOLD else None,
            "refusal": refusal,
            "typed": typed,
            "can_print": can_print(),
            **_beside(session),
            **_composer(),
        }
        return self.shown("chat/chat.html", context, status=status)


class LivePart(Page):
    """What has been said since `after`, with the state of the work: what the page takes in while it is open."""

    def get(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        own_chat(request, session_id)  # others' are not caught up
        catch_up(session_id)
        session, after = own_chat(request, session_id), _number(request.GET.get("after", ""))
        rows = list(_with_messages(session).filter(seq__gt=after).order_by("seq")[: TOLD + 1])
        has_more = len(rows) > TOLD
        reached = rows[TOLD - 1].seq if has_more else session.last_seq
        context = {"session": session, "said": _told(session, rows[:TOLD]), "seq": reached, "has_more": has_more}
        return self.shown("chat/_live.html", {**context, **_beside(session)})


class Speaking(ChatPage):
    """Does what was sent; a script is told how it went, without one the page comes again."""

    http_method_names = ("post",)

    def done(self, session: ChatSession, do: Callable[[], object]) -> HttpResponse:
        typed, by_script = self.request.POST.get("question", ""), self.request.headers.get("X-Part") == "1"
        try:
            do()
        except REFUSALS as error:
            if by_script:
                return JsonResponse({"error": str(error)}, status=400)
            return self.read(session, refusal=str(error), typed=typed, status=400)
        return HttpResponse(status=204) if by_script else redirect(f"{session_path(session)}#say")


class SayView(Speaking):
    """A question, a suggestion, or a button of a message."""

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        session = own_chat(request, session_id)
        return self.done(session, lambda: _say(session, request))


class StopView(Speaking):
    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        session = own_chat(request, session_id)
        return self.done(session, lambda: conversation.stop(session))


class NameView(Page):
    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        session = own_chat(request, session_id)
        session.title = request.POST.get("title", "").strip()[:120]
        session.save(update_fields=["title"])
        return redirect(session_path(session)) if request.POST.get("back") == "chat" else redirect("chats")


class DeleteView(Page):
    """Deletes it with all that was said in it; the list says so, and for how long it can be brought back."""

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        leaving.delete(own_chat(request, session_id))
        return redirect("chats")


class RestoreView(Page):
    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        if not leaving.restore(user_of(request), session_id):
            raise Http404
        return redirect("chat", session_id=session_id)


class JudgeView(Page):
    """One's word on an answer: up or down, and why."""

    def post(self, request: HttpRequest, message_id: UUID) -> HttpResponse:
        rows = ChatMessage.objects.filter(
            session__in=ChatSession.objects.visible_to(user_of(request)), type=ChatMessage.Type.ASSISTANT
        )
        message = get_object_or_404(rows, pk=message_id)
        up, down = ChatFeedback.Value.UP, ChatFeedback.Value.DOWN
        value = {"up": up, "down": down}.get(request.POST.get("value", ""))
        if value is None:
            return HttpResponse(_("Say up or down."), status=400, content_type="text/plain")
        given = {"value": value, "why": request.POST.get("why", "").strip()[:500], "at": timezone.now()}
        message.feedback, _is_new = ChatFeedback.objects.update_or_create(message=message, defaults=given)
        if request.headers.get("HX-Request") == "true":
            return self.shown("chat/_judge.html", {"message": message, "is_new": True})
        return redirect("chat", session_id=message.session_id)


# --- What they share --------------------------------------------------------------------------------------------------


def own_chat(request: HttpRequest, session_id: UUID) -> ChatSession:
    """The caller's own conversation. Raises `Http404`, for another's as for none."""
    rows = ChatSession.objects.visible_to(user_of(request))
    return get_object_or_404(rows.select_related("company", "vendor", "user", "research__run"), pk=session_id)


def session_path(session: ChatSession) -> str:
    return reverse("chat", args=[session.pk])


def _with_messages(session: ChatSession) -> Any:
    rows = ChatEvent.objects.filter(session=session, message__isnull=False)
    return rows.select_related("message__turn", "message__feedback")


def _told(session: ChatSession, rows: list[ChatEvent]) -> list[Spoken]:
    now = timezone.now()
    asked = quoted(session, [row.message for row in rows if row.message is not None])
    return [spoken(row, now=now, quoted=asked.get(row.message_id) if row.message_id else None) for row in rows]


def _beside(session: ChatSession) -> dict[str, Any]:
    panel = panel_of(session, now=timezone.now())
    return {
        "strip": strip_of(session),
        "panel": panel,
        "sandbox": panel is not None and panel.is_sandbox,
        "suggestions": suggestions(session),
    }


def _composer() -> dict[str, Any]:
    return {"longest": LONGEST_QUESTION, "examples": EXAMPLES, "nonce": uuid4().hex}


def _say(session: ChatSession, request: HttpRequest) -> None:
    """Raises `Refused`."""
    sent = request.POST
    client_id = sent.get("client_id", "")[:64] or None
    if "press" in sent:
        action = _pressed(session, sent.get("message", ""), sent["press"])
        conversation.act(session, action["action"], action["payload"], client_id=client_id)
    elif "intent" in sent:
        intent = intents.current().get(sent["intent"])
        if intent is None:
            raise conversation.Refused("intent", _("That is not offered any more; ask in your own words."))
        conversation.act(session, intent.action.action, intent.action.payload, client_id=client_id)
    else:
        conversation.ask(session, sent.get("question", ""), client_id=client_id)


def _pressed(session: ChatSession, message_id: str, place: str) -> dict[str, Any]:
    """The message's own action, as it was stored: what a button does is not for the client to say."""
    try:
        message = session.messages.get(pk=UUID(message_id))
        action: dict[str, Any] = message.actions[int(place)]
    except (ValueError, IndexError, ChatMessage.DoesNotExist) as error:
        raise conversation.Refused("press", _("That button is gone; load this page again.")) from error
    return action


def _number(text: str) -> int:
    """The number of an event; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _first_line(content: str | None) -> str:
    return next((plain(line.strip()) for line in (content or "").splitlines() if line.strip()), "")
