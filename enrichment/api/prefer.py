"""The headers by which a caller steers a POST: `Prefer` (RFC 7240) and `Idempotency-Key`."""

import re

from rest_framework.request import Request

from salesintel.problems import Problem

LONGEST_WAIT = 30  # seconds
LONGEST_KEY = 200  # characters
WAIT = re.compile(r"wait\s*=\s*\"?(\d{1,9})\"?", re.IGNORECASE)
PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def wait_preferred(request: Request, *, by_default: int = 0) -> int:
    """Seconds that the caller would rather wait for the whole answer than be told where it will be: 0 to 30.

    A preference that makes no sense is none, as the RFC has it; `respond-async` without `wait` is 0.
    """
    preferences = [part.strip() for part in request.headers.get("Prefer", "").split(",")]
    for preference in preferences:
        if found := WAIT.fullmatch(preference):
            return min(int(found[1]), LONGEST_WAIT)
    return 0 if "respond-async" in map(str.lower, preferences) else by_default


def idempotency_key(request: Request) -> str | None:
    """The caller's name for this very request, None without one. Raises `Problem` for one that we cannot keep."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > LONGEST_KEY or not PRINTABLE.fullmatch(key):
        text = f"Give 1 to {LONGEST_KEY} printable ASCII characters."
        raise Problem(400, "Not valid: Idempotency-Key.", errors={"Idempotency-Key": [text]})
    return key
