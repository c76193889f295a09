"""What one reservation, one failure and one answer do to money, fills, calls and events."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django import Settings

from enrichment import cache, collection, ledger
from enrichment.collection import Kind, record_answer
from enrichment.ledger import Failure, LeaseLost, Present, Refused, Reserved, Wait, Why
from enrichment.models import (
    CacheEntry,
    Company,
    Fact,
    Fill,
    Provider,
    ProviderState,
    ResearchRequest,
    RunEvent,
    Source,
    SourceCall,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.sources.base import CompanyRef
from tests.enrichment import market
from tests.enrichment.market import Deal, deal

pytestmark = pytest.mark.django_db
PRICE = Decimal("0.02")
A_MINUTE = timedelta(minutes=1)
RULES = market.rules(datasets={"recent_news": "records"}, cells={("recent_news", "serp_news"): 0.9})
NEWS = json.dumps(
    {"news_results": [{"title": "Acme Corp raises $50M in Series C", "link": "https://news.example/acme-raises"}]}
).encode()


def call() -> SourceCall:
    return SourceCall.objects.get()


def kept(at: Deal, **values: object) -> CacheEntry:
    """A response on the deal's company that is in the cache."""
    now = database_now()
    answer = {
        "type": at.intent().cache_type,
        "key": at.intent().cache_key,
        "company": at.run.company_id,
        "origin": "sandbox",
        "body": b"{}",
        "fetched_at": now,
        "ttl": A_MINUTE,
        "source": at.source.slug,
        **values,
    }
    return cache.keep(cache.Answer(**answer), at=now)  # type: ignore[arg-type]


def die(at: Deal) -> Deal:
    """The run's driver dies; another one has the run now, with the next token."""
    WorkflowRun.objects.filter(pk=at.run.pk).update(lease_token=at.run.lease_token + 1)
    return Deal(WorkflowRun.objects.get(pk=at.run.pk), at.request, at.source)


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
    ledger.record_failure(market_day.reserved(), market_day.intent(), Failure(words="503"))

    assert market_day.reserved().attempt == 2


# --- Refusals ---------------------------------------------------------------------------------------------------------


def refused(permit: object) -> tuple[Why, str]:
    assert isinstance(permit, Refused), permit
    return permit.why, permit.words


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


# --- Failures ---------------------------------------------------------------------------------------------------------


def failed(failure: Failure, *, token: int = 1) -> Deal:
    market_day = deal(cap="1")
    ledger.record_failure(market_day.reserved(), market_day.intent(lease_token=token), failure)
    return market_day


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
    ledger.record_failure(permit, market_day.intent(), Failure(words="No answer.", in_doubt=True))

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
    ledger.record_failure(market_day.reserved(), market_day.intent(), Failure(words="refused", counts=False))

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
        ledger.record_failure(permit, market_day.intent(), Failure(words="paid", cost=PRICE))

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
    ledger.note_job(first.call, "job-7")

    again = die(market_day).reserved()

    assert (again.call, again.job, again.attempt) == (first.call, "job-7", 1)
    assert again.claim.token > first.claim.token
    assert market_day.payer().reserved == PRICE


def test_a_long_job_is_polled_on_though_its_fill_ran_out() -> None:
    market_day = deal()
    first = market_day.reserved()
    ledger.note_job(first.call, "job-7")
    Fill.objects.update(lease_until=database_now() - A_MINUTE)

    assert die(market_day).reserved().claim.token == first.claim.token + 1


def test_a_long_job_whose_provider_lost_its_key_is_given_up(settings: Settings) -> None:
    settings.CREDENTIALS = {"serpapi": {"api_key": "k"}}
    market_day = deal(origin="live")
    ledger.note_job(market_day.reserved(origin="live").call, "job-7")

    settings.CREDENTIALS = {}

    assert refused(die(market_day).reserve(origin="live")) == (Why.OFF, "SerpApi has no key any more.")


def test_a_call_that_waits_keeps_its_fill_for_as_long() -> None:
    permit = deal().reserved()

    ledger.stay(permit.call, permit.claim, seconds=600)

    at_least = database_now() + timedelta(seconds=600)
    assert call().lease_until > at_least
    assert Fill.objects.get().lease_until > at_least


# --- Answers ----------------------------------------------------------------------------------------------------------


def answered(at: Deal, permit: Reserved, *, body: bytes = NEWS, token: int = 1) -> Kind:
    """Record `body` as the provider's answer; how it ended."""
    source = RULES.sources["serp_news"]
    ref = CompanyRef(name="Acme Corp", domain="acmecorp.com")
    return record_answer(at.intent(lease_token=token), permit, source, ref, body, RULES).kind


def test_an_answer_is_kept_paid_read_and_told_in_one_go() -> None:
    market_day = deal(cap="1")
    permit = market_day.reserved()

    assert answered(market_day, permit) is Kind.ANSWERED

    assert (call().status, call().cost, call().records) == ("ok", PRICE, 1)
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert call().entry == CacheEntry.objects.get()
    assert Fact.objects.get().dataset == "recent_news"
    assert [event.kind for event in RunEvent.objects.all()] == ["source_update", "partial_results"]
    assert cache.claim(market_day.intent().fill_key, data_epoch=0) is not None


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
        ledger.book(call(), status="ok", cost=PRICE, records=1, entry=None, now=database_now())

    assert market_day.payer().spent == PRICE
    assert call().status == "ok"


def test_who_waits_for_a_fill_goes_on_when_it_is_filled(django_capture_on_commit_callbacks: object) -> None:
    market_day = deal()
    permit = market_day.reserved()
    waiting = market.run(market_day.run.company, status="parked", waiting_for=market_day.intent().fill_key)
    WorkflowRun.objects.filter(pk=waiting.pk).update(wake_at=database_now() + timedelta(hours=1))

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
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
    WorkflowRun.objects.update(company=left)

    answered(market_day, permit)

    entry = CacheEntry.objects.get()
    assert entry.company == left
    assert entry.key == cache.response_key("serp_news", left.pk, "sandbox")
    assert Company.objects.count() == 2


def test_the_ledgers_price_of_an_answer_is_what_its_source_charges_for() -> None:
    source = RULES.sources["serp_news"]
    three, none = _extraction(3), _extraction(0)

    prices = {
        charged: [str(collection.price_of(source.model_copy(update={"charged": charged}), e)) for e in (three, none)]
        for charged in ("call", "hit", "record")
    }

    assert prices == {"call": ["0.02", "0.02"], "hit": ["0.02", "0"], "record": ["0.06", "0.00"]}


def _extraction(records: int) -> collection.Extraction:
    from enrichment.sources.base import Observation

    seen = tuple(Observation(dataset="recent_news", value={"headline": str(n)}) for n in range(records))
    return collection.Extraction(observations=seen, records=records)
