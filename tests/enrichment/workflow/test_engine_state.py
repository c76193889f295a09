"""What holds for an engine over all processes: pauses, breaker, pace, cap; and how a run goes on without it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from enrichment.analysis.model import EngineError, Trouble, Usage
from enrichment.models import AnalysisEngine, Budget, EngineCall, EngineState, Notice, ResearchRequest
from enrichment.models.clock import database_now
from enrichment.workflow import engine_ledger, engine_state
from enrichment.workflow.engine_state import Hold
from enrichment.workflow.leases import Lease
from tests.enrichment.market import at_once
from tests.enrichment.workflow.conftest import Desk
from tests.enrichment.workflow.test_loose_ends import begun

pytestmark = pytest.mark.django_db

PRICE = Decimal("0.004")


def engine(**values: object) -> AnalysisEngine:
    row = AnalysisEngine.objects.get(slug="anthropic")
    row.credentials, row.price_in, row.price_out = {"api_key": "none"}, Decimal("0.1"), Decimal("0.5")
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


@transaction.atomic
def why_not(row: AnalysisEngine, price: Decimal | None = PRICE) -> Hold | None:
    return engine_state.hold(row, engine_state.lock(row), price=price, now=database_now())


@transaction.atomic
def fails(row: AnalysisEngine, trouble: Trouble, **said: Any) -> None:
    given: dict[str, Any] = {"words": "answered 529 (overloaded_error)", **said}
    engine_state.failed(row.slug, trouble, now=database_now(), **given)


def line(row: AnalysisEngine, **values: object) -> EngineCall:
    defaults = {"engine": row.slug, "started": database_now(), "status": EngineCall.Status.OK}
    return EngineCall.objects.create(**{**defaults, **values})


def test_an_engine_of_which_nothing_is_known_may_be_asked(rules: None) -> None:
    assert why_not(engine()) is None


def test_the_third_failure_in_a_row_opens_the_breaker_for_everybody(rules: None) -> None:
    row = engine()

    for _ in range(engine_state.FAILURES_THAT_OPEN - 1):
        fails(row, Trouble.OUTAGE)
    before = why_not(row)
    fails(row, Trouble.OUTAGE)

    assert before is None
    assert why_not(row) == Hold("It failed 3 times in a row and is left alone for a while.")


def test_after_the_breakers_time_one_analysis_alone_tries_whether_it_is_back(rules: None) -> None:
    row = engine()
    EngineState.objects.create(engine=row, failures=3, open_until=database_now() - timedelta(seconds=1))
    state = engine_state.lock(row)

    engine_state.begin(row, state, now=database_now())

    assert why_not(row) is not None


@pytest.mark.parametrize("trouble", [Trouble.ANSWER, None])
def test_any_answer_closes_the_breaker(rules: None, trouble: Trouble | None) -> None:
    row = engine()
    EngineState.objects.create(engine=row, failures=3, open_until=database_now() + timedelta(seconds=50))

    if trouble is None:
        engine_state.answered(row.slug, now=database_now())
    else:
        fails(row, trouble, words="refused to answer")

    assert why_not(row) is None
    assert EngineState.objects.get().failures == 0


@pytest.mark.parametrize("trouble", [Trouble.BUSY, Trouble.OUTAGE])
def test_a_vendor_who_asks_for_a_long_wait_is_left_alone_so_long(rules: None, trouble: Trouble) -> None:
    row = engine()

    fails(row, trouble, retry_after=3600.0, words="answered 429 (rate_limit_error)")

    found = why_not(row)
    assert found is not None
    assert found.seconds is None
    assert found.words.endswith("UTC: It answered 429 (rate_limit_error).")
    until = EngineState.objects.get().paused_until
    assert until is not None
    left = until - database_now()
    assert timedelta(minutes=59) < left < timedelta(minutes=61)


def test_a_vendor_who_asks_for_a_month_is_asked_again_tomorrow(rules: None) -> None:
    row = engine()

    fails(row, Trouble.BUSY, retry_after=30 * 86_400.0)

    until = EngineState.objects.get().paused_until
    assert until is not None
    assert until < database_now() + timedelta(days=1, minutes=1)


def test_a_refused_key_pauses_the_engine_and_tells_the_admins_once_what_was_said(rules: None) -> None:
    row = engine()

    for _ in range(2):
        fails(row, Trouble.REFUSED, words="answered 401 (authentication_error)", detail="invalid x-api-key")

    assert EngineState.objects.get().note == "It answered 401 (authentication_error).\ninvalid x-api-key"
    told = "The engine anthropic answered 401 (authentication_error); others write until somebody has a look."
    assert [notice.text for notice in Notice.objects.all()] == [told]
    found = why_not(row)
    assert found is not None
    assert "invalid" not in found.words  # which whoever asked for a report reads, too


def test_a_key_that_a_server_says_back_is_not_noted(rules: None) -> None:
    row = engine(credentials={"api_key": "sk-secret-1"})

    fails(row, Trouble.REFUSED, detail="no such key: sk-secret-1")

    assert EngineState.objects.get().note.endswith("no such key: …")


def test_what_nobody_can_be_blamed_for_changes_nothing(rules: None) -> None:
    row = engine()

    fails(row, Trouble.UNKNOWN)

    assert not EngineState.objects.exists()


def test_a_person_ends_a_pause(rules: None) -> None:
    row = engine()
    fails(row, Trouble.SPENT)

    ended = engine_state.ask_again(row)

    assert ended
    assert why_not(row) is None
    assert not engine_state.ask_again(row)


def test_the_monthly_cap_counts_what_was_spent_and_what_is_held(rules: None) -> None:
    row = engine(monthly_cap=Decimal("0.01"))
    line(row, cost=Decimal("0.003"))
    line(row, cost=None)  # unpriced
    line(row, status=EngineCall.Status.INTENT, reserved=Decimal("0.003"))
    line(row, cost=Decimal(5), started=database_now() - timedelta(days=32))
    line(row, cost=Decimal(5), engine="another")

    assert engine_state.spent_this_month(row.slug, database_now()) == Decimal("0.006")
    assert why_not(row, Decimal("0.004")) is None
    assert why_not(row, Decimal("0.005")) == Hold("Its monthly cap is used up.")
    assert Notice.objects.get().kind == Notice.Kind.BUDGET


def test_an_engine_of_unknown_price_does_not_run_under_a_cap_of_its_own(rules: None) -> None:
    row = engine(monthly_cap=Decimal(1))

    assert why_not(row, None) == Hold("Its price is unknown, so it does not run under its monthly cap.")


def test_a_free_engine_runs_under_a_cap_of_nothing(rules: None) -> None:
    assert why_not(engine(monthly_cap=Decimal(0)), Decimal(0)) is None


def test_no_more_analyses_are_under_way_than_may_be(rules: None) -> None:
    row = engine(concurrency=1)
    line(row, status=EngineCall.Status.INTENT)

    found = why_not(row)

    assert found is not None
    assert found.seconds == engine_state.BUSY_WAIT


def test_an_analysis_that_a_dead_driver_left_behind_holds_no_place(rules: None) -> None:
    row = engine(concurrency=1, timeout=timedelta(seconds=10))
    line(row, status=EngineCall.Status.INTENT, started=database_now() - timedelta(minutes=1))

    assert why_not(row) is None


def test_an_engines_pace_is_kept(rules: None) -> None:
    row = engine(requests_per_minute=6)  # one every ten seconds
    engine_state.begin(row, engine_state.lock(row), now=database_now())

    found = why_not(row)

    assert found is not None
    assert found.seconds == pytest.approx(10, abs=1)


@pytest.mark.django_db(transaction=True)
def test_analyses_that_begin_at_once_do_not_pass_the_cap_together(rules: None) -> None:
    row = engine(monthly_cap=5 * PRICE, concurrency=100)

    @transaction.atomic
    def begin(_place: int) -> bool:
        if engine_state.hold(row, engine_state.lock(row), price=PRICE, now=database_now()) is not None:
            return False
        line(row, status=EngineCall.Status.INTENT, reserved=PRICE)
        return True

    begun_at_once = at_once(12, begin)

    assert sum(begun_at_once) == 5


# --- In a run ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def job(desk: Desk) -> tuple[Lease, ResearchRequest]:
    request = desk.ask("Acme Corp", vendor=None)
    return begun(request), request


def test_the_second_of_two_analyses_at_once_sees_what_the_first_one_holds(
    job: tuple[Lease, ResearchRequest],
) -> None:
    row = engine(monthly_cap=Decimal("0.005"))

    first, second = (engine_ledger.hold(job[0], row, PRICE) for _ in range(2))

    assert isinstance(first, UUID)
    assert second == Hold("anthropic: Its monthly cap is used up.")


@pytest.mark.parametrize(("at_limit", "runs"), [("stop", False), ("warn", True)])
def test_an_engine_of_unknown_price_does_not_run_under_a_budget_that_stops(
    job: tuple[Lease, ResearchRequest], at_limit: str, runs: bool
) -> None:
    Budget.objects.create(limit=Decimal(100), at_limit=at_limit)
    ResearchRequest.objects.update(cap=None)

    found = engine_ledger.hold(job[0], engine(), None)

    why = Hold("anthropic: its price is unknown, so it does not run under a cap or a budget.")
    assert isinstance(found, UUID) if runs else found == why


def test_a_paused_engine_is_still_the_one_of_what_asks_no_model(job: tuple[Lease, ResearchRequest]) -> None:
    row = engine()
    fails(row, Trouble.SPENT)

    assert isinstance(engine_ledger.hold(job[0], row, Decimal(0), asks=False), UUID)


def test_a_failed_analysis_leaves_its_bill_and_its_reason(job: tuple[Lease, ResearchRequest]) -> None:
    row = engine()
    call = engine_ledger.hold(job[0], row, PRICE)
    assert isinstance(call, UUID)

    words = "answered 404 (not_found_error)"
    error = EngineError(words, usage=Usage(), trouble=Trouble.REFUSED, detail="model: claude-9")
    engine_ledger.fail(call, error)

    booked = EngineCall.objects.get(pk=call)
    assert (booked.status, booked.cost, booked.error) == ("failed", Decimal(0), "answered 404 (not_found_error)")
    assert EngineState.objects.get().note == "It answered 404 (not_found_error).\nmodel: claude-9"


def test_an_answer_books_every_kind_of_token_and_says_what_is_in_doubt(job: tuple[Lease, ResearchRequest]) -> None:
    call = engine_ledger.hold(job[0], engine(), PRICE)
    assert isinstance(call, UUID)
    usage = Usage(
        tokens_in=2_000,
        tokens_out=201,
        tokens_cached=30,
        tokens_cache_written=40,
        cost=Decimal("0.0043"),
        doubtful=Decimal("0.0041"),
    )

    engine_ledger.settle(call, usage, words="")

    booked = EngineCall.objects.get(pk=call)
    assert (booked.tokens_in, booked.tokens_out) == (2_000, 201)
    assert (booked.tokens_cached, booked.tokens_cache_written) == (30, 40)
    assert (booked.status, booked.cost) == ("ok", Decimal("0.0043"))
    assert booked.error == "0.0041 USD of it are for a call that was cut off."


def test_an_engine_that_charges_more_than_was_held_is_left_alone_and_the_admins_are_told(
    job: tuple[Lease, ResearchRequest],
) -> None:
    row = engine()
    call = engine_ledger.hold(job[0], row, PRICE)
    assert isinstance(call, UUID)

    engine_ledger.settle(call, Usage(cost=Decimal("1.90")), words="")

    assert EngineCall.objects.get(pk=call).cost == Decimal("1.90")
    assert "1.9" in Notice.objects.get().text
    held = why_not(row)
    assert held is not None
    assert "0.004 was the most" in held.words


def test_an_engine_that_charges_what_was_held_goes_on(job: tuple[Lease, ResearchRequest]) -> None:
    row = engine()
    call = engine_ledger.hold(job[0], row, PRICE)
    assert isinstance(call, UUID)

    engine_ledger.settle(call, Usage(cost=PRICE), words="")

    assert why_not(row) is None
