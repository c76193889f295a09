"""Research with nothing but free sources ends with what they know, costs nothing, and says what is missing."""

import tomllib
from decimal import Decimal

import pytest

from enrichment.models import Fact, RulesVersion, Source, SourceCall
from enrichment.rules.seed import SEED_FILE
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

FREE = {"sec_edgar", "wikidata", "gleif_register", "job_boards", "hacker_news", "github_organization"}


@pytest.fixture
def only_free(desk: Desk) -> Desk:
    Source.objects.update(enabled=False)
    Source.objects.filter(slug__in=FREE).update(enabled=True)
    RulesVersion.bump()
    return desk


def test_free_sources_alone_give_what_they_know_and_the_report_says_what_is_missing(only_free: Desk) -> None:
    request = only_free.research("Sentrelis", vendor=None)

    assert request.report is not None
    found = set(Fact.objects.filter(company__domain="sentrelis.com").values_list("dataset", flat=True))
    assert found >= {"industry", "employee_count", "headquarters", "recent_news", "hiring_trends", "decision_makers"}
    asked = dict(SourceCall.objects.values_list("source", "cost"))
    assert asked == dict.fromkeys(FREE - {"gleif_register"}, Decimal(0))  # which had nothing to add
    gaps = {gap["dataset"]: gap["why"] for gap in request.report.gaps}
    assert gaps["buying_signals"] == "SEC EDGAR answered, but not this."
    assert gaps["decision_makers"] == "Its sources are 0.65 reliable together; 0.80 is wanted."
    assert "industry" not in gaps


@pytest.fixture
def as_seeded(desk: Desk) -> Desk:
    """With the sources on that a new house has on, and not the four that other tests know."""
    for slug, source in tomllib.loads(SEED_FILE.read_text())["sources"].items():
        Source.objects.filter(slug=slug).update(enabled=source.get("enabled", True))
    RulesVersion.bump()
    return desk


def test_a_new_house_has_its_free_sources_on(as_seeded: Desk) -> None:
    assert set(Source.objects.filter(enabled=True, cost=0).values_list("slug", flat=True)) == {*FREE, "company_website"}


def test_in_a_new_house_free_sources_take_the_place_of_paid_ones(as_seeded: Desk) -> None:
    request = as_seeded.research("Acme Corp", vendor=None)

    assert request.report is not None
    assert request.report.gaps == []
    asked = set(SourceCall.objects.values_list("source", flat=True))
    assert "hacker_news" in asked
    assert "serp_news" not in asked
