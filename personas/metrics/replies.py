"""How long answers take: pairs of a mail and the mail that answers it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from personas.history import History, Moment, Terms
from personas.metrics import intervals
from personas.metrics.calendar import WorkingTime
from personas.metrics.model import HOURS, WORKING_HOURS, Measured, estimated
from personas.metrics.sorting import Sorted

_HOUR = 3600.0
_P80 = 0.8


@dataclass(frozen=True, slots=True)
class Pair:
    """A mail, and the first answer to it."""

    asked: Moment
    answered: Moment


@dataclass(slots=True, eq=False)
class _Ask:
    moment: Moment
    is_settled: bool = False


def response_times(found: Sorted, history: History, terms: Terms) -> dict[str, Measured]:
    """How long the contact takes to answer us, in their working hours and by the clock; and we to answer them."""
    bounced = {mail.moment.id for mail in found.sent if mail.is_bounced}
    mails = [(ours, each) for ours, each in found.mails if each.id not in bounced]
    theirs, waiting = pairs(mails)
    ours, unanswered = pairs((not ours, each) for ours, each in mails)
    working, clock = hours_of(theirs, history), _clock(theirs)
    average, median, p80 = _three(working, WORKING_HOURS, terms, waiting)
    clock_average, clock_median, clock_p80 = _three(clock, HOURS, terms, waiting)
    our_average, our_median, our_p80 = _three(_clock(ours), HOURS, terms, unanswered)
    return {
        "averageResponseTimeHours": average,
        "medianResponseTimeHours": median,
        "p80ResponseTimeHours": p80,
        "averageResponseTimeClockHours": clock_average,
        "medianResponseTimeClockHours": clock_median,
        "p80ResponseTimeClockHours": clock_p80,
        "ourAverageResponseTimeHours": our_average,
        "ourMedianResponseTimeHours": our_median,
        "ourP80ResponseTimeHours": our_p80,
    }


def pairs(mails: Iterable[tuple[bool, Moment]]) -> tuple[list[Pair], int]:
    """The pairs of mails in order, each with whether it asks (True) or answers, and how many still wait for an answer.

    An answer belongs to the mail whose Message-ID it names; where it names none, or one that is answered, to the latest
    unanswered mail of that thread. Of several mails before one answer only that one makes a pair, and the others of the
    thread count as answered with it. What names a mail that is not here answers somebody else; what is in no thread and
    names none answers nothing. A second mail on top of an answer is no answer. Machines' mails are not given here.
    """
    by_message: dict[str, _Ask] = {}
    threads: dict[UUID, list[_Ask]] = defaultdict(list)
    alone: list[_Ask] = []
    found = []
    for is_ask, mail in mails:
        if is_ask:
            ask = _Ask(mail)
            (threads[mail.thread] if mail.thread else alone).append(ask)
            if mail.message:
                by_message[mail.message] = ask
            continue
        answered = _answered(mail, by_message, threads)
        if answered is None:
            continue
        found.append(Pair(answered.moment, mail))
        answered.is_settled = True
        if answered.moment.thread:
            threads.pop(answered.moment.thread, None)
    waiting = sum(not ask.is_settled for ask in alone) + sum(1 for asks in threads.values() if asks)
    return found, waiting


def _answered(mail: Moment, by_message: dict[str, _Ask], threads: dict[UUID, list[_Ask]]) -> _Ask | None:
    thread = mail.thread
    if mail.answers:
        named = by_message.get(mail.answers)
        if named is None:
            return None
        if named.moment.thread and named not in threads.get(named.moment.thread, ()):
            named.is_settled = True  # an answer to a later mail of its thread settled it
        if not named.is_settled:
            return named
        thread = named.moment.thread
    asks = threads.get(thread) if thread else None
    return asks[-1] if asks else None


def hours_of(found: Sequence[Pair], history: History) -> intervals.Floats:
    """Of each pair, the hours between in the contact's working time: 0 where both are in the same night."""
    if not found:
        return np.array([])
    first, last = min(pair.asked.at for pair in found), max(pair.answered.at for pair in found)
    begins = np.array([pair.asked.at.timestamp() for pair in found])
    ends = np.array([pair.answered.at.timestamp() for pair in found])
    return WorkingTime(history.hours, first, last).seconds(begins, ends) / _HOUR


def _clock(found: Sequence[Pair]) -> intervals.Floats:
    return np.array([(pair.answered.at - pair.asked.at).total_seconds() / _HOUR for pair in found])


def _three(hours: intervals.Floats, unit: str, terms: Terms, waiting: int) -> tuple[Measured, Measured, Measured]:
    """Mean (bootstrap-t), median and 80 % quantile (both by order statistics) of the times."""
    n = len(hours)
    middle, middle_in = intervals.quantile(hours, 0.5)
    late, late_in = intervals.quantile(hours, _P80)
    mean = float(hours.mean()) if n else None
    about = intervals.skewed_mean(hours) if n >= terms.enough else (None, None)
    return (
        estimated(mean, about, n=n, unit=unit, terms=terms, waiting=waiting),
        estimated(middle, middle_in, n=n, unit=unit, terms=terms, waiting=waiting),
        estimated(late, late_in, n=n, unit=unit, terms=terms, waiting=waiting),
    )
