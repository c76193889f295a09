"""Plans by today's rules and by edited ones, and edited rules tried on past runs."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from enrichment.models import ResearchRequest, RuleSet, Source, WorkflowRun
from salesintel.accounts.models import ApiKey
from tests import factories
from tests.enrichment.workflow.pasts import past_run

pytestmark = pytest.mark.django_db
PLANS = "/api/v1/plans"
ASK = {"company": "acmecorp.com", "consumer": "profile"}
WITHOUT_BRIGHTDATA = {"sources": {"brightdata_company_db": {"enabled": False}}}


@pytest.fixture(autouse=True)
def product(rules, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:8100"
    return factories.company()


@pytest.fixture
def editor(user):
    """A program of somebody's who may edit rules."""
    user.user_permissions.add(Permission.objects.get(codename="change_datasetsource"))
    user.is_staff = True
    user.save()
    _, key = ApiKey.issue(user=user, name="rules", scopes=["read", "admin"])
    return APIClient(headers={"X-API-Key": key})


def post(client, body):
    return client.post(PLANS, body, format="json")


def test_a_plan_says_what_would_change_without_each_of_its_sources(api_client):
    answer = post(api_client, ASK).json()

    (without,) = answer["ifDisabled"]
    assert without["source"] == answer["plan"]["calls"][0]["source"] == "brightdata_company_db"
    assert (without["costChange"], without["instead"]) == (
        "-0.12875",
        ["company_website"],
    )  # 0.15 per hit, by its chance
    assert {loss["dataset"] for loss in without["losses"] if loss["missed"]} == {"industry", "employee_count"}
    assert all(loss["after"] < loss["before"] for loss in without["losses"])


def test_a_plan_says_its_strategy_and_takes_another(api_client):
    enhanced, legacy = post(api_client, ASK).json(), post(api_client, ASK | {"strategy": "legacy"}).json()

    assert (enhanced["strategy"], legacy["strategy"]) == ("enhanced", "legacy")
    assert len(legacy["plan"]["calls"]) > len(enhanced["plan"]["calls"])


def test_a_plan_by_edited_rules_saves_nothing(editor):
    post(editor, ASK)
    stored = RuleSet.objects.count()

    answer = post(editor, ASK | {"rules": WITHOUT_BRIGHTDATA})

    assert [call["source"] for call in answer.json()["plan"]["calls"]] == ["company_website"]
    assert answer.json()["ruleSet"] == "edited"
    assert Source.objects.get(slug="brightdata_company_db").enabled
    assert (RuleSet.objects.count(), WorkflowRun.objects.count(), ResearchRequest.objects.count()) == (stored, 0, 0)


def test_edited_rules_are_tried_on_past_runs(editor, product):
    run = past_run(product, asked=["brightdata_company_db", "company_website"], strategy="legacy")

    answer = post(editor, {"rules": WITHOUT_BRIGHTDATA, "replay": {"last": 50, "consumer": "profile"}}).json()

    planned, lived = answer["replanned"], answer["replayed"]
    assert (planned["runs"], planned["changed"], lived["share"]) == (1, 1, 1.0)
    assert planned["mostChanged"][0]["runId"] == str(run.pk)
    assert planned["mostChanged"][0]["dropped"] == ["brightdata_company_db"]
    assert (lived["before"]["cost"], lived["after"]["cost"]) == (0.15, 0.0)
    assert lived["after"]["quality"] < lived["before"]["quality"]
    assert [each["consumer"] for each in answer["byConsumer"]] == ["profile"]


@pytest.mark.parametrize("more", [{"rules": {}}, {"rules": {}, "replay": {}}])
def test_a_caller_who_may_not_edit_rules_may_not_try_them(api_client, user, more):
    _, key = ApiKey.issue(user=user, name="admin", scopes=["read", "admin"])
    body = more if "replay" in more else ASK | more

    without_scope, without_right = post(api_client, body), post(APIClient(headers={"X-API-Key": key}), body)

    assert (without_scope.status_code, without_right.status_code) == (403, 403)


def test_a_right_without_the_scope_is_not_enough(api_client, editor):
    assert post(api_client, {"replay": {}}).status_code == 403
    assert post(editor, {"replay": {}}).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"rules": {"sources": {"nobody": {"cost": 1}}}, "replay": {}}, ["rules.sources.nobody"]),
        ({"rules": {"nothing": {}}, "replay": {}}, ["rules.nothing"]),
        ({"rules": {}}, ["company", "consumer"]),
        (ASK | {"replay": {}}, ["company", "consumer"]),
        ({"replay": {"last": 1001}}, ["replay"]),
        ({"replay": {"from": "soon"}}, ["replay"]),
        ({"rules": []}, ["rules"]),
    ],
)
def test_a_mistake_is_told_with_its_place(editor, body, fields):
    answer = post(editor, body)

    assert answer.status_code == 400
    assert [name.split(".last")[0].split(".from")[0] for name in answer.json()["errors"]] == fields
