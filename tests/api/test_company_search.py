"""Look-up and search: who is found, what is shown of them, and what that costs the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment import companies
from enrichment.models import Company, Fact

SEARCH = "/api/v1/customers/search"


@pytest.fixture
def acme(db):
    return companies.resolve("Acme Corp", domain="acmecorp.com")


def fact(company: Company, dataset: str, value: object, *, origin: str = "live", age: timedelta = timedelta(0)) -> Fact:
    seen = timezone.now() - age
    return Fact.objects.create(
        company=company, dataset=dataset, value=value, origin=origin, reliability=0.9, observed_at=seen, why="only one"
    )


def test_a_company_shows_what_is_known_of_it(api_client, acme):
    fact(acme, "industry", "FinTech", age=timedelta(days=2))
    fact(acme, "employee_count", {"low": 251, "high": 500}, age=timedelta(days=1))
    fact(acme, "headquarters", "San Francisco, CA")

    [found] = api_client.get("/api/v1/company/acmecorp.com/lookup").json()["companies"]

    age = found["freshness"].pop("ageSeconds")
    assert 2 * 86400 <= age < 2 * 86400 + 60
    assert found["freshness"].keys() == {"observedAt"}
    assert {name: value for name, value in found.items() if name != "freshness"} == {
        "id": acme.pk,
        "name": "Acme Corp",
        "domain": "acmecorp.com",
        "unconfirmedDomain": None,
        "industry": "FinTech",
        "employeeCount": {"low": 251, "high": 500},
        "location": "San Francisco, CA",
        "matchScore": 1.0,
        "why": "domain",
        "sandbox": False,
    }


def test_what_is_not_known_is_null(api_client, acme):
    [found] = api_client.post(SEARCH, {"query": "Acme Corp"}, format="json").json()

    shown = {name: found[name] for name in ("industry", "employeeCount", "location", "freshness", "sandbox")}
    assert shown == {"industry": None, "employeeCount": None, "location": None, "freshness": None, "sandbox": False}


def test_a_look_up_is_cached_when_every_company_comes_with_values(api_client, acme):
    before = api_client.get("/api/v1/company/acmecorp.com/lookup").json()
    fact(acme, "industry", "FinTech")
    after = api_client.get("/api/v1/company/acmecorp.com/lookup").json()

    assert (before["cached"], after["cached"]) == (False, True)


def test_a_look_up_tells_the_id_of_its_request(api_client, acme):
    answer = api_client.get("/api/v1/company/acmecorp.com/lookup", headers={"X-Request-ID": "call-0001"})

    assert (answer.json()["requestId"], answer["X-Request-ID"]) == ("call-0001", "call-0001")


def test_values_of_the_sandbox_are_marked(api_client, acme):
    fact(acme, "industry", "FinTech", origin="sandbox")

    answer = api_client.get("/api/v1/company/acmecorp.com/lookup").json()

    assert (answer["sandbox"], answer["companies"][0]["sandbox"]) == (True, True)


def test_live_values_and_the_sandbox_never_mix(api_client, acme):
    fact(acme, "industry", "Invented", origin="sandbox")
    fact(acme, "headquarters", "Nowhere", origin="sandbox")
    fact(acme, "industry", "FinTech", origin="live")

    [found] = api_client.post(SEARCH, {"query": "acmecorp.com"}, format="json").json()

    assert (found["industry"], found["location"], found["sandbox"]) == ("FinTech", None, False)


@pytest.mark.parametrize(
    "spelling",
    ["acmecorp.com", "Acme%20Corp", "ACME%20CORP%2C%20Inc.", "https%3A%2F%2Fwww.acmecorp.com%2Fen", "www.acmecorp.com"],
)
def test_any_spelling_finds_the_company(api_client, acme, spelling):
    found = api_client.get(f"/api/v1/company/{spelling}/lookup").json()["companies"]

    assert found[0]["id"] == acme.pk


def test_nobody_by_that_name_is_an_empty_list(api_client, acme):
    answer = api_client.get("/api/v1/company/zzyzx-unheard-of.example/lookup")

    assert (answer.status_code, answer.json()["companies"], answer.json()["cached"]) == (200, [], False)


def test_looking_up_creates_nobody(api_client, acme):
    api_client.get("/api/v1/company/unheard-of.com/lookup")
    api_client.post(SEARCH, {"query": "Unheard Of Ltd"}, format="json")

    assert list(Company.objects.all()) == [acme]


def test_the_best_come_first_and_no_more_than_asked(api_client, db):
    for name, domain in [("Acme Corp", "acmecorp.com"), ("Acme Tools", "acmetools.com"), ("Acme Bank", "acmebank.com")]:
        companies.resolve(name, domain=domain)

    found = api_client.post(SEARCH, {"query": "Acme", "limit": 2}, format="json").json()

    scores = [company["matchScore"] for company in found]
    assert len(found) == 2
    assert scores == sorted(scores, reverse=True)


def test_facts_of_all_results_are_one_query(api_client, db):
    for number in range(10):
        company = companies.resolve(f"Acme {number} Holdings", domain=f"acme{number}.com")
        fact(company, "industry", "FinTech")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = api_client.post(SEARCH, {"query": "Acme", "limit": 10}, format="json").json()

    about_facts = [query["sql"] for query in queries if "enrichment_fact" in query["sql"]]
    assert len(found) == 10
    assert len(about_facts) == 1


@pytest.mark.parametrize("path", ["/company/acmecorp.com/lookup", "/api/v1/company/acmecorp.com/lookup"])
def test_the_documents_address_of_the_look_up_is_the_same(api_client, acme, path):
    assert api_client.get(path).json()["companies"][0]["id"] == acme.pk


def test_the_documents_address_of_the_search_is_the_same(api_client, acme):
    body = {"query": "Acme", "limit": 5}

    documented = api_client.post("/api/customers/search", body, format="json")

    assert documented.json() == api_client.post(SEARCH, body, format="json").json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": ""}, "query"),
        ({"query": "x" * 254}, "query"),
        ({"query": "a\x00b"}, "query"),
        ({"query": ["Acme"]}, "query"),
        ({"query": "Acme", "limit": 0}, "limit"),
        ({"query": "Acme", "limit": 51}, "limit"),
        ({"query": "Acme", "limit": 10**400}, "limit"),
        ({"query": "Acme", "limit": "many"}, "limit"),
        ({"query": "Acme", "limti": 3}, "limti"),
        (["Acme"], "body"),
        ("Acme", "body"),
    ],
)
def test_a_bad_search_is_told_by_field(api_client, db, body, field):
    answer = api_client.post(SEARCH, body, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("domain", ["%00", "a%00b.com", "x" * 254, "%20"])
def test_a_bad_look_up_is_told_by_field(api_client, db, domain):
    answer = api_client.get(f"/api/v1/company/{domain}/lookup")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["domain"])
