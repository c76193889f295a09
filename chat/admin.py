"""Conversations in the admin: intents and policy to edit; what was said is only read, and only who may sees it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from chat.models import ChatEvent, ChatFeedback, ChatFollow, ChatIntent, ChatMessage, ChatPolicy, ChatSession, ChatTurn
from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin


@admin.register(ChatIntent)
class ChatIntentAdmin(RuleAdmin):
    list_display = ("label", "slug", "consumer", "max_cost", "priority", "enabled", "origin")
    list_editable = ("priority", "enabled")
    list_filter = ("enabled", "consumer")
    search_fields = ("slug", "label", "button")


@admin.register(ChatPolicy)
class ChatPolicyAdmin(RuleAdmin):
    """One row; there is no second to add, and without it the same limits would hold unseen."""

    list_display = ("__str__", "question_cap", "session_cap", "day_cap", "keep_days", "pruned_at", "pruned")
    readonly_fields = ("pruned_at", "pruned")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ChatPolicy.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ChatSession)
class ChatSessionAdmin(ReadOnlyAdmin):
    list_display = ("created", "user", "company", "vendor", "last_seq", "updated")
    list_select_related = ("user", "company", "vendor")


@admin.register(ChatTurn)
class ChatTurnAdmin(ReadOnlyAdmin):
    list_display = ("asked", "intent", "score", "state", "found", "company", "answered")
    list_select_related = ("company",)
    list_filter = ("state", "found", "intent")


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin):
    list_display = ("created", "session", "type", "turn")
    list_select_related = ("session", "turn")
    list_filter = ("type",)


@admin.register(ChatFeedback)
class ChatFeedbackAdmin(ReadOnlyAdmin):
    list_display = ("at", "value", "message")
    list_select_related = ("message",)
    list_filter = ("value",)


@admin.register(ChatFollow)
class ChatFollowAdmin(ReadOnlyAdmin):
    list_display = ("created", "session", "request", "run_seq", "is_over")
    list_select_related = ("session", "request")


@admin.register(ChatEvent)
class ChatEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "session", "seq", "type")
    list_select_related = ("session",)
    list_filter = ("type",)
