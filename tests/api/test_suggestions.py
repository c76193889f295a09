"""What reports suggest for a vendor, over the API and on its page."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from rest_framework.test import APIClient

from enrichment.models import Company, Fact, Sighting, Suggestion
from salesintel.accounts.models import ApiKey, User
from tests import factories
from tests.api.test_fuzz import valid


@pytest.fixture
def suggestion(rules) -> Suggestion:
    """CyberArk, met at Acme Corp."""
    work = factories.run()
    pointer = "/competitor_context/known_usage/0"
    written = factories.report(work)
    row = Suggestion.objects.create(
        company=work.vendor,
        kind="competitor",
        name="Cyber<Ark>",
        key="cyberark",
        origin="sandbox",
        created=written.generated_at,
    )
    Sighting.objects.create(
        suggestion=row, company=work.company, report=written, pointer=pointer, at=written.generated_at
    )
    return row


@pytest.fixture
def editor(db) -> User:
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="decide_suggestion"))
    return user


def address(of: Suggestion) -> str:
    return f"/api/v1/companies/{of.company_id}/suggestions"


def decide(of: Suggestion, by: User, decision: str):
    _, key = ApiKey.issue(user=by, name="tests", scopes=["admin"])
    client = APIClient(headers={"Authorization": f"Bearer {key}"})
    return client.post(f"{address(of)}/{of.pk}", {"decision": decision}, format="json")


def test_suggestions_are_listed_with_where_they_were_met(suggestion, api_client):
    answer = api_client.get(address(suggestion)).json()

    [found] = answer["results"]
    assert found["words"] == "Cyber<Ark> was met at 1 of 1 prospect: add to competitors."
    assert [met["companyDomain"] for met in found["metAt"]] == ["acmecorp.com"]
    assert found["metAt"][0]["evidence"]
    assert valid("SuggestionsOut", answer) == []


def test_one_is_taken_over_and_that_is_undone(suggestion, editor):
    taken = decide(suggestion, editor, "accept")
    known = Fact.objects.get(company=suggestion.company, dataset="competitors").value
    undone = decide(suggestion, editor, "reopen")

    assert (taken.status_code, taken.json()["status"]) == (200, "accepted")
    assert known == ["Cyber<Ark>"]
    assert (undone.json()["status"], undone.json()["decided"]) == ("open", None)
    assert valid("SuggestionOut", taken.json()) == []


def test_another_companys_suggestion_is_none_of_this_one(suggestion, editor):
    other = factories.company("Other", "other.example")
    suggestion.company_id = other.pk

    assert decide(suggestion, editor, "accept").status_code == 404


def test_the_vendors_page_shows_them_escaped_and_whoever_may_decides_there(suggestion, editor, client):
    client.force_login(editor)
    page = reverse("company", args=[suggestion.company_id])

    text = client.get(page).content.decode()
    answer = client.post(
        reverse("decide-suggestion", args=[suggestion.company_id, suggestion.pk]), {"decision": "dismiss"}
    )

    assert "Cyber&lt;Ark&gt; was met at 1 of 1 prospect: add to competitors." in text
    assert (answer.status_code, Suggestion.objects.get().status) == (302, "dismissed")


def test_who_lacks_the_right_sees_them_and_decides_nothing(suggestion, user, client):
    client.force_login(user)
    page = reverse("company", args=[suggestion.company_id])

    text = client.get(page).content.decode()
    answer = client.post(
        reverse("decide-suggestion", args=[suggestion.company_id, suggestion.pk]), {"decision": "accept"}
    )

    assert "Take over" not in text
    assert (answer.status_code, Suggestion.objects.get().status) == (403, "open")


def test_in_the_admin_they_are_taken_over_by_an_action(suggestion, admin_client):
    page = reverse("admin:enrichment_suggestion_changelist")

    admin_client.post(page, {"action": "take_over", "_selected_action": [suggestion.pk]})

    assert Suggestion.objects.get().status == "accepted"
    assert Company.objects.get(domain="okta.com").corrections.get().value == ["Cyber<Ark>"]
