"""The requests of the product's first documents, sent as they stand there, at the addresses that they give."""

import json

import pytest

from enrichment.workflow.requests import Ask, request_research
from tests import seeding
from tests.driving import drive_on

pytestmark = pytest.mark.once

ALSO = ["", "/api/v1"]  # the addresses without a version are other names of the same


def send(api_client, method, url, body=None, **headers):
    return api_client.generic(
        method, url, "" if body is None else json.dumps(body), content_type="application/json", headers=headers
    )


@pytest.fixture
def demo(rules, sandbox):
    seeding.demo_companies()


# --- Companies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("under", ALSO)
def test_a_company_is_looked_up(api_client, demo, under):
    answer = send(api_client, "GET", f"{under}/company/okta.com/lookup")

    body = answer.json()
    assert answer.status_code == 200
    assert {"companies", "cached", "requestId"} <= body.keys()
    assert body["companies"][0]["domain"] == "okta.com"
    assert body["cached"] is False


@pytest.mark.django_db(transaction=True)
def test_a_vendor_is_described(api_client, demo):
    body = {"userRole": "account-executive"}
    send(api_client, "POST", "/company/okta.com/vendor-context", body)
    drive_on()

    answer = send(api_client, "POST", "/company/okta.com/vendor-context", body)

    told = answer.json()
    wanted = {"companyName", "industry", "products", "targetMarkets", "competitors", "valuePropositions"}
    assert answer.status_code == 200
    assert wanted <= told["companyIntelligence"].keys()
    assert {"requestId", "fromCache", "processingTimeMs"} <= told["metadata"].keys()
    assert told["metadata"]["fromCache"] is True
    assert isinstance(told["metadata"]["processingTimeMs"], int)


# --- Analysis ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("under", ALSO)
def test_what_a_caller_has_is_analysed(api_client, demo, under):
    result = {"title": "Example opens an office", "url": "https://example.com/news/office"}

    answer = send(
        api_client,
        "POST",
        f"{under}/analysis/async",
        {"domain": "example.com", "context": "discovery", "searchResults": [result]},
    )

    told = answer.json()
    assert answer.status_code == 202
    assert {"statusEndpoint", "workflow", "requestId"} <= told.keys()
    assert told["statusEndpoint"].endswith(f"/analysis/status/{told['requestId']}")


@pytest.mark.parametrize("under", ALSO)
def test_its_status_is_told(api_client, rules, user, under):
    asked = request_research(Ask(consumer="profile", company="example.com"), user=user)

    told = send(api_client, "GET", f"{under}/analysis/status/{asked.pk}").json()

    assert told["status"] == "processing"
    assert told["progress"] == 0
    assert "estimatedCompletion" in told


@pytest.mark.parametrize("name", ["abc-123-def", "d0fa13ff-d8d7-43d5-9229-083df99b2fc5"])
def test_the_status_of_what_was_never_asked_is_not_found(api_client, rules, name):
    answer = send(api_client, "GET", f"/analysis/status/{name}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


# --- Briefs -----------------------------------------------------------------------------------------------------------

CUSTOMER = {
    "prospectCompany": "Acme Corp",
    "vendorCompany": "Okta",
    "userPersona": {"name": "Taylor", "role": "AE", "segment": "Mid-Market", "region": "EMEA"},
    "refresh": False,
}


@pytest.mark.django_db(transaction=True)
def test_a_brief_is_made_and_is_then_there_for_nothing(api_client, demo):
    first = send(api_client, "POST", "/customer/intelligence", CUSTOMER)
    drive_on()

    second = send(api_client, "POST", "/customer/intelligence", CUSTOMER)

    told = second.json()
    assert (first.status_code, second.status_code) == (202, 200)
    assert {"requestId", "statusEndpoint", "estimatedDuration"} <= first.json().keys()
    assert (told["source"], told["totalCost"]) == ("cache", 0)
    assert told["cacheSavings"] > 0
    assert {"analysis", "rawData", "metrics", "workflowMetadata"} <= told["data"].keys()
    assert told["data"]["analysis"]["persona"] == CUSTOMER["userPersona"]


@pytest.mark.parametrize("under", ALSO)
@pytest.mark.parametrize(
    "body",
    [
        {"companyName": "Tesla", "strategy": "enhanced"},
        {"companyName": "Tesla", "tier": "enhanced"},
        {"companyName": "Tesla"},
    ],
    ids=["strategy", "tier", "neither"],
)
def test_a_record_is_enriched(api_client, demo, under, body):
    answer = send(api_client, "POST", f"{under}/vendor/enrich", body)

    assert answer.status_code == 202
    assert {"requestId", "statusEndpoint"} <= answer.json().keys()


# --- Health -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("under", ALSO)
def test_health_is_told(client, rules, under):
    told = client.get(f"{under}/health").json()

    assert told["status"] == "healthy"
    assert told["timestamp"]
    assert {name: told["services"][name] for name in ("database", "cache", "ai")} == {
        "database": "operational",
        "cache": "operational",
        "ai": "operational",
    }
