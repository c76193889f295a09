"""Values as people read them: money, spans, shares, ages, and the words for states."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.utils import timezone

from enrichment.models import ResearchRequest, WorkflowRun

UNKNOWN = "unknown"


def usd(amount: object) -> str:
    """USD with two places, four below a cent: 0.1 → "$0.10", 0.00042 → "$0.0004"; None → "unknown"."""
    if amount is None:
        return UNKNOWN
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        return UNKNOWN
    if not exact.is_finite():
        return UNKNOWN
    tiny = exact != 0 and abs(exact) < Decimal("0.01")
    return f"${exact:,.4f}" if tiny else f"${exact:,.2f}"


def span(seconds: float | None) -> str:
    """A span in its two greatest units at most: 0.25 → "250 ms", 75 → "1 min 15 s"; None → "unknown"."""
    if seconds is None:
        return UNKNOWN
    if 0 < seconds < 0.0005:
        return "under 1 ms"
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole % 86400 == 0:
        return f"{whole // 86400} d"
    return f"{whole // 3600} h {whole % 3600 // 60} min" if whole % 3600 >= 60 else f"{whole // 3600} h"


def percent(share: float | None) -> str:
    """A share in [0, 1]: 0.834 → "83 %"; None → "unknown"."""
    return UNKNOWN if share is None else f"{round(share * 100)} %"


AGES = (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60))


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: "3 days ago"; "just now" under a minute; "" for an unknown moment."""
    return "" if then is None else age_of_seconds((now - then).total_seconds())


def age_of_seconds(seconds: float) -> str:
    """The same for an age in seconds: 7300 → "2 hours ago"."""
    for unit, length in AGES:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def moment(text: object) -> datetime | None:
    """The moment of an ISO 8601 text with a time zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def day(then: datetime | None) -> str:
    """The day, say "14 Jan 2026"; "" for an unknown moment."""
    return "" if then is None else f"{then.day} {then:%b %Y}"


def safe_link(url: object) -> str:
    """`url` where a reader may follow it: plain http or https with a host; "" for anything else, scripts above all."""
    if not isinstance(url, str) or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


class State(NamedTuple):
    """How something stands: `tone` colours it (good, busy, warn, bad, plain), `label` says it."""

    tone: str
    label: str


Status = ResearchRequest.Status
CALL_STATES = {
    "intent": State("busy", "asking"),
    "waiting": State("busy", "waiting"),
    "running": State("busy", "running"),
    "ok": State("good", "answered"),
    "hit": State("good", "answered"),
    "done": State("good", "done"),
    "answered": State("good", "answered"),
    "completed": State("good", "done"),
    "partial": State("warn", "done, with gaps"),
    "reused": State("good", "reused"),
    "empty": State("plain", "found nothing"),
    "refused": State("warn", "not asked"),
    "failed": State("bad", "failed"),
    "cancelled": State("bad", "cancelled"),
    "in_doubt": State("warn", "in doubt"),
    "queued": State("busy", "queued"),
    "parked": State("busy", "waiting"),
    "planned": State("plain", "next"),
    "paused": State("plain", "paused"),
    "resumed": State("plain", "resumed"),
    "retried": State("plain", "tried again"),
    "set_aside": State("plain", "set aside"),
}


def call_state(status: object) -> State:
    """The state of a call, step or run by its status."""
    return CALL_STATES.get(str(status), State("plain", str(status).replace("_", " ")))


def request_state(request: ResearchRequest) -> State:
    """How a request stands, in a word or two."""
    if request.status == Status.CANCELLED:
        return State("plain", "cancelled")
    if request.status == Status.FAILED:
        return State("bad", "failed")
    if request.status == Status.ATTACHED:
        return State("plain", "paused") if request.is_paused(timezone.now()) else State("busy", "in progress")
    if request.from_cache:
        return State("good", "ready, from cache")
    if request.run is not None and request.run.status == WorkflowRun.Status.PARTIAL:
        return State("warn", "ready, with gaps")
    return State("good", "ready")


# What a record of each dataset is called by; the rest of its fields follow in brackets.
NOT_TOLD = frozenset({"url", "profile_url"})
TITLE_FIELDS = ("name", "headline", "challenge", "product", "indicator", "topic", "title", "system")


def value_text(value: Any) -> str:
    """One value of a dataset as a line: a text, a head-count, or a record by its name and what else is told of it."""
    if isinstance(value, Mapping):
        return _record_text(value)
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _record_text(record: Mapping[str, Any]) -> str:
    if set(record) == {"low", "high"}:
        return _head_count(record["low"], record["high"])
    title = next((str(record[name]) for name in TITLE_FIELDS if record.get(name)), "")
    told = {name: value for name, value in record.items() if value not in (None, "") and name not in NOT_TOLD}
    more = [_field_text(name, value) for name, value in told.items() if str(value) != title]
    return f"{title} ({', '.join(more)})" if title and more else title or ", ".join(more)


def _field_text(name: str, value: Any) -> str:
    if name == "amount_usd" and isinstance(value, int | float):
        return f"${value:,.0f}"
    return value_text(value)


def _head_count(low: Any, high: Any) -> str:
    if not isinstance(low, int) or not isinstance(high, int | None):
        return UNKNOWN
    if high is None:
        return f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def label_of(slug: str) -> str:
    """A slug as words: "tech_stack" → "Tech stack"."""
    return slug.replace("_", " ").strip().capitalize()


def stop_words(reason: str) -> str:
    """Why a run asked no more, to stand after “because”; empty while it goes on."""
    return str(WorkflowRun.StopReason(reason).label) if reason else ""
