"""Meetings, calls, files, moods, deals, rhythm, and best times against truth worked out by hand."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from personas.history import DealHistory, Moment, Terms
from personas.metrics import Metrics, measure
from tests.personas.metrics.planted import BERLIN, NOW, TERMS, at, history, moment, reply, sent

MONDAY = at("2026-03-02 10:00")
FILE = UUID(int=5)


def on(days: float, **span: float) -> datetime:
    return MONDAY + timedelta(days=days, **span)


def value(metrics: Metrics, name: str) -> float | None:
    return metrics.figures[name].value


def test_of_meetings_the_moved_and_the_open_are_neither_held_nor_missed() -> None:
    outcomes = ["held", "held", "cancelled", "no_show", "rescheduled", "open", ""]
    found = measure(history(*(moment("meeting", on(n), outcome=each) for n, each in enumerate(outcomes))), TERMS)

    assert [value(found, f"meeting{each}Rate") for each in ("Held", "Cancelled", "NoShow")] == [0.5, 0.25, 0.25]
    assert value(found, "meetings") == 7


def test_of_our_calls_the_share_that_reached_them() -> None:
    found = measure(
        history(
            moment("call", on(0), direction="out", outcome="connected"),
            moment("call", on(1), direction="out", outcome="voicemail"),
            moment("call", on(2), direction="out", outcome="no_answer"),
            moment("call", on(3), direction="out", seconds=300),
            moment("call", on(4), direction="out"),
            moment("call", on(5), direction="in", outcome="connected"),
        ),
        TERMS,
    )

    assert found.figures["callCompletionRate"].value == 0.5
    assert found.figures["callCompletionRate"].n == 4


def test_views_belong_to_the_latest_sharing_of_the_file() -> None:
    share = [moment("file_shared", on(days), direction="out", file=FILE) for days in (0, 10)]
    views = [moment("file_viewed", on(days), file=FILE) for days in (-1, 10.5, 11)]
    found = measure(history(*share, *views), TERMS)

    assert value(found, "documentViewRate") == 0.5
    assert value(found, "documentViewsPerShare") == 1
    assert found.figures["medianTimeToViewHours"].value == 12
    assert found.figures["medianTimeToViewHours"].waiting == 1


def test_the_mood_is_that_of_their_words_not_of_ours() -> None:
    theirs = [reply(on(n), mood=mood) for n, mood in enumerate([0.1, 0.3, 0.5, 0.7, None])]
    found = measure(history(*theirs, sent(on(9), mood=-1.0)), TERMS)

    assert value(found, "mood") == pytest.approx(0.4)
    assert value(found, "moodTrend") == pytest.approx(0.2 * 28)


def deal(status: str, days: int | None, *stages: tuple[str, int]) -> DealHistory:
    return DealHistory(
        id=UUID(int=hash((status, days, stages)) % 2**64),
        status=status,
        opened=MONDAY,
        closed=None if days is None else on(days),
        stages=tuple((stage, on(entered)) for stage, entered in stages),
        parties=2,
    )


def test_deals_with_their_stages() -> None:
    deals = (
        deal("won", 40, ("talks", 0), ("offer", 10)),
        deal("won", 20, ("talks", 0), ("offer", 4)),
        deal("lost", 30, ("talks", 0)),
        deal("open", None, ("talks", 0), ("offer", 6)),
    )
    found = measure(history(deals=deals), TERMS)

    assert value(found, "conversionRate") == pytest.approx(2 / 3)
    assert (value(found, "dealCycleDays"), value(found, "wonDealCycleDays")) == (30, 30)
    assert value(found, "contactsPerDeal") == 2
    assert [(stage.name, stage.days.value, stage.conversion.value, stage.conversion.n) for stage in found.stages] == [
        ("talks", 8, 0.75, 4),
        ("offer", 23, 1.0, 2),
    ]


def test_a_deal_that_closes_later_than_now_is_open() -> None:
    found = measure(history(deals=(deal("won", 300),)), TERMS)

    assert (found.figures["conversionRate"].n, value(found, "dealsOpen")) == (0, 1)


def test_silence_stands_among_their_usual_gaps() -> None:
    acts = [reply(NOW - timedelta(days=days)) for days in (100, 98, 95, 91, 20, 4)]  # gaps of 2, 3, 4, 71, 16
    found = measure(history(*acts), TERMS)

    assert value(found, "silenceDays") == pytest.approx(4)
    assert value(found, "silenceQuantile") == pytest.approx(0.5)
    assert (value(found, "reengagements"), value(found, "reengagementRate")) == (1, 1)


def test_how_often_and_whether_more() -> None:
    weeks = [
        reply(NOW - timedelta(weeks=20 - week, hours=-hour)) for week in range(20) for hour in range(1 + week // 5)
    ]
    found = measure(history(*weeks), TERMS)

    assert value(found, "ownActsPerWeek") == pytest.approx(49 / 20)
    trend = found.figures["ownActsTrend"]
    assert trend.low is not None
    assert trend.low > 0


def test_who_stopped_has_no_trend_but_a_silence() -> None:
    stopped = [reply(NOW - timedelta(weeks=16 - week, hours=hour)) for week in range(6) for hour in range(2)]

    found = measure(history(*stopped), Terms(now=NOW, enough=5)).figures

    assert (found["ownActsTrend"].value, found["ownActsTrend"].enough) == (None, False)
    assert found["silenceDays"].value is not None


def test_events_of_few_weeks_have_no_trend() -> None:
    few = [reply(NOW - timedelta(weeks=week, hours=1 + hour)) for week in (1, 8) for hour in range(5)]

    assert measure(history(*few), Terms(now=NOW, enough=5)).figures["ownActsTrend"].value is None


def test_an_hour_that_is_preferred_is_told_and_chance_is_not() -> None:
    fixed = [reply(at("2025-12-02 10:15", BERLIN) + timedelta(weeks=week)) for week in range(12)]
    spread = [reply(at("2025-12-01 09:15", BERLIN) + timedelta(days=7 * n + n % 5, hours=n % 9)) for n in range(12)]

    slot = measure(history(*fixed, zone=BERLIN), TERMS).best_time
    assert slot is not None
    assert (slot.weekday, slot.begins, slot.ends) == (1, 9, 11)
    assert measure(history(*spread, zone=BERLIN), TERMS).best_time is None


def test_acts_stand_in_the_hour_of_the_contacts_week() -> None:
    found = measure(history(reply(at("2026-03-02 23:30")), zone=BERLIN), TERMS)

    assert found.hours[1][0] == 1  # Tuesday, half past midnight
    assert float(found.hours_smoothed.sum()) == pytest.approx(1)


def test_a_channel_is_preferred_where_it_leads_by_more_than_chance() -> None:
    mails = [reply(on(n)) for n in range(9)]
    calls = [moment("call", on(n, hours=1), outcome="connected") for n in range(6)]

    assert measure(history(*mails), TERMS).preferred_channel == "email"
    assert measure(history(*mails, *calls), TERMS).preferred_channel is None


def test_below_enough_nothing_is_said_but_how_many_there_are() -> None:
    found = measure(history(sent(on(0)), reply(on(0, hours=2))), Terms(now=NOW, enough=2)).figures

    rate = found["medianResponseTimeHours"]
    assert (rate.value, rate.low, rate.high, rate.n, rate.enough) == (None, None, None, 1, False)


def test_a_history_of_nothing_is_measured_too() -> None:
    found = measure(history(), Terms(now=NOW))

    assert value(found, "totalInteractions") == 0
    assert value(found, "dataQualityScore") == 0
    assert not found.figures["silenceDays"].enough


def test_tracked_mails_give_the_other_half_of_the_points_of_mail() -> None:
    mails: list[Moment] = [sent(on(n), message=str(n), thread=None) for n in range(5)]
    opened = [moment("email_opened", on(n, hours=1), answers=str(n)) for n in range(3)]

    assert measure(history(*mails, *opened), Terms(now=NOW, enough=5)).quality.email == 16


def test_the_score_is_the_sum_of_its_parts() -> None:
    mails: list[Moment] = [sent(on(n), message=str(n), thread=None) for n in range(20)]
    replies = [reply(on(n, hours=1), answers=str(n), thread=None) for n in range(5)]
    found = measure(
        history(*mails, *replies, deals=(deal("won", 9, ("talks", 0), ("offer", 2)),)), Terms(now=NOW, enough=5)
    )

    assert (found.quality.volume, found.quality.email, found.quality.deals) == (25, 10, 20)
    assert found.quality.patterns == 5  # five acts have four gaps between them, and stopped: no usual silence, no trend
    assert value(found, "dataQualityScore") == 60
