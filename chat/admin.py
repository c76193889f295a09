"""Conversations in the admin: intents and policy to edit; what was said is only read, and only who may sees it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from chat import intents
from chat.judging import ENOUGH, worst_intents
from chat.models import (
    LONGEST_QUESTION,
    ChatEvent,
    ChatFeedback,
    ChatFollow,
    ChatIntent,
    ChatMessage,
    ChatPolicy,
    ChatSession,
    ChatTurn,
)
from chat.understanding.model import GUESS, SURE, Context
from chat.understanding.recognise import understand
from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin


@admin.register(ChatIntent)
class ChatIntentAdmin(RuleAdmin):
    list_display = ("label", "slug", "consumer", "max_cost", "by_engine", "priority", "enabled", "origin")
    list_editable = ("by_engine", "priority", "enabled")
    list_filter = ("enabled", "by_engine", "consumer")
    search_fields = ("slug", "label", "button")
    list_before_template: Any = "admin/chat/chatintent/_try.html"  # None, as far as its types go

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.try_question)
        return [path("try/", view, name="chat_chatintent_try"), *super().get_urls()]

    def try_question(self, request: HttpRequest) -> HttpResponse:
        """Which intent a question would be taken for, and why. Asks, stores and buys nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = intents.current()
        names = ("question", "company", "before")
        question, company, before = (request.GET.get(name, "")[:LONGEST_QUESTION].strip() for name in names)
        found = understand(question, now.rules, Context(company=company, intent=before)) if question else None
        scored = [(found.intent, found.score), *found.others] if found else []
        rows = [
            {"label": intent.label, "slug": slug, "score": score}
            for slug, score in scored
            if (intent := now.get(slug)) is not None
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Try a question",
            "question": question,
            "company": company,
            "before": before,
            "choices": list(now.by_slug.values()),
            "found": found,
            "rows": rows,
            "why": sorted(found.why.items(), key=lambda each: -abs(each[1])) if found else (),
            "sure": SURE,
            "guess": GUESS,
        }
        return render(request, "admin/chat/chatintent/try.html", context)


@admin.register(ChatPolicy)
class ChatPolicyAdmin(RuleAdmin):
    """One row; there is no second to add, and without it the same limits would hold unseen."""

    list_display = ("__str__", "question_cap", "session_cap", "day_cap", "keep_days", "pruned_at", "pruned")
    readonly_fields = ("pruned_at", "pruned")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ChatPolicy.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SpokenAdmin(ReadOnlyAdmin):
    """What was said, but in conversations that their owner deleted."""

    to_session = "session__"  # the way from a row to its conversation

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{f"{self.to_session}deleted": None})


@admin.register(ChatSession)
class ChatSessionAdmin(SpokenAdmin):
    to_session = ""
    list_display = ("created", "user", "company", "vendor", "last_seq", "updated")
    list_select_related = ("user", "company", "vendor")


@admin.register(ChatTurn)
class ChatTurnAdmin(SpokenAdmin):
    list_display = ("asked", "intent", "score", "state", "found", "company", "answered")
    list_select_related = ("company",)
    list_filter = ("state", "found", "intent")


@admin.register(ChatMessage)
class ChatMessageAdmin(SpokenAdmin):
    list_display = ("created", "session", "type", "turn")
    list_select_related = ("session", "turn")
    list_filter = ("type",)


@admin.register(ChatFeedback)
class ChatFeedbackAdmin(SpokenAdmin):
    to_session = "message__session__"
    list_display = ("at", "value", "intent", "why", "message")
    list_select_related = ("message__turn",)
    list_filter = ("value", "message__turn__intent")
    list_before_template: Any = "admin/chat/chatfeedback/_worst.html"  # None, as far as its types go

    @admin.display(ordering="message__turn__intent")
    def intent(self, row: ChatFeedback) -> str:
        return row.message.turn.intent if row.message.turn else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the worst intents above it."""
        more = {"worst": worst_intents(), "enough": ENOUGH, **(extra_context or {})}
        return super().changelist_view(request, more)


@admin.register(ChatFollow)
class ChatFollowAdmin(SpokenAdmin):
    list_display = ("created", "session", "request", "run_seq", "is_over")
    list_select_related = ("session", "request")


@admin.register(ChatEvent)
class ChatEventAdmin(SpokenAdmin):
    list_display = ("at", "session", "seq", "type")
    list_select_related = ("session",)
    list_filter = ("type",)
