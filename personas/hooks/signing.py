"""Whether a message is from whom it says: signatures as Standard Webhooks and HubSpot have them, or a bearer token."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from personas.models import CrmHook

WINDOW = timedelta(minutes=5)  # by which the clocks may differ; what is older is a replay
LONGEST_ID = 256  # characters of a message's id
MOST_SIGNATURES = 10


class NotSigned(Exception):
    """Nothing shows that it is from the CRM. The text says what is missing, never what would fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A POST as it came: `address` with its scheme and host, names of headers in lower case."""

    address: str
    headers: Mapping[str, str]
    body: bytes


def checked(hook: CrmHook, message: Message, *, at: datetime) -> str:
    """The message's id, once it is shown to be from the CRM. Raises `NotSigned`."""
    match hook.form:
        case CrmHook.Form.STANDARD:
            return _standard(_secrets(hook, at), message, at)
        case CrmHook.Form.HUBSPOT:
            return _hubspot(_secrets(hook, at), message, at)
        case _:
            return _bearer(_secrets(hook, at), message)


def _secrets(hook: CrmHook, at: datetime) -> list[bytes]:
    """The secrets that are good at `at`."""
    both = hook.previous_until is not None and hook.previous_until > at and "previous" in hook.secrets
    return [hook.secrets[name].encode() for name in ("current", *(["previous"] if both else []))]


def _standard(secrets: list[bytes], message: Message, at: datetime) -> str:
    """HMAC-SHA-256 over `id.timestamp.body`, of which any one of the signatures sent has to fit."""
    name, stamp = message.headers.get("webhook-id", ""), message.headers.get("webhook-timestamp", "")
    _check_id(name, "webhook-id")
    _check_age(stamp, 1, at, "webhook-timestamp")
    signed = f"{name}.{stamp}.".encode() + message.body
    good = [b"v1," + _digest(b64decode(secret.removeprefix(b"whsec_")), signed) for secret in secrets]
    sent = message.headers.get("webhook-signature", "").encode("utf-8", "replace").split()[:MOST_SIGNATURES]
    if not any(hmac.compare_digest(one, each) for one in sent for each in good):
        raise NotSigned("None of the signatures in webhook-signature fits.")
    return name


def _hubspot(secrets: list[bytes], message: Message, at: datetime) -> str:
    """Version 3: HMAC-SHA-256 over `POST`, the address, the body and the timestamp in milliseconds."""
    stamp = message.headers.get("x-hubspot-request-timestamp", "")
    _check_age(stamp, 1000, at, "X-HubSpot-Request-Timestamp")
    signed = b"POST" + message.address.encode() + message.body + stamp.encode()
    sent = message.headers.get("x-hubspot-signature-v3", "").encode("utf-8", "replace")
    if not any(hmac.compare_digest(sent, _digest(secret, signed)) for secret in secrets):
        raise NotSigned("X-HubSpot-Signature-v3 does not fit.")
    return f"{stamp} {sha256(message.body).hexdigest()}"


def _bearer(secrets: list[bytes], message: Message) -> str:
    """For CRMs that sign nothing: a secret that only they have, and their own id of the message, if they send one."""
    scheme, _, token = message.headers.get("authorization", "").partition(" ")
    sent = token.strip().encode("utf-8", "replace") if scheme.lower() == "bearer" else b""
    if not any(hmac.compare_digest(sent, secret) for secret in secrets):
        raise NotSigned("Authorization has not the token of this hook.")
    name = message.headers.get("webhook-id") or message.headers.get("idempotency-key") or ""
    if name:
        _check_id(name, "webhook-id")
    return name or sha256(message.body).hexdigest()


def _check_id(name: str, header: str) -> None:
    if not (0 < len(name) <= LONGEST_ID and name.isascii() and name.isprintable()):
        raise NotSigned(f"{header} is missing, or is none.")


def _check_age(stamp: str, per_second: int, at: datetime, header: str) -> None:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 16):
        raise NotSigned(f"{header} is missing, or is no time.")
    if abs(int(stamp) / per_second - at.timestamp()) > WINDOW.total_seconds():
        raise NotSigned(f"{header} is more than {WINDOW.seconds // 60} minutes off; look at the clock.")


def _digest(secret: bytes, signed: bytes) -> bytes:
    return b64encode(hmac.digest(secret, signed, "sha256"))
