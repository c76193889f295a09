"""What happened that the caller should know of, in the product's own words."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.cursors import PageIn, next_page
from enrichment.api.shapes import Shape
from enrichment.delivery import notices
from enrichment.models import UserNotice
from salesintel.problems import problems


class NoticesIn(PageIn):
    """Which of them."""

    unread = serializers.BooleanField(required=False, default=False)


class NoticeOut(Shape):
    id = serializers.IntegerField()
    type = serializers.CharField(help_text="As webhooks have it.")
    text = serializers.CharField(help_text="In one sentence.")
    at = serializers.DateTimeField()
    read = serializers.DateTimeField(allow_null=True)
    data = serializers.DictField(help_text="As a webhook of that type has it.")  # type: ignore[assignment]


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
            OpenApiParameter("cursor", str, description="From the `next` of the page before."),
            OpenApiParameter("limit", int, description="Of a page, 1 to 100; 50 unless you say."),
        ],
        responses={200: NoticesOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your notices, newest first."""
        given = NoticesIn.parse(request.query_params.dict()).validated_data
        user = caller_of(request)
        rows = UserNotice.objects.visible_to(user).select_related("announcement").order_by("-pk")
        rows = rows.unread() if given["unread"] else rows
        if "cursor" in given:
            rows = rows.filter(pk__lt=_number(given["cursor"]))
        found = list(rows[: given["limit"] + 1])
        page = found[: given["limit"]]
        return Response(
            {
                "results": [_told(row) for row in page],
                "unread": notices.unread(user),
                "next": next_page(request, str(page[-1].pk)) if len(found) > len(page) else None,
                "previous": None,
            }
        )


def _number(cursor: list[str]) -> int:
    if len(cursor) != 1 or not (cursor[0].isascii() and cursor[0].isdigit() and len(cursor[0]) < 19):
        raise serializers.ValidationError({"cursor": ["This is no cursor; take it from `next`."]})
    return int(cursor[0])


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
