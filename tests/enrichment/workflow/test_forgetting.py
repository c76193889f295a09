"""All that one source ever said goes, and what others said stays."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from enrichment.models import CacheEntry, Company, Fact, Observation, SourceCall
from enrichment.people import known
from enrichment.workflow.forgetting import forget_source
from tests import factories
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once


@pytest.fixture
def acme(rules) -> Company:
    company = factories.company()
    for source, value in (
        ("snov_contacts", {"name": "Jane Doe", "email": "jane@acmecorp.com"}),
        ("serp_linkedin", {"name": "Jane Doe", "title": "CFO"}),
        ("snov_contacts", {"name": "John Roe"}),
    ):
        entry = CacheEntry.objects.filter(source=source).first() or factories.entry(company, source=source)
        factories.observation(company, "key_contacts", value=value, source=source, entry=entry)
    return company


def test_what_a_source_said_goes_and_what_others_said_stays(acme: Company) -> None:
    forget_source("snov_contacts")

    assert [row.value for row in Observation.objects.all()] == [{"name": "Jane Doe", "title": "CFO"}]
    assert [each.name for each in known.at(acme)] == ["Jane Doe"]
    assert not CacheEntry.objects.filter(source="snov_contacts").exists()


def test_doing_it_again_finds_nothing(acme: Company) -> None:
    forget_source("snov_contacts")

    assert sum(forget_source("snov_contacts").values()) == 0


def test_reports_lose_the_people_it_spoke_of_and_the_ledger_nothing(desk: Desk) -> None:
    request = desk.research("Acme Corp")
    names = [each.name for each in known.at(request.company)]
    calls = SourceCall.objects.count()

    forget_source("snov_contacts")

    request.refresh_from_db()
    assert request.report is not None
    assert [name for name in names if name in str(request.report.body)] == []
    assert SourceCall.objects.count() == calls
    assert Fact.objects.filter(company=request.company, dataset="recent_news").exists()


def test_the_command_says_what_went(acme: Company) -> None:
    out = StringIO()

    call_command("forget_source", "snov_contacts", stdout=out)

    assert "2  enrichment.Observation" in out.getvalue()
    assert "still switched on" in out.getvalue()


def test_a_source_that_there_is_not_is_refused(rules) -> None:
    with pytest.raises(CommandError, match="There is no source 'nobody'"):
        call_command("forget_source", "nobody")
