"""What happened with a contact, as plain values: what every metric, trait and prediction is computed from.

Knows no table; `personas/reading.py` fills it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One interaction without its texts. Names of types, directions and outcomes are those of `Interaction`."""

    id: UUID
    type: str
    at: datetime  # aware
    direction: str = ""  # "in": from the contact, "out": to them, "": neither
    seconds: int | None = None
    outcome: str = ""
    thread: UUID | None = None
    message: str = ""  # digest of its Message-ID
    answers: str = ""  # digest of the Message-ID that it answers, opens or clicks
    is_automatic: bool = False
    mood: float | None = None  # −1 to 1
    words: int = 0
    deal: UUID | None = None
    file: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealHistory:
    """A deal with its stages, the earliest first."""

    id: UUID
    status: str  # open, won, lost
    opened: datetime
    closed: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    stages: tuple[tuple[str, datetime], ...] = ()
    parties: int = 1  # contacts on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Working hours: whole hours of Monday to Friday in a time zone."""

    zone: ZoneInfo
    begins: int = 9
    ends: int = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By what measure a history is judged: an admin's policy at one moment."""

    now: datetime
    enough: int = 5  # observations below which nothing is said
    half_life: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that happened with one contact, the earliest first."""

    contact: UUID
    hours: Hours
    moments: tuple[Moment, ...] = ()
    deals: tuple[DealHistory, ...] = ()
    colleagues: tuple[UUID, ...] = ()  # the owner's other contacts at the same company with whom anything happened
