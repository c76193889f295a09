"""What was announced, everybody's webhooks and their deliveries. Only read; neither secrets nor whole addresses."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin, ReadOnlyInline
from enrichment.models import Announcement, UserNotice, WebhookAttempt, WebhookDelivery, WebhookEndpoint


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin):
    """Each event once, as its owner's webhooks and notices tell it."""

    list_display = ("at", "type", "owner", "id")
    list_select_related = ("owner",)
    list_filter = ("type",)


@admin.register(UserNotice)
class UserNoticeAdmin(ReadOnlyAdmin):
    list_display = ("announcement", "user", "read")
    list_select_related = ("announcement", "user")


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Where people's programs are told. An address may hold a key in its path, so its host alone is shown."""

    list_display = ("host", "user", "enabled", "disabled_why", "failures", "succeeded", "created")
    list_select_related = ("user",)
    list_filter = ("enabled", "disabled_why")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = {"secrets", "url"}
        return ["host", *(name for name in super().get_fields(request, obj) if name not in hidden)]

    @admin.display(description="host")
    def host(self, row: WebhookEndpoint) -> str:
        return urlsplit(row.url).netloc


class WebhookAttemptInline(ReadOnlyInline):
    model = WebhookAttempt
    fields = ("number", "at", "status", "seconds", "error", "answer")
    readonly_fields = fields
    show_change_link = False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("created", "message", "endpoint", "state", "tries", "next_at", "ended")
    list_select_related = ("message", "endpoint")
    list_filter = ("state",)
    inlines = (WebhookAttemptInline,)


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ReadOnlyAdmin):
    list_display = ("at", "delivery", "number", "status", "seconds", "error")
    list_select_related = ("delivery",)
    ordering = ("-pk",)
