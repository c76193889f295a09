"""What one reservation does to money, fills, calls and events; and when there is none."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from enrichment import cache, settling
from enrichment.models import (
    Fill,
    LeaseLost,
    Provider,
    ProviderState,
    ResearchRequest,
    Source,
    SourceCall,
)
from enrichment.models.clock import database_now
from enrichment.permits import Present, Wait, Why
from enrichment.settling import Failure
from tests.enrichment.bookings import A_MINUTE, call, kept, refused
from tests.enrichment.market import deal

pytestmark = pytest.mark.django_db


# --- Reserving --------------------------------------------------------------------------------------------------------


def test_a_reservation_holds_the_worst_price_before_anything_is_sent() -> None:
    market_day = deal(cap="0.05")

    permit = market_day.reserved(worst_price=Decimal("0.04"))

    assert (market_day.payer().reserved, market_day.payer().spent) == (Decimal("0.04"), 0)
    assert (call().pk, call().status, call().reserved) == (permit.call, "intent", Decimal("0.04"))
    assert (call().request, call().attempt, call().wave) == (market_day.request, 1, 1)
    assert call().lease_until > database_now()


def test_a_reservation_tells_how_to_reach_the_provider(settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"

    permit = deal().reserved()

    assert (permit.base_url, permit.trusted) == ("http://127.0.0.1:9/{host}", True)
    assert permit.secrets == {"api_key": "sandbox"}


def test_a_stale_token_reserves_nothing() -> None:
    market_day = deal()

    with pytest.raises(LeaseLost):
        market_day.reserve(lease_token=0)

    assert SourceCall.objects.count() == 0
    assert Fill.objects.count() == 0


@pytest.mark.parametrize("status", ["queued", "parked", "completed", "cancelled"])
def test_a_run_that_is_not_being_driven_reserves_nothing(status: str) -> None:
    with pytest.raises(LeaseLost):
        deal(status=status).reserve()


def test_an_answer_that_is_there_is_not_bought() -> None:
    market_day = deal()
    entry = kept(market_day, is_empty=True)

    assert market_day.reserve() == Present(entry.pk, is_empty=True)
    assert SourceCall.objects.count() == 0


def test_an_answer_from_before_the_wished_moment_is_bought_again() -> None:
    market_day = deal()
    entry = kept(market_day)

    market_day.reserved(not_before=entry.fetched_at + timedelta(seconds=1))


def test_an_answer_of_another_origin_is_none() -> None:
    market_day = deal()
    kept(market_day, key=cache.response_key("serp_news", market_day.run.company_id, "live"), origin="live")

    market_day.reserved()


def test_what_another_run_is_fetching_is_waited_for() -> None:
    first = deal()
    first.reserved()

    second = deal(of=first.source, on=first.run.company)

    assert second.reserve() == Wait(1.0, filling=second.intent().fill_key)
    assert second.payer().reserved == 0


def test_the_next_attempt_after_a_failure_is_counted() -> None:
    market_day = deal()
    settling.record_failure(market_day.reserved(), market_day.intent(), Failure(words="503"))

    assert market_day.reserved().attempt == 2


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_a_price_above_the_cap_is_refused_without_telling_the_cap() -> None:
    why, words = refused(deal(cap="0.01").reserve())

    assert why is Why.BUDGET
    assert words == "It may cost 0.02 USD, more than is left of the cap."


def test_a_price_of_exactly_what_is_left_is_granted() -> None:
    deal(cap="0.02").reserved()


def test_a_free_call_is_granted_though_the_cap_is_overdrawn() -> None:
    market_day = deal(cap="0.01")
    ResearchRequest.objects.update(spent=Decimal("0.05"))

    market_day.reserved(worst_price=Decimal(0))


def test_a_run_that_nobody_wants_buys_nothing() -> None:
    market_day = deal()
    ResearchRequest.objects.update(status=ResearchRequest.Status.CANCELLED)

    assert refused(market_day.reserve()) == (Why.NOBODY, "Nobody wants this run any more.")


def test_a_provider_that_is_switched_off_sells_nothing_to_a_running_run() -> None:
    market_day = deal()
    Provider.objects.update(enabled=False)

    assert refused(market_day.reserve()) == (Why.OFF, "SerpApi is switched off or has no key.")


def test_a_source_that_is_switched_off_sells_nothing_to_a_running_run() -> None:
    market_day = deal()
    Source.objects.update(enabled=False)

    assert refused(market_day.reserve())[0] is Why.OFF


def test_a_provider_whose_key_was_taken_away_sells_nothing(settings: Settings) -> None:
    settings.CREDENTIALS = {}

    assert refused(deal(origin="live").reserve(origin="live"))[0] is Why.OFF


def test_a_provider_with_an_open_breaker_is_done_without() -> None:
    market_day = deal()
    ProviderState.objects.create(provider=market_day.source.provider, failures=5, open_until=database_now() + A_MINUTE)

    assert refused(market_day.reserve())[0] is Why.PAUSED


def test_a_provider_that_is_paused_for_a_moment_is_waited_for() -> None:
    market_day = deal()
    ProviderState.objects.create(
        provider=market_day.source.provider, paused_until=database_now() + timedelta(seconds=30)
    )

    permit = market_day.reserve()

    assert isinstance(permit, Wait)
    assert (28 < permit.seconds <= 30, permit.filling) == (True, "")


@pytest.mark.parametrize("permit", ["budget", "off", "paused"])
def test_a_refusal_holds_neither_money_nor_a_fill(permit: str) -> None:
    market_day = deal(cap="0.01" if permit == "budget" else "1")
    if permit == "off":
        Source.objects.update(enabled=False)
    if permit == "paused":
        ProviderState.objects.create(
            provider=market_day.source.provider, paused_until=database_now() + timedelta(hours=1)
        )

    assert refused(market_day.reserve())[0] == permit

    assert market_day.payer().reserved == 0
    assert (SourceCall.objects.count(), Fill.objects.count()) == (0, 0)
