"""What facts come to before anything is written of them."""

import pytest

from enrichment.analysis import articles, findings
from enrichment.analysis.opportunities import opportunities
from tests.enrichment.analysis.worlds import acme, item, with_fact


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        *((status, True) for status in ("valid", "verified", "unknown", "")),
        *((status, False) for status in ("not_valid", "invalid", "bounced", "Unavailable")),
    ],
)
def test_an_address_that_its_source_calls_dead_is_not_shown(status: str, is_shown: bool) -> None:
    jane = {"name": "Jane Roe", "title": "CIO", "email": "jane@acme.example", "email_status": status}

    found = findings.people(with_fact(acme(), "decision_makers", "records", item(jane, "e1")))

    assert [bool(person.email) for person in found] == [is_shown]


TOPIC = {"headline": "Intent topic: GDPR Compliance", "signal_type": "intent", "topic": "GDPR Compliance"}


def test_what_people_read_up_on_is_no_headline() -> None:
    found = articles.found(with_fact(acme(), "buying_signals", "records", item(TOPIC, "e1")))

    assert TOPIC["headline"] not in [article.headline for article in found]


def test_a_topic_that_two_datasets_tell_is_one() -> None:
    told = with_fact(acme(), "buying_signals", "records", item(TOPIC, "e1"))
    task = with_fact(told, "purchase_intent", "records", item({"topic": "gdpr compliance", "score": 80}, "e2"))

    assert [(topic.name, topic.evidence) for topic in findings.topics(task)] == [("gdpr compliance", ("e2",))]


def test_a_topic_among_the_buying_signals_is_a_reason_to_call() -> None:
    task = with_fact(acme(), "buying_signals", "records", item(TOPIC, "e1"))

    assert "Intent data names GDPR Compliance" in [found.signal for found in opportunities(task)]


def test_the_vendors_own_product_is_nothing_that_it_would_have_to_work_with() -> None:
    needs = (item({"system": system}, "e9") for system in ("Okta", "Lifecycle Management", "Salesforce"))

    found = findings.integrations(with_fact(acme(), "integration_needs", "records", *needs))

    assert [system.name for system in found] == ["Salesforce"]
