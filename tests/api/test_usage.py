import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from rest_framework.test import APIClient

from salesintel.accounts.models import ApiKey, User
from tests.enrichment import market
from tests.enrichment.workflow.test_usage import CENT, asked, called

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/usage"


@pytest.fixture
def work(user: User) -> None:
    """A cent of the rep's, two of somebody else's, today."""
    now = timezone.now()
    called(asked("rep", answered=now), at=now)
    called(asked("=cmd()", answered=now), 2 * CENT, at=now)


def client(name: str, *permissions: str) -> APIClient:
    person = market.rep(name)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return APIClient(headers={"X-API-Key": ApiKey.issue(user=person, name="tests", scopes=["read"])[1]})


def told(caller: APIClient, **query: object) -> dict:
    answer = caller.get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_rep_sees_what_is_its_own(api_client: APIClient, work: None) -> None:
    answer = told(api_client, by="user")

    assert [(line["key"], line["calls"], line["cost"]) for line in answer["results"]] == [("rep", 1, 0.01)]
    assert (answer["whose"], answer["total"]["cost"], answer["sandbox"]) == ("me", 0.01, True)


def test_a_rep_that_asks_for_everybodys_is_shown_its_own(api_client: APIClient, work: None) -> None:
    assert told(api_client, whose="everybody")["total"]["cost"] == 0.01


def test_who_may_see_costs_sees_everybodys_and_may_look_at_its_own(work: None) -> None:
    auditor = client("auditor", "see_costs")

    assert told(auditor)["total"]["cost"] == 0.03
    assert told(auditor, whose="me")["total"]["cost"] == 0


def test_thirty_days_unless_asked_otherwise(api_client: APIClient) -> None:
    assert len(told(api_client)["results"]) == 30
    assert [line["key"] for line in told(api_client, **{"from": "2026-10-31", "to": "2026-11-01"})["results"]] == [
        "2026-10-31",
        "2026-11-01",
    ]


def test_pages_of_lines_lead_to_each_other(api_client: APIClient) -> None:
    first = told(api_client, limit=20)
    second = api_client.get(first["next"]).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (20, 10, None)
    assert api_client.get(second["previous"]).json()["results"] == first["results"]


def test_the_cache_is_a_breakdown_too(api_client: APIClient, work: None) -> None:
    (line,) = told(api_client, by="cache")["results"]

    assert line == {"key": "COMPANY_ENRICHMENT_PROCESSED", "hits": 0, "misses": 1, "rate": 0.0, "saved": 0.0}


def test_as_csv_no_cell_is_a_formula(work: None) -> None:
    answer = client("auditor", "see_costs").get(ADDRESS, {"by": "user", "format": "csv"})

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "key,calls,cost,unpriced,requests,saved"
    assert lines[1].startswith("'=cmd(),1,0.02")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"by": "colour"}, "by"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "from"),
        ({"from": "2024-01-01", "to": "2026-11-01"}, "from"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"limit": "0"}, "limit"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_impossible_is_refused_by_name(api_client: APIClient, query: dict, name: str) -> None:
    answer = api_client.get(ADDRESS, query)

    assert answer.status_code == 400
    assert name in answer.json()["errors"]
