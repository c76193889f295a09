"""What was known of a contact, and of a deal, at a moment: the figures that a prediction rests on. Pure.

Everything here comes of a history that ends before the moment, by its own dates. What has no date is not used, however
much it would say: an amount or the people on a deal may have been written when it was won.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import log1p

import numpy as np

from personas.history import DealHistory, History, Moment, Terms
from personas.metrics.replies import pairs
from personas.metrics.sorting import Sorted, sorted_of

BEFORE = timedelta(microseconds=1)  # the mail that is asked about is not known yet
MONTH, QUARTER = timedelta(days=28), timedelta(days=91)
_DAY, _HOUR = 86_400.0, 3_600.0
_MOODS = 5  # of their latest words
_LONGEST = 730.0  # days of silence or age that make a difference

Known = Mapping[str, float | None]
CONTACT = (
    "ownActs", "ourMails", "silence", "unanswered", "turn", "looks", "talks", "views", "mood", "pace", "length",
    "workingTime",
)  # fmt: skip
DEAL = ("age", "stages", "stageAge", "deals", "ownActs", "ourMails", "silence", "unanswered", "looks", "talks", "mood")


def of_contact(history: History, at: datetime) -> Known:
    """By name of `CONTACT`; days, counts and hours as log(1 + x), None for what is unknown."""
    found = sorted_of(history, Terms(now=at - BEFORE))
    return {name: value for name, value in _all(found, history, at).items() if name in CONTACT}


def of_deal(history: History, deal: DealHistory, at: datetime) -> Known:
    """By name of `DEAL`, of a deal that is open at the moment. Names of stages are everybody's own, and not used."""
    found = sorted_of(history, Terms(now=at - BEFORE))
    entered = sorted(when for _, when in deal.stages if when < at)
    others = [each for each in history.deals if each.id != deal.id and each.opened < at]
    own = {
        "age": _spans(at - deal.opened),
        "stages": log1p(len(entered)),
        "stageAge": _spans(at - max([deal.opened, *entered])),
        "deals": log1p(len(others)),
    }
    return {name: value for name, value in (_all(found, history, at) | own).items() if name in DEAL}


def _all(found: Sorted, history: History, at: datetime) -> dict[str, float | None]:
    acts = found.acts
    moods = [each.mood for each in acts if each.mood is not None][-_MOODS:]
    return {
        "ownActs": log1p(sum(each.at > at - MONTH for each in found.active)),
        "ourMails": log1p(sum(mail.moment.at > at - MONTH for mail in found.sent)),
        "silence": _spans(at - acts[-1].at) if acts else None,
        "unanswered": log1p(_unanswered(found)),
        "turn": float(bool(found.mails) and not found.mails[-1][0]),
        "looks": log1p(_since(acts, at - MONTH, "email_opened", "email_clicked")),
        "talks": log1p(_since(acts, at - QUARTER, "call", "meeting")),
        "views": log1p(_since(acts, at - QUARTER, "file_viewed")),
        "mood": float(np.mean(moods)) if moods else None,
        "pace": _pace(found),
        "length": _spans(at - found.moments[0].at) if found.moments else None,
        "workingTime": float(_is_working_time(history, at)),
    }


def _since(moments: list[Moment], since: datetime, *types: str) -> int:
    return sum(each.type in types for each in moments if each.at > since)


def _unanswered(found: Sorted) -> int:
    """Mails of ours since the contact last wrote, spoke or came."""
    last = found.active[-1].at if found.active else None
    return sum(last is None or mail.moment.at > last for mail in found.sent)


def _pace(found: Sorted) -> float | None:
    """Logarithm of the median hours of their answers by the clock."""
    answers, _ = pairs(found.mails)
    hours = [(pair.answered.at - pair.asked.at).total_seconds() / _HOUR for pair in answers]
    return log1p(float(np.median(hours))) if hours else None


def _is_working_time(history: History, at: datetime) -> bool:
    local = at.astimezone(history.hours.zone)
    return local.weekday() < 5 and history.hours.begins <= local.hour < history.hours.ends


def _spans(span: timedelta) -> float:
    return log1p(min(_LONGEST, max(0.0, span.total_seconds() / _DAY)))
