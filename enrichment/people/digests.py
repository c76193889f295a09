"""Keyed digests of what names a person: equal for equal marks, and of no use to whoever lacks the key."""

import hmac
import secrets

from enrichment.models import DigestKey


def key() -> bytes:
    """The secret of the digests; made at the first use. One query."""
    row = DigestKey.objects.filter(pk=DigestKey.ONLY).first()
    if row is None:
        # Two who make it at once: the first one's stays.
        made = DigestKey(pk=DigestKey.ONLY, secret=secrets.token_hex(32))
        DigestKey.objects.bulk_create([made], ignore_conflicts=True)
        row = DigestKey.objects.get(pk=DigestKey.ONLY)
    return bytes.fromhex(row.secret)


def digest(secret: bytes, kind: str, value: str) -> str:
    """HMAC-SHA-256 of a mark, 64 hex digits; the same value of another kind has another."""
    # What strangers write may hold a lone surrogate, which is nobody's mark but must stop no erasure.
    return hmac.digest(secret, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), "sha256").hex()
