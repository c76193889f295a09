from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from enrichment.models import EngineCall, Report, ReportPart, ResearchRequest, SourceCall
from enrichment.workflow import usage
from enrichment.workflow.days import offsets
from enrichment.workflow.usage import By, Line, Reuse, Scope
from salesintel.accounts.models import User
from tests.enrichment import market

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
CENT = Decimal("0.01")


def scope(whose: User | None = None, **values: Any) -> Scope:
    defaults = {
        "first": date(2026, 11, 16),
        "last": date(2026, 11, 18),
        "zone": ZoneInfo("UTC"),
        "origin": "sandbox",
        "whose": whose,
    }
    return Scope(**{**defaults, **values})


def asked(name: str = "rep", **values: Any) -> ResearchRequest:
    """An answered request of that person, with its run."""
    place = WORLD["companies"] = WORLD.get("companies", 0) + 1
    run = market.run(market.company(f"Company {place}", domain=f"c{place}.example"), consumer="profile")
    report = Report.objects.create(
        company=run.company, consumer="profile", origin="sandbox", run=run, engine="builtin", body={}, statements={},
        quality={}, generated_at=NOON,
    )  # fmt: skip
    answered = {"status": "answered", "answered": NOON, "report": report, **values}
    return market.ask(run, user=market.rep(name), **answered)


WORLD: dict[str, int] = {}


def called(
    request: ResearchRequest, cost: Decimal = CENT, *, at: datetime = NOON, source: str = "serp_news"
) -> SourceCall:
    seller = market.Provider.objects.filter(slug="serpapi").first() or market.provider()
    return SourceCall.objects.create(
        run=request.run, request=request, company=request.company, source=source, provider=seller, cache_key="x",
        status="ok", origin="sandbox", reserved=cost, cost=cost, lease_until=at, started=at,
    )  # fmt: skip


def made_from(request: ResearchRequest, call: SourceCall, *, found: bool = False) -> None:
    assert request.report is not None
    ReportPart.objects.create(
        report=request.report, cache_type=f"{call.source.upper()}_RAW", source=call.source, paid=call.cost, call=call,
        payer=call.request, found=found,
    )  # fmt: skip


def figures(lines: list[Line]) -> dict[str, tuple[int, Decimal, Decimal]]:
    return {line.key: (line.calls, line.cost, line.saved) for line in lines if line.calls or line.saved}


# --- Breakdowns -------------------------------------------------------------------------------------------------------


def test_calls_and_costs_add_up_by_day_source_consumer_and_user() -> None:
    first, second = asked("ann"), asked("bob")
    called(first)
    called(first, 2 * CENT, at=NOON + timedelta(days=1))
    called(second, 3 * CENT, source="snov_contacts")

    found = usage.usage(scope())

    assert figures(found[By.DAY]) == {"2026-11-17": (2, 4 * CENT, 0), "2026-11-18": (1, 2 * CENT, 0)}
    assert figures(found[By.SOURCE]) == {"serp_news": (2, 3 * CENT, 0), "snov_contacts": (1, 3 * CENT, 0)}
    assert figures(found[By.CONSUMER]) == {"profile": (3, 6 * CENT, 0)}
    assert figures(found[By.USER]) == {"ann": (2, 3 * CENT, 0), "bob": (1, 3 * CENT, 0)}
    assert usage.total(found[By.DAY]).cost == 6 * CENT


def test_a_day_without_calls_is_a_day_all_the_same() -> None:
    assert [line.key for line in usage.usage(scope())[By.DAY]] == ["2026-11-16", "2026-11-17", "2026-11-18"]


def test_what_others_did_is_not_in_ones_own() -> None:
    mine, theirs = asked("ann", saved=CENT), asked("bob", saved=CENT)
    called(mine)
    called(theirs)

    found = usage.usage(scope(market.rep("ann")))

    assert figures(found[By.USER]) == {"ann": (1, CENT, CENT)}
    assert usage.total(found[By.DAY]).requests == 1


def test_engines_count_and_an_unknown_price_is_said() -> None:
    request = asked()
    for cost in (CENT, None):
        EngineCall.objects.create(run=request.run, request=request, engine="anthropic", cost=cost, started=NOON)

    (line,) = usage.usage(scope())[By.SOURCE]

    assert (line.key, line.calls, line.cost, line.unpriced) == ("anthropic", 2, CENT, 1)


def test_the_cost_of_a_deleted_request_stays() -> None:
    called(asked())
    ResearchRequest.objects.all().delete()

    found = usage.usage(scope())

    assert figures(found[By.USER]) == {"": (1, CENT, 0)}


def test_live_money_is_no_play_money() -> None:
    called(asked())

    assert usage.total(usage.usage(scope(origin="live"))[By.DAY]).calls == 0


def test_savings_are_those_sources_that_somebody_else_paid_for() -> None:
    payer = asked("ann")
    bought, own = called(payer, 3 * CENT), called(payer, CENT, source="snov_contacts")
    reader = asked("bob", saved=3 * CENT)
    made_from(reader, bought, found=True)
    SourceCall.objects.filter(pk=own.pk).update(request=reader)
    own.refresh_from_db()
    made_from(reader, own)

    found = usage.usage(scope(market.rep("bob")))

    assert figures(found[By.SOURCE]) == {"serp_news": (0, 0, 3 * CENT), "snov_contacts": (1, CENT, 0)}


@pytest.mark.parametrize("count", [1, 4])
def test_without_rolled_days_usage_takes_six_queries_however_much_there_is(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(count):
        called(asked(f"rep{place}", saved=CENT))

    with django_assert_num_queries(6):
        usage.usage(scope())


# --- Days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "2026-10-25"),  # summer time still
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 30, tzinfo=UTC), "2026-10-25"),  # no longer
        ("Asia/Kathmandu", datetime(2026, 10, 24, 18, 14, tzinfo=UTC), "2026-10-24"),
        ("Asia/Kathmandu", datetime(2026, 10, 24, 18, 15, tzinfo=UTC), "2026-10-25"),
        ("America/New_York", datetime(2026, 10, 25, 3, 59, tzinfo=UTC), "2026-10-24"),
    ],
)
def test_a_call_falls_on_the_day_of_the_zone(zone: str, moment: datetime, day: str) -> None:
    called(asked(), at=moment)

    found = usage.usage(scope(first=date(2026, 10, 20), last=date(2026, 10, 30), zone=ZoneInfo(zone)))

    assert list(figures(found[By.DAY])) == [day]


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    hours=st.integers(0, 24 * 365),
)
def test_the_offset_of_every_hour_is_the_zones(zone: str, hours: int) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    at = since + timedelta(hours=hours, minutes=1)

    found = [minutes for begun, minutes in offsets(since, since + timedelta(days=366), ZoneInfo(zone)) if begun <= at]

    assert timedelta(minutes=found[-1]) == at.astimezone(ZoneInfo(zone)).utcoffset()


# --- The cache --------------------------------------------------------------------------------------------------------


def test_what_was_found_and_what_was_not_by_cache_type() -> None:
    payer = asked("ann")
    made_from(payer, called(payer, 2 * CENT))
    reader = asked("bob", saved=2 * CENT)
    made_from(reader, SourceCall.objects.get(), found=True)
    asked("cid", from_cache=True, saved=5 * CENT)
    asked("dan", joined=True, saved=7 * CENT)

    found = {line.cache_type: (line.hits, line.misses, line.saved, line.rate) for line in usage.reuse(scope())}

    assert found == {
        "SHARED_RUN": (1, 0, 7 * CENT, 1.0),
        "COMPANY_ENRICHMENT_PROCESSED": (1, 2, 5 * CENT, 1 / 3),
        "SERP_NEWS_RAW": (1, 1, 2 * CENT, 0.5),
    }


def test_nothing_needed_is_no_rate() -> None:
    assert Reuse(cache_type="X", hits=0, misses=0, saved=Decimal(0)).rate is None
