"""Choices that look random and are the same every time: digests of what they are about."""

import hashlib
from datetime import datetime, time, timedelta


def digest(*parts: object) -> str:
    """64 hexadecimal digits that depend on all parts."""
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


def pick(among: int, *parts: object) -> int:
    """A number in [0, among) that depends on all parts."""
    return int(digest(*parts)[:12], 16) % among


def days_before(at: datetime, days: int, *parts: object) -> datetime:
    """A moment of the working day that was `days` before `at`, never later than `at`."""
    midnight = datetime.combine(at.date(), time(), at.tzinfo)
    moment = midnight - timedelta(days=days) + timedelta(hours=7, minutes=pick(600, *parts))
    return min(moment, at)
