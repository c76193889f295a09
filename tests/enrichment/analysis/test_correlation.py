"""Signals that stand together."""

from datetime import date, timedelta

import pytest

from enrichment.analysis.correlation import Witness, correlated, witness
from enrichment.analysis.model import SignalRuleView
from tests.enrichment.analysis.worlds import acme, evidence

pytestmark = pytest.mark.once

TODAY = date(2026, 3, 15)


def rule(*signals: str, witnesses: int = 2, within_days: int = 90) -> SignalRuleView:
    return SignalRuleView(
        name="r",
        signals=frozenset(signals),
        urgency="high",
        action="Call.",
        witnesses=witnesses,
        within_days=within_days,
    )


def seen(key: str, group: str, *, ago: int = 5, same: str = "") -> Witness:
    return Witness(evidence=key, group=group, same=same or key, day=TODAY - timedelta(days=ago))


def test_signals_of_different_sources_stand_together() -> None:
    found = {"funding": [seen("e1", "news")], "hiring": [seen("e2", "jobs")]}

    assert correlated(rule("funding", "hiring"), found, as_of=TODAY) == ("e1", "e2")


def test_one_article_is_not_its_own_witness_even_where_two_feeds_bring_it() -> None:
    found = {
        "funding": [seen("e1", "news", same="acme raises and hires")],
        "hiring": [seen("e2", "web", same="acme raises and hires")],
    }

    assert correlated(rule("funding", "hiring", witnesses=1), found, as_of=TODAY) is None


def test_sources_that_repeat_each_other_are_one_witness() -> None:
    found = {"funding": [seen("e1", "news")], "hiring": [seen("e2", "news")]}

    assert correlated(rule("funding", "hiring", witnesses=2), found, as_of=TODAY) is None
    assert correlated(rule("funding", "hiring", witnesses=1), found, as_of=TODAY) == ("e1", "e2")


def test_another_item_is_taken_where_the_newest_comes_from_the_same_sources() -> None:
    found = {"funding": [seen("e1", "news")], "hiring": [seen("e2", "news", ago=1), seen("e3", "jobs", ago=30)]}

    assert correlated(rule("funding", "hiring"), found, as_of=TODAY) == ("e1", "e3")


def test_what_is_older_than_the_window_does_not_count() -> None:
    found = {"funding": [seen("e1", "news", ago=91)], "hiring": [seen("e2", "jobs")]}

    assert correlated(rule("funding", "hiring"), found, as_of=TODAY) is None
    assert correlated(rule("funding", "hiring", within_days=91), found, as_of=TODAY) is not None


def test_what_nobody_knows_the_day_of_does_not_count() -> None:
    found = {"funding": [Witness(evidence="e1", group="news", same="x", day=None)], "hiring": [seen("e2", "jobs")]}

    assert correlated(rule("funding", "hiring"), found, as_of=TODAY) is None


def test_a_plural_is_the_same_signal() -> None:
    found = {"funding": [seen("e1", "news")], "integration_need": [seen("e2", "web")]}

    assert correlated(rule("funding", "integration_needs"), found, as_of=TODAY) == ("e1", "e2")


def test_a_witness_stands_in_its_sources_origin_group_and_what_a_caller_sent_by_its_publisher() -> None:
    ours = evidence("e1", "Acme raises $50M", publisher="TechCrunch", source="serp_news")
    theirs = evidence("e2", "Acme hires 120", publisher="Finextra", source="own_results")
    task = acme(groups={"serp_news": "news"})

    assert [witness(task, item, None).group for item in (ours, theirs)] == ["news", "finextra"]
