"""The score card: what is counted, who may see what, and a suggestion that is taken with one click."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from enrichment.models import ChangeSet, DatasetSource, Fact
from enrichment.models.clock import database_now
from enrichment.workflow.scorecard import Card, Cell, cards
from salesintel.accounts.models import User
from tests import factories
from tests.admin.test_doubts_admin import clerk

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:enrichment_source_scorecard")
API = "/api/v1/sources/scorecard"


def card(source: str) -> Card:
    until = database_now() + timedelta(minutes=1)
    found = cards(origin="sandbox", since=until - timedelta(days=30), until=until)
    return next(each for each in found if each.source == source)


def cell(source: str, dataset: str) -> Cell:
    (found,) = [each for each in card(source).cells if each.dataset == dataset]
    return found


@pytest.fixture
def asked(rules: None) -> None:
    """Three calls to the news: one answered in two seconds, one in four, one failed; one answer speaks of news."""
    run, now = factories.run(), database_now()
    for seconds, status, cost in ((2, "ok", "0.02"), (4, "empty", "0.02"), (1, "failed", "0")):
        ended = {"started": now - timedelta(seconds=seconds), "answered": now}
        factories.call(run, "serp_news", "serpapi", status=status, cost=Decimal(cost), **ended)
    entry = factories.entry(run.company, source="serp_news", origin="sandbox")
    factories.observation(run.company, "recent_news", entry=entry, source="serp_news", origin="sandbox")
    factories.fact(run.company, "recent_news", [{"headline": "x"}], sources=["serp_news"], origin="sandbox")


def disputed(count: int) -> None:
    """So many companies whose record and whose own page name another industry."""
    for place in range(count):
        company = factories.company(f"Company {place}", f"company{place}.example")
        claims = [
            factories.claim("Software", sources=("brightdata_company_db",)),
            factories.claim("Retail", sources=("company_website",)),
        ]
        factories.fact(company, "industry", "Software", claims=claims, origin="sandbox")


def test_calls_are_counted_by_how_they_ended_and_cost(asked: None) -> None:
    found = card("serp_news")

    assert (found.calls, found.answered, found.empty, found.failed) == (3, 1, 1, 1)
    assert (found.cost, found.facts, found.cost_per_fact) == (Decimal("0.04"), 1, Decimal("0.04"))


def test_only_answers_have_a_time(asked: None) -> None:
    found = card("serp_news")

    assert (found.p50, found.p95) == (pytest.approx(4, abs=0.1), pytest.approx(4, abs=0.1))


def test_a_dataset_is_filled_as_often_as_an_answer_spoke_of_it(asked: None) -> None:
    spoken, silent = cell("serp_news", "recent_news"), cell("serp_news", "buying_signals")

    assert (spoken.answers, spoken.filled) == (1, 1)
    assert (silent.answers, silent.filled) == (1, 0)


def test_a_source_that_was_never_asked_has_a_card_too(rules: None) -> None:
    assert (card("snov_contacts").calls, card("snov_contacts").p50) == (0, None)


def test_who_is_contradicted_often_is_suggested_to_count_less(rules: None) -> None:
    disputed(60)

    found = cell("brightdata_company_db", "industry")

    assert (found.tally.compared, found.tally.agreed) == (60, 0)
    assert found.suggestion is not None
    assert found.suggestion < found.reliability


def test_a_suggestion_is_taken_with_one_click_and_can_be_taken_back(rules: None, admin_client: Client) -> None:
    disputed(60)
    believed = cell("brightdata_company_db", "industry")
    row = DatasetSource.objects.get(source__slug="brightdata_company_db", dataset__slug="industry")
    taken = {"cell": row.pk, "before": believed.reliability, "after": believed.suggestion, "why": "score card"}

    assert f'name="after" value="{believed.suggestion}"' in admin_client.get(PAGE).content.decode()
    page = admin_client.post(PAGE, taken, follow=True).content.decode()

    row.refresh_from_db()
    assert row.reliability == believed.suggestion
    assert "The next run follows" in page
    assert ChangeSet.objects.get().why == "score card"


def test_a_suggestion_that_was_overtaken_changes_nothing(rules: None, admin_client: Client) -> None:
    row = DatasetSource.objects.get(source__slug="brightdata_company_db", dataset__slug="industry")
    before = row.reliability

    page = admin_client.post(PAGE, {"cell": row.pk, "before": 0.11, "after": 0.2}, follow=True).content.decode()

    row.refresh_from_db()
    assert row.reliability == before
    assert "0.11" in page


def test_who_may_only_look_takes_no_suggestion(rules: None) -> None:
    looker = clerk("view_source")

    assert looker.get(PAGE).status_code == 200
    assert looker.post(PAGE, {"cell": 1, "before": 0.1, "after": 0.2}).status_code == 403
    assert clerk_without_rights().get(PAGE).status_code == 403


def clerk_without_rights() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    return client


def test_costs_are_for_who_may_see_them(asked: None, user: User, api_client: APIClient) -> None:
    def news() -> dict[str, object]:
        told = api_client.get(API, {"origin": "sandbox"}).json()["results"]
        return next(each for each in told if each["source"] == "serp_news")

    assert (news()["calls"], news()["cost"]) == (3, None)
    user.user_permissions.add(Permission.objects.get(codename="see_costs"))
    assert news()["cost"] == 0.04


def test_impossible_days_are_refused_by_name(rules: None, api_client: APIClient) -> None:
    answer = api_client.get(API, {"days": 0})

    assert answer.status_code == 400
    assert "days" in answer.json()["errors"]


def test_more_facts_take_no_more_queries(asked: None) -> None:
    with CaptureQueriesContext(connection) as few:
        card("serp_news")
    disputed(3)
    with CaptureQueriesContext(connection) as many:
        card("serp_news")

    assert Fact.objects.count() == 4
    assert len(many) == len(few)
