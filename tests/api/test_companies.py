"""The list of companies, one of them, its facts and corrections, merging and splitting, over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from enrichment import companies
from enrichment.models import CacheEntry, Company, Correction, Fact, OptOut
from enrichment.people import optouts
from enrichment.people.optouts import Marks
from salesintel.accounts.models import ApiKey, User
from tests import factories
from tests.api.test_fuzz import valid

LIST = "/api/v1/companies"


@pytest.fixture
def acme(rules: None) -> Company:
    return companies.resolve("Acme Corp", domain="acmecorp.com")


@pytest.fixture
def apex(rules: None) -> Company:
    return companies.resolve("Apex Payments", domain="apexpayments.com")


@pytest.fixture
def editor(db: None) -> APIClient:
    user = User.objects.create_user("editor", is_staff=True)
    rights = Permission.objects.filter(codename__in=("merge_companies", "correct_facts"))
    user.user_permissions.add(*rights)
    _, key = ApiKey.issue(user=user, name="tests", scopes=["read", "admin"])
    return APIClient(headers={"Authorization": f"Bearer {key}"})


def at(company: Company, *parts: str) -> str:
    return "/".join([LIST, str(company.pk), *parts])


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.json()["results"]]


# --- The list ---------------------------------------------------------------------------------------------------------


def test_companies_are_listed_by_name_with_what_is_known_of_them(api_client, acme, apex):
    factories.fact(acme, "industry", "FinTech", origin="live")

    answer = api_client.get(LIST)

    first, second = answer.json()["results"]
    assert (first["name"], first["industry"], first["sandbox"]) == ("Acme Corp", "FinTech", False)
    assert (second["name"], second["industry"], second["freshness"]) == ("Apex Payments", None, None)
    assert valid("CompaniesOut", answer.json()) == []


def test_a_company_that_is_part_of_another_is_not_listed(api_client, acme, apex):
    companies.absorb(apex, into=acme, learned_from="test")

    assert names(api_client.get(LIST)) == ["Acme Corp"]


@pytest.mark.parametrize("ordering", ["name", "-name", "created", "-created", "updated", "-updated"])
def test_pages_forward_and_back_show_every_company_once(api_client, db, ordering):
    for number in range(7):
        companies.register(f"Company {number % 3}", f"company-{number}.com")
    pages, url = [], f"{LIST}?limit=3&ordering={ordering}"
    while url:
        page = api_client.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        url, last = page["next"], page
    back = []
    while last["previous"]:
        last = api_client.get(last["previous"]).json()
        back.append([row["id"] for row in last["results"]])

    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({number for page in pages for number in page}) == 7
    assert back == pages[-2::-1]


def test_what_is_asked_for_by_name_comes_best_first(api_client, acme, apex, db):
    companies.register("Acme Corporate Travel", "acme-travel.com")

    assert names(api_client.get(LIST, {"q": "acme corp"}))[0] == "Acme Corp"
    assert names(api_client.get(LIST, {"q": "zzyzx unheard"})) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"industry": "fintech"}, ["Acme Corp"]),
        ({"industry": "é"}, ["Apex Payments"]),
        ({"country": "US"}, ["Acme Corp"]),
        ({"country": "germany"}, ["Apex Payments"]),
        ({"country": "DE"}, ["Apex Payments"]),
        ({"country": "Atlantis"}, []),
        ({"hasReport": "true"}, []),
        ({"hasReport": "false"}, ["Acme Corp", "Apex Payments"]),
        ({"industry": "fintech", "country": "DE"}, []),
    ],
)
def test_filters_have_to_hold_all(api_client, acme, apex, given, found):
    factories.fact(acme, "industry", "FinTech")
    factories.fact(acme, "headquarters", "Dover, DE")
    factories.fact(apex, "industry", "Café und Zahlungen")
    factories.fact(apex, "headquarters", "Berlin, Germany")

    assert names(api_client.get(LIST, given)) == found


def test_a_company_is_found_by_when_a_fact_of_it_changed(api_client, acme, apex):
    factories.fact(acme, "industry", "FinTech")
    factories.fact(apex, "industry", "Payments")
    Fact.objects.filter(company=apex).update(updated=timezone.now() - timedelta(days=2))

    yesterday = (timezone.now() - timedelta(days=1)).isoformat()

    assert names(api_client.get(LIST, {"updatedSince": yesterday})) == ["Acme Corp"]


def test_an_analysis_of_what_a_caller_sent_is_nobody_elses_report(api_client, rules, user):
    report = factories.report(factories.run())
    type(report).objects.update(consumer="own_analysis")

    assert names(api_client.get(LIST, {"hasReport": "true"})) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"cursor": "eyJhIjoxfQ"}, "cursor"),
        ({"ordering": "password"}, "ordering"),
        ({"updatedSince": "soon"}, "updatedSince"),
        ({"contry": "DE"}, "contry"),
    ],
)
def test_a_list_that_cannot_be_is_refused_by_field(api_client, db, given, field):
    answer = api_client.get(LIST, given)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(api_client, db):
    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(api_client.get(LIST, {"limit": count}).json()["results"]) == count
        return len(captured)

    for number in range(60):
        factories.fact(companies.register(f"Company {number}", f"company-{number}.com"), "industry", "FinTech")

    queries(1)
    assert queries(50) == queries(1) <= 5


# --- One --------------------------------------------------------------------------------------------------------------


def test_one_company_tells_by_what_it_is_found_and_what_was_written_of_it(api_client, rules, user):
    written = factories.report(factories.run())
    company = written.company
    companies.learn_alias(company, "Acme Payments")

    answer = api_client.get(at(company)).json()

    assert {alias["value"] for alias in answer["aliases"]} == {"Acme Corp", "Acme Payments"}
    assert [alias["value"] for alias in answer["domains"]] == ["acmecorp.com"]
    [told] = answer["reports"]
    assert (told["id"], told["role"], told["vendor"], told["sandbox"]) == (str(written.pk), "AE", "Okta", True)
    assert valid("ProfileOut", answer) == []


def test_the_newest_report_of_each_role_is_told(api_client, rules):
    run = factories.run()
    old, new = factories.report(run), factories.report(run)
    se = factories.report(run, role="SE")
    type(old).objects.filter(pk=old.pk).update(generated_at=timezone.now() - timedelta(days=1))

    reports = api_client.get(at(run.company)).json()["reports"]

    assert {told["id"] for told in reports} == {str(new.pk), str(se.pk)}


def test_a_number_of_before_a_merge_leads_to_the_company_that_is_left(api_client, acme, apex):
    companies.absorb(apex, into=acme, learned_from="test")

    answer = api_client.get(at(apex)).json()

    assert (answer["id"], [merged["id"] for merged in answer["mergedFrom"]]) == (acme.pk, [apex.pk])


def test_one_company_takes_a_fixed_number_of_queries(api_client, rules):
    run = factories.run()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api_client.get(at(run.company)).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(10):
        companies.learn_alias(run.company, f"Acme {number}")
        factories.report(run, role=f"R{number}")

    assert queries() == few <= 9


@pytest.mark.parametrize("number", ["999999999", "9" * 30])
@pytest.mark.parametrize("part", ["", "/facts", "/corrections"])
def test_a_company_that_there_is_not_is_a_404(api_client, db, number, part):
    assert api_client.get(f"{LIST}/{number}{part}").status_code == 404


# --- Facts ------------------------------------------------------------------------------------------------------------


def test_a_fact_tells_source_age_band_conflicts_and_evidence(api_client, acme):
    item = factories.evidence(acme)
    claims = [
        factories.claim("Payments", sources=("snov",), reliability=0.9) | {"evidence": [item.pk]},
        factories.claim("Retail", sources=("company_website",), reliability=0.5),
    ]
    factories.fact(acme, "industry", "Payments", claims=claims, evidence=[item.pk])

    answer = api_client.get(at(acme, "facts")).json()

    [fact] = answer["results"]
    assert (fact["value"], fact["band"], fact["corrected"], fact["sandbox"]) == ("Payments", "reliable", False, True)
    assert fact["ageSeconds"] >= 2 * 86400
    assert [other["value"] for conflict in fact["conflicts"] for other in conflict["others"]] == ["Retail"]
    assert [(each["id"], each["url"]) for each in fact["evidence"]] == [(f"e{item.pk}", item.url)]
    assert valid("FactsOut", answer) == []


def test_facts_of_the_sandbox_are_not_told_beside_live_ones(api_client, acme):
    factories.fact(acme, "industry", "Invented", origin="sandbox")
    factories.fact(acme, "headquarters", "Berlin, Germany", origin="live")

    answer = api_client.get(at(acme, "facts")).json()

    assert [fact["dataset"] for fact in answer["results"]] == ["headquarters"]
    assert answer["sandbox"] is False


def test_facts_are_told_of_one_dataset_and_in_pages(api_client, acme):
    for dataset, value in [("industry", "Payments"), ("headquarters", "Lyon, France"), ("company_overview", "Pays.")]:
        factories.fact(acme, dataset, value)

    page = api_client.get(at(acme, "facts"), {"limit": 2}).json()
    rest = api_client.get(page["next"]).json()
    one = api_client.get(at(acme, "facts"), {"dataset": "industry"}).json()

    assert [fact["dataset"] for fact in page["results"] + rest["results"]] == [
        "company_overview", "headquarters", "industry",
    ]  # fmt: skip
    assert [fact["value"] for fact in one["results"]] == ["Payments"]


# --- Corrections ------------------------------------------------------------------------------------------------------

PIN = {
    "dataset": "industry",
    "value": "Payments",
    "reason": "Their CFO said so.",
    "evidenceUrl": "https://acmecorp.com",
}


def test_a_pinned_value_holds_and_what_was_made_without_it_is_used_no_more(editor, acme):
    factories.observation(acme, "industry", value="Retail")
    derived = factories.entry(acme, source="")

    answer = editor.post(at(acme, "corrections"), PIN, format="json")

    derived.refresh_from_db()
    assert answer.status_code == 200, answer.content
    assert (answer.json()["by"], answer.json()["evidenceUrl"]) == ("editor", "https://acmecorp.com")
    assert Fact.objects.get(company=acme, dataset="industry", origin="sandbox").value == "Payments"
    assert derived.stale_since is not None
    [listed] = editor.get(at(acme, "corrections")).json()["results"]
    assert listed == answer.json()


def test_an_unpinned_value_is_the_sources_again(editor, acme):
    editor.post(at(acme, "corrections"), PIN, format="json")

    first, again = (editor.delete(at(acme, "corrections", "industry")).status_code for _ in range(2))

    assert (first, again) == (204, 404)
    assert not Fact.objects.filter(company=acme).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"dataset": "shoe_size"}, "dataset"),
        ({"value": ["Payments"]}, "value"),
        ({"value": " "}, "value"),
        ({"value": "a\x00b"}, "value"),
        ({"dataset": "employee_count", "value": "many"}, "value"),
        ({"dataset": "employee_count", "value": {"low": 5, "high": 1}}, "value"),
        ({"dataset": "competitors", "value": "Okta"}, "value"),
        ({"dataset": "tech_stack", "value": [{"group": "backend"}]}, "value"),
        ({"evidenceUrl": "javascript:alert(1)"}, "evidenceUrl"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_pinned_is_refused_by_field(editor, acme, wrong, field):
    answer = editor.post(at(acme, "corrections"), PIN | wrong, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Correction.objects.exists()


def test_nobody_who_opted_out_is_pinned(editor, acme):
    optouts.add(Marks(names=("Jane Doe",), companies=("acmecorp.com",)), why=OptOut.Why.ASKED)
    body = PIN | {"dataset": "decision_makers", "value": [{"name": "Jane Doe", "title": "CFO"}]}

    assert editor.post(at(acme, "corrections"), body, format="json").status_code == 409
    assert not Correction.objects.exists()


# --- Merging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["into", "with"])
def test_two_companies_are_merged_and_split_again(editor, acme, apex, way):
    factories.observation(apex, "industry", entry=response(apex), value="Payments")
    url, body = (at(apex, "merge"), {"into": acme.pk}) if way == "into" else (at(acme, "merge"), {"with": apex.pk})

    merged = editor.post(url, body | {"reason": "One bought the other."}, format="json").json()

    assert (merged["company"]["id"], merged["of"]["id"], merged["dryRun"]) == (apex.pk, acme.pk, False)
    assert {"what": "observations", "moves": 1, "stays": 0} in merged["moves"]
    [part] = editor.get(at(acme)).json()["mergedFrom"]
    assert (part["id"], part["reason"], part["learnedFrom"]) == (apex.pk, "One bought the other.", "person")
    split = editor.post(at(acme, "split"), {"company": apex.pk}, format="json").json()
    assert (split["company"]["id"], valid("ChangeOut", split), valid("ChangeOut", merged)) == (apex.pk, [], [])
    assert editor.get(at(apex)).json()["id"] == apex.pk


def response(of: Company) -> CacheEntry:
    from enrichment.cache import response_key

    return factories.entry(of, source="serp_news", key=response_key("serp_news", of.pk, "sandbox"))


def test_a_dry_run_moves_nothing(editor, acme, apex):
    tried = editor.post(at(apex, "merge"), {"into": acme.pk, "dryRun": True}, format="json").json()

    assert tried["dryRun"] is True
    assert {"what": "names and domains", "moves": 2, "stays": 0} in tried["moves"]
    assert editor.get(at(apex)).json()["id"] == apex.pk


def test_what_is_no_merge_is_refused(editor, acme, apex):
    def status(url: str, body: dict[str, Any]) -> int:
        return editor.post(url, body, format="json").status_code

    assert status(at(acme, "merge"), {"into": acme.pk}) == 409
    assert status(at(acme, "merge"), {"into": 999_999}) == 404
    assert status(at(acme, "merge"), {}) == 400
    assert status(at(acme, "merge"), {"into": apex.pk, "with": apex.pk}) == 400
    assert status(at(acme, "split"), {"company": apex.pk}) == 409
    assert status(at(acme, "split"), {"company": acme.pk}) == 409


def test_who_lacks_the_right_merges_nothing(api_client, acme, apex):
    assert api_client.post(at(apex, "merge"), {"into": acme.pk}, format="json").status_code == 403
    assert Company.objects.get(pk=apex.pk).merged_into is None
