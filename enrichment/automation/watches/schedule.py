"""When a watch is due: in its own time zone, spread over an hour, and never twice for what was missed.

Pure.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterBadCronError, croniter

CRONS = {"daily": "0 6 * * *", "weekly": "0 6 * * 1", "monthly": "0 6 1 * *"}
SPREAD = 3600  # seconds over which watches of the same moment begin
SHORTEST = timedelta(hours=1)  # between two checks by a cron expression


class BadSchedule(ValueError):
    """No schedule, or one that is too dense; says which value and what is allowed."""


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises `BadSchedule`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSchedule(f"“{name[:60]}” is no time zone; give one as Europe/Berlin.") from error


def expression(every: str, cron: str = "") -> str:
    """The cron expression of a schedule. Raises `BadSchedule` for one that is none, or runs more than once an hour."""
    if every != "cron":
        if every not in CRONS:
            raise BadSchedule(f"“{every[:60]}” is no schedule; choose one of {', '.join([*CRONS, 'cron'])}.")
        return CRONS[every]
    if len(cron.split()) != 5:
        raise BadSchedule(f"“{cron[:60]}” is no cron expression of five fields, say 0 7 * * 1-5.")
    try:
        times = croniter(cron, datetime(2026, 1, 5, tzinfo=UTC), ret_type=datetime)
        moments = [times.get_next() for _ in range(25)]
    except (CroniterBadCronError, ValueError, KeyError, TypeError) as error:
        raise BadSchedule(f"“{cron[:60]}” is no cron expression that ever comes, say 0 7 * * 1-5.") from error
    if min(later - earlier for earlier, later in pairwise(moments)) < SHORTEST:
        raise BadSchedule(f"“{cron[:60]}” comes more than once an hour; that is the most.")
    return cron


def next_slot(every: str, cron: str, time_zone: str, *, after: datetime, key: object) -> datetime:
    """The first moment after `after` at which it is due: by the clock of its time zone, moved by up to an hour.

    How far it is moved depends on `key` alone, so that a thousand watches of six o'clock are not one crowd, and each
    has the same distance from one check to the next. What was missed meanwhile is not made up for.
    """
    moved = timedelta(seconds=int(hashlib.sha256(str(key).encode()).hexdigest(), 16) % SPREAD)
    here = (after - moved).astimezone(zone(time_zone))
    slot: datetime = croniter(expression(every, cron), here, ret_type=datetime).get_next()
    return slot.astimezone(UTC) + moved
