"""Days that are added up: the same figures as the ledgers', whatever happened to a line since, at a fixed price."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from enrichment import doubts
from enrichment.models import EngineCall, ResearchRequest, SourceCall, UsageDay, UsageFigure
from enrichment.workflow import retries, rollup, usage
from enrichment.workflow.rollup import Roller, roll_up
from enrichment.workflow.usage import By, Line, Reuse, Scope
from salesintel.accounts.models import User
from tests.enrichment import market
from tests.enrichment.workflow.test_usage import CENT, asked, called, made_from
from tests.seeding import rolled_back

pytestmark = pytest.mark.django_db
TODAY = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
PEOPLE = ("ann", "bob")
ZONES = ("UTC", "America/St_Johns")


def ago(days: float) -> datetime:
    return TODAY - timedelta(days=days)


def scope(whose: User | None = None, zone: str = "UTC") -> Scope:
    first, last = ago(6).date(), (TODAY + timedelta(days=1)).date()
    return Scope(first=first, last=last, zone=ZoneInfo(zone), origin="sandbox", whose=whose)


Told = tuple[dict[By, list[Line]], list[Reuse]]


def told(asked_for: Scope) -> Told:
    return usage.usage(asked_for), usage.reuse(asked_for)


def counted(asked_for: Scope) -> Told:
    """The same from the ledgers alone."""
    with rolled_back():
        UsageDay.objects.all().delete()
        return told(asked_for)


def settle(call: SourceCall, cost: Decimal) -> None:
    doubts.close(call, status="failed", cost=cost, words="", now=timezone.now())


# --- The same figures -------------------------------------------------------------------------------------------------

days = st.floats(0, 6)
people = st.sampled_from(PEOPLE)
cents = st.integers(0, 9).map(lambda count: count * CENT)
which = st.integers(0, 20)
happenings = st.one_of(
    st.tuples(st.just("ask"), people, days, cents, st.sampled_from(["bought", "cache", "joined"])),
    st.tuples(st.just("call"), which, days, cents, st.sampled_from(["serp_news", "snov_contacts"])),
    st.tuples(st.just("analyse"), which, days, st.none() | cents),
    st.tuples(st.just("settle"), which, cents),
    st.tuples(st.just("reuse"), which, which),
    st.tuples(st.just("retry"), which),
    st.tuples(st.just("forget"), which),
    st.tuples(st.just("erase"), people),
    st.tuples(st.just("roll")),
    st.tuples(st.just("roll")),
)


class World:
    """What happens to the ledgers; a step that finds no row to happen to does nothing."""

    def __init__(self) -> None:
        for name in PEOPLE:
            User.objects.filter(pk=market.rep(name).pk).update(time_zone=ZONES[1])

    @staticmethod
    def pick(rows: Any, place: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[place % len(found)] if found else None

    @staticmethod
    def at(days: float) -> datetime:
        """So many days ago; once days are added up now, for nothing is called or answered in the past."""
        return TODAY if UsageDay.objects.exists() else ago(days)

    def happens(self, what: str, *details: Any) -> None:
        getattr(self, what)(*details)

    def ask(self, name: str, days: float, saved: Decimal, how: str) -> None:
        asked(name, answered=self.at(days), saved=saved, from_cache=how == "cache", joined=how == "joined")

    def call(self, place: int, days: float, cost: Decimal, source: str) -> None:
        if request := self.pick(ResearchRequest.objects, place):
            called(request, cost, at=self.at(days), source=source)

    def analyse(self, place: int, days: float, cost: Decimal | None) -> None:
        if request := self.pick(ResearchRequest.objects, place):
            EngineCall.objects.create(
                run=request.run, request=request, engine="claude", cost=cost, started=self.at(days)
            )

    def settle(self, place: int, cost: Decimal) -> None:
        if call := self.pick(SourceCall.objects, place):
            settle(call, cost)

    def reuse(self, place: int, other: int) -> None:
        request, call = self.pick(ResearchRequest.objects, place), self.pick(SourceCall.objects, other)
        if request and call and request.report and not UsageDay.objects.exists():  # parts come with their report
            made_from(request, call, found=bool(other % 2))

    def retry(self, place: int) -> None:
        if request := self.pick(ResearchRequest.objects, place):
            retries._attach(request)

    def forget(self, place: int) -> None:
        if request := self.pick(ResearchRequest.objects.exclude(report=None), place):
            request.report.delete()

    def erase(self, name: str) -> None:
        User.objects.filter(username=name).delete()

    def roll(self) -> None:
        roll_up(TODAY)  # not the clock's: before half past three it is yesterday still in one of the zones


@given(st.lists(happenings, min_size=4, max_size=24))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rolled_or_not_the_figures_are_the_ledgers(story: list[tuple[Any, ...]]) -> None:
    with rolled_back():
        world = World()
        for what, *details in story:
            world.happens(what, *details)

        everybody_or_one = [None, User.objects.filter(username="ann").first()]
        for each in (scope(whose, zone) for whose in everybody_or_one for zone in ZONES):
            assert told(each) == counted(each)


def test_a_day_that_is_over_is_not_counted_again() -> None:
    called(asked(answered=ago(2)), at=ago(2))
    roll_up()

    SourceCall.objects.update(cost=9)  # behind everybody's back

    assert usage.total(usage.usage(scope())[By.DAY]).cost == CENT


def test_a_late_settlement_shows_at_once_and_is_added_up_with_the_next_round() -> None:
    call = called(asked(answered=ago(2)), at=ago(2))
    roll_up()

    settle(call, 3 * CENT)

    assert usage.total(usage.usage(scope())[By.DAY]).cost == 3 * CENT
    assert roll_up() == 1
    assert UsageFigure.objects.get(of="source", everybody=True).cost == 3 * CENT


def test_today_is_counted_and_not_added_up() -> None:
    now = timezone.now()
    called(asked(answered=now), at=now)

    roll_up()

    assert not UsageDay.objects.filter(ends__gt=now).exists()
    assert usage.total(usage.usage(scope())[By.DAY]).cost == CENT


def test_nothing_of_an_erased_person_is_left() -> None:
    called(asked("ann", answered=ago(2)), at=ago(2))
    roll_up()

    User.objects.get(username="ann").delete()

    assert not UsageFigure.objects.exclude(user=None).exists()
    roll_up()
    assert {(line.key, line.cost) for line in usage.usage(scope())[By.USER]} == {("", CENT)}


def test_a_day_is_added_up_by_every_clock_that_people_live_by() -> None:
    for name, zone in (("ann", "Asia/Kathmandu"), ("bob", "Mars/Olympus"), ("cid", "")):
        User.objects.filter(pk=market.rep(name).pk).update(time_zone=zone)
    called(asked("ann", answered=ago(1.6)), at=ago(1.6))

    roll_up(TODAY)

    assert {(day.starts.hour, day.starts.minute) for day in UsageDay.objects.all()} == {(0, 0), (18, 15)}


def test_two_who_add_up_the_same_day_do_it_once() -> None:
    called(asked(answered=ago(2)), at=ago(2))
    (span, *_) = waiting = rollup.wanting(TODAY)
    rollup.add_up(span)

    rollup.add_up(span)

    assert UsageDay.objects.count() == 1 < len(waiting)


def test_a_chore_adds_up_one_day_at_a_time() -> None:
    called(asked(answered=ago(3)), at=ago(3))
    roller = Roller()

    for done in (1, 2):
        roller.tick()
        assert UsageDay.objects.count() == done


# --- At a fixed price -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 5])
def test_usage_takes_eight_queries_and_the_cache_four_however_much_there_is(
    days: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(days):
        called(asked(f"rep{place}", answered=ago(place + 1), saved=CENT), at=ago(place + 1))
    called(asked(answered=timezone.now()), at=timezone.now())
    roll_up()
    settle(called(asked(), at=ago(2)), CENT)  # a hole among the days

    with django_assert_max_num_queries(8):
        usage.usage(scope())
    with django_assert_max_num_queries(4):
        usage.reuse(scope())
