from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment import spending
from enrichment.models import Brake, Notice, ProviderState, SourceCall, SpendingStop
from enrichment.models.clock import database_now
from enrichment.permits import Refused, Reserved, Why
from tests.enrichment import market
from tests.enrichment.market import Deal

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRICE = Decimal("0.02")


@pytest.fixture
def deal() -> Deal:
    """A run that may buy news from SerpApi for two cents."""
    return market.deal()


def brake(**values: object) -> Brake:
    return Brake.objects.create(**{"window": HOUR, "at_least": 0, "in_sandbox": True, **values})


def bought(deal: Deal, cost: str, *, ago: timedelta, count: int = 1) -> None:
    """Calls of earlier, settled."""
    at = database_now() - ago
    for _ in range(count):
        SourceCall.objects.create(
            company=deal.run.company, source="serp_news", provider=deal.source.provider, cache_key="earlier",
            status="ok", origin="sandbox", reserved=Decimal(cost), cost=Decimal(cost), lease_until=at, started=at,
        )  # fmt: skip


def words(deal: Deal) -> str:
    """Why the call was refused."""
    permit = deal.reserve()
    assert isinstance(permit, Refused), permit
    assert permit.why is Why.PAUSED
    return permit.words


# --- Stops ------------------------------------------------------------------------------------------------------------


def test_where_paid_calls_are_stopped_nothing_is_bought_and_nothing_held(deal: Deal) -> None:
    spending.stop(deal.source.provider, why="its bill is disputed")

    assert words(deal) == "Paid calls to SerpApi are stopped: its bill is disputed."
    assert deal.payer().reserved == 0
    assert not SourceCall.objects.exists()


def test_a_stop_of_everything_names_itself(deal: Deal) -> None:
    spending.stop(None, why="")

    assert words(deal) == "All paid calls are stopped."


def test_what_is_free_goes_on(deal: Deal) -> None:
    spending.stop(None, why="")

    assert isinstance(deal.reserve(worst_price=Decimal(0)), Reserved)


def test_other_providers_go_on(deal: Deal) -> None:
    spending.stop(market.provider("snov", label="Snov"), why="")

    assert isinstance(deal.reserve(), Reserved)


def test_a_lifted_stop_holds_nobody(deal: Deal) -> None:
    stop = spending.stop(None, why="")

    assert spending.lift(stop)
    assert not spending.lift(stop)
    assert isinstance(deal.reserve(), Reserved)


def test_a_stop_with_an_end_is_over_by_itself(deal: Deal) -> None:
    spending.stop(deal.source.provider, why="", until=database_now() - timedelta(seconds=1))

    assert isinstance(deal.reserve(), Reserved)


# --- Brakes -----------------------------------------------------------------------------------------------------------


def test_a_call_that_would_pass_the_limit_of_a_window_stops_its_provider(deal: Deal) -> None:
    made = brake(limit=Decimal("0.10"))
    bought(deal, "0.02", ago=timedelta(minutes=30), count=5)

    assert words(deal) == "Paid calls to SerpApi are stopped: spending there ran far above its usual rate."
    stop = SpendingStop.objects.get()
    assert (stop.provider, stop.brake, stop.until) == (deal.source.provider, made, None)


def test_what_just_fits_is_bought(deal: Deal) -> None:
    brake(limit=Decimal("0.10"))
    bought(deal, "0.02", ago=timedelta(minutes=30), count=4)

    assert isinstance(deal.reserve(), Reserved)


def test_what_is_held_counts_as_if_it_were_spent(deal: Deal) -> None:
    brake(limit=Decimal("0.03"))
    deal.reserved()
    other = Deal(market.run(market.company("Okta", domain="okta.com")), deal.request, deal.source)
    market.ask(other.run)

    assert words(other)


def test_what_was_spent_before_the_window_does_not_count(deal: Deal) -> None:
    brake(limit=Decimal("0.10"))
    bought(deal, "5", ago=timedelta(minutes=61))

    assert isinstance(deal.reserve(), Reserved)


def test_a_factor_compares_with_the_week_before_the_window(deal: Deal) -> None:
    brake(factor=3)
    bought(deal, "1.68", ago=timedelta(days=6))  # one cent an hour over the 167 hours since
    bought(deal, "0.01", ago=timedelta(minutes=5))

    assert isinstance(deal.reserve(worst_price=Decimal("0.02")), Reserved)
    assert words(Deal(_another(deal), deal.request, deal.source))


def _another(deal: Deal) -> market.WorkflowRun:
    run = market.run(market.company("Okta", domain="okta.com"))
    market.ask(run)
    return run


def test_a_first_day_is_no_usual_rate(deal: Deal) -> None:
    bought(deal, "0.24", ago=timedelta(hours=2))
    spending.pace.lock(deal.source.provider)
    now = database_now()

    usual = spending.usual_per_hour(deal.source.provider, "sandbox", now=now, until=now - HOUR)

    assert usual == Decimal("0.01")  # over a day, though the first call is an hour old


def test_the_usual_rate_is_remembered_for_ten_minutes(deal: Deal) -> None:
    spending.pace.lock(deal.source.provider)
    now = database_now()
    spending.usual_per_hour(deal.source.provider, "sandbox", now=now, until=now - HOUR)
    bought(deal, "0.24", ago=timedelta(hours=2))

    soon = spending.usual_per_hour(deal.source.provider, "sandbox", now=now + timedelta(minutes=9), until=now)
    later = spending.usual_per_hour(deal.source.provider, "sandbox", now=now + timedelta(minutes=11), until=now)

    assert (soon, later) == (0, Decimal("0.01"))
    assert ProviderState.objects.get().usual == later


def test_below_its_floor_a_factor_never_brakes(deal: Deal) -> None:
    brake(factor=3, at_least=Decimal("0.02"))

    assert isinstance(deal.reserve(), Reserved)


def test_the_sandboxs_money_is_braked_only_where_that_is_wanted(deal: Deal) -> None:
    brake(limit=0, in_sandbox=False)

    assert isinstance(deal.reserve(), Reserved)


def test_another_providers_brake_holds_nobody_else(deal: Deal) -> None:
    brake(limit=0, provider=market.provider("snov", label="Snov"))

    assert isinstance(deal.reserve(), Reserved)


def test_what_was_spent_before_a_person_lifted_it_pulls_no_brake_again(deal: Deal) -> None:
    brake(limit=Decimal("0.10"))
    bought(deal, "1", ago=timedelta(minutes=30))
    words(deal)

    spending.lift(SpendingStop.objects.get())

    assert isinstance(deal.reserve(), Reserved)


def test_a_brake_with_a_time_lets_go_by_itself_and_counts_anew(deal: Deal) -> None:
    brake(limit=Decimal("0.10"), pause_for=timedelta(minutes=5))
    bought(deal, "1", ago=timedelta(minutes=30))
    words(deal)
    SpendingStop.objects.update(until=database_now())

    assert isinstance(deal.reserve(), Reserved)


def test_the_admins_are_told_once(deal: Deal, caplog: pytest.LogCaptureFixture) -> None:
    made = brake(limit=0)

    words(deal)
    words(deal)

    text = (
        f"More was spent at SerpApi in 1:00:00 than brake {made.pk} allows: no paid call until somebody lifts the stop."
    )
    assert [str(notice) for notice in Notice.objects.all()] == [text]
    assert [record.message for record in caplog.records] == [text]
