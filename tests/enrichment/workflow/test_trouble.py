"""Sources and engines that fail, hang or lie: a brief all the same, and an honest one."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from enrichment.models import AnalysisEngine, CacheEntry, ResearchRequest, Source, SourceCall
from enrichment.workflow import answers
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

GREAT_PATIENCE = timedelta(seconds=60)


@pytest.mark.parametrize("kind", ["500", "reset", "401", "402", "truncated", "html", "empty", "wrong_type", "loop"])
def test_a_source_that_fails_leaves_a_gap_with_its_price(desk: Desk, kind: str) -> None:
    desk.sandbox.fault(host="api.snov.io", kind=kind)

    request = desk.research("Acme Corp")

    assert request.report is not None
    gap = next(gap for gap in request.report.gaps if gap["dataset"] == "decision_makers")
    assert gap["costToFill"] in ("0.1", None)
    assert gap["why"]


def test_a_source_that_hangs_does_not_hold_up_the_brief(desk: Desk) -> None:
    Source.objects.filter(slug="snov_contacts").update(timeout=timedelta(seconds=0.5))
    desk.sandbox.fault(host="api.snov.io", kind="hang")

    request = desk.research("Acme Corp")

    assert request.status == ResearchRequest.Status.ANSWERED


def test_a_passing_fault_is_retried_and_paid_once(desk: Desk) -> None:
    desk.sandbox.fault(host="serpapi.com", kind="503", times=1)

    desk.research("Acme Corp")

    calls = SourceCall.objects.filter(source="serp_news").order_by("attempt")
    assert [(call.attempt, call.status) for call in calls] == [(1, "failed"), (2, "ok")]
    assert desk.bought().count("serp_news") == 1


def test_a_brief_that_a_fault_left_poorer_is_not_kept_for_the_next_ask(desk: Desk) -> None:
    desk.sandbox.fault(host="api.snov.io", kind="500")
    desk.research("Acme Corp")
    desk.sandbox.reset()

    again = desk.research("Acme Corp")

    assert not again.from_cache
    assert again.report is not None
    assert "decision_makers" in again.report.datasets


def test_what_was_collected_before_the_fault_is_not_bought_again(desk: Desk) -> None:
    desk.sandbox.fault(host="api.snov.io", kind="500")
    desk.research("Acme Corp")
    desk.sandbox.reset()

    desk.research("Acme Corp")

    assert set(desk.bought()) == {"snov_contacts"}


def test_a_provider_that_asks_for_a_long_wait_is_not_waited_for(desk: Desk) -> None:
    desk.sandbox.fault(host="serpapi.com", kind="429", retry_after=86400)

    request = desk.research("Acme Corp")

    assert request.status == ResearchRequest.Status.ANSWERED
    assert SourceCall.objects.filter(source="serp_news").count() == 1


def test_all_sources_down_still_end_with_a_report_of_gaps(desk: Desk) -> None:
    desk.sandbox.fault(host="*", kind="500")

    request = desk.research("Acme Corp")

    assert request.status == ResearchRequest.Status.ANSWERED
    assert request.report is not None
    assert request.report.quality["overall"] == 0
    assert request.spent == 0


def test_an_engine_that_fails_is_followed_by_the_built_in_one(desk: Desk) -> None:
    engine = AnalysisEngine.objects.get(slug="anthropic")
    engine.credentials, engine.base_url = {"api_key": "none"}, f"{desk.sandbox.url}/nowhere"
    engine.save()

    request = desk.research("Acme Corp")

    assert request.report is not None
    assert request.report.engine == "builtin"
    assert request.reserved == 0


def test_a_report_by_a_stand_in_engine_is_not_kept_for_the_next_ask(desk: Desk) -> None:
    engine = AnalysisEngine.objects.get(slug="anthropic")
    engine.credentials, engine.base_url = {"api_key": "none"}, f"{desk.sandbox.url}/nowhere"
    engine.save()

    request = desk.research("Acme Corp")

    assert request.report is not None
    assert request.report.entry is None


def test_a_company_that_a_source_does_not_know_is_remembered_as_unknown(desk: Desk) -> None:
    desk.ask("Zyxware Unheard Of Ventures")
    drive_on()

    assert CacheEntry.objects.filter(source="brightdata_company_db", is_empty=True).exists()


def test_without_any_engine_the_request_fails_and_says_what_to_do(desk: Desk) -> None:
    AnalysisEngine.objects.update(enabled=False)

    request = desk.research("Acme Corp")

    assert request.status == ResearchRequest.Status.FAILED
    assert "builtin" in answers.error_of(request)
    assert CacheEntry.objects.filter(source="serp_news").exists()


def test_an_answer_that_cannot_be_recorded_spoils_no_other(desk: Desk, request: pytest.FixtureRequest) -> None:
    refuse_observations_of("company_website", request)

    asked = desk.research("Acme Corp")

    assert asked.report is not None
    assert "decision_makers" in asked.report.datasets
    assert asked.report.entry is None
    assert asked.reserved == 0


def refuse_observations_of(source: str, request: pytest.FixtureRequest) -> None:
    """Let the database refuse what the source says, until the test is over."""
    event = f"BEFORE INSERT ON enrichment_observation FOR EACH ROW WHEN (NEW.source = '{source}')"
    if connection.vendor == "sqlite":
        make = [f"CREATE TRIGGER refusal {event} BEGIN SELECT RAISE(ABORT, 'refused'); END"]
    else:
        body = "$$ BEGIN RAISE EXCEPTION 'refused'; END $$"
        make = [
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS {body}",
            f"CREATE TRIGGER refusal {event} EXECUTE FUNCTION refuse()",
        ]
    for command in make:
        execute(command)
    away = "DROP TRIGGER refusal" if connection.vendor == "sqlite" else "DROP FUNCTION refuse() CASCADE"
    request.addfinalizer(partial(execute, away))


def execute(command: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command)
