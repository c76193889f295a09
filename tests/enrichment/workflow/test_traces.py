"""What a trace tells of a run, beyond its steps: waits, fallbacks, the merge; and the same as text."""

import re
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from enrichment.models import Provider, ProviderState, ResearchRequest, SourceCall, StepRun
from enrichment.models.clock import database_now
from enrichment.workflow import answers
from tests import factories
from tests.enrichment import market
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once


def spans_of(request: ResearchRequest) -> dict[str, dict[str, Any]]:
    """Every span of the trace by its name, calls included."""

    def flat(span: dict[str, Any]) -> Any:
        yield span["name"], span
        for child in span["children"]:
            yield from flat(child)

    return dict(flat(answers.trace(request)))


def told(request: ResearchRequest) -> str:
    out = StringIO()
    call_command("trace", str(request.pk), stdout=out)
    return out.getvalue()


def test_a_call_tells_its_attempt_and_how_long_it_waited(desk: Desk) -> None:
    request = desk.research("Acme Corp", vendor=None)

    span = spans_of(request)["serp_news"]

    assert span["attempt"] == 1
    assert 0 <= span["wait"] < span["seconds"]


def test_looking_planning_and_storing_take_the_time_that_they_took(desk: Desk) -> None:
    request = desk.research("Acme Corp", vendor=None)

    spans = spans_of(request)

    assert all(spans[name]["seconds"] > 0 for name in ("cache_check", "plan", "cost_check", "store"))
    looked = StepRun.objects.get(run=request.run, name="cache_check")
    assert StepRun.objects.get(run=request.run, name="plan").started == looked.finished


def test_a_call_that_had_to_wait_for_the_providers_pace_says_so(desk: Desk) -> None:
    snov = Provider.objects.get(slug="snov")
    Provider.objects.filter(pk=snov.pk).update(requests_per_minute=120)
    ProviderState.objects.filter(provider=snov).update(tokens=1, tokens_at=database_now())

    request = desk.research("Acme Corp", vendor=None)

    assert SourceCall.objects.get(run=request.run, source="snov_contacts").waited is not None


def test_the_merge_stands_before_the_analysis_with_its_quality(desk: Desk) -> None:
    request = desk.research("Acme Corp", vendor=None)

    names = [child["name"] for child in answers.trace(request)["children"]]
    span = spans_of(request)["aggregate"]

    assert names.index("aggregate") == names.index("analyse") - 1
    assert request.report is not None
    assert span["quality"]["overall"] == request.report.quality["overall"]


# --- Fallbacks --------------------------------------------------------------------------------------------------------


def wave(number: int, plan: dict[str, list[str]], **outcomes: str) -> dict[str, Any]:
    """A collect step's result. `plan`: source → the datasets that it was to give."""
    return {
        "sources": list(plan),
        "paused": [],
        "plan": {"calls": [{"source": source, "serves": serves} for source, serves in plan.items()]},
        "outcomes": [{"source": s, "kind": kind, "words": "", "why": None} for s, kind in outcomes.items()],
    }


def in_two_waves(kind: str, serves: list[str]) -> dict[str, dict[str, Any]]:
    """Spans of a run whose first source ended like that, and whose second one was to give `serves`."""
    work = factories.run(status="completed", finished=database_now())
    first = wave(1, {"serp_news": ["recent_news"]}, serp_news=kind)
    second = wave(2, {"brightdata_company_db": serves}, brightdata_company_db="answered")
    factories.step(work, "collect", wave=1, **first)
    factories.step(work, "collect", wave=2, **second)
    request = factories.request(market.rep(), work)
    return spans_of(ResearchRequest.objects.get(pk=request.pk))


@pytest.mark.parametrize("kind", ["failed", "refused", "empty"])
def test_who_was_asked_because_a_source_gave_nothing_is_named(rules: None, kind: str) -> None:
    spans = in_two_waves(kind, ["recent_news", "industry"])

    assert spans["serp_news"]["fallback"] == ["brightdata_company_db"]
    assert "fallback" not in spans["brightdata_company_db"]


@pytest.mark.parametrize(("kind", "serves"), [("failed", ["industry"]), ("answered", ["recent_news"])])
def test_who_was_asked_for_something_else_is_no_fallback(rules: None, kind: str, serves: list[str]) -> None:
    assert "fallback" not in in_two_waves(kind, serves)["serp_news"]


# --- As text ----------------------------------------------------------------------------------------------------------


def test_the_text_is_a_tree_with_times_costs_and_ends(desk: Desk) -> None:
    request = desk.research("Acme Corp", vendor=None)

    lines = told(request).splitlines()

    assert lines[0].startswith("Customer intelligence of Acme Corp: ")
    news = next(line for line in lines if "serp_news: ok" in line)
    assert re.search(r" USD .*[├└] serp_news: ok", news)
    assert {line.index("USD") for line in lines[3:] if " USD  " in line} == {news.index("USD")}
    assert any("Aggregation: done" in line for line in lines)
    assert max(map(len, lines)) <= 120


def test_the_text_says_what_was_done_about_a_failure(rules: None) -> None:
    in_two_waves("failed", ["recent_news"])

    assert "It gave nothing, so brightdata_company_db was asked." in told(ResearchRequest.objects.get())


def test_a_request_that_is_not_there_is_named(db: None) -> None:
    missing = uuid4()

    with pytest.raises(CommandError, match=str(missing)):
        call_command("trace", str(missing))


def test_a_trace_whose_steps_were_pruned_says_how_the_run_ended(rules: None) -> None:
    request = factories.answered(market.rep())
    StepRun.objects.all().delete()

    assert told(request) == "Customer intelligence of Acme Corp: completed. satisfied\n"
