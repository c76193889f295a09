"""What a measurement is, and how one is made of an estimate and of what counts as enough."""

from dataclasses import dataclass
from datetime import date

from personas.history import Terms

Interval = tuple[float | None, float | None]  # 95 %; None where the data bound that side nowhere

SHARE = "share"  # 0 to 1
COUNT = "count"
HOURS = "hours"  # by the clock
WORKING_HOURS = "working hours"  # of the contact's working days
DAYS = "days"
PER_WEEK = "per week"
PER_MAIL = "per mail"
POINTS = "points"  # 0 to 100
MOOD = "mood"  # −1 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """The same figure with each observation weighing half after a half-life.

    `n` is Kish's effective sample size, (Σw)² ÷ Σw², by which the interval is made.
    """

    value: float
    n: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure. Below `Terms.enough` observations there is no value, only how many there are.

    `low` and `high` are the ends of a 95 % interval: None both for what is counted, not estimated; None one of them
    where so few observations bound that side nowhere. `waiting`: observations that have not ended, so are not in it.
    `is_tracked` false: nobody recorded what is counted here, so there is no value however many mails there were.
    """

    value: float | None
    n: int
    unit: str
    low: float | None = None
    high: float | None = None
    enough: bool = True
    weighted: Weighted | None = None
    waiting: int | None = None
    is_tracked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way in which the contact acts by themselves, and its share of all such acts."""

    name: str  # email, call, meeting, chat, comment, file
    share: Measured


def untracked(n: int, unit: str) -> Measured:
    """Nothing: of so many mails nobody recorded whether they were looked at."""
    return Measured(value=None, n=n, unit=unit, enough=False, is_tracked=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When they act more than by chance: a weekday, some hours of the day, or both; in their own time zone."""

    weekday: int | None  # 0 is Monday; None: any
    begins: int | None  # hour; None: any
    ends: int | None
    share: float  # of their acts in working hours
    expected: float  # of a contact who acts at any working hour alike
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of deals: how long they stay, how many go on from it."""

    name: str
    days: Measured  # median of those that left it
    conversion: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What happened in a week of the contact's zone: by them, by us, and neither."""

    begins: date  # Monday
    theirs: int
    ours: int
    other: int


def counted(value: float, unit: str = COUNT, *, n: int | None = None) -> Measured:
    """What is known, not estimated: it has no interval."""
    return Measured(value=value, n=int(value) if n is None else n, unit=unit)


def estimated(
    value: float | None,
    interval: Interval,
    *,
    n: int,
    unit: str,
    terms: Terms,
    weighted: Weighted | None = None,
    waiting: int | None = None,
) -> Measured:
    """An estimate, or that there is not enough for one."""
    if value is None or n < terms.enough:
        return Measured(value=None, n=n, unit=unit, enough=False, waiting=waiting)
    low, high = interval
    return Measured(
        value=value,
        n=n,
        unit=unit,
        low=None if low is None else min(low, value),
        high=None if high is None else max(high, value),
        weighted=weighted,
        waiting=waiting,
    )
