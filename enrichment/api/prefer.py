"""The headers by which a caller steers a POST: `Prefer` (RFC 7240) and `Idempotency-Key`."""

import re
from dataclasses import dataclass

from rest_framework.request import Request

from salesintel.problems import invalid

LONGEST_WAIT = 30  # seconds
LONGEST_KEY = 200  # characters
WAIT = re.compile(r"wait\s*=\s*\"?(\d{1,9})\"?", re.IGNORECASE)
PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Preference:
    """How long the caller would rather wait for the whole answer than be told where it will be, in seconds: 0 to 30.

    `applied` is what `Preference-Applied` says, "" where there is nothing to say.
    """

    wait: int
    applied: str = ""


def preferred(request: Request, *, by_default: int = 0) -> Preference:
    """What the caller prefers; `wait` goes before `respond-async`, which it bounds.

    A preference that makes no sense is none, as the RFC has it.
    """
    preferences = [part.strip() for part in request.headers.get("Prefer", "").split(",")]
    for preference in preferences:
        if found := WAIT.fullmatch(preference):
            wait = min(int(found[1]), LONGEST_WAIT)
            return Preference(wait, f"wait={wait}")
    if "respond-async" in map(str.lower, preferences):
        return Preference(0, "respond-async")
    return Preference(by_default, f"wait={by_default}" if by_default else "")


def idempotency_key(request: Request) -> str | None:
    """The caller's name for this very request, None without one. Raises `Problem` for one that we cannot keep."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > LONGEST_KEY or not PRINTABLE.fullmatch(key):
        text = f"Give 1 to {LONGEST_KEY} printable ASCII characters."
        raise invalid({"Idempotency-Key": [text]})
    return key
