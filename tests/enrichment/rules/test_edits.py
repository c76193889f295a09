"""Edited rows in memory make other rules, and nothing that does not exist."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from enrichment.models import ConsumerDataset, RuleSet, Source
from enrichment.rules import Rules
from enrichment.rules.edits import Edits, InvalidEdit, edited
from enrichment.rules.snapshot import from_rows
from enrichment.sources.base import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(rules: None) -> Rules:
    return from_rows()


def after(house: Rules, edits: dict[str, Any]) -> Rules:
    return edited(house, Edits.parse(edits))


def test_no_edit_makes_the_same_rules(house: Rules) -> None:
    assert after(house, {}) == house


def test_a_source_gets_what_is_said_and_keeps_the_rest(house: Rules) -> None:
    source = after(house, {"sources": {"serp_news": {"cost": "0.05", "ttl": "3h"}}}).sources["serp_news"]

    assert (source.cost, source.ttl) == (Decimal("0.05"), timedelta(hours=3))
    assert source.latency == house.sources["serp_news"].latency


def test_a_source_that_is_switched_off_goes_with_its_cells(house: Rules) -> None:
    rules = after(house, {"sources": {"serp_news": {"enabled": False}}})

    assert "serp_news" not in rules.sources
    assert "serp_news" not in rules.cells_by_source


def test_a_source_that_is_switched_on_comes_with_its_cells(house: Rules) -> None:
    rules = after(house, {"sources": {"snov_company": {"enabled": True}}})

    assert set(rules.cells_by_source["snov_company"]) == registry.sources["snov_company"].gives
    assert not Source.objects.get(slug="snov_company").enabled


def test_cells_are_changed_made_and_removed(house: Rules) -> None:
    rules = after(
        house,
        {
            "matrix": {
                "industry": {"brightdata_company_db": {"priority": 9}, "company_website": None},
                "products": {"serp_news": {"reliability": 0.5}},
            }
        },
    )

    cells = rules.cells_by_source
    assert cells["brightdata_company_db"]["industry"].priority == 9
    assert cells["brightdata_company_db"]["industry"].reliability == 0.88
    assert "industry" not in cells["company_website"]
    assert (cells["serp_news"]["products"].reliability, cells["serp_news"]["products"].fill_rate) == (0.5, 0.9)


def test_a_datasets_threshold_moves_the_requirements_that_have_none_of_their_own(house: Rules) -> None:
    ConsumerDataset.objects.filter(consumer__slug="profile", dataset__slug="industry").update(threshold=0.5)
    rules = after(from_rows(), {"datasets": {"industry": {"threshold": 0.95}}})

    thresholds = {
        slug: next(need.threshold for need in rules.requirements(slug) if need.dataset == "industry")
        for slug in ("profile", "vendor_context")
    }
    assert thresholds == {"profile": 0.5, "vendor_context": 0.95}


def test_a_consumers_needs_are_changed_made_and_removed(house: Rules) -> None:
    needs = {"industry": {"required": False}, "tech_stack": {"weight": 3.0}, "headquarters": None}
    rules = after(house, {"consumers": {"profile": {"objective": "speed", "max_cost": None, "requirements": needs}}})

    consumer = rules.consumers["profile"]
    found = {need.dataset: (need.required, need.weight) for need in consumer.requirements}
    assert (consumer.objective, consumer.max_cost) == ("speed", None)
    assert (found["industry"], found["tech_stack"]) == ((False, 1.0), (True, 3.0))
    assert "headquarters" not in found


def test_redundancies_are_replaced(house: Rules) -> None:
    rules = after(house, {"redundancies": [{"skip": "serp_news", "because_of": ["company_website"], "mode": "any"}]})

    (rule,) = rules.redundancies
    assert (rule.consumer, rule.skip, rule.because_of, rule.mode) == (None, "serp_news", ("company_website",), "any")


@pytest.mark.parametrize(
    ("edits", "place", "words"),
    [
        ({"source": {}}, "source", "Extra inputs are not permitted"),
        ({"sources": {"nobody": {"cost": "1"}}}, "sources.nobody", "“nobody” is no source; there are"),
        ({"sources": {"serp_news": {"cost": "-1"}}}, "sources.serp_news.cost", "greater than or equal to 0"),
        ({"sources": {"serp_news": {"cost": "NaN"}}}, "sources.serp_news.cost", "finite"),
        ({"sources": {"serp_news": {"ttl": "soon"}}}, "sources.serp_news.ttl", "'soon' is not a span such as 30d"),
        ({"sources": {"serp_news": {"needs": ["x"]}}}, "sources.serp_news.needs", "“x” is no dataset"),
        ({"matrix": {"nothing": {}}}, "matrix.nothing", "is no dataset"),
        ({"matrix": {"products": {"serp_news": {}}}}, "matrix.products.serp_news.reliability", "say how reliably"),
        ({"datasets": {"products": {"threshold": 2}}}, "datasets.products.threshold", "less than or equal to 1"),
        ({"consumers": {"nobody": {}}}, "consumers.nobody", "“nobody” is no consumer; there are"),
        ({"consumers": {"profile": {"strategy": "best"}}}, "consumers.profile.strategy", "'enhanced'"),
        ({"redundancies": [{"skip": "x", "because_of": []}]}, "redundancies.0", "“x” is no source"),
        ([], "rules", "valid dictionary"),
    ],
)
def test_a_mistake_is_told_with_its_place(house: Rules, edits: Any, place: str, words: str) -> None:
    with pytest.raises(InvalidEdit) as raised:
        after(house, edits)

    assert words in raised.value.errors[place][0]


def test_nothing_is_saved(house: Rules) -> None:
    after(house, {"sources": {"serp_news": {"cost": "0.05"}}})

    assert Source.objects.get(slug="serp_news").cost == Decimal("0.02")
    assert RuleSet.objects.count() == 0
