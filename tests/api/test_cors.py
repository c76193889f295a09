"""Pages of other origins that an operator named may call the API, read what answers say, and nobody else may."""

import pytest

CRM = "https://crm.example.com"
RUNS = "/api/v1/runs"


@pytest.fixture(autouse=True)
def origins(settings):
    settings.CORS_ALLOWED_ORIGINS = [CRM]


def preflight(client, url, *, origin=CRM, method="POST", headers="authorization"):
    asks = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options(url, headers=asks)


@pytest.mark.parametrize("url", [RUNS, "/customer/intelligence", "/company/acmecorp.com/lookup", "/health"])
def test_a_named_origin_may_ask_every_address_of_the_api(client, db, url):
    answer = preflight(client, url)

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == CRM
    assert "POST" in answer["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "header", ["x-api-key", "idempotency-key", "prefer", "x-request-id", "if-none-match", "last-event-id"]
)
def test_it_may_send_the_headers_that_the_api_reads(client, db, header):
    assert header in preflight(client, RUNS, headers=header)["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://crm.example.com.evil.example"])
def test_another_origin_is_told_nothing(client, db, origin):
    assert "Access-Control-Allow-Origin" not in preflight(client, RUNS, origin=origin)


@pytest.mark.parametrize("url", ["/login/", "/admin/login/", "/companies/suggestions/"])
def test_pages_are_not_for_other_origins(client, db, url):
    assert "Access-Control-Allow-Origin" not in client.get(url, headers={"Origin": CRM})


def test_cookies_do_not_go_across(client, db):
    assert "Access-Control-Allow-Credentials" not in preflight(client, RUNS)


def test_it_may_read_what_an_answer_says_in_its_header(api_client, rules):
    body = {"company": "acmecorp.com", "consumer": "profile"}

    answer = api_client.post(RUNS, body, format="json", headers={"Origin": CRM})

    exposed = set(answer["Access-Control-Expose-Headers"].split(", "))
    ours = {"RateLimit", "RateLimit-Policy", "X-Request-ID", "X-Cost-USD", "X-Cache", "Location"}
    assert answer["Access-Control-Allow-Origin"] == CRM
    assert ours <= exposed & set(answer.headers)
    assert "origin" in answer["Vary"].lower()
