"""What attackers tried, and gets no further now: made-up cursors, keys of our own, values that nothing could show."""

import base64

import pytest
from rest_framework.test import APIClient

from enrichment import companies
from enrichment.models import Company, Correction, ResearchRequest
from enrichment.workflow.correcting import NotAValue, check
from salesintel.accounts.models import ApiKey, User
from tests import factories

DEEP: list[object] = []
for _ in range(900):
    DEEP = [DEEP]


@pytest.mark.parametrize("value", [[{"headline": "x", "a": DEEP}], [{"headline": "x\ud800"}], [{"headline": "x\x00"}]])
def test_a_value_that_could_not_be_shown_or_erased_is_refused(rules, value):
    with pytest.raises(NotAValue):
        check("recent_news", value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(rules, number):
    with pytest.raises(NotAValue):
        check("recent_news", [{"headline": "x", "n": number}])


def test_a_value_of_a_megabyte_is_refused(rules):
    with pytest.raises(NotAValue, match="more than 100,000 characters"):
        check("recent_news", [{"headline": "x" * 1_000_000}])


def test_a_correction_with_half_a_character_is_refused_and_not_stored(rules, user):
    user.is_staff = user.is_superuser = True
    user.save()
    of = factories.company()
    key = ApiKey.issue(user=user, name="editor", scopes=["read", "enrich", "admin"])[1]

    answer = APIClient(headers={"Authorization": f"Bearer {key}"}).post(
        f"/api/v1/companies/{of.pk}/corrections",
        '{"dataset": "recent_news", "value": [{"headline": "x\\ud800"}], "reason": "r"}',
        content_type="application/json",
    )

    assert answer.status_code == 400
    assert not Correction.objects.exists()


def test_asking_for_a_price_teaches_nobody_a_domain(rules, api_client):
    known = companies.resolve("Plimsoll Gears")

    answer = api_client.post(
        "/api/v1/plans",
        {"company": "Plimsoll Gears", "companyDomain": "plimsollgears.com", "consumer": "profile"},
        format="json",
    )

    assert answer.status_code == 200
    assert Company.objects.get(pk=known.pk).domain is None


@pytest.mark.parametrize("path", ["bulk", "watches"])
def test_a_cursor_that_somebody_made_up_is_refused(rules, api_client, path):
    cursor = base64.b64encode(b"p=abc").decode()

    answer = api_client.get(f"/api/v1/{path}", {"cursor": cursor})

    assert answer.status_code == 400
    assert "cursor" in answer.json()["errors"]


def test_the_document_is_written_once_and_the_same_to_everybody(client):
    first, again = client.get("/api/schema/"), client.get("/api/schema/")

    assert first.content == again.content
    assert client.get("/api/schema/", HTTP_ACCEPT="application/json").json()["openapi"].startswith("3.1")


def test_a_strangers_domain_is_a_suggestion_and_leads_nobody_there(rules, api_client):
    mallory = User.objects.create_user("mallory")
    strangers = APIClient(
        headers={"Authorization": f"Bearer {ApiKey.issue(user=mallory, name='m', scopes=['enrich'])[1]}"}
    )
    body = {"company": "Plimsoll Gears", "consumer": "profile"}
    strangers.post("/api/v1/runs", body | {"companyDomain": "evil.example"}, format="json")

    answer = api_client.post("/api/v1/runs", body, format="json")

    (candidate,) = answer.json()["candidates"]
    assert (answer.status_code, candidate["why"]) == (409, "given")
    assert (candidate["domain"], candidate["unconfirmedDomain"]) == (None, "evil.example")
    insisted = api_client.post("/api/v1/runs", body | {"companyDomain": "#new"}, format="json")
    assert insisted.status_code == 202
    assert ResearchRequest.objects.get(pk=insisted.json()["requestId"]).company.domain is None
