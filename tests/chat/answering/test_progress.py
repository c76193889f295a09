"""A run's events as a person reads them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chat.answering import told_event

AT = datetime(2026, 3, 15, 10, 30, tzinfo=UTC)
LABELS = {"snov_contacts": "Snov", "serp_news": "Google News", "decision_makers": "Decision makers"}
RAISED = {"kind": "news", "text": "Globex raises $20M", "publisher": "TechCrunch", "date": "2026-03-12",
          "url": "https://techcrunch.example/globex"}  # fmt: skip


def told(kind: str, **data: Any) -> tuple[str, str, str]:
    event = told_event(kind, data, LABELS, at=AT)
    assert event is not None
    return event.step, event.status, event.content


@pytest.mark.parametrize(
    ("kind", "data", "step", "status", "content"),
    [
        ("planned", {"sources": ["snov_contacts", "serp_news"], "reused": []}, "plan", "completed",
         "I ask Snov and Google News now."),
        ("planned", {"sources": [], "reused": ["serp_news"]}, "plan", "completed",
         "Nothing has to be asked anew; what Google News said is known already."),
        ("source_update", {"source": "snov_contacts", "status": "answered", "seconds": 2.102}, "data_collection",
         "completed", "Snov answered in 2.1 s."),
        ("source_update", {"source": "snov_contacts", "status": "failed", "detail": "429: too many"},
         "data_collection", "failed", "Snov did not answer: 429: too many."),
        ("source_update", {"source": "new_one", "status": "empty"}, "data_collection", "completed",
         "New one answered: nothing on this company."),
        ("warning", {"source": "snov_contacts", "detail": "It was cut off."}, "data_collection", "failed",
         "Snov: It was cut off."),
        ("finished", {"status": "partial", "gaps": 2}, "complete", "completed",
         "The research is complete, with gaps: 2 things could not be found out."),
        ("finished", {"status": "failed", "error": "Nobody answered."}, "complete", "failed",
         "The research could not be completed: Nobody answered."),
        ("cancelled", {"detail": "Cancelled: it stops before its next paid call."}, "complete", "failed",
         "Cancelled: it stops before its next paid call."),
    ],
    ids=["planned", "all held", "answered", "failed", "empty", "warning", "gaps", "error", "cancelled"],
)  # fmt: skip
def test_an_event_is_a_sentence(kind, data, step, status, content):
    assert told(kind, **data) == (step, status, content)


def test_findings_are_told_with_publisher_age_and_page():
    found = [RAISED, *({"kind": "person", "text": f"Head of {team}"} for team in ("IT", "HR", "Sales", "Legal"))]

    event = told_event("partial_results", {"source": "serp_news", "findings": found, "more": 2}, LABELS, at=AT)

    assert event is not None
    assert event.type == "partial_results"
    assert event.content == (
        "Google News found news: Globex raises $20M (TechCrunch, 3 days ago)."
        " Contacts: Head of IT; Head of HR; Head of Sales. And 3 more."
    )
    assert [(each["name"], each["url"]) for each in event.sources] == [
        ("Google News", "https://techcrunch.example/globex")
    ]


def test_an_answer_without_findings_names_its_datasets():
    assert told("partial_results", source="snov_contacts", datasets=["decision_makers"])[2] == (
        "Snov told of decision makers."
    )


def test_what_nobody_needs_to_read_is_not_told():
    assert told_event("heartbeat", {}, LABELS) is None


def test_collected_text_in_an_event_stays_text():
    found = [{"kind": "news", "text": "![x](https://evil.example)", "url": "javascript:alert(1)"}]

    event = told_event("partial_results", {"source": "serp_news", "findings": found}, LABELS)

    assert event is not None
    assert r"!\[x\](https\://evil\.example)" in event.content
    assert event.sources[0]["url"] == ""
