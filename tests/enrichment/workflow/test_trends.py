"""Use and sources from day to day: counted cheaply, and told without callers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from enrichment.models import Report, RouteUse, SourceCall
from enrichment.workflow import trends
from enrichment.workflow.rating import rate
from enrichment.workflow.retention import prune
from enrichment.workflow.trends import Counted
from salesintel.measuring import USES, Uses

TODAY = datetime.now(UTC).date()
PLANS = (TODAY, "api/v1/plans", "POST")


@pytest.fixture
def counting(settings, monkeypatch):
    """Counts of this test alone, written when it says so."""
    settings.COUNT_USES_EVERY = 3600
    uses = Uses()
    monkeypatch.setattr("salesintel.measuring.USES", uses)
    monkeypatch.setattr(uses, "_thread", object())  # nobody else writes
    return uses


def test_batches_of_several_processes_add_up(db):
    trends.note({PLANS: Counted(calls=3, refused=1)})
    trends.note({PLANS: Counted(calls=2, failed=1), (TODAY, "mcp", "POST"): Counted(calls=1)})

    found = [(each.route, each.counted, each.days) for each in trends.routes(TODAY, TODAY)]
    assert found == [
        ("api/v1/plans", Counted(calls=5, refused=1, failed=1), 1),
        ("mcp", Counted(calls=1), 1),
    ]


def test_requests_write_nothing_and_are_written_as_a_batch(counting, api_client, django_assert_num_queries, rules):
    api_client.get("/api/v1/runs/11111111-1111-1111-1111-111111111111")
    api_client.get("/api/v1/usage")
    api_client.get("/health")
    before = RouteUse.objects.count()

    counting.write()

    rows = set(RouteUse.objects.values_list("route", "method", "calls", "refused"))
    assert before == 0
    assert rows == {("api/v1/runs/<uuid:request_id>", "GET", 1, 1), ("api/v1/usage", "GET", 1, 0)}


def test_nothing_is_counted_where_an_operator_wants_none(api_client, rules):
    api_client.get("/api/v1/usage")

    assert USES._counts == {}


def test_counts_go_after_four_hundred_days(db):
    trends.note({(TODAY - timedelta(days=401), "mcp", "POST"): Counted(calls=1), PLANS: Counted(calls=1)})

    prune()

    assert list(RouteUse.objects.values_list("route", flat=True)) == ["api/v1/plans"]


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_sources_and_stars_are_told_by_day(desk, client):
    asked = desk.research("acmecorp.com")
    rate(asked, desk.user, stars=4)
    call = SourceCall.objects.filter(status="ok").first()
    SourceCall.objects.filter(pk=call.pk).update(status="failed")
    client.force_login(desk.user)

    told = client.get("/api/v1/usage/trends").json()
    page = client.get("/trends/")

    today = timezone.now().date().isoformat()
    source = next(each for each in told["sources"] if each["source"] == call.source)
    calls = SourceCall.objects.filter(source=call.source)
    answered = calls.filter(status__in=["ok", "empty"]).count()
    share = round(answered / calls.count(), 4)
    assert source["days"] == [{"day": today, "calls": calls.count(), "answered": answered, "share": share}]
    assert told["ratings"] == [{"day": today, "ratings": 1, "stars": 4.0}]
    assert told["sandbox"] is True
    assert Report.objects.exists()
    assert page.status_code == 200
    assert source["label"] in page.content.decode()


@pytest.mark.once
def test_the_page_takes_few_queries_and_says_what_days_it_takes(client, user, rules, django_assert_max_num_queries):
    client.force_login(user)
    client.get("/trends/")

    with django_assert_max_num_queries(14):
        shown = client.get("/trends/")
    refused = client.get("/trends/?from=2026-11-20&to=2026-11-01")

    assert (shown.status_code, refused.status_code) == (200, 400)
