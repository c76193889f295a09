"""The shapes of webhooks and their deliveries, and of the messages themselves in the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from enrichment.announcing import CATALOGUE
from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from enrichment.delivery.endpoints import LONGEST_OVERLAP, OVERLAP
from enrichment.egress.posting import LONGEST_URL
from enrichment.models import WebhookDelivery, WebhookEndpoint

HOUR = 3600
TYPES_HELP = "Types of events that it is told; none for all of them."


class WebhookIn(Input):
    """A new webhook."""

    url = serializers.CharField(max_length=LONGEST_URL, help_text="Where to POST; it begins with https://.")
    eventTypes = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=50, required=False, default=list, help_text=TYPES_HELP
    )
    description = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class WebhookChangeIn(Input):
    """What to change; what is left out stays."""

    url = serializers.CharField(max_length=LONGEST_URL, required=False)
    eventTypes = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=50, required=False, help_text=TYPES_HELP
    )
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)
    enabled = serializers.BooleanField(required=False)


class RotateIn(Input):
    """For how long the old secret signs as well."""

    overlapHours = serializers.IntegerField(
        min_value=0,
        max_value=int(LONGEST_OVERLAP.total_seconds()) // HOUR,
        default=int(OVERLAP.total_seconds()) // HOUR,
        help_text="0: the old secret signs nothing more.",
    )


class WebhookOut(Shape):
    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    eventTypes = serializers.ListField(child=serializers.CharField(), help_text=TYPES_HELP)
    enabled = serializers.BooleanField()
    disabledAt = serializers.DateTimeField(allow_null=True)
    disabledReason = serializers.CharField(
        allow_null=True, help_text="gone or failing; null where you switched it off, or it is on."
    )
    failures = serializers.IntegerField(help_text="Attempts in a row that failed.")
    lastDeliveredAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()
    rotatedAt = serializers.DateTimeField(allow_null=True)
    previousSecretUntil = serializers.DateTimeField(allow_null=True, help_text="Until then the old secret signs too.")


class WebhookWithSecretOut(WebhookOut):
    secret = serializers.CharField(help_text="Told this once. Signatures are checked with it.")


class WebhooksOut(Shape):
    results = WebhookOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class AttemptOut(Shape):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status; null where no answer came.")
    seconds = serializers.FloatField(allow_null=True)
    error = serializers.CharField(allow_blank=True, help_text="Why no answer came.")
    answer = serializers.CharField(allow_blank=True, help_text="The first 1,024 bytes of the answer.")


class DeliveryOut(Shape):
    id = serializers.UUIDField()
    webhookId = serializers.UUIDField()
    messageId = serializers.CharField(help_text="The `webhook-id` of every attempt.")
    eventType = serializers.CharField()
    state = serializers.ChoiceField(WebhookDelivery.State.values)
    createdAt = serializers.DateTimeField()
    nextAttemptAt = serializers.DateTimeField(allow_null=True)
    endedAt = serializers.DateTimeField(allow_null=True)
    attempts = AttemptOut(many=True)


class DeliveriesOut(Shape):
    results = DeliveryOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def webhook_to_json(row: WebhookEndpoint) -> dict[str, Any]:
    """A webhook as its owner sees it: without secrets."""
    return {
        "id": row.pk,
        "url": row.url,
        "description": row.description,
        "eventTypes": row.types,
        "enabled": row.enabled,
        "disabledAt": row.disabled_at,
        "disabledReason": row.disabled_why or None,
        "failures": row.failures,
        "lastDeliveredAt": row.succeeded,
        "createdAt": row.created,
        "rotatedAt": row.rotated,
        "previousSecretUntil": row.previous_until,
    }


def delivery_to_json(row: WebhookDelivery) -> dict[str, Any]:
    """A delivery with its attempts."""
    return {
        "id": row.pk,
        "webhookId": row.endpoint_id,
        "messageId": row.message_id,
        "eventType": row.message.type,
        "state": row.state,
        "createdAt": row.created,
        "nextAttemptAt": row.next_at if row.state == WebhookDelivery.State.PENDING else None,
        "endedAt": row.ended,
        "attempts": [
            {name: getattr(each, name) for name in ("number", "at", "status", "seconds", "error", "answer")}
            for each in row.attempts.all()
        ],
    }


# --- The messages, for the OpenAPI document ---------------------------------------------------------------------------

_HEADERS = {
    "webhook-id": "The same at every attempt: what a repeated delivery is told by.",
    "webhook-timestamp": "Seconds since 1970, of this attempt.",
    "webhook-signature": "One or two signatures (`v1,…`), separated by a space: two while a secret is rotated.",
}


def add_webhooks(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The document with its section `webhooks`, as drf-spectacular has its hooks."""
    schemas = result["components"].setdefault("schemas", {})
    result["webhooks"] = {}
    for event in CATALOGUE.values():
        shape = event.adapter.json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(shape.pop("$defs", {}))
        schemas[shape["title"]] = shape
        result["webhooks"][event.name] = {"post": _operation(event.name, event.summary, event.told, shape["title"])}
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _operation(name: str, summary: str, told: str, shape: str) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {"$ref": f"#/components/schemas/{shape}"},
        },
    }
    headers = [
        {"in": "header", "name": header, "required": True, "schema": {"type": "string"}, "description": words}
        for header, words in _HEADERS.items()
    ]
    return {
        "operationId": f"webhook_{name.replace('.', '_')}",
        "summary": summary,
        "description": f"Told: {told}.",
        "tags": ["webhooks"],
        "parameters": headers,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "2XX": {"description": "It arrived."},
            "410": {"description": "The receiver is gone: the webhook is switched off."},
            "default": {"description": "It is tried again, for three days."},
        },
    }
