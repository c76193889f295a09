"""When a delivery that failed is tried again, and how long an endpoint that fails is left alone. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from salesintel import jitter

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

# Twelve retries in 71.6 hours, the last just before the three days are over.
WAITS = (timedelta(seconds=5), MINUTE, 5 * MINUTE, 30 * MINUTE, *(n * HOUR for n in (2, 5, 8, 10, 12, 14, 20)))
JITTER = 0.1  # of a wait, either way, so that what failed together does not come back together

BREAKS_AT = 5  # failures in a row after which an endpoint is left alone, and one delivery at a time tries it
FIRST_REST, LONGEST_REST = timedelta(seconds=30), 15 * MINUTE
LONGEST_ASKED = timedelta(days=1)  # that a receiver may ask us to wait


def wait_after(tries: int) -> timedelta:
    """How long to wait after the `tries`-th try failed, from 1: 5 s, 1 min, 5 min, 30 min, 2, 5, 8, 10, 12, 14, 20 h.

    A tenth more or less at random; after the last, 20 h again, until the delivery's time is over.
    """
    return WAITS[min(tries, len(WAITS)) - 1] * jitter.share(1 - JITTER, 1 + JITTER)


def rest_after(failures: int) -> timedelta | None:
    """How long to leave an endpoint alone after so many failures in a row; None where it need not be."""
    if failures < BREAKS_AT:
        return None
    doubled: timedelta = FIRST_REST * 2 ** min(failures - BREAKS_AT, 10)
    return min(doubled, LONGEST_REST) * jitter.share(1 - JITTER, 1 + JITTER)


def asked_to_wait(header: str, now: datetime) -> timedelta | None:
    """What `Retry-After` asks for, as seconds or as a date, at most a day; None where it asks for nothing."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    span = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(span, LONGEST_ASKED) if span > timedelta(0) else None
