"""All sources of this version at once, and one alone: each ends with what could be had and says what is missing."""

from decimal import Decimal

import pytest

from enrichment import rules
from enrichment.models import Source, SourceCall
from enrichment.recording import failure_of
from enrichment.sources.base import BadReply, registry
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once


def switch_on(*slugs: str) -> None:
    """These sources and no others."""
    for row in Source.objects.all():
        row.enabled = row.slug in slugs
        row.save()


def test_every_source_answers_in_one_run(desk: Desk) -> None:
    switch_on(*registry.sources)

    request = desk.research("Acme Corp", vendor=None, strategy="legacy")

    asked = dict(SourceCall.objects.values_list("source", "status"))
    wanted = {slug for slug, source in registry.sources.items() if source.gives & needed()}
    assert set(asked) == wanted
    assert set(asked.values()) <= {"ok", "empty"}
    assert request.report is not None
    assert request.report.gaps == []


def needed() -> set[str]:
    return {need.dataset for need in rules.current().rules.requirements("customer_intelligence", role="AE")}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("serp_organic", {"company_overview"}),
        ("serp_knowledge_graph", {"company_overview"}),
        ("serp_jobs", {"hiring_trends", "business_challenges"}),
        ("serp_linkedin", {"decision_makers"}),
        ("brightdata_people_db", {"decision_makers"}),
        ("brightdata_intent_data", {"buying_signals"}),
        ("apollo_contacts", {"decision_makers"}),
    ],
)
def test_one_source_alone_gives_what_it_has_and_the_rest_is_a_gap(desk: Desk, source: str, found: set[str]) -> None:
    switch_on(source)

    request = desk.research("Acme Corp", vendor=None)

    assert request.report is not None
    gaps = {gap["dataset"] for gap in request.report.gaps}
    assert found <= set(request.report.datasets)
    assert "tech_stack" in gaps


@pytest.mark.parametrize(
    "source",
    [
        "apollo_organization",
        "apollo_contacts",
        "builtwith_technographics",
        "snov_company",
        "google_knowledge_graph",
        "brightdata_technographics",
        "brightdata_firmographics",
        "brightdata_intent_data",
        "brightdata_linkedin_jobs",
        "crunchbase_organization",
        "brightdata_web_scraping",
        "clearbit_company",
    ],
)
def test_the_ledger_books_what_the_provider_charges(desk: Desk, source: str) -> None:
    switch_on(source)

    desk.research("Acme Corp", vendor=None)

    (call,) = SourceCall.objects.all()
    assert call.records > 0
    assert f"{call.cost:.2f}" == desk.sandbox.spent()


def test_an_answer_that_was_bought_and_cannot_be_read_is_booked_at_its_worst_price(desk: Desk) -> None:
    switch_on("apollo_contacts")
    source = rules.current().rules.sources["apollo_contacts"]

    assert failure_of(BadReply("?"), source).cost == Decimal("0.20")
    assert failure_of(BadReply("?", paid=False), source).cost == 0
