"""Working time between two moments, exact over weekends and changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from personas.history import Hours
from personas.metrics.intervals import Floats

_WEEKEND = 5  # Saturday


class WorkingTime:
    """The working hours of a contact from the day of `first` to that of `last`. Public holidays are not known."""

    def __init__(self, hours: Hours, first: datetime, last: datetime) -> None:
        opens, closes = [0.0], [0.0]  # 1970, before all: so that every moment comes after some day
        day = first.astimezone(hours.zone).date()
        while day <= last.astimezone(hours.zone).date():
            if day.weekday() < _WEEKEND:
                opens.append(_moment(day, hours.begins, hours))
                closes.append(_moment(day, hours.ends, hours))
            day += timedelta(days=1)
        self._opens, self._closes = np.array(opens), np.array(closes)
        lasted = np.cumsum(self._closes - self._opens)
        self._before = np.concatenate([[0.0], lasted[:-1]])

    def seconds(self, begins: Floats, ends: Floats) -> Floats:
        """Of each pair of moments, in seconds of the epoch, the working seconds from the one to the other."""
        return self._worked(ends) - self._worked(begins)

    def _worked(self, at: Floats) -> Floats:
        """Working seconds from the first day until each moment."""
        day = np.searchsorted(self._opens, at, side="right") - 1
        worked: Floats = self._before[day] + np.minimum(at, self._closes[day]) - self._opens[day]
        return worked


def _moment(day: date, hour: int, hours: Hours) -> float:
    """An hour of a day as seconds of the epoch. One that the clock leaps over is where it lands after the leap."""
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), hours.zone).astimezone(UTC).timestamp()
