"""Answers whose greater part was rendered when the report was stored."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrichment.models import Report, ResearchRequest
from enrichment.workflow import answers
from enrichment.workflow.rendering import Json, Mixed, Parts, extended, rendered

pytestmark = pytest.mark.once


def test_json_inside_a_mixed_object_is_taken_as_it_is():
    value = Mixed(a=Json(b'{"b":1}'), c=Mixed(d=[2], e="é"), f=None)

    assert rendered(value) == '{"a":{"b":1},"c":{"d":[2],"e":"é"},"f":null}'.encode()


def test_an_object_is_extended_in_either_form():
    assert extended({"a": 1}, {"b": 2}) == {"a": 1, "b": 2}
    assert extended(Json(b'{"a":1}'), {"b": 2}) == b'{"a":1,"b":2}'
    assert extended(Json(b"{}"), {"b": 2}) == b'{"b":2}'


def without_ages(answer: dict) -> dict:
    """The answer but for what depends on the moment it is given at."""
    freshness = {name: told for name, told in answer["freshness"].items() if not name.endswith("Seconds")}
    return {**answer, "freshness": freshness}


def test_a_cached_answer_copied_from_the_cache_equals_the_one_made_from_the_tables(desk):
    desk.research("Acme Corp")
    cached = desk.ask("Acme Corp", name="Quinn")

    copied = json.loads(answers.envelope_json(cached))

    assert without_ages(copied) == without_ages(answers.envelope(cached))
    assert copied["data"]["analysis"]["persona"]["name"] == "Quinn"


def test_the_status_copied_from_the_cache_equals_the_one_made_from_the_tables(desk):
    request = desk.research("Acme Corp")

    copied = json.loads(answers.status_json(request))

    assert copied == answers.status(request)


def test_a_report_whose_cache_entry_is_another_reports_is_made_from_the_tables(desk):
    first = desk.research("Acme Corp")
    desk.research("Acme Corp", refresh=True)
    old = ResearchRequest.objects.get(pk=first.pk)

    kept = Parts.kept(old.report)

    assert kept is None
    assert json.loads(answers.envelope_json(old))["data"]["workflowMetadata"]["reportId"] == str(first.report_id)


def test_a_cached_answer_asks_the_database_no_more_once_it_is_granted(desk):
    desk.research("Acme Corp")
    cached = desk.ask("Acme Corp")

    with CaptureQueriesContext(connection) as asked:
        answers.envelope_json(cached)

    assert len(asked) == 0


def test_no_rep_is_in_what_the_cache_keeps(desk):
    request = desk.research("Acme Corp", name="Quimby-Ashworth")

    assert b"Quimby" not in bytes(Report.objects.get(pk=request.report_id).entry.body)
