"""The moments at which a question might have been asked of a history, with what came of each. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from personas.history import DealHistory, History, Moment, Terms
from personas.metrics.sorting import NEAR, sorted_of
from personas.predicting.model import Case, Question

STEP = timedelta(days=30)  # between two moments of one deal
_MOST_STEPS = 24  # of one deal: two years
_MOST_MAILS = 60  # of one contact, the latest


def cases_of(history: History, question: Question, *, days: int, now: datetime) -> list[Case]:
    """All cases whose answer is known at `now`, the earliest first. `days`: within which it is asked to happen."""
    return [case for case in asked_of(history, question, days=days, now=now) if case.happened is not None]


def asked_of(history: History, question: Question, *, days: int, now: datetime) -> list[Case]:
    """The same with those whose answer is not known yet."""
    within = timedelta(days=days)
    if question is Question.REPLY:
        return list(_mails(history, within, now))
    found = (
        _won(history, deal, now) if question is Question.WON else _closed(history, deal, within, now)
        for deal in history.deals
        if deal.opened <= now
    )
    return [case for cases in found for case in cases]


def _mails(history: History, within: timedelta, now: datetime) -> Iterator[Case]:
    """Every mail of ours that did not come back: was it answered in time?

    It is asked at the moment before it went, and counts as known when the time is over, answered or not: otherwise
    quick answers alone would count of the latest mails.
    """
    found = sorted_of(history, Terms(now=now))
    answers = [mail for is_ours, mail in found.mails if not is_ours]
    times = [mail.moment.at for mail in found.sent]
    for asked in [mail.moment for mail in found.sent if not mail.is_bounced][-_MOST_MAILS:]:
        over = asked.at + within
        is_in_time = (asked.at < each.at <= over and _is_answer(each, asked, times) for each in answers)
        happened = any(is_in_time) if over <= now else None
        yield Case(history=history, deal=None, at=asked.at, known=over, happened=happened)


def _is_answer(answer: Moment, asked: Moment, times: Sequence[datetime]) -> bool:
    """It names the mail, or is in its thread; where it has neither, the mail was our latest and is not old.

    `times`: of all mails of ours.
    """
    if answer.answers and asked.message and answer.answers == asked.message:
        return True
    if answer.thread:
        return answer.thread == asked.thread
    if answer.answers or answer.type != "email_replied" or answer.at - asked.at > NEAR:
        return False
    return asked.at == times[bisect_left(times, answer.at) - 1]


def _landmarks(deal: DealHistory, step: timedelta, now: datetime) -> list[datetime]:
    """When a deal is asked about: on its opening and in steps from there while it is open, up to now."""
    closed = deal.closed if deal.closed and deal.closed <= now else None
    moments = (deal.opened + step * number for number in range(_MOST_STEPS))
    return [at for at in moments if at <= now and (closed is None or at < closed)]


def _won(history: History, deal: DealHistory, now: datetime) -> list[Case]:
    """Of a deal every 30 days: was it won, once closed? They weigh as one, shared by the contacts on the deal."""
    is_known = deal.closed is not None and deal.closed <= now
    moments = _landmarks(deal, STEP, now)
    return [
        Case(
            history=history,
            deal=deal,
            at=at,
            known=deal.closed if deal.closed and is_known else datetime.max.replace(tzinfo=UTC),
            happened=deal.status == "won" if is_known else None,
            weight=1 / (len(moments) * max(1, deal.parties)),
        )
        for at in moments
    ]


def _closed(history: History, deal: DealHistory, within: timedelta, now: datetime) -> list[Case]:
    """Of a deal at each landmark: was it closed in the time from there?

    Deals that are still open count, too, and a time that is not over counts not, whatever came. Landmarks are `within`
    apart or 30 days, whichever is more, so that no two times of one deal overlap: together they are the deal's
    likelihood under a hazard in steps (Cox 1972, section 8).
    """
    return [
        Case(
            history=history,
            deal=deal,
            at=at,
            known=at + within,
            happened=(deal.closed is not None and deal.closed <= at + within) if at + within <= now else None,
            weight=1 / max(1, deal.parties),
        )
        for at in _landmarks(deal, max(STEP, within), now)
    ]
