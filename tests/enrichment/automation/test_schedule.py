from datetime import UTC, datetime, timedelta

import pytest

from enrichment.automation.watches.schedule import BadSchedule, expression, next_slot, zone

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("every", "cron", "begins"),
    [
        ("daily", "", datetime(2026, 11, 3, 5, tzinfo=UTC)),
        ("weekly", "", datetime(2026, 11, 9, 5, tzinfo=UTC)),
        ("monthly", "", datetime(2026, 12, 1, 5, tzinfo=UTC)),
        ("cron", "30 7 * * 1-5", datetime(2026, 11, 3, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_watch_is_due_by_the_clock_of_its_time_zone_within_an_hour(every, cron, begins):
    slot = next_slot(every, cron, "Europe/Berlin", after=MONDAY, key="w")

    assert begins <= slot < begins + HOUR


def test_the_clocks_change_does_not_move_the_hour_of_the_day():
    before = next_slot("daily", "", "Europe/Berlin", after=datetime(2026, 10, 23, 12, tzinfo=UTC), key="w")
    after = next_slot("daily", "", "Europe/Berlin", after=datetime(2026, 10, 25, 12, tzinfo=UTC), key="w")

    assert {moment.astimezone(zone("Europe/Berlin")).hour for moment in (before, after)} == {6}


def test_watches_of_the_same_moment_are_spread_over_the_hour():
    slots = {next_slot("daily", "", "UTC", after=MONDAY, key=n) for n in range(200)}

    assert max(slots) - min(slots) > timedelta(minutes=50)
    assert len(slots) > 150


def test_what_was_missed_is_not_made_up_for():
    slot = next_slot("daily", "", "UTC", after=MONDAY, key="w")

    later = next_slot("daily", "", "UTC", after=slot + timedelta(days=10), key="w")

    assert timedelta(days=10) < later - slot <= timedelta(days=11)


def test_a_slot_is_not_its_own_successor():
    slot = next_slot("daily", "", "UTC", after=MONDAY, key="w")

    assert next_slot("daily", "", "UTC", after=slot, key="w") - slot == timedelta(days=1)


@pytest.mark.parametrize(
    ("every", "cron"),
    [("hourly", ""), ("cron", "* * * * *"), ("cron", "0 7"), ("cron", "x x x x x"), ("cron", "0 0 31 2 *")],
)
def test_what_is_no_schedule_is_refused(every, cron):
    with pytest.raises(BadSchedule):
        expression(every, cron)


@pytest.mark.parametrize("name", ["Nowhere/Here", "../etc/passwd", "", "x" * 5000])
def test_what_is_no_time_zone_is_refused(name):
    with pytest.raises(BadSchedule):
        zone(name)
