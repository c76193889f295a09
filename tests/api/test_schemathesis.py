"""S1: the API tried from its own document by Schemathesis. Whatever is sent, the answer is one that it describes.

Half of the requests are as the document asks for them, half are near misses; half of the ids are somebody's.
"""

import copy
from collections.abc import Iterator
from math import ceil
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from enrichment.models import ResearchRequest
from salesintel.accounts.models import ApiKey
from salesintel.document import document
from salesintel.openapi import operations

pytestmark = pytest.mark.once

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
WORDS = ["acmecorp.com", "Acme Corp", "https://okta.com/x", "profile", "customer_intelligence", "AE"]
GROUPS = 8
OPERATIONS = [(path, method.upper()) for method, path, _ in operations(document())]


@pytest.fixture(scope="session")
def schema() -> Any:
    """The document without its security: the key is ours, and never guessed."""
    plain = copy.deepcopy(document())
    del plain["components"]["securitySchemes"]
    for methods in plain["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    found = schemathesis.openapi.from_dict(plain)
    found.app = get_wsgi_application()
    return found


@pytest.fixture(autouse=True)
def one_transaction() -> Iterator[None]:
    """Requests do not close the connection that the test's transaction is open on, as with Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(rules, user) -> str:
    user.is_staff = user.is_superuser = True
    user.save()
    return ApiKey.issue(user=user, name="fuzz", scopes=["read", "enrich", "personas", "admin"])[1]


@pytest.fixture
def ids(user, requests, hooks, bulks, watches, records) -> dict[str, list[Any]]:
    """Ids that a caller may meet, by parameter: their own, in every state, and somebody else's."""
    companies = list(ResearchRequest.objects.values_list("company", flat=True))
    return {
        "request_id": requests,
        "company_id": companies,
        "bulk_id": bulks,
        "watch_id": watches,
        "webhook_id": [row.pk for row in hooks],
        "delivery_id": [row.deliveries.earliest("pk").pk for row in hooks],
        "notice_id": [1, 2, 3],
        "dataset": ["industry", "headquarters", "decision_makers"],
        "domain": WORDS,
        **records,
    }


@pytest.mark.chaos
@pytest.mark.parametrize("group", range(GROUPS))
def test_whatever_is_sent_the_answer_is_one_that_the_document_describes(schema, key, ids, trials, group):
    """Of every eighth operation each: a test's fixtures take longer than its requests. What one did is undone."""
    examples = trials(short=ceil(1_000 / len(OPERATIONS)), full=ceil(10_000 / len(OPERATIONS)))
    for path, method in OPERATIONS[group::GROUPS]:
        with transaction.atomic():
            probe(schema[path][method], key, ids, examples)
            transaction.set_rollback(True)


def test_the_ids_of_records_lead_to_them(schema, key, records):
    """Else the requests above would be answered with 404 and nothing else."""
    found = {
        path: schema[path]["GET"].Case(path_parameters={name: str(records[name][0])}).call(headers=bearer(key))
        for path, method in OPERATIONS
        if method == "GET" and (name := path.partition("{")[2].partition("}")[0]) in records and path.count("{") == 1
    }

    assert len(found) >= 15
    assert {path: answer.status_code for path, answer in found.items() if answer.status_code != 200} == {}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def probe(operation: Any, key: str, ids: dict[str, list[Any]], examples: int) -> None:
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    known = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in ids.items()})

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=cases, known=known)
    def send(case: Case, known: dict[str, Any]) -> None:
        for name in case.path_parameters.keys() & known.keys():
            case.path_parameters[name] = str(known[name])
        if case.query.get("format") == "event-stream":  # a stream wants our own server: test_following.py
            return

        answer = case.call(headers=bearer(key))

        case.validate_response(answer, checks=CHECKS)

    send()
