"""The API fuzzed from its own OpenAPI document: whatever is sent, the answer is one that the document names."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from enrichment.models import ResearchRequest, WorkflowRun
from salesintel.accounts.models import ApiKey
from salesintel.urls import described
from tests.api.conftest import BRIEF
from tests.api.matrix import API, MORE
from tests.driving import drive_on

SCHEMA: dict[str, Any] = SchemaGenerator(patterns=described).get_schema(request=None, public=True)
OPERATIONS = [
    (method, path, operation)
    for path, methods in sorted(SCHEMA["paths"].items())
    for method, operation in sorted(methods.items())
]


def test_the_document_names_every_operation_of_the_matrix():
    documented = {(method.upper(), path.removeprefix("/api/v1/")) for method, path, _ in OPERATIONS}

    bare = {(method, re.sub(r"<\w+:", "{", route).replace(">", "}")) for route, (method, _) in [*API.items(), *MORE]}
    assert documented == bare


def test_every_operation_says_which_scope_or_key_it_needs():
    open_ones = {path for _, path, operation in OPERATIONS if not operation.get("security")}

    signed = {"/api/v1/hooks/crm/{token}"}  # by its own secret: tests/personas/hooks
    assert open_ones == {"/api/v1/health", "/api/v1/health/ready"} | signed


@pytest.fixture
def caller(rules, user) -> Client:
    _, key = ApiKey.issue(user=user, name="fuzz", scopes=["read", "enrich"])
    return Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


STEERING = ["cancel", "pause", "resume", "retry"]
steps = st.sampled_from([None, "plan", "collect", "analyse"])
moments = st.sampled_from([None, "2099-01-01T00:00:00Z", "2000-01-01T00:00:00Z"])


def test_any_sequence_of_steering_is_answered_and_keeps_its_books(caller, trials, requests):
    """In whatever order: 200 or a clear refusal, events without gaps, and nobody waits for a run that has ended."""

    @settings(
        max_examples=trials(short=15, full=500), deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(
        acts=st.lists(st.tuples(st.sampled_from(STEERING), st.sampled_from(requests), steps, moments), max_size=12),
    )
    def probe(acts):
        for act, request_id, step, until in acts:
            body = {"pause": {"until": until}, "retry": {"fromStep": step}}.get(act, {})

            answer = caller.post(f"/api/v1/runs/{request_id}/{act}", body, content_type="application/json")

            expected = {404} if request_id == requests[-1] else {200, 409} | ({400} if until else set())
            assert answer.status_code in expected, (act, body, answer.content[:500])
        for run in WorkflowRun.objects.all():
            numbers = list(run.events.order_by("seq").values_list("seq", flat=True))
            assert numbers == list(range(1, run.last_seq + 1))
        assert not ResearchRequest.objects.attached().exclude(run__in=WorkflowRun.objects.active()).exists()

    probe()


def quoted(domain: str) -> str:
    return quote(domain.encode("utf-8", "replace"), safe="") or "x"


# --- What is documented is what is sent -------------------------------------------------------------------------------


def valid(schema_name: str, told: object) -> list[str]:
    """Where `told` is not what the document says; formats and all."""
    document = {"$ref": f"#/components/schemas/{schema_name}", "components": SCHEMA["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(document).iter_errors(told)]


@pytest.mark.django_db(transaction=True)
def test_real_answers_have_the_documented_shapes(rules, sandbox, api_client):
    ask, vendor = "/api/v1/customer/intelligence", "/api/v1/company/okta.com/vendor-context"
    plan = {"company": "acmecorp.com", "consumer": "customer_intelligence", "vendor": "okta.com", "role": "AE"}
    told = {"Explanation": api_client.post("/api/v1/plans", plan, format="json").json()}
    accepted = api_client.post(ask, BRIEF, format="json").json()
    status, run = accepted["statusEndpoint"], f"/api/v1/runs/{accepted['requestId']}"
    told["Accepted"], before = accepted, api_client.get(status).json()
    api_client.post(vendor, {"userRole": "AE"}, format="json")
    drive_on()
    told |= {
        "Envelope": api_client.post(ask, BRIEF, format="json").json(),
        "VendorContext": api_client.post(vendor, {"userRole": "AE"}, format="json").json(),
        "Status": api_client.get(status).json(),
        "Run": api_client.get(run).json(),
        "Span": api_client.get(f"{run}/trace").json(),
        "Events": api_client.get(f"{run}/events").json(),
        "Lookup": api_client.get("/api/v1/company/acmecorp.com/lookup").json(),
        "Problem": api_client.get("/api/v1/nothing").json(),
        "Health": api_client.get("/health").json(),
    }

    assert {name: valid(f"{name}Out", body) for name, body in told.items()} == {name: [] for name in told}
    assert valid("StatusOut", before) == []
