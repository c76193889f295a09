"""Response times against truth that was worked out by hand."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from personas.history import Moment
from personas.metrics import Measured, measure
from tests.personas.metrics.planted import BERLIN, NEW_YORK, TERMS, at, history, reply, sent

OTHER = UUID(int=9)
MONDAY = at("2026-03-02 10:00")


def response(*moments: Moment, zone: ZoneInfo | None = None, name: str = "averageResponseTimeHours") -> Measured:
    return measure(history(*moments, zone=zone), TERMS).figures[name]


@pytest.mark.parametrize(
    ("zone", "asked", "answered", "working", "clock"),
    [
        (BERLIN, "2026-03-02 10:00", "2026-03-02 12:30", 2.5, 2.5),
        (BERLIN, "2026-03-02 17:00", "2026-03-03 10:00", 2, 17),  # over a night: 17–18 and 9–10
        (BERLIN, "2026-03-06 17:00", "2026-03-09 09:30", 1.5, 64.5),  # over a weekend
        (BERLIN, "2026-03-07 11:00", "2026-03-08 11:00", 0, 24),  # within one
        (BERLIN, "2026-03-02 20:00", "2026-03-02 22:00", 0, 2),  # within an evening
        (BERLIN, "2026-03-02 08:00", "2026-03-02 19:00", 9, 11),  # round a whole working day
        (BERLIN, "2026-03-27 17:00", "2026-03-30 10:00", 2, 64),  # the clock goes forward: the weekend has 47 hours
        (BERLIN, "2025-10-24 17:00", "2025-10-27 10:00", 2, 66),  # and back: 49
        (NEW_YORK, "2026-03-06 17:00", "2026-03-09 10:00", 2, 64),
        (NEW_YORK, "2025-10-31 17:00", "2025-11-03 10:00", 2, 66),
    ],
)
def test_a_time_by_the_clock_and_in_their_working_hours(
    zone: ZoneInfo, asked: str, answered: str, working: float, clock: float
) -> None:
    mails = (sent(at(asked, zone)), reply(at(answered, zone)))

    assert response(*mails, zone=zone).value == pytest.approx(working)
    assert response(*mails, zone=zone, name="averageResponseTimeClockHours").value == pytest.approx(clock)


def test_working_hours_are_those_of_the_contact() -> None:
    asked, answered = at("2026-03-02 12:00"), at("2026-03-02 16:00")  # 7:00 to 11:00 in New York

    assert response(sent(asked), reply(answered), zone=NEW_YORK).value == pytest.approx(2)


def pairs_of(*moments: Moment) -> tuple[int, int | None]:
    """How many pairs, and how many of ours wait."""
    found = response(*moments)
    return found.n, found.waiting


def hours(count: float) -> datetime:
    return MONDAY + timedelta(hours=count)


@pytest.mark.parametrize(
    ("mails", "pairs", "waiting"),
    [
        ([sent(hours(0)), reply(hours(1)), reply(hours(2))], 1, 0),  # a second answer is none
        ([sent(hours(0)), sent(hours(1)), reply(hours(2))], 1, 0),  # one answer to two mails
        ([reply(hours(0)), sent(hours(1))], 0, 1),  # they wrote first
        ([sent(hours(0)), reply(hours(1), is_automatic=True)], 0, 1),
        ([sent(hours(0)), reply(hours(1), thread=OTHER)], 0, 1),  # another thread
        ([sent(hours(0)), reply(hours(1), thread=None)], 0, 1),  # nothing says what it answers
        ([sent(hours(0), message="a"), reply(hours(1), thread=OTHER, answers="a")], 1, 0),  # a thread that was cut
        ([sent(hours(0), message="a"), reply(hours(1), answers="z")], 0, 1),  # answers somebody else in the thread
        ([sent(hours(0), thread=None, message="a"), reply(hours(1), thread=None, answers="a")], 1, 0),
        ([sent(hours(0)), reply(hours(1)), sent(hours(2)), reply(hours(3))], 2, 0),
        ([sent(hours(0)), sent(hours(0), thread=OTHER)], 0, 2),
        ([sent(hours(0), message="a"), reply(hours(1), answers="a"), reply(hours(2), answers="a")], 1, 0),
    ],
)
def test_what_makes_a_pair(mails: list[Moment], pairs: int, waiting: int) -> None:
    assert pairs_of(*mails) == (pairs, waiting)


def test_one_answer_to_two_mails_pairs_with_the_later() -> None:
    assert response(sent(hours(0)), sent(hours(2)), reply(hours(3))).value == 1


def test_an_answer_that_names_the_earlier_mail_pairs_with_that_and_settles_both() -> None:
    mails = (sent(hours(0), message="a"), sent(hours(2), message="b"), reply(hours(3), answers="a"))

    assert response(*mails).value == 3
    assert pairs_of(*mails, reply(hours(4), answers="b")) == (1, 0)


def test_what_came_back_waits_for_no_answer() -> None:
    bounced = Moment(id=uuid4(), type="email_bounced", at=hours(1), answers="a")

    assert pairs_of(sent(hours(0), message="a"), bounced) == (0, 0)


def test_mean_median_and_late_ones_of_many_answers() -> None:
    mails = [
        mail
        for day, took in enumerate([1, 2, 3, 4, 10])
        for mail in (sent(hours(7 * 24 * day)), reply(hours(7 * 24 * day + took)))
    ]
    figures = measure(history(*mails), TERMS).figures

    assert figures["averageResponseTimeClockHours"].value == pytest.approx(4)
    assert figures["medianResponseTimeClockHours"].value == pytest.approx(3)
    assert figures["p80ResponseTimeClockHours"].value == pytest.approx(5.2)


def test_our_own_answers_are_timed_the_other_way_round() -> None:
    mails = (reply(hours(0)), sent(hours(3)))

    assert response(*mails, name="ourAverageResponseTimeHours").value == pytest.approx(3)
