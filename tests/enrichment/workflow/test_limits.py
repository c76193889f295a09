"""Caps, cancellation, freshness and rules that change."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from enrichment import spending
from enrichment.models import Dataset, DatasetSource, Provider, ResearchRequest, SourceCall, WorkflowRun
from enrichment.workflow.requests import IdempotencyMismatch, InvalidAsk, Unaffordable, cancel
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once


def test_a_cap_is_never_passed(desk: Desk) -> None:
    request = desk.research("Acme Corp", max_cost=Decimal("0.05"))

    assert request.spent <= Decimal("0.05")
    assert request.run is not None
    assert request.run.stop_reason == WorkflowRun.StopReason.BUDGET


def test_a_run_that_ran_out_of_money_says_what_the_rest_would_cost(desk: Desk) -> None:
    request = desk.research("Acme Corp", max_cost=Decimal("0.05"))

    assert request.report is not None
    contacts = next(gap for gap in request.report.gaps if gap["dataset"] == "decision_makers")
    assert contacts["costToFill"] == "0.1"


def test_a_report_made_for_little_money_is_not_served_to_a_richer_ask(desk: Desk) -> None:
    desk.research("Acme Corp", max_cost=Decimal("0.05"))

    richer = desk.research("Acme Corp")

    assert not richer.from_cache
    assert richer.report is not None
    assert "decision_makers" in richer.report.datasets


def test_a_report_made_for_little_money_is_served_to_who_has_no_more(desk: Desk) -> None:
    desk.research("Acme Corp", max_cost=Decimal("0.05"))

    again = desk.research("Acme Corp", max_cost=Decimal("0.05"))

    assert again.from_cache


def test_a_cap_that_buys_nothing_is_refused_with_the_price_of_the_best_plan(desk: Desk) -> None:
    Provider.objects.get(slug="company_website").sources.all().update(enabled=False)

    with pytest.raises(Unaffordable) as raised:
        desk.ask("Acme Corp", max_cost=Decimal("0.001"))

    assert raised.value.needed == Decimal("0.02")
    assert ResearchRequest.objects.count() == 0


def test_a_joiner_with_a_greater_cap_gets_a_run_of_its_own_for_the_rest(desk: Desk) -> None:
    poor = desk.ask("Acme Corp", max_cost=Decimal("0.05"))
    rich = desk.ask("Acme Corp")
    assert rich.run_id == poor.run_id

    drive_on()

    rich.refresh_from_db()
    assert rich.run_id != poor.run_id
    assert rich.report is not None
    assert "decision_makers" in rich.report.datasets


def test_a_cancelled_request_buys_nothing(desk: Desk) -> None:
    request = desk.ask("Acme Corp")

    cancel(request)
    drive_on()

    request.refresh_from_db()
    assert request.status == ResearchRequest.Status.CANCELLED
    assert WorkflowRun.objects.get(pk=request.run_id).status == WorkflowRun.Status.CANCELLED
    assert desk.sandbox.calls() == []


def test_a_run_goes_on_for_the_others_when_one_cancels(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp")

    cancel(first)
    drive_on()

    second.refresh_from_db()
    assert second.status == ResearchRequest.Status.ANSWERED
    assert second.spent > 0


def test_a_refresh_asks_every_source_again(desk: Desk) -> None:
    desk.research("Acme Corp")
    before = SourceCall.objects.filter(company__domain="acmecorp.com").count()

    refreshed = desk.research("Acme Corp", refresh=True)

    assert not refreshed.from_cache
    assert SourceCall.objects.filter(company__domain="acmecorp.com").count() == before * 2


def test_data_that_is_young_enough_serves_an_ask_with_a_greatest_age(desk: Desk) -> None:
    desk.research("Acme Corp")

    again = desk.research("Acme Corp", max_age=timedelta(hours=1))

    assert again.from_cache


def test_a_changed_threshold_is_obeyed_by_the_next_ask(desk: Desk) -> None:
    desk.research("Acme Corp")

    dataset = Dataset.objects.get(slug="tech_stack")
    dataset.quality_threshold = 0.9
    dataset.save()
    again = desk.research("Acme Corp")

    assert not again.from_cache
    assert again.run is not None
    assert again.run.rule_set.body["datasets"]["tech_stack"]["threshold"] == 0.9


def test_a_run_keeps_the_rules_it_started_with(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    assert request.run is not None
    rules_at_the_start = request.run.rule_set_id

    DatasetSource.objects.filter(source__slug="snov_contacts").update(reliability=0.1)
    drive_on()

    request.refresh_from_db()
    assert request.run is not None
    assert request.run.rule_set_id == rules_at_the_start
    assert "snov_contacts" in request.run.calls.values_list("source", flat=True)


def test_a_provider_that_is_switched_off_stops_in_a_running_run_too(desk: Desk) -> None:
    request = desk.ask("Acme Corp")

    Provider.objects.filter(slug="snov").update(enabled=False)
    drive_on()

    request.refresh_from_db()
    assert not SourceCall.objects.filter(source="snov_contacts").exists()
    assert request.report is not None
    assert "decision_makers" in [gap["dataset"] for gap in request.report.gaps]


def test_one_idempotency_key_gives_one_request(desk: Desk) -> None:
    first = desk.ask("Acme Corp", key="abc")

    second = desk.ask("Acme Corp", key="abc")

    assert second.pk == first.pk
    assert ResearchRequest.objects.filter(parent=None).count() == 1


def test_an_idempotency_key_is_for_one_body(desk: Desk) -> None:
    desk.ask("Acme Corp", key="abc")

    with pytest.raises(IdempotencyMismatch, match="abc"):
        desk.ask("Acme Industries", key="abc")


def test_every_impossible_value_is_named(desk: Desk) -> None:
    with pytest.raises(InvalidAsk) as raised:
        desk.ask("Acme Corp", consumer="nobody", role="CEO", require=("shoe_size",), max_cost=Decimal(-1))

    assert set(raised.value.errors) == {"consumer", "role", "require", "maxCost"}
    assert "AE (account-executive)" in raised.value.errors["role"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("maxCost", {"max_cost": Decimal("nan")}),
        ("maxCost", {"max_cost": Decimal("inf")}),
        ("maxAge", {"max_age": timedelta(seconds=-1)}),
        ("maxAge", {"max_age": timedelta(days=367)}),
        ("vendor", {"vendor": "v" * 201}),
        ("role", {"role": "r" * 61}),
    ],
)
def test_a_value_beyond_all_bounds_is_refused_by_name(desk: Desk, field: str, value: dict[str, Any]) -> None:
    with pytest.raises(InvalidAsk) as raised:
        desk.ask("Acme Corp", **value)

    assert set(raised.value.errors) == {field}


def test_the_long_name_of_a_role_is_accepted(desk: Desk) -> None:
    request = desk.ask("Acme Corp", role="account-executive")

    assert request.seller["role"] == "AE"


# --- Stops of paid calls ----------------------------------------------------------------------------------------------


def test_a_run_goes_on_without_a_stopped_provider_and_says_so_in_its_gaps(desk: Desk) -> None:
    spending.stop(Provider.objects.get(slug="snov"), why="the bill is disputed")

    request = desk.research("Acme Corp")

    assert request.report is not None
    gap = next(gap for gap in request.report.gaps if gap["dataset"] == "decision_makers")
    assert "Paid calls to Snov.io are stopped: the bill is disputed." in gap["why"]
    assert not SourceCall.objects.filter(provider__slug="snov").exists()


def test_a_report_made_while_paid_calls_were_stopped_is_not_served_afterwards(desk: Desk) -> None:
    stop = spending.stop(Provider.objects.get(slug="snov"), why="")
    desk.research("Acme Corp")
    spending.lift(stop)

    again = desk.research("Acme Corp")

    assert again.report is not None
    assert "decision_makers" in again.report.datasets


def test_while_everything_is_stopped_free_sources_still_answer(desk: Desk) -> None:
    spending.stop(None, why="")

    request = desk.research("Acme Corp")

    assert request.spent == 0
    assert desk.bought() == []
    assert request.report is not None
    assert request.report.datasets
