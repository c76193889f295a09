"""Signs where the chain begins and ends, with a key that is not in the database.

Digests show that a row was changed, but whoever may write to the database can reckon all of them anew. So the head is
signed, with HMAC-SHA256 under a key derived from the credentials' key ring: of the last cut and of the last seal. It
moves to the first key of the ring by itself with the next batch, and at once with `manage.py rotate_keys`.

What a signature cannot tell is age: an older state of the whole log, put back with its own signature, is signed, too.
That is found by a digest that was noted elsewhere.
"""

import hmac
import json

from django.conf import settings

from salesintel.audit.models import Cut, Head

PURPOSE = b"salesintel.audit.signature"


class Forged(RuntimeError):
    """The log is not as this installation left it; nothing is added to the chain nor cut off before somebody looks."""

    def __init__(self, words: str) -> None:
        super().__init__(f"{words}: see `manage.py verify_audit`, and docs/accounts.md for what to do")


def sign(head: Head) -> None:
    """Sign where `head` ends and its chain begins; it is not saved."""
    head.signed, head.signed_digest = head.number, head.digest
    head.signature = signature_of(*_said(head))


def is_signed(head: Head) -> bool:
    """Whether a key of this installation signed it."""
    said = _said(head)
    return any(hmac.compare_digest(head.signature, signature_of(*said, key=key)) for key in settings.CREDENTIAL_KEYS)


def signature_of(begins: int, before: str, number: int, digest: str, *, key: str = "") -> str:
    """64 hex digits over the last cut (number and digest) and the last seal; by the ring's first key unless told."""
    own = hmac.digest((key or settings.CREDENTIAL_KEYS[0]).encode(), PURPOSE, "sha256")
    return hmac.new(own, json.dumps([begins, before, number, digest]).encode(), "sha256").hexdigest()


def _said(head: Head) -> tuple[int, str, int, str]:
    before = Cut.objects.filter(number=head.begins).values_list("digest", flat=True).first()
    return head.begins, before or "", head.signed, head.signed_digest
