"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

UTC = ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    return name in _names()


def zone_of(*names: str) -> ZoneInfo:
    """The first of these that is a time zone; UTC where none is."""
    return next((ZoneInfo(name) for name in names if name and is_zone(name)), UTC)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
