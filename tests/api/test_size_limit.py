"""A body that is too large is refused before it is stored anywhere."""

import httpx
import pytest

pytestmark = pytest.mark.django_db(transaction=True)

SEARCH = "/api/v1/customers/search"


def test_a_body_above_the_limit_is_refused_with_its_length_announced(http, settings):
    answer = http.post(SEARCH, content=b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert answer.json()["requestId"] == answer.headers["X-Request-ID"]


def test_a_body_that_never_ends_is_refused_when_the_limit_is_reached(server):
    sent = 0

    def endless():
        nonlocal sent
        while sent < 100_000_000:
            sent += 65536
            yield b" " * 65536

    try:
        status = httpx.post(f"{server}{SEARCH}", content=endless(), timeout=10).status_code
    except httpx.WriteError:  # the server hung up while we were still sending
        status = 413

    assert status == 413
    assert sent < 20_000_000


@pytest.mark.parametrize(
    ("query", "headers", "status", "kind"),
    [
        ("a" * 8_200, {}, 414, "address-too-long"),
        ("a", {"X-Long": "a" * 33_000}, 431, "header-too-large"),
        ("a", {f"X-{n}": "a" * 500 for n in range(70)}, 431, "header-too-large"),
    ],
    ids=["address", "one long header", "many headers"],
)
def test_an_address_or_a_header_that_is_too_long_is_refused(http, query, headers, status, kind):
    answer = http.get("/api/v1/usage", params={"q": query}, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["requestId"] == answer.headers["X-Request-ID"]


def test_an_address_and_headers_of_a_usual_size_are_let_through(http):
    answer = http.get("/api/v1/usage", params={"by": "day"}, headers={"X-Long": "a" * 8_000})

    assert answer.status_code == 200


def test_the_server_goes_on_after_it(server, http, settings):
    http.post(SEARCH, content=b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))

    assert httpx.get(f"{server}/health").status_code == 200
