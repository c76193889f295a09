"""What happened that the caller should know of, in the product's own words."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.shapes import Shape
from enrichment.delivery import notices
from enrichment.models import UserNotice
from salesintel.declared import Declared
from salesintel.problems import problems


class NoticesIn(Input):
    """Which of them."""

    unread = serializers.BooleanField(required=False, default=False)


class NoticeOut(Shape):
    id = serializers.IntegerField()
    type = serializers.CharField(help_text="As webhooks have it.")
    text = serializers.CharField(help_text="In one sentence.")
    at = serializers.DateTimeField()
    read = serializers.DateTimeField(allow_null=True)
    data: Declared = serializers.DictField(help_text="As a webhook of that type has it.")


class NoticesOut(Shape):
    results = NoticeOut(many=True, help_text="Newest first.")
    unread = serializers.IntegerField(help_text="Of all of them; 100 stands for more than 99.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ReadOut(Shape):
    unread = serializers.IntegerField(help_text="That are left.")


class NoticesView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="list_notices",
        tags=["notices"],
        parameters=[
            OpenApiParameter("unread", bool, description="Only those that are not read."),
            *PAGE,
        ],
        responses={200: NoticesOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your notices, newest first."""
        user, given = caller_of(request), NoticesIn.parse(filters(request)).validated_data
        rows = UserNotice.objects.visible_to(user).select_related("announcement").order_by("-pk")
        page = paged(request, rows.unread() if given["unread"] else rows)
        return Response(page.told([_told(row) for row in page.rows], unread=notices.unread(user)))


class NoticeReadView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="read_notice",
        tags=["notices"],
        request=None,
        responses={200: NoticeOut, **problems(401, 403, 404, 503)},
    )
    def post(self, request: Request, notice_id: int) -> Response:
        """Mark a notice as read."""
        rows = UserNotice.objects.visible_to(caller_of(request)).select_related("announcement")
        row = get_object_or_404(rows, pk=notice_id)
        notices.read(row)
        row.refresh_from_db(fields=["read"])
        return Response(_told(row))


class NoticesReadView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="read_all_notices",
        tags=["notices"],
        request=None,
        responses={200: ReadOut, **problems(401, 403, 503)},
    )
    def post(self, request: Request) -> Response:
        """Mark all of yours as read."""
        notices.read_all(caller_of(request))
        return Response({"unread": 0})


def _told(row: UserNotice) -> dict[str, Any]:
    message = row.announcement
    return {
        "id": row.pk,
        "type": message.type,
        "text": notices.words(message.type, message.data),
        "at": message.at,
        "read": row.read,
        "data": message.data,
    }
