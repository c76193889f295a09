"""M8: one Idempotency-Key many times at once is one request, at every address that starts work."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from enrichment.models import ResearchRequest, WorkflowRun

pytestmark = pytest.mark.django_db(transaction=True)

RESULT = {"title": "Acme Corp opens an office", "url": "https://news.example/acme"}
STARTS = {
    "/customer/intelligence": {"prospectCompany": "acmecorp.com", "vendorCompany": "okta.com"},
    "/company/okta.com/vendor-context": {"userRole": "AE"},
    "/vendor/enrich": {"companyName": "acmecorp.com"},
    "/analysis/async": {"domain": "acmecorp.com", "searchResults": [RESULT]},
    "/runs": {"company": "acmecorp.com", "consumer": "profile"},
}


@pytest.mark.chaos
@pytest.mark.parametrize("path", STARTS)
def test_one_key_many_times_at_once_is_one_request(http, rules, trials, path, record_property):
    times = trials(short=50 if path == "/customer/intelligence" else 10, full=50)
    headers = {"Idempotency-Key": "crm-4711", "Prefer": "respond-async"}

    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: http.post(f"/api/v1{path}", json=STARTS[path], headers=headers), range(times))
        )

    told = {(answer.status_code, answer.json()["requestId"]) for answer in answers}
    assert len(told) == 1
    assert told.pop()[0] == 202
    assert ResearchRequest.objects.filter(parent=None).count() == 1
    assert WorkflowRun.objects.count() == 1
    record_property("trial", f"M8: {path}, one key {times} times at once: 1 request, 1 run")


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/customer/intelligence", {"refresh": True}),
        ("/company/okta.com/vendor-context", {"maxCost": 0.5}),
        ("/vendor/enrich", {"maxAge": 60}),
        ("/analysis/async", {"context": "renewal"}),
        ("/runs", {"require": ["industry"]}),
    ],
)
def test_the_same_key_with_another_body_is_a_mismatch(api_client, rules, path, more):
    first, second = (
        api_client.post(f"/api/v1{path}", body, format="json", headers={"Idempotency-Key": "k", "Prefer": "wait=0"})
        for body in (STARTS[path], STARTS[path] | more)
    )

    assert (first.status_code, second.status_code) == (202, 409)
    assert second.json()["type"] == "idempotency-mismatch"
