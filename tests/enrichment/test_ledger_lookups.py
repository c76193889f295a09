"""A call whose answer was lost is looked up, or sent again under its key: it goes on, and is bought once."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from enrichment import cache, settling
from enrichment.models import (
    Fill,
    Provider,
    RunEvent,
    Source,
    SourceCall,
)
from enrichment.models.clock import database_now
from enrichment.permits import Present, Wait, Why
from enrichment.settling import Failure
from tests.enrichment import market
from tests.enrichment.bookings import A_MINUTE, PRICE, call, die, kept, refused
from tests.enrichment.market import deal

pytestmark = pytest.mark.django_db


def record_source() -> Source:
    return market.source("brightdata_company_db", of=market.provider("brightdata", in_doubt="look_up"))


def test_a_call_that_can_be_looked_up_is_taken_over_with_what_it_holds() -> None:
    market_day = deal(of=record_source(), cap="0.02")
    first = market_day.reserved()
    SourceCall.objects.create(**copy_of(call(), job="s_other"))

    again = die(market_day).reserved()

    assert again.call == first.call
    assert again.lost is not None
    assert again.lost.others == {"s_other"}
    assert (market_day.payer().reserved, market_day.payer().spent) == (PRICE, 0)


def copy_of(row: SourceCall, **changed: object) -> dict[str, object]:
    """The line's fields as another run's."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {**fields, "id": uuid.uuid4(), "run_id": None, **changed}


def test_a_call_is_looked_up_three_times_at_most() -> None:
    market_day = deal(of=record_source(), cap="1")
    permit = market_day.reserved()
    lost = Failure(words="No answer.", in_doubt=True)

    kept = [settling.record_failure(permit, market_day.intent(), lost) for _ in range(4)]

    assert kept == [True, True, True, False]
    assert (call().status, call().cost) == ("in_doubt", PRICE)
    assert refused(market_day.reserve())[0] is Why.IN_DOUBT


def test_a_provider_that_is_switched_off_is_not_looked_up() -> None:
    market_day = deal(of=record_source())
    market_day.reserved()
    Provider.objects.update(enabled=False)

    assert refused(die(market_day).reserve())[0] is Why.OFF


def test_a_call_that_is_looked_up_does_not_stand_in_its_own_way() -> None:
    market_day = deal(of=record_source())
    market_day.reserved()
    Provider.objects.update(concurrency=1)

    die(market_day).reserved()


def test_a_free_call_that_a_dead_driver_left_simply_failed() -> None:
    market_day = deal()
    market_day.reserved(worst_price=Decimal(0))

    die(market_day).reserved(worst_price=Decimal(0))

    assert [row.status for row in SourceCall.objects.order_by("attempt")] == ["failed", "intent"]
    assert RunEvent.objects.count() == 0


def test_the_fill_that_a_dead_driver_left_is_free_for_other_runs_at_once() -> None:
    market_day = deal()
    market_day.reserved()
    refused(die(market_day).reserve())

    deal(of=market_day.source, on=market_day.run.company).reserved()


def test_an_answer_that_another_run_brought_meanwhile_is_used_and_the_doubt_booked() -> None:
    market_day = deal(cap="1")
    market_day.reserved()
    entry = kept(market_day)

    assert die(market_day).reserve() == Present(entry.pk, is_empty=False)
    assert market_day.payer().spent == PRICE


def test_a_fill_that_ran_out_and_went_to_another_run_is_left_to_it() -> None:
    """Else both would buy: the driver that came back late, and the run that took over."""
    late = deal(of=market.source(of=market.provider(in_doubt="call_again")))
    late.reserved()
    SourceCall.objects.update(lease_until=database_now() - A_MINUTE)
    Fill.objects.update(lease_until=database_now() - A_MINUTE)
    other = deal(of=late.source, on=late.run.company).reserved()

    permit = die(late).reserve()

    assert permit == Wait(1.0, filling=late.intent().fill_key)
    assert cache.extend(other.claim)


def test_a_long_job_is_polled_on_and_not_bought_again() -> None:
    market_day = deal(cap="1")
    first = market_day.reserved()
    settling.note_job(first.call, "job-7")

    again = die(market_day).reserved()

    assert (again.call, again.job, again.attempt) == (first.call, "job-7", 1)
    assert again.claim.token > first.claim.token
    assert market_day.payer().reserved == PRICE


def test_a_long_job_is_polled_on_though_its_fill_ran_out() -> None:
    market_day = deal()
    first = market_day.reserved()
    settling.note_job(first.call, "job-7")
    Fill.objects.update(lease_until=database_now() - A_MINUTE)

    assert die(market_day).reserved().claim.token == first.claim.token + 1


def test_a_long_job_waits_for_the_run_that_bought_when_its_fill_ran_out() -> None:
    """Else the other run's fill would be stolen while it lives, and a third run could buy."""
    late = deal()
    settling.note_job(late.reserved().call, "job-7")
    Fill.objects.update(lease_until=database_now() - A_MINUTE)
    other = deal(of=late.source, on=late.run.company).reserved()

    permit = die(late).reserve()

    assert permit == Wait(1.0, filling=late.intent().fill_key)
    assert cache.extend(other.claim)


def test_a_long_job_whose_provider_lost_its_key_is_given_up(settings: Settings) -> None:
    settings.CREDENTIALS = {"serpapi": {"api_key": "k"}}
    market_day = deal(origin="live")
    settling.note_job(market_day.reserved(origin="live").call, "job-7")

    settings.CREDENTIALS = {}

    assert refused(die(market_day).reserve(origin="live")) == (Why.OFF, "SerpApi is switched off or has no key.")


def test_a_call_that_waits_keeps_its_fill_for_as_long() -> None:
    permit = deal().reserved()

    settling.stay(permit.call, permit.claim, seconds=600)

    at_least = database_now() + timedelta(seconds=600)
    assert call().lease_until > at_least
    assert Fill.objects.get().lease_until > at_least
