"""Signatures as Standard Webhooks has them. For a while after a rotation, the old secret signs as well."""

import base64
import json
import secrets
from datetime import datetime

from enrichment.models import Announcement, WebhookEndpoint


def new_secret() -> str:
    """A secret of 192 bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def body_of(message: Announcement) -> bytes:
    """What is sent, the same at every attempt: `{type, timestamp, data}` as JSON."""
    told = {"type": message.type, "timestamp": message.at.isoformat(), "data": message.data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def valid_secrets(endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    """The secrets that sign at `at`, the current one first."""
    kept = endpoint.secrets
    both = endpoint.previous_until is not None and endpoint.previous_until > at
    return [kept["current"], *([kept["previous"]] if both and "previous" in kept else [])]


def signed(endpoint: WebhookEndpoint, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one attempt that is made at `at`."""
    from standardwebhooks.webhooks import Webhook

    text = body.decode()
    each = [Webhook(secret).sign(message_id, at, text) for secret in valid_secrets(endpoint, at)]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(each),
    }
