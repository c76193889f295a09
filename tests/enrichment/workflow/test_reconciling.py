"""What a restored database is told about its ledger, and what is put right."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from enrichment import permits, settling
from enrichment.models import Budget, BudgetPeriod, ResearchRequest, SourceCall, StepRun, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow import reconciling
from tests.enrichment import market
from tests.enrichment.market import Deal, deal

pytestmark = pytest.mark.django_db
PRICE = Decimal("0.02")


def restored(at: Deal) -> None:
    """Nobody drives the run any more."""
    WorkflowRun.objects.update(lease_until=database_now())


def found() -> list[tuple[str, str, bool]]:
    return [(finding.kind, finding.remedy, finding.is_wrong) for finding in reconciling.check()]


def call() -> SourceCall:
    return SourceCall.objects.get()


def answered_without_answer(at: Deal, **values: object) -> None:
    """The ledger says that the call was answered; the answer is not in the database."""
    permit = at.reserved()
    settling.book(call(), status="ok", cost=PRICE, records=1, entry=None, now=database_now())
    SourceCall.objects.filter(pk=permit.call).update(**values)
    restored(at)


def test_a_database_that_agrees_with_its_ledger_has_no_findings() -> None:
    deal().reserved()

    assert reconciling.check() == []


def test_a_call_that_was_out_is_put_in_doubt_and_booked() -> None:
    market_day = deal(cap="1")
    market_day.reserved()
    restored(market_day)

    assert found() == [("under way", "in doubt: it counts as spent and is not asked again", True)]
    reconciling.settle()

    assert (call().status, call().cost) == ("in_doubt", PRICE)
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)
    assert found() == []


@pytest.mark.parametrize(
    ("policy", "slug", "job", "remedy"),
    [
        ("call_again", "serp_news", "", "kept: asking again costs nothing more"),
        ("look_up", "brightdata_company_db", "", "kept: the provider is asked for its job, free"),
        ("next_source", "brightdata_company_db", "s_1", "kept: its job is polled on, free"),
    ],
)
def test_a_call_whose_end_the_run_can_find_out_for_nothing_is_left_to_it(
    policy: str, slug: str, job: str, remedy: str
) -> None:
    market_day = deal(of=market.source(slug, of=market.provider(in_doubt=policy)))
    market_day.reserved()
    SourceCall.objects.update(job=job)
    restored(market_day)

    assert found() == [("under way", remedy, False)]
    reconciling.settle()

    assert call().status == "intent"


def test_a_call_of_a_run_that_has_ended_is_put_in_doubt_whatever_could_be_found_out() -> None:
    market_day = deal(of=market.source(of=market.provider(in_doubt="call_again")))
    market_day.reserved()
    WorkflowRun.objects.update(status="completed")

    reconciling.settle()

    assert call().status == "in_doubt"


def test_a_paid_answer_that_is_missing_is_not_bought_again() -> None:
    market_day = deal(cap="1")
    answered_without_answer(market_day)

    reconciling.settle()

    permit = market_day.reserve()
    assert isinstance(permit, permits.Refused)
    assert permit.why is permits.Why.IN_DOUBT
    assert (call().status, market_day.payer().spent) == ("in_doubt", PRICE)


def test_a_missing_answer_of_a_job_is_polled_again_and_its_price_booked_once() -> None:
    market_day = deal(cap="1")
    answered_without_answer(market_day, job="s_1")

    reconciling.settle()

    permit = market_day.reserved()
    assert (permit.job, permit.call) == ("s_1", call().pk)
    settling.book(call(), status="ok", cost=PRICE, records=1, entry=None, now=database_now())
    assert (market_day.payer().reserved, market_day.payer().spent) == (0, PRICE)


def test_a_missing_answer_that_the_run_has_noted_is_left_alone() -> None:
    market_day = deal()
    answered_without_answer(market_day)
    outcome = {"source": "serp_news", "kind": "answered", "words": "", "why": None}
    result = {"sources": ["serp_news"], "outcomes": [outcome]}
    StepRun.objects.create(run=market_day.run, name="collect", ordinal=1, started=database_now(), result=result)

    assert found() == []


def test_sums_that_do_not_agree_with_the_lines_are_corrected() -> None:
    Budget.objects.create(limit=Decimal(10), origin="test")
    market_day = deal(cap="1")
    market_day.reserved()
    settling.book(call(), status="empty", cost=PRICE, records=0, entry=None, now=database_now())
    wrong = Decimal(5)
    ResearchRequest.objects.update(spent=wrong, reserved=wrong)
    WorkflowRun.objects.update(cost=wrong, status="completed")
    BudgetPeriod.objects.update(spent=wrong, reserved=wrong)

    findings = reconciling.settle()

    assert [finding.kind for finding in findings] == ["request", "run", "budget"]
    assert (market_day.payer().spent, market_day.payer().reserved) == (PRICE, 0)
    assert WorkflowRun.objects.get().cost == BudgetPeriod.objects.get().spent == PRICE
    assert BudgetPeriod.objects.get().reserved == 0


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_changes_nothing_and_fails_where_something_is_wrong() -> None:
    market_day = deal()
    market_day.reserved()
    restored(market_day)
    out = StringIO()

    with pytest.raises(CommandError, match="1 to put right"):
        call_command("check_ledger", stdout=out)

    assert call().status == "intent"
    assert f"under way  serp_news {call().pk}  0.02  in doubt" in out.getvalue()


def test_the_command_puts_right_and_is_content_afterwards() -> None:
    market_day = deal()
    market_day.reserved()
    restored(market_day)

    call_command("check_ledger", "--fix", stdout=StringIO())

    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue() == "The ledger agrees with the database: nothing is uncertain.\n"
