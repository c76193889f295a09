"""The time that a question asks of, as days by the asker's calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.understanding.spans import span_in

SUNDAY = date(2026, 11, 22)


def bounds(text, today=SUNDAY):
    found = span_in(text, today)
    return (found.since.isoformat(), found.until.isoformat()) if found else None


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("news of last quarter", "2026-07-01", "2026-09-30"),
        ("this quarter", "2026-10-01", "2026-11-22"),
        ("since March", "2026-03-01", "2026-11-22"),
        ("since last March", "2026-03-01", "2026-11-22"),
        ("in the past two weeks", "2026-11-08", "2026-11-22"),
        ("last 6 months", "2026-05-22", "2026-11-22"),
        ("in the last year", "2025-11-22", "2026-11-22"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("this year", "2026-01-01", "2026-11-22"),
        ("yesterday", "2026-11-21", "2026-11-21"),
        ("since yesterday", "2026-11-21", "2026-11-22"),
        ("last week", "2026-11-09", "2026-11-15"),
        ("since last week", "2026-11-09", "2026-11-22"),
        ("since Sunday", "2026-11-15", "2026-11-22"),
        ("December", "2025-12-01", "2025-12-31"),
        ("in Q2", "2026-04-01", "2026-06-30"),
        ("since 3 June 2025", "2025-06-03", "2026-11-22"),
        ("since the beginning of the year", "2026-01-01", "2026-11-22"),
        ("since February 29", "2024-02-29", "2026-11-22"),
    ],
)
def test_a_time_is_read_as_days(text, since, until):
    assert bounds(text) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        "May they grow?",
        "they march on",
        "next quarter",
        "in 2030",
        "tomorrow",
        "the last thing",
        "since when?",
        "past 999 years",
        "since 2026-13-41",
        "24 hours",
    ],
)
def test_what_is_no_time_behind_is_none(text):
    assert span_in(text, SUNDAY) is None


def test_the_same_words_are_of_another_day_elsewhere():
    assert bounds("yesterday", SUNDAY + timedelta(days=1)) == ("2026-11-22", "2026-11-22")


def test_a_month_ago_from_its_last_day_is_the_last_day_of_a_shorter_one():
    assert bounds("the past month", date(2026, 3, 31)) == ("2026-02-28", "2026-03-31")


PIECES = st.sampled_from(
    "since last past this the of in two 3 99 2024 31 feb may q3 week months year monday ago".split()
)


@settings(max_examples=60, deadline=None)
@given(words=st.lists(PIECES, max_size=8), today=st.dates())
def test_no_words_raise_or_lead_ahead_of_today(words, today):
    found = span_in(" ".join(words), today)

    assert found is None or found.since <= found.until <= today
