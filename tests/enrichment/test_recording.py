"""What one answer does to money, cache, facts, calls and events."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from enrichment import cache, recording, settling
from enrichment.companies import absorb
from enrichment.models import (
    CacheEntry,
    Company,
    Fact,
    Fill,
    ProviderState,
    RunEvent,
    SourceCall,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.recording import Kind
from enrichment.sources.base import Observation
from tests.enrichment import market
from tests.enrichment.bookings import A_MINUTE, PRICE, RULES, answered, call, die, refused
from tests.enrichment.market import deal

pytestmark = pytest.mark.django_db


def test_an_answer_is_kept_paid_read_and_told_in_one_go() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()

    assert answered(market_day, permit) is Kind.ANSWERED

    assert (call().status, call().cost, call().records) == ("ok", PRICE, 1)
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert call().entry == CacheEntry.objects.get()
    assert Fact.objects.get().dataset == "recent_news"
    assert [event.kind for event in RunEvent.objects.all()] == ["source_update", "partial_results"]
    assert cache.claim(market_day.intent().fill_key, holder=uuid.uuid4(), data_epoch=0) is not None


def test_the_answer_of_a_stale_driver_is_paid_and_kept_and_not_told() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()
    die(market_day)

    assert answered(market_day, permit) is Kind.ANSWERED

    assert (call().status, call().cost) == ("ok", PRICE)
    assert CacheEntry.objects.get().paid == PRICE
    assert Fact.objects.exists()
    assert RunEvent.objects.count() == 0


def test_the_real_price_takes_the_place_of_the_doubt() -> None:
    """A driver that was thought dead comes back with the answer: what was booked as lost was not."""
    market_day = deal(cap="1")
    permit = market_day.reserved(worst_price=Decimal("0.10"))
    refused(die(market_day).reserve())
    assert market_day.payer().spent == Decimal("0.10")

    answered(market_day, permit)

    assert (call().status, call().cost) == ("ok", PRICE)
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert WorkflowRun.objects.get().cost == PRICE


def test_an_answer_is_recorded_once() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()

    kinds = [answered(market_day, permit) for _ in range(2)]

    assert kinds == [Kind.ANSWERED, Kind.ANSWERED]
    assert market_day.payer().spent == PRICE
    assert RunEvent.objects.count() == 2


def test_an_answer_that_was_asked_for_before_an_erasure_is_paid_and_not_kept() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()
    cache.invalidate(market_day.run.company, at=database_now())

    answered(market_day, permit)

    assert market_day.payer().spent == PRICE
    assert CacheEntry.objects.count() == Fact.objects.count() == 0


def test_a_job_that_was_begun_before_an_erasure_is_fetched_and_not_kept() -> None:
    market_day = deal(cap="1")
    settling.note_job(market_day.reserved().call, "job-7")
    cache.invalidate(market_day.run.company, at=database_now())
    Fill.objects.update(lease_until=database_now() - A_MINUTE)

    answered(market_day, die(market_day).reserved())

    assert market_day.payer().spent == PRICE
    assert CacheEntry.objects.count() == Fact.objects.count() == 0


def test_a_charge_above_the_reservation_is_booked_and_pauses_the_provider() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved(worst_price=Decimal("0.01"))

    answered(market_day, permit)

    state = ProviderState.objects.get()
    assert market_day.payer().spent == PRICE
    assert state.paused_until is not None
    assert state.paused_until > database_now() + timedelta(minutes=59)
    assert state.note == "Charged 0.02 USD where 0.01 was the most."


def test_an_answer_closes_the_breaker() -> None:
    market_day = deal()
    permit = market_day.reserved()
    ProviderState.objects.update(failures=7, open_until=database_now() + A_MINUTE)

    answered(market_day, permit)

    state = ProviderState.objects.get()
    assert (state.failures, state.open_until) == (0, None)


def test_an_answer_of_a_run_that_was_deleted_is_settled_with_its_payer() -> None:
    market_day = deal(cap="1")
    market_day.reserved()
    SourceCall.objects.update(run=None)

    with transaction.atomic():
        settling.book(call(), status="ok", cost=PRICE, records=1, entry=None, now=database_now())

    assert market_day.payer().spent == PRICE
    assert call().status == "ok"


def test_who_waits_for_a_fill_goes_on_when_it_is_filled(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    market_day = deal()
    permit = market_day.reserved()
    waiting = market.run(market_day.run.company, status="parked", waiting_for=market_day.intent().fill_key)
    WorkflowRun.objects.filter(pk=waiting.pk).update(wake_at=database_now() + timedelta(hours=1))

    with django_capture_on_commit_callbacks(execute=True):
        answered(market_day, permit)

    waiting.refresh_from_db()
    assert waiting.waiting_for == ""
    assert waiting.wake_at <= database_now() + timedelta(seconds=1)


def test_what_cannot_be_read_is_a_failure_that_was_paid() -> None:
    market_day = deal(cap="1")

    kind = answered(market_day, market_day.reserved(), body=b"<html>")

    assert kind is Kind.FAILED
    assert (call().status, call().cost) == ("failed", PRICE)
    assert market_day.payer().spent == PRICE


def test_an_answer_for_a_company_that_was_absorbed_meanwhile_is_kept_for_the_one_that_is_left() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()
    left = market.company("Acme Corporation", domain="acme.example", data_epoch=3)
    absorb(market_day.run.company, into=left, learned_from="test")

    answered(market_day, permit)

    entry = CacheEntry.objects.get()
    assert entry.company == left
    assert entry.key == cache.response_key("serp_news", market_day.run.company_id, "sandbox")
    assert Company.objects.count() == 2


def test_an_answer_is_kept_for_whom_it_was_asked_though_its_run_went_back_to_another_company() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()
    other = market.company("Apex", domain="apex.example")
    WorkflowRun.objects.update(company=other)

    answered(market_day, permit)

    assert CacheEntry.objects.get().company_id == market_day.run.company_id


def test_the_ledgers_price_of_an_answer_is_what_its_source_charges_for() -> None:
    source = RULES.sources["serp_news"]
    three, none = _extraction(3), _extraction(0)

    prices = {
        charged: [str(recording.price_of(source.model_copy(update={"charged": charged}), e)) for e in (three, none)]
        for charged in ("call", "hit", "record")
    }

    assert prices == {"call": ["0.02", "0.02"], "hit": ["0.02", "0"], "record": ["0.06", "0.00"]}


def _extraction(records: int) -> recording.Extraction:
    seen = tuple(Observation(dataset="recent_news", value={"headline": str(n)}) for n in range(records))
    return recording.Extraction(observations=seen, records=records)
