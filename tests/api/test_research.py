"""The documents' request, end to end: over HTTP, through a real run against the sandbox, to the answer."""

from io import StringIO

import pytest
from django.core.management import call_command

from enrichment.models import ResearchRequest, Source, SourceCall, WorkflowRun
from salesintel.accounts.models import ApiKey, User
from tests.api.conftest import BRIEF
from tests.driving import drive_on

ASK = "/api/v1/customer/intelligence"


def post(client, path, body, **headers):
    return client.post(path, body, format="json", headers=headers)


@pytest.mark.django_db(transaction=True)
class TestARealRun:
    """Collected from the sandbox by the driver, in this process."""

    def test_the_documents_request_is_answered_in_the_documents_shape(self, rules, sandbox, api_client):
        accepted = post(api_client, ASK, BRIEF)
        drive_on()
        answer = post(api_client, ASK, BRIEF)

        body = answer.json()
        assert (accepted.status_code, answer.status_code) == (202, 200)
        assert accepted.json().keys() >= {
            "requestId",
            "statusEndpoint",
            "estimatedDuration",
            "estimatedCost",
            "joined",
            "sandbox",
        }
        assert body["data"].keys() >= {
            "companyName",
            "vendorCompany",
            "workflowType",
            "rawData",
            "analysis",
            "metrics",
            "generatedAt",
            "workflowMetadata",
        }
        assert (body["source"], body["totalCost"], body["sandbox"]) == ("cache", 0, True)
        assert body["cacheSavings"] > 0
        assert body["data"]["analysis"]["customer"]["name"] == "Acme Corp"
        assert body["data"]["analysis"]["persona"]["name"] == "Taylor"

    @pytest.mark.once
    def test_the_cost_is_estimated_before_the_run_is_planned_and_as_its_plan_then_says(
        self, rules, sandbox, api_client
    ):
        accepted = post(api_client, ASK, BRIEF).json()
        assert WorkflowRun.objects.get().estimated_cost is None
        drive_on()

        run = ResearchRequest.objects.get(pk=accepted["requestId"]).run
        assert run.vendor_run is not None  # whose own plan is in the estimate
        assert accepted["estimatedCost"] == float(run.estimated_cost) > 0

    @pytest.mark.once
    def test_the_same_again_in_any_spelling_buys_nothing(self, rules, sandbox, api_client):
        post(api_client, ASK, BRIEF)
        drive_on()
        bought = SourceCall.objects.count()

        answer = post(api_client, ASK, BRIEF | {"prospectCompany": "https://www.acmecorp.com/en"})
        long_role = BRIEF | {"userPersona": BRIEF["userPersona"] | {"role": "account-executive"}}
        same_role = post(api_client, ASK, long_role)

        assert [answer.status_code, same_role.status_code] == [200, 200]
        assert SourceCall.objects.count() == bought > 0

    @pytest.mark.once
    def test_the_status_goes_from_processing_to_completed(self, rules, sandbox, api_client):
        where = post(api_client, ASK, BRIEF).json()["statusEndpoint"]

        before = api_client.get(where).json()
        drive_on()
        after = api_client.get(where).json()

        assert (before["status"], before["progress"]) == ("processing", 0)
        assert (after["status"], after["progress"]) == ("completed", 100)
        assert after["data"]["companyName"] == "Acme Corp"

    @pytest.mark.once
    def test_the_run_tells_its_costs_its_events_and_its_trace(self, rules, sandbox, api_client):
        request_id = post(api_client, ASK, BRIEF).json()["requestId"]
        drive_on()

        state = api_client.get(f"/api/v1/runs/{request_id}").json()
        events = api_client.get(f"/api/v1/runs/{request_id}/events").json()
        trace = api_client.get(f"/api/v1/runs/{request_id}/trace").json()

        assert state["requestStatus"] == "answered"
        assert state["cost"] > 0
        assert [event["seq"] for event in events["results"]] == list(range(1, state["lastSeq"] + 1))
        assert (events["next"], events["previous"]) == (None, None)
        assert {"cache_check", "plan", "collect", "analyse"} <= {child["name"] for child in trace["children"]}

    @pytest.mark.once
    def test_the_vendors_context_is_given_in_the_documents_shape(self, rules, sandbox, api_client):
        path = "/company/okta.com/vendor-context"
        post(api_client, path, {"userRole": "account-executive"})
        drive_on()

        answer = post(api_client, path, {"userRole": "account-executive"}).json()

        assert answer["companyIntelligence"].keys() >= {
            "companyName",
            "industry",
            "products",
            "targetMarkets",
            "competitors",
            "valuePropositions",
        }
        assert answer["metadata"]["fromCache"] is True

    def test_another_person_joins_the_run_and_pays_nothing(self, rules, sandbox, api_client):
        other = User.objects.create_user("other")
        _, key = ApiKey.issue(user=other, name="n", scopes=["read", "enrich"])
        first = post(api_client, ASK, BRIEF).json()
        second = post(api_client, ASK, BRIEF, Authorization=f"Bearer {key}").json()
        drive_on()

        told = api_client.get(f"/api/v1/runs/{second['requestId']}", headers={"Authorization": f"Bearer {key}"}).json()

        assert (first["joined"], second["joined"]) == (False, True)
        assert (told["requestStatus"], told["cost"], told["joined"]) == ("answered", 0, True)


@pytest.mark.usefixtures("rules", "sandbox")
class TestAsking:
    """What is refused, and what is started; nothing is collected."""

    @pytest.mark.parametrize("path", [ASK, "/customer/intelligence"])
    def test_both_addresses_start_the_work(self, api_client, path):
        assert post(api_client, path, BRIEF).status_code == 202

    def test_the_same_key_and_body_are_the_same_request(self, api_client):
        first = post(api_client, ASK, BRIEF, **{"Idempotency-Key": "k-1"}).json()
        again = post(api_client, ASK, BRIEF, **{"Idempotency-Key": "k-1"}).json()

        assert again["requestId"] == first["requestId"]
        assert ResearchRequest.objects.count() == 1

    def test_the_same_key_with_another_body_is_a_mismatch(self, api_client):
        post(api_client, ASK, BRIEF, **{"Idempotency-Key": "k-1"})

        answer = post(api_client, ASK, BRIEF | {"refresh": True}, **{"Idempotency-Key": "k-1"})

        assert (answer.status_code, answer.json()["type"]) == (409, "idempotency-mismatch")

    @pytest.mark.parametrize("key", ["x" * 201, "k\x00", "schlüssel", "a\tb"])
    def test_a_key_that_cannot_be_kept_is_refused(self, api_client, key):
        answer = post(api_client, ASK, BRIEF, **{"Idempotency-Key": key})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])

    def test_an_ambiguous_name_is_asked_back_and_leaves_the_key_unused(self, api_client):
        call_command("seed_demo", stdout=StringIO())
        body = {name: value for name, value in BRIEF.items() if name != "prospectDomain"} | {"prospectCompany": "Acme"}

        asked_back = post(api_client, ASK, body, **{"Idempotency-Key": "k-1"})
        settled = post(api_client, ASK, body | {"prospectDomain": "acmecorp.com"}, **{"Idempotency-Key": "k-1"})

        problem = asked_back.json()
        assert (asked_back.status_code, problem["type"]) == (409, "ambiguous-company")
        assert "acmecorp.com" in {candidate["domain"] for candidate in problem["candidates"]}
        assert len(problem["candidates"]) > 1
        assert "send “prospectDomain”" in problem["detail"]
        assert all(candidate["reason"] and candidate["apart"] for candidate in problem["candidates"])
        assert settled.status_code == 202

    def test_an_unknown_role_is_refused_with_the_roles_there_are(self, api_client):
        answer = post(api_client, ASK, BRIEF | {"userPersona": {"role": "CEO"}})

        [(field, [text])] = answer.json()["errors"].items()
        assert (answer.status_code, field) == (400, "userPersona.role")
        assert "AE (account-executive)" in text

    def test_a_cap_that_buys_nothing_required_is_impossible_and_says_what_it_takes(self, api_client):
        Source.objects.filter(slug="company_website").update(enabled=False)  # what is free is always affordable

        answer = post(api_client, ASK, BRIEF | {"maxCost": 0.000000001})

        assert (answer.status_code, answer.json()["type"]) == (422, "unaffordable")
        assert answer.json()["needed"] > 0.000000001
        assert not ResearchRequest.objects.exists()

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"prospectCompany": ""}, "prospectCompany"),
            ({"prospectCompany": None}, "prospectCompany"),
            ({"prospectCompany": "x" * 201}, "prospectCompany"),
            ({"prospectCompany": "a\x00"}, "prospectCompany"),
            ({"prospectDomain": "10.0.0.1"}, "prospectDomain"),
            ({"vendorCompany": 7.5e300}, None),
            ({"vendorCompany": {}}, "vendorCompany"),
            ({"userPersona": []}, "userPersona"),
            ({"userPersona": {"rôle": "AE"}}, "userPersona.rôle"),
            ({"userPersona": {"segment": "x" * 61}}, "userPersona.segment"),
            ({"maxCost": -1}, "maxCost"),
            ({"maxCost": 1e300}, "maxCost"),
            ({"maxCost": "NaN"}, "maxCost"),
            ({"maxCost": "Infinity"}, "maxCost"),
            ({"maxCost": "1E-30"}, "maxCost"),
            ({"maxCost": True}, "maxCost"),
            ({"maxAge": -1}, "maxAge"),
            ({"maxAge": 10**30}, "maxAge"),
            ({"maxAge": "soon"}, "maxAge"),
            ({"require": ["no_such_dataset"]}, "require"),
            ({"require": "tech_stack"}, "require"),
            ({"require": ["a b"]}, "require.0"),
            ({"require": ["x"] * 51}, "require"),
            ({"refresh": "perhaps"}, "refresh"),
            ({"max_cost": 1}, "max_cost"),
        ],
    )
    def test_a_bad_value_is_told_by_field_and_starts_nothing(self, api_client, change, field):
        answer = post(api_client, ASK, BRIEF | change)

        if field is None:
            assert answer.status_code < 500
        else:
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
            assert not WorkflowRun.objects.exists()

    def test_any_consumer_may_be_run(self, api_client):
        answer = post(api_client, "/api/v1/runs", {"company": "acmecorp.com", "consumer": "profile"})

        assert (answer.status_code, WorkflowRun.objects.get().consumer) == (202, "profile")

    def test_an_unknown_consumer_is_refused_with_those_there_are(self, api_client):
        answer = post(api_client, "/api/v1/runs", {"company": "acmecorp.com", "consumer": "nobody"})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["consumer"])
        assert "customer_intelligence" in answer.json()["errors"]["consumer"][0]

    def test_a_plan_tells_what_would_be_bought_and_starts_nothing(self, api_client):
        body = {"company": "acmecorp.com", "consumer": "customer_intelligence", "vendor": "okta.com", "role": "AE"}

        answer = post(api_client, "/api/v1/plans", body)

        told = answer.json()
        assert answer.status_code == 200
        assert told["plan"]["calls"]
        assert 0 < told["quote"]["expected"]["cost"] <= told["quote"]["worst"]["cost"]
        assert not ResearchRequest.objects.exists()

    def test_a_cancelled_request_is_failed_and_says_so(self, api_client):
        accepted = post(api_client, ASK, BRIEF).json()

        cancelled = post(api_client, f"/api/v1/runs/{accepted['requestId']}/cancel", None)

        status = api_client.get(accepted["statusEndpoint"]).json()
        assert (cancelled.status_code, cancelled.json()["requestStatus"]) == (200, "cancelled")
        assert (status["status"], status["error"]) == ("failed", "It was cancelled.")

    def test_cancelling_twice_is_no_different(self, api_client):
        request_id = post(api_client, ASK, BRIEF).json()["requestId"]

        answers = [post(api_client, f"/api/v1/runs/{request_id}/cancel", None) for _ in range(2)]

        assert [answer.json()["requestStatus"] for answer in answers] == ["cancelled", "cancelled"]


@pytest.mark.django_db
class TestEnrichingForAVendor:
    """The documents' `/vendor/enrich`, with its strategy and its older name."""

    @pytest.mark.parametrize(
        ("body", "strategy"),
        [
            ({}, "enhanced"),
            ({"tier": "enhanced"}, "enhanced"),
            ({"tier": "standard"}, "legacy"),
            ({"strategy": "hybrid"}, "hybrid"),
            ({"strategy": "enhanced", "tier": "standard"}, "enhanced"),
        ],
    )
    def test_strategy_and_tier_say_how_it_collects(self, rules, api_client, body, strategy):
        answer = post(api_client, "/vendor/enrich", {"companyName": "Acme Corp", **body})

        assert answer.status_code == 202
        assert ResearchRequest.objects.get().strategy == strategy

    def test_another_strategy_is_refused(self, rules, api_client):
        answer = post(api_client, "/api/v1/vendor/enrich", {"companyName": "Acme Corp", "strategy": "cheap"})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["strategy"])
