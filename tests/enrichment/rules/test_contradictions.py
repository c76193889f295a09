"""What rules ask for and cannot give, each in one sentence that names the rows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment.rules import Rules
from enrichment.rules.contradictions import circles, contradictions, reachable
from enrichment.rules.model import Cell, RedundancyRuleView


def edited(rules: Rules, **parts: object) -> Rules:
    return Rules(**{**{name: getattr(rules, name) for name in Rules.model_fields}, **parts})


def with_source(rules: Rules, slug: str, **fields: object) -> Rules:
    return edited(rules, sources={**rules.sources, slug: rules.sources[slug].model_copy(update=fields)})


def with_consumer(rules: Rules, slug: str, **fields: object) -> Rules:
    return edited(rules, consumers={**rules.consumers, slug: rules.consumers[slug].model_copy(update=fields)})


def without(rules: Rules, source: str) -> Rules:
    kept = {slug: row for slug, row in rules.sources.items() if slug != source}
    return edited(rules, sources=kept, cells=tuple(cell for cell in rules.cells if cell.source != source))


def with_threshold(rules: Rules, consumer: str, dataset: str, threshold: float) -> Rules:
    needs = rules.consumers[consumer].requirements
    moved = (n.model_copy(update={"threshold": threshold}) if n.dataset == dataset else n for n in needs)
    return with_consumer(rules, consumer, requirements=tuple(moved))


def test_the_default_rules_contradict_nothing(house: Rules) -> None:
    assert contradictions(house) == []


def test_a_required_dataset_that_nobody_gives_is_named(house: Rules) -> None:
    words = "Customer intelligence requires Decision makers, which no enabled source gives: it will always be missing."

    assert words in contradictions(without(house, "snov_contacts"))


def test_an_optional_dataset_that_nobody_gives_contradicts_nothing(house: Rules) -> None:
    rules = without(house, "brightdata_company_db")

    assert not any("Purchase intent" in words for words in contradictions(rules))


def test_a_threshold_out_of_reach_names_all_sources_and_what_they_reach(house: Rules) -> None:
    found = contradictions(with_threshold(house, "profile", "industry", 0.99))

    assert " ".join(found) == (
        "Company profile wants Industry at 0.99; all enabled sources together reach 0.96 "
        "(Bright Data company database 0.88, Company's own site 0.70)."
    )


def test_sources_of_one_group_are_one_witness(house: Rules) -> None:
    rules = with_source(house, "company_website", origin_group="crunchbase")

    found = contradictions(with_threshold(rules, "profile", "industry", 0.9))

    assert "all enabled sources together reach 0.88 " in found[0]


def test_a_source_that_needs_what_it_gives_itself_is_a_circle(house: Rules) -> None:
    rules = with_source(house, "snov_contacts", needs=("decision_makers",))

    assert circles(rules) == [
        "Snov contacts needs Decision makers, which it gives itself: it can never be asked."
    ]  # fmt: skip


def test_two_sources_that_wait_for_each_other_are_one_circle(house: Rules) -> None:
    rules = with_source(house, "snov_contacts", needs=("budget_indicators",))
    rules = with_source(rules, "serp_news", needs=("decision_makers",))
    cell = ("budget_indicators", "brightdata_company_db")
    rules = edited(rules, cells=tuple(c for c in rules.cells if (c.dataset, c.source) != cell))

    assert " ".join(circles(rules)) == (
        "Google News needs Decision makers, which Snov contacts gives; Snov contacts needs Budget indicators, "
        "which Google News gives: none of them can ever be asked."
    )
    assert reachable(rules) == {"brightdata_company_db", "company_website"}


def test_a_need_that_nobody_gives_is_no_circle(house: Rules) -> None:
    rules = with_source(without(house, "snov_contacts"), "serp_news", needs=("key_contacts",))

    assert circles(rules) == []
    assert "Google News needs Key contacts, which no enabled source gives: it is never asked." in contradictions(rules)


def test_a_budget_below_the_cheapest_source_is_named(house: Rules) -> None:
    rules = with_consumer(house, "customer_intelligence", max_cost=Decimal("0.05"))

    words = (
        "Customer intelligence may cost 0.05 USD, and Snov contacts, the cheapest source of Decision makers, 0.1 USD: "
        "it is never bought."
    )
    assert words in contradictions(rules)


def test_a_wait_below_the_fastest_source_is_named(house: Rules) -> None:
    rules = with_consumer(house, "customer_intelligence", max_wait=timedelta(seconds=1))

    assert any("Snov contacts, the fastest source of Decision makers" in words for words in contradictions(rules))


def test_a_redundancy_rule_with_itself_as_a_reason_is_named(house: Rules) -> None:
    rule = RedundancyRuleView(consumer=None, skip="serp_news", because_of=("serp_news",), mode="all")

    found = contradictions(edited(house, redundancies=(rule,)))

    assert found == ["The redundancy rule for Google News names it as its own reason: it says nothing."]


@pytest.mark.parametrize(("dataset", "is_of_use"), [("key_contacts", True), ("tech_stack", False)])
def test_a_cell_that_its_source_cannot_fill_is_named(dataset: str, is_of_use: bool, house: Rules) -> None:
    cell = Cell(
        dataset=dataset, source="snov_contacts", priority=1, reliability=0.9, fill_rate=0.9, freshness_needed="low",
        extraction_complexity="simple",
    )  # fmt: skip

    others = (c for c in house.cells if c.dataset != dataset or c.source != "snov_contacts")
    found = contradictions(edited(house, cells=(cell, *others)))

    words = "Technology stack is not in what Snov contacts answers: that cell of the matrix is of no use."
    assert (found == []) is is_of_use
    assert (words in found) is not is_of_use
