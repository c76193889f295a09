"""Histories that are planted: who wrote to whom, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from personas.history import DealHistory, History, Hours, Moment, Terms

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TERMS = Terms(now=NOW, enough=1)
ROOT = UUID(int=0)
THREAD = uuid5(ROOT, "thread")
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo | None = None) -> datetime:
    """ "2026-03-02 10:00" in the zone, UTC unless one is given."""
    return datetime.fromisoformat(text).replace(tzinfo=zone or UTC)


def moment(type_: str, when: datetime, **fields: Any) -> Moment:
    named = uuid5(ROOT, f"{type_} {when.isoformat()} {sorted(fields.items(), key=str)}")
    return Moment(**{"id": named, "type": type_, "at": when.astimezone(UTC), **fields})


def sent(when: datetime, **fields: Any) -> Moment:
    return moment("email_sent", when, **{"direction": "out", "thread": THREAD, **fields})


def reply(when: datetime, **fields: Any) -> Moment:
    return moment("email_replied", when, **{"direction": "in", "thread": THREAD, **fields})


def history(*moments: Moment, zone: ZoneInfo | None = None, deals: tuple[DealHistory, ...] = ()) -> History:
    ordered = tuple(sorted(moments, key=lambda each: (each.at, each.id)))
    return History(contact=ROOT, hours=Hours(zone=zone or ZoneInfo("UTC")), moments=ordered, deals=deals)


def later(when: datetime, **span: float) -> datetime:
    return when + timedelta(**span)
