"""Webhooks: where the caller's programs are told what happened. Others' do not exist."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.webhook_shapes import (
    DeliveriesOut,
    DeliveryOut,
    RotateIn,
    WebhookChangeIn,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
    WebhookWithSecretOut,
    delivery_to_json,
    webhook_to_json,
)
from enrichment.delivery import endpoints
from enrichment.models import WebhookDelivery, WebhookEndpoint
from salesintel.problems import Problem, problems

FIELDS = {"eventTypes": "types"}  # of the wire → of the model
STATES = WebhookDelivery.State.values
READS = problems(401, 403, 404, 503)


def own_webhook(request: Request, webhook_id: UUID) -> WebhookEndpoint:
    """The caller's own webhook. Raises `Http404`, for another's as for none."""
    return get_object_or_404(
        WebhookEndpoint.objects.visible_to(caller_of(request)).select_related("user"), pk=webhook_id
    )


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be, as a problem."""
    wire = {model: name for name, model in FIELDS.items()}
    try:
        yield
    except endpoints.BadField as error:
        raise serializers.ValidationError({wire.get(error.field, error.field): [str(error)]}) from error
    except endpoints.Refused as error:
        raise Problem(409, str(error)) from error


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {FIELDS.get(name, name): value for name, value in given.items()}


class WebhooksView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "enrich"}

    @extend_schema(
        operation_id="list_webhooks", tags=["webhooks"], responses={200: WebhooksOut, **problems(401, 403, 503)}
    )
    def get(self, request: Request) -> Response:
        """Your webhooks. There are never more than a page of them."""
        rows = WebhookEndpoint.objects.visible_to(caller_of(request)).defer("secrets")
        return Response({"results": [webhook_to_json(row) for row in rows], "next": None, "previous": None})

    @extend_schema(
        operation_id="make_webhook",
        tags=["webhooks"],
        request=WebhookIn,
        responses={201: WebhookWithSecretOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Make a webhook. Its secret is told in this answer and never again. 409 where you have as many as you may."""
        given = WebhookIn.parse(request.data).validated_data
        with _told():
            row, secret = endpoints.make(caller_of(request), **_values(given))
        return Response({**webhook_to_json(row), "secret": secret}, status=201, headers={"Cache-Control": "no-store"})


class WebhookView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"PATCH": "enrich", "DELETE": "enrich"}

    @extend_schema(operation_id="get_webhook", tags=["webhooks"], responses={200: WebhookOut, **READS})
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One webhook, without its secret."""
        return Response(webhook_to_json(own_webhook(request, webhook_id)))

    @extend_schema(
        operation_id="change_webhook",
        tags=["webhooks"],
        request=WebhookChangeIn,
        responses={200: WebhookOut, **problems(400, 401, 403, 404, 413, 415, 503)},
    )
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Change it, or switch it off and on. Switched on again it starts afresh."""
        row, given = own_webhook(request, webhook_id), WebhookChangeIn.parse(request.data).validated_data
        with _told():
            changed = endpoints.change(row, **_values(given))
        return Response(webhook_to_json(changed))

    @extend_schema(operation_id="delete_webhook", tags=["webhooks"], responses={204: None, **READS})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Delete it with its deliveries. What is being sent at this moment may still arrive."""
        own_webhook(request, webhook_id).delete()
        return Response(status=204)


class RotateView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="rotate_webhook",
        tags=["webhooks"],
        request=RotateIn,
        responses={200: WebhookWithSecretOut, **problems(400, 401, 403, 404, 413, 415, 503)},
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Give it a new secret, told this once. For a while the old one signs as well: 24 hours unless you say."""
        row = own_webhook(request, webhook_id)
        hours = RotateIn.parse(request.data or {}).validated_data["overlapHours"]
        secret = endpoints.rotate(row, overlap=timedelta(hours=hours))
        told = webhook_to_json(own_webhook(request, webhook_id))
        return Response({**told, "secret": secret}, headers={"Cache-Control": "no-store"})


class TestView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="test_webhook",
        tags=["webhooks"],
        request=None,
        responses={202: DeliveryOut, **problems(401, 403, 404, 409, 503)},
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Send `webhook.test` to it once. Read the answer among its deliveries. 409 while it is switched off."""
        row = own_webhook(request, webhook_id)
        with _told():
            sent = endpoints.test(row)
        return Response(delivery_to_json(sent), status=202)


class DeliveriesIn(Input):
    """Which of them."""

    state = serializers.ChoiceField(STATES, required=False)


class DeliveriesView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="list_deliveries",
        tags=["webhooks"],
        parameters=[
            OpenApiParameter("state", str, enum=STATES),
            *PAGE,
        ],
        responses={200: DeliveriesOut, **problems(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """What it was sent, newest first, with every attempt."""
        row = own_webhook(request, webhook_id)
        given = DeliveriesIn.parse(filters(request)).validated_data
        rows = row.deliveries.filter(**given).select_related("message").prefetch_related("attempts")
        page = paged(request, rows.order_by("-created", "-pk"))
        return Response(page.told([delivery_to_json(each) for each in page.rows]))


class ReplayView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="replay_delivery",
        tags=["webhooks"],
        request=None,
        responses={202: DeliveryOut, **problems(401, 403, 404, 409, 503)},
    )
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Send it again, under the same id. 409 while its webhook is switched off, or it is being sent."""
        rows = WebhookDelivery.objects.visible_to(caller_of(request)).select_related("endpoint", "message")
        row = get_object_or_404(rows, pk=delivery_id)
        with _told():
            endpoints.replay(row)
        return Response(delivery_to_json(rows.get(pk=row.pk)), status=202)
