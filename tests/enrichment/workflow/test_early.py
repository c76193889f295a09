"""What is told of an answer while others are still awaited."""

import json
from typing import Any

import pytest

from enrichment.models import Evidence, ResearchRequest, RunEvent, SourceCall
from enrichment.workflow import answers
from tests.enrichment.workflow.conftest import Desk

SLOW = 1.2  # seconds of the slow source's every answer


def _told(request: ResearchRequest) -> list[dict[str, Any]]:
    """All that was told early, in order."""
    events = [event for event in answers.events(request) if event["type"] == "partial_results"]
    return [finding for event in events for finding in event["data"].get("findings", ())]


@pytest.mark.once
def test_the_findings_of_the_first_answers_are_out_before_the_last_source_answers(desk: Desk) -> None:
    desk.sandbox.latency(seconds=SLOW, host="api.snov.io")

    request = desk.research("Acme Corp", vendor=None)

    last = SourceCall.objects.get(run=request.run, source="snov_contacts")
    early = RunEvent.objects.filter(run=request.run, kind="partial_results", at__lt=last.answered)
    told = {(each["kind"], each["text"]) for event in early for each in event.data.get("findings", ())}
    assert last.answered is not None
    assert (last.answered - last.started).total_seconds() > SLOW
    assert ("news", "Acme Corp raises $50M Series C for European expansion") in told
    assert ("job", "IAM Architect") in told
    assert ("challenge", "Complex conditional access policies slow every new integration down.") in told


@pytest.mark.once
def test_what_is_told_early_is_told_once_with_evidence_names_nobody_and_stands_in_the_brief(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    told = _told(request)
    texts = [each["text"] for each in told if each["kind"] != "person"]
    people = [each for each in told if each["kind"] == "person"]
    body = json.dumps(request.report.body, ensure_ascii=False) if request.report else ""
    stored = {f"e{pk}" for pk in Evidence.objects.values_list("pk", flat=True)}
    assert len({(each["kind"], each["text"]) for each in told}) == len(told)
    assert all(each["evidence"] and set(each["evidence"]) <= stored for each in told)
    assert ("Chief Information Security Officer", "Decision Maker") in [(each["text"], each["role"]) for each in people]
    assert "Alicia Tran" not in json.dumps(people)
    assert len(texts) > 15
    assert [text for text in texts if text not in body] == []
