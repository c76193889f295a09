"""Enhanced, legacy and hybrid, in real runs over the sandbox."""

from decimal import Decimal

import pytest

from enrichment.models import DataConsumer, SourceCall, WorkflowRun
from enrichment.workflow.requests import InvalidAsk
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

EVERYBODY = ["brightdata_company_db", "company_website"]  # the enabled sources that give what a profile needs


def asked(run: WorkflowRun | None) -> list[str]:
    return sorted(SourceCall.objects.filter(run=run).values_list("source", flat=True))


def profile(desk: Desk, company: str = "Acme Corp", **more: object) -> WorkflowRun:
    request = desk.research(company, consumer="profile", **more)
    assert request.run is not None
    return request.run


def require_little() -> None:
    """So that a plan is content with the company's own site."""
    consumer = DataConsumer.objects.get(slug="profile")
    consumer.requirements.exclude(dataset__slug="company_overview").delete()


def test_legacy_asks_every_enabled_source_that_gives_something(desk: Desk) -> None:
    require_little()

    planned, unplanned = profile(desk, "Okta"), profile(desk, "Acme Corp", strategy="legacy")

    assert asked(planned) == ["company_website"]
    assert asked(unplanned) == EVERYBODY
    assert (planned.strategy, unplanned.strategy) == ("enhanced", "legacy")


def test_legacy_buys_nothing_that_is_held(desk: Desk) -> None:
    require_little()
    profile(desk)
    desk.sandbox.reset()

    again = profile(desk, strategy="legacy")

    assert asked(again) == ["brightdata_company_db"]


def test_legacy_keeps_the_cap(desk: Desk) -> None:
    require_little()

    run = profile(desk, strategy="legacy", max_cost=Decimal(0))

    assert asked(run) == ["company_website"]


def test_legacy_asks_no_source_twice_when_one_fails(desk: Desk) -> None:
    require_little()
    desk.sandbox.fault("500", host="api.brightdata.com")

    run = profile(desk, strategy="legacy")

    assert set(asked(run)) == set(EVERYBODY)
    assert run.status == "completed"


def test_a_report_of_one_strategy_does_not_answer_another(desk: Desk) -> None:
    first = desk.research("Acme Corp", consumer="profile")

    other = desk.research("Acme Corp", consumer="profile", strategy="legacy")

    assert (first.from_cache, other.from_cache) == (False, False)


def test_the_admins_switch_holds_from_the_next_run_on(desk: Desk) -> None:
    require_little()
    before = profile(desk, "Okta")

    consumer = DataConsumer.objects.get(slug="profile")
    consumer.strategy = "legacy"
    consumer.save()

    assert before.strategy == "enhanced"
    assert asked(profile(desk, "Acme Corp")) == EVERYBODY


def test_hybrid_plans_for_a_new_company_and_asks_everybody_about_a_known_one(desk: Desk) -> None:
    require_little()

    new = desk.research("Acme Corp", consumer="profile", strategy="hybrid")
    known = desk.research("Acme Corp", consumer="profile", strategy="hybrid", refresh=True)

    assert (new.strategy, known.strategy) == ("hybrid", "hybrid")
    assert new.run is not None
    assert known.run is not None
    assert (new.run.strategy, known.run.strategy) == ("enhanced", "legacy")
    assert asked(known.run) == EVERYBODY


def test_hybrid_serves_the_report_that_it_made(desk: Desk) -> None:
    desk.research("Acme Corp", consumer="profile", strategy="hybrid")
    desk.sandbox.reset()

    again = desk.research("Acme Corp", consumer="profile", strategy="hybrid")

    assert again.from_cache
    assert desk.sandbox.calls() == []


def test_a_strategy_that_does_not_exist_is_refused_with_those_that_do(desk: Desk) -> None:
    with pytest.raises(InvalidAsk, match="“cheap” is no strategy; choose one of enhanced, legacy, hybrid"):
        desk.ask("Acme Corp", consumer="profile", strategy="cheap")
