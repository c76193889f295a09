from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment import pace
from enrichment.models import Announcement, Provider, ProviderState, SourceCall
from enrichment.models.clock import database_now
from tests.enrichment import market

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def state(db: None) -> ProviderState:
    return pace.lock(market.provider())


def asked(seller: Provider, state: ProviderState, *, times: int, now: datetime) -> int:
    """How many of so many tries at the same moment are let through."""
    granted = 0
    for _ in range(times):
        if pace.hold(seller, state, now=now) is None:
            pace.spend(seller, state, now=now)
            granted += 1
    return granted


# --- Tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("per_minute", "burst"), [(60, 10), (600, 100), (6, 1), (1, 1)])
def test_who_was_not_asked_for_long_bears_ten_seconds_of_its_pace_at_once(
    state: ProviderState, now: datetime, per_minute: int, burst: int
) -> None:
    state.provider.requests_per_minute = per_minute

    assert asked(state.provider, state, times=burst + 5, now=now) == burst


def test_tokens_come_back_with_time_and_not_beyond_the_burst(state: ProviderState, now: datetime) -> None:
    state.provider.requests_per_minute = 60
    asked(state.provider, state, times=10, now=now)

    granted = [asked(state.provider, state, times=99, now=now + seconds * A_SECOND) for seconds in (3, 4, 3600)]

    assert granted == [3, 1, 10]


def test_who_must_wait_is_told_for_how_long(state: ProviderState, now: datetime) -> None:
    state.provider.requests_per_minute = 30
    asked(state.provider, state, times=99, now=now)

    held = pace.hold(state.provider, state, now=now + A_SECOND)

    assert held is not None
    assert held.seconds == pytest.approx(1.0)  # one token takes two seconds, and one has passed
    assert held.words == "SerpApi is asked at its full pace."


def test_without_a_limit_nobody_waits(state: ProviderState, now: datetime) -> None:
    assert asked(state.provider, state, times=500, now=now) == 500


@settings(max_examples=40, deadline=None)
@given(per_minute=st.integers(1, 600), gaps=st.lists(st.floats(0, 30), min_size=1, max_size=20))
@pytest.mark.django_db
def test_over_any_time_no_more_is_asked_than_the_burst_and_the_pace(per_minute: int, gaps: list[float]) -> None:
    seller = Provider.objects.filter(slug="serpapi").first() or market.provider()
    seller.requests_per_minute = per_minute
    state = ProviderState(provider=seller, pk=pace.lock(seller).pk)
    start = now = market.moment("2026-11-02T09:00")
    granted = 0

    for gap in gaps:
        now += timedelta(seconds=gap)
        granted += asked(seller, state, times=3, now=now)

    burst = max(1.0, per_minute / 6)
    assert granted <= burst + (now - start).total_seconds() * per_minute / 60 + 1e-6


@pytest.mark.django_db
def test_a_further_exchange_takes_a_token_or_is_told_to_wait() -> None:
    market.provider(requests_per_minute=6)

    first, second = pace.take("serpapi"), pace.take("serpapi")

    assert first == 0.0
    assert second == pytest.approx(10, abs=0.5)


@pytest.mark.django_db
def test_a_further_exchange_with_a_provider_without_limit_needs_no_state() -> None:
    market.provider()

    assert pace.take("serpapi") == 0.0
    assert ProviderState.objects.count() == 0


# --- Calls under way --------------------------------------------------------------------------------------------------


def under_way(seller: Provider, *, lease: timedelta, status: str = "intent") -> None:
    run = market.run(market.company(f"Company {SourceCall.objects.count()}", domain=None))
    now = database_now()
    SourceCall.objects.create(
        run=run, company=run.company, source="serp_news", provider=seller, cache_key="k", status=status,
        origin="sandbox", reserved=0, lease_until=now + lease, started=now,
    )  # fmt: skip


def test_as_many_calls_as_it_bears_are_under_way_and_no_more(state: ProviderState) -> None:
    state.provider.concurrency = 2
    under_way(state.provider, lease=timedelta(minutes=1))
    assert pace.hold(state.provider, state, now=database_now()) is None

    under_way(state.provider, lease=timedelta(minutes=1))

    assert pace.hold(state.provider, state, now=database_now()) == pace.Hold(0.2, "SerpApi has 2 calls under way.")


def test_calls_that_ended_or_whose_driver_died_are_not_under_way(state: ProviderState) -> None:
    state.provider.concurrency = 1
    under_way(state.provider, lease=timedelta(minutes=1), status="ok")
    under_way(state.provider, lease=-A_SECOND)

    assert pace.hold(state.provider, state, now=database_now()) is None


# --- Breaker ----------------------------------------------------------------------------------------------------------


def fail(state: ProviderState, times: int, *, now: datetime) -> ProviderState:
    for _ in range(times):
        pace.failed(state.provider, words="It answered 503.", now=now)
    state.refresh_from_db()
    return state


def test_four_failures_in_a_row_leave_the_breaker_closed(state: ProviderState, now: datetime) -> None:
    fail(state, 4, now=now)

    assert pace.hold(state.provider, state, now=now) is None


def test_the_fifth_failure_in_a_row_opens_it_for_five_seconds(state: ProviderState, now: datetime) -> None:
    fail(state, 5, now=now)

    assert pace.hold(state.provider, state, now=now + 4.9 * A_SECOND) == pace.Hold(
        None, "SerpApi failed 5 times in a row and is left alone for a while."
    )
    assert pace.hold(state.provider, state, now=now + 5 * A_SECOND) is None


def test_after_the_pause_one_call_tries_and_the_others_are_held_off(state: ProviderState, now: datetime) -> None:
    fail(state, 5, now=now)

    assert asked(state.provider, state, times=9, now=now + 6 * A_SECOND) == 1


def test_a_try_that_fails_opens_it_again(state: ProviderState, now: datetime) -> None:
    fail(state, 5, now=now)
    later = now + 20 * A_SECOND

    fail(state, 1, now=later)

    assert pace.hold(state.provider, state, now=later + A_SECOND) is not None


def test_a_try_that_succeeds_closes_it(state: ProviderState, now: datetime) -> None:
    fail(state, 9, now=now)

    pace.answered(state.provider)

    state.refresh_from_db()
    assert (state.failures, state.open_until, state.note) == (0, None, "")
    assert asked(state.provider, state, times=3, now=now) == 3


def test_an_answer_between_failures_starts_the_count_anew(state: ProviderState, now: datetime) -> None:
    fail(state, 4, now=now)
    pace.answered(state.provider)

    fail(state, 4, now=now)

    assert pace.hold(state.provider, state, now=now) is None


def test_a_provider_that_fails_for_days_does_not_overrun_the_count(state: ProviderState, now: datetime) -> None:
    ProviderState.objects.update(failures=pace.MOST_FAILURES)

    fail(state, 3, now=now)

    assert state.failures == 1000


# --- Pauses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pause", "told"), [(30.0, 30.0), (60.0, 60.0), (61.0, None), (86_400.0, None)])
def test_a_short_pause_is_waited_for_and_a_long_one_is_not(
    state: ProviderState, now: datetime, pause: float, told: float | None
) -> None:
    pace.pause(state.provider, seconds=pause, words="It asked us to wait.", now=now)
    state.refresh_from_db()

    assert pace.hold(state.provider, state, now=now) == pace.Hold(told, "It asked us to wait.")


def test_a_pause_ends(state: ProviderState, now: datetime) -> None:
    pace.pause(state.provider, seconds=10, words="", now=now)
    state.refresh_from_db()

    held = pace.hold(state.provider, state, now=now + 9 * A_SECOND)

    assert held == pace.Hold(1.0, "SerpApi asked us to wait.")
    assert pace.hold(state.provider, state, now=now + 10 * A_SECOND) is None


def test_a_long_pause_is_announced_to_the_admins_once_and_a_short_one_is_not(
    state: ProviderState, now: datetime
) -> None:
    pace.pause(state.provider, seconds=60, words="A minute.", now=now)
    assert not Announcement.objects.exists()

    pace.pause(state.provider, seconds=3600, words="jane@acme.example says: an hour.", now=now)
    pace.pause(state.provider, seconds=3600, words="An hour.", now=now + 10 * A_SECOND)

    [row] = Announcement.objects.all()
    until = (now + 3600 * A_SECOND).isoformat()
    assert (row.owner, row.data) == (None, {"provider": "serpapi", "until": until, "reason": "asked-to-wait"})
    state.refresh_from_db()
    assert state.paused_until == now + 3610 * A_SECOND


def test_a_pause_after_the_last_one_is_over_is_announced_again(state: ProviderState, now: datetime) -> None:
    pace.pause(state.provider, seconds=3600, words="", now=now)
    pace.pause(state.provider, seconds=3600, words="", now=now + 3600 * A_SECOND, reason="overcharged")

    assert [row.data["reason"] for row in Announcement.objects.order_by("at", "data")] == [
        "asked-to-wait",
        "overcharged",
    ]


# --- Bulk work --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("per_minute", "saved_up", "of_bulk"), [(60, 10, 7), (600, 100, 75), (6, 1, 1)])
def test_bulk_work_leaves_a_quarter_of_the_saved_up_tokens_to_people(
    state: ProviderState, now: datetime, per_minute: int, saved_up: int, of_bulk: int
) -> None:
    state.provider.requests_per_minute = per_minute
    granted = 0
    while pace.hold(state.provider, state, now=now, bulk=True) is None:
        pace.spend(state.provider, state, now=now)
        granted += 1

    assert granted == of_bulk
    assert asked(state.provider, state, times=saved_up, now=now) == saved_up - of_bulk


def test_bulk_work_leaves_a_quarter_of_the_places_to_people(state: ProviderState) -> None:
    now = database_now()
    state.provider.concurrency = 4
    for _ in range(3):
        under_way(state.provider, lease=timedelta(minutes=1))

    assert pace.hold(state.provider, state, now=now, bulk=True) is not None
    assert pace.hold(state.provider, state, now=now) is None
