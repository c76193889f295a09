"""What one failure does to money and calls, and a driver that died meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment import doubts, settling
from enrichment.models import (
    ProviderState,
    RunEvent,
    SourceCall,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.permits import Why
from enrichment.settling import Failure
from tests.enrichment import market
from tests.enrichment.bookings import PRICE, answered, call, die, failed, refused
from tests.enrichment.market import deal

pytestmark = pytest.mark.django_db


# --- Failures ---------------------------------------------------------------------------------------------------------


def test_a_failure_that_cost_nothing_frees_the_money_and_the_fill() -> None:
    market_day = failed(Failure(words="It answered 503."))

    assert (market_day.payer().reserved, market_day.payer().spent) == (0, 0)
    assert (call().status, call().cost, call().error) == ("failed", 0, "It answered 503.")
    market_day.reserved()


def test_a_failure_that_was_paid_is_booked() -> None:
    market_day = failed(Failure(words="Nonsense came.", cost=PRICE))

    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert WorkflowRun.objects.get().cost == PRICE


def test_a_call_that_may_have_been_paid_is_booked_at_its_worst_price_and_marked() -> None:
    market_day = failed(Failure(words="No answer.", in_doubt=True))

    assert (call().status, call().cost) == ("in_doubt", PRICE)
    assert market_day.payer().spent == WorkflowRun.objects.get().cost == PRICE


def test_a_free_call_is_never_in_doubt() -> None:
    market_day = deal()

    permit = market_day.reserved(worst_price=Decimal(0))
    settling.record_failure(permit, market_day.intent(), Failure(words="No answer.", in_doubt=True))

    assert call().status == "failed"


def test_a_failure_is_told_to_who_watches() -> None:
    failed(Failure(words="It answered 503."))

    assert RunEvent.objects.get().data == {
        "source": "serp_news",
        "status": "failed",
        "cost": "0",
        "detail": "It answered 503.",
    }


def test_a_failure_of_a_stale_driver_is_ledgered_and_not_told() -> None:
    failed(Failure(words="It answered 503.", cost=PRICE), token=0)

    assert call().cost == PRICE
    assert RunEvent.objects.count() == 0


def test_a_failure_counts_towards_the_breaker_unless_the_provider_is_not_to_blame() -> None:
    market_day = failed(Failure(words="503"))
    settling.record_failure(market_day.reserved(), market_day.intent(), Failure(words="refused", counts=False))

    assert ProviderState.objects.get().failures == 1


def test_a_failure_may_pause_the_provider() -> None:
    failed(Failure(words="Wrong key.", pause=300.0))

    state = ProviderState.objects.get()
    assert state.paused_until is not None
    assert state.paused_until > database_now() + timedelta(seconds=290)
    assert state.note == "Wrong key."


def test_a_failure_is_settled_once() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()

    for _ in range(2):
        settling.record_failure(permit, market_day.intent(), Failure(words="paid", cost=PRICE))

    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert ProviderState.objects.get().failures == 1


def test_words_of_any_length_are_kept_as_far_as_they_fit() -> None:
    failed(Failure(words="x" * 1000, pause=1.0))

    assert call().error == ProviderState.objects.get().note == "x" * 300


# --- What a dead driver left behind -----------------------------------------------------------------------------------


def test_a_call_that_a_dead_driver_left_is_booked_and_not_made_again_where_that_may_pay_twice() -> None:
    market_day = deal(cap="1")
    market_day.reserved()

    why, _ = refused(die(market_day).reserve())

    assert why is Why.IN_DOUBT
    assert (call().status, call().cost) == ("in_doubt", PRICE)
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert RunEvent.objects.get().data["status"] == "in_doubt"


def test_it_is_made_again_where_asking_twice_costs_nothing_more() -> None:
    market_day = deal(of=market.source(of=market.provider(in_doubt="call_again")))
    market_day.reserved()

    again = die(market_day).reserved()

    assert again.attempt == 2
    assert [row.status for row in SourceCall.objects.order_by("attempt")] == ["in_doubt", "intent"]


def test_a_call_that_costs_nothing_again_only_for_a_while_is_not_made_again_later() -> None:
    """As after a restore: the search that was out when the backup was made is charged again hours later."""
    seller = market.provider(in_doubt="call_again", repeat_free_for=timedelta(hours=1))
    market_day = deal(of=market.source(of=seller))
    market_day.reserved()
    SourceCall.objects.update(started=database_now() - timedelta(hours=2))

    assert refused(die(market_day).reserve())[0] is Why.IN_DOUBT


def test_a_repetition_that_is_answered_ends_the_doubt_about_the_first_call() -> None:
    market_day = deal(of=market.source(of=market.provider(in_doubt="call_again")), cap="1")
    market_day.reserved()
    heir = die(market_day)

    answered(heir, heir.reserved(), token=heir.run.lease_token)

    assert [(row.status, row.cost) for row in SourceCall.objects.order_by("attempt")] == [("failed", 0), ("ok", PRICE)]
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert WorkflowRun.objects.get().cost == PRICE


def test_a_call_in_doubt_bars_its_run_from_asking_again_until_somebody_decides() -> None:
    market_day = deal(cap="1")
    settling.record_failure(market_day.reserved(), market_day.intent(), Failure(words="No answer.", in_doubt=True))
    assert refused(market_day.reserve())[0] is Why.IN_DOUBT

    doubts.decide(call().pk, SourceCall.Verdict.NOT_CHARGED)

    assert market_day.reserved().attempt == 2


def test_an_answer_that_comes_after_a_verdict_is_kept_and_booked_at_its_price() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()
    refused(die(market_day).reserve())
    doubts.decide(call().pk, SourceCall.Verdict.NOT_CHARGED)

    answered(market_day, permit)

    assert (call().status, call().cost, call().verdict) == ("ok", PRICE, "")
    assert market_day.payer().spent == PRICE
