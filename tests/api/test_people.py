"""People over the API: what is known of them, everything that is held, erasing them, and opting out."""

import pytest
from rest_framework.test import APIClient

from enrichment.models import Company, Observation, OptOut
from salesintel.accounts.models import ApiKey, User
from tests import factories
from tests.api.test_fuzz import valid

PEOPLE = "/api/v1/people"
JANE = {
    "name": "Jane Doe",
    "title": "CFO",
    "email": "jane.doe@acmecorp.com",
    "profile_url": "https://www.linkedin.com/in/janed",
}


@pytest.fixture
def acme(rules) -> Company:
    company = factories.company()
    item = factories.evidence(company, title="Jane Doe, CFO", url=JANE["profile_url"])
    factories.observation(company, "key_contacts", value=JANE, entry=item.entry).evidence.add(item)
    factories.observation(company, "key_contacts", value={"name": "John Roe"}, entry=item.entry)
    return company


@pytest.fixture
def officer(db) -> APIClient:
    """The program of somebody who may erase."""
    admin = User.objects.create_superuser("dpo", "dpo@example.com", "correct horse")
    _, key = ApiKey.issue(user=admin, name="tests", scopes=["read", "admin"])
    return APIClient(headers={"Authorization": f"Bearer {key}"})


def jane_at(acme: Company, client: APIClient):
    people = client.get(PEOPLE, {"company": "acmecorp.com"}).json()["results"]
    return next(each for each in people if each["name"] == "Jane Doe")


@pytest.mark.parametrize("company", ["acmecorp.com", "https://www.acmecorp.com/team", "ACME Corp.", "acme"])
def test_the_people_at_a_company_are_listed(acme, api_client, company):
    found = api_client.get(PEOPLE, {"company": company}).json()

    assert [each["name"] for each in found["results"]] == ["Jane Doe", "John Roe"]
    assert valid("PeopleOut", found) == []


def test_a_company_that_nobody_knows_has_no_people(acme, api_client):
    assert api_client.get(PEOPLE, {"company": "nobody.example"}).json()["results"] == []


def test_every_claim_about_a_person_has_its_source_age_and_evidence(acme, api_client):
    person = jane_at(acme, api_client)

    found = api_client.get(f"{PEOPLE}/{person['id']}").json()

    assert found == person
    [said] = found["said"]
    assert said["value"] == JANE
    assert said["observedAt"]
    assert said["evidence"] == [
        {"title": "Jane Doe, CFO", "url": JANE["profile_url"], "publisher": said["evidence"][0]["publisher"]}
    ]


def test_the_export_tells_where_everything_stands_and_why(acme, officer):
    found = officer.get(f"{PEOPLE}/{jane_at(acme, officer)['id']}/export").json()

    assert {part["table"] for part in found["held"]} >= {"enrichment.Observation", "enrichment.Evidence"}
    assert all(part["purpose"] and part["lawfulBasis"] and part["at"] for part in found["held"])
    assert valid("ExportOut", found) == []


def test_who_is_erased_is_known_no_more(acme, officer):
    person = f"{PEOPLE}/{jane_at(acme, officer)['id']}"

    assert officer.delete(person).status_code == 204

    assert officer.get(person).status_code == 404
    assert officer.delete(person).status_code == 404
    assert [row.value for row in Observation.objects.all()] == [{"name": "John Roe"}]


def test_a_key_that_may_only_read_erases_nobody(acme, api_client):
    answer = api_client.delete(f"{PEOPLE}/{jane_at(acme, api_client)['id']}")

    assert answer.status_code == 403
    assert Observation.objects.count() == 2


@pytest.mark.parametrize(
    "marks",
    [
        {"email": "Jane.Doe@acmecorp.com"},
        {"profileUrl": "http://de.linkedin.com/in/janed/"},
        {"name": "DOE, Jane", "company": "acmecorp.com"},
        {"name": "Jane Doe", "company": "Acme Corp"},
    ],
)
def test_who_opts_out_is_forgotten_by_every_mark(acme, officer, marks):
    found = officer.post(f"{PEOPLE}/opt-outs", marks, format="json")

    assert found.status_code == 200
    assert found.json()["erased"] >= 2
    assert found.json()["finished"] is True
    assert [row.value for row in Observation.objects.all()] == [{"name": "John Roe"}]
    assert valid("OptedOutOut", found.json()) == []


def test_who_is_not_known_may_opt_out(db, rules, officer):
    found = officer.post(f"{PEOPLE}/opt-outs", {"email": "nobody@example.com"}, format="json")

    assert found.json() == {"erased": 0, "finished": True}
    assert OptOut.objects.count() == 1


def test_a_mark_that_would_recognise_nobody_is_named(acme, officer):
    marks = {"email": "jane.doe@acmecorp.com", "profileUrl": "linkedin.com/in/"}

    found = officer.post(f"{PEOPLE}/opt-outs", marks, format="json")

    assert found.status_code == 400
    assert found.json()["detail"].startswith("'linkedin.com/in/' is no profile's address")
    assert Observation.objects.count() == 2


def test_a_name_without_its_company_is_refused(db, officer):
    found = officer.post(f"{PEOPLE}/opt-outs", {"name": "Jane Doe"}, format="json")

    assert found.status_code == 400
    assert "together with its company" in found.json()["detail"]
