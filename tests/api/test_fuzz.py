"""The API fuzzed from its own OpenAPI document: whatever is sent, the answer is one that the document names."""

import json
import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from enrichment.automation.bulk import pricing, steering
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import BulkAsk, Entry, Listed
from enrichment.models import ResearchRequest, WebhookEndpoint, WorkflowRun
from enrichment.workflow.pauses import pause
from enrichment.workflow.requests import Ask, cancel, request_research
from salesintel.accounts.models import ApiKey, User
from salesintel.urls import described
from tests import factories
from tests.api.conftest import BRIEF
from tests.api.matrix import API, MORE
from tests.driving import drive_on
from tests.enrichment.delivery.conftest import due, endpoint

SCHEMA: dict[str, Any] = SchemaGenerator(patterns=described).get_schema(request=None, public=True)
OPERATIONS = [
    (method, path, operation)
    for path, methods in sorted(SCHEMA["paths"].items())
    for method, operation in sorted(methods.items())
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=30), inner, max_size=4),
    max_leaves=8,
)
near = st.sampled_from(
    [
        *("Acme Corp", "acmecorp.com", "https://okta.com/x", "AE", "account-executive", "customer_intelligence"),
        *("profile", "plan", "collect", "analyse"),
        *("2099-01-01T08:00:00+01:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00Z"),
    ]
)
value = near | anything
header_text = st.text(st.characters(min_codepoint=1, max_codepoint=255, blacklist_characters="\r\n"), max_size=60)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def bodies(operation: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Bodies with the operation's own fields, right and wrong, and bodies of no shape at all."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return anything
    fields = resolved(content["schema"]).get("properties", {})
    near_misses = st.fixed_dictionaries({}, optional=dict.fromkeys(fields, value) | {"userPersona": persona})
    return near_misses | anything


persona = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "role", "segment", "region"), value)) | anything


def test_the_document_names_every_operation_of_the_matrix():
    documented = {(method.upper(), path.removeprefix("/api/v1/")) for method, path, _ in OPERATIONS}

    bare = {(method, re.sub(r"<\w+:", "{", route).replace(">", "}")) for route, (method, _) in [*API.items(), *MORE]}
    assert documented == bare


def test_every_operation_says_which_scope_or_key_it_needs():
    open_ones = {path for _, path, operation in OPERATIONS if not operation.get("security")}

    assert open_ones == {"/api/v1/health", "/api/v1/health/ready"}


@pytest.fixture
def caller(rules, user) -> Client:
    _, key = ApiKey.issue(user=user, name="fuzz", scopes=["read", "enrich"])
    return Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


@pytest.fixture
def requests(rules, user) -> list[UUID]:
    """Requests in every state that a caller may meet: new, paused, cancelled, answered, and one of somebody else's."""
    new, paused, cancelled = (request_research(Ask(consumer="profile", company=f"{n}.com"), user=user) for n in "abc")
    pause(paused)
    cancel(cancelled)
    other = User.objects.create_user("other", "other@example.com", "correct horse")
    others = request_research(Ask(consumer="profile", company="a.com"), user=other)
    return [new.pk, paused.pk, cancelled.pk, factories.answered(user).pk, others.pk]


@pytest.fixture
def hooks(user) -> list[WebhookEndpoint]:
    """The caller's webhook, one that is switched off, and one of somebody else's, each with a delivery."""
    mallory = User.objects.create_user("mallory")
    rows = [endpoint(user, "https://hooks.example.com/a"), endpoint(user, "https://hooks.example.com/b", enabled=False)]
    rows.append(endpoint(mallory, "https://hooks.example.com/c"))
    for number, row in enumerate(rows):
        due(row, number)
    return rows


@pytest.fixture
def bulks(rules, user) -> list[UUID]:
    """Lists that are being priced, wait for their go, run, and were cancelled."""
    entries = (Entry(line=1, name="Acme Corp"), Entry(line=2, domain="8.8.8.8"))
    ask = BulkAsk(listed=Listed(entries=entries), consumer="profile")
    quoting, quoted, running, over = (take_in(ask, user=user) for _ in range(4))
    for bulk in (quoted, running, over):
        pricing.price(bulk, seconds=60)
    steering.start(running)
    steering.cancel(over)
    return [quoting.pk, quoted.pk, running.pk, over.pk]


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[f"{method} {path}" for method, path, _ in OPERATIONS]
)
def test_no_input_makes_a_fault_or_an_undocumented_answer(
    caller, trials, requests, bulks, hooks, method, path, operation
):
    documented = set(operation["responses"])

    @settings(
        max_examples=trials(short=25, full=1000), deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(
        body=bodies(operation),
        domain=near | st.text(min_size=1, max_size=300),
        bulk_id=st.sampled_from(bulks) | st.uuids(),
        request_id=st.sampled_from(requests) | st.uuids(),
        webhook_id=st.sampled_from([row.pk for row in hooks]) | st.uuids(),
        delivery_id=st.sampled_from([row.deliveries.get().pk for row in hooks]) | st.uuids(),
        after=st.none() | st.text(max_size=30) | st.integers().map(str),
        headers=st.dictionaries(st.sampled_from(["Prefer", "Idempotency-Key", "X-Request-ID"]), header_text),
    )
    def probe(body, domain, bulk_id, request_id, webhook_id, delivery_id, after, headers):
        words, number = quoted(domain), max(len(domain) - 1, 0)  # 0 to 299: some are there, most are not
        url = path.format(
            domain=words,
            slug=words,
            person_id=words,
            bulk_id=bulk_id,
            request_id=request_id,
            company_id=number,
            suggestion_id=number,
            dataset=words,
            webhook_id=webhook_id,
            delivery_id=delivery_id,
            notice_id=number,
        )
        query = {} if after is None else {"after": after, "cursor": after, "limit": after}
        raw = json.dumps(body).encode()

        answer = caller.generic(method, url, raw, "application/json", query_params=query, headers=headers)

        assert str(answer.status_code) in documented, (answer.status_code, answer.content[:500])
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    probe()


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
