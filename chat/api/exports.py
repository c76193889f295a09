"""A conversation to take away."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from chat import exporting, printing
from chat.api.shapes import MessageOut
from chat.api.views import own_session
from chat.following import catch_up
from chat.models import ChatSession
from enrichment.api.base import ScopedView
from enrichment.api.shapes import Shape
from salesintel.printing import CannotPrint
from salesintel.printing.rendering import PdfRenderer
from salesintel.problems import Problem, problems


class ConversationOut(Shape):
    """All that was said in a conversation."""

    chatSessionId = serializers.UUIDField()
    title = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_null=True)
    vendor = serializers.CharField(allow_null=True)
    exportedAt = serializers.DateTimeField()
    messages = MessageOut(many=True, help_text="Oldest first.")
    sandbox = serializers.BooleanField()


class MarkdownRenderer(BaseRenderer):
    """A text as it is; a problem stays JSON."""

    media_type = "text/markdown"
    format = "md"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return data.encode() if isinstance(data, str) else JSONRenderer().render(data)


class ExportView(ScopedView):
    required_scope = "read"
    cache_control = "private, no-store"
    renderer_classes = (JSONRenderer, MarkdownRenderer, PdfRenderer)

    @extend_schema(
        operation_id="export_chat_session",
        tags=["chat"],
        parameters=[OpenApiParameter("format", str, enum=["json", "md", "pdf"], description="Also by `Accept`.")],
        responses={
            (200, "application/json"): ConversationOut,
            (200, "text/markdown"): str,
            (200, "application/pdf"): bytes,
            **problems(401, 403, 404, 406, 503),
        },
    )
    def get(self, request: Request, session_id: UUID) -> Response:
        """The conversation with the sources of every statement, as JSON, or as Markdown or PDF to read.

        PDF is there where the installation has the extra `pdf`, else 406.
        """
        session = own_session(request, session_id)
        catch_up(session.pk)
        form = request.accepted_renderer.format
        name = f"conversation-{str(session.pk)[:8]}.{form}"
        return Response(_told(session, form), headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _told(session: ChatSession, form: str) -> Any:
    if form == MarkdownRenderer.format:
        return exporting.as_markdown(session)
    if form == JSONRenderer.format:
        return exporting.as_json(session)
    try:
        return printing.as_pdf(session, at=timezone.now())
    except CannotPrint as error:
        raise Problem(406, str(error)) from error
