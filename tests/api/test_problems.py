"""Every error is a problem+json with the same members, and no body, header or path of a caller's makes it a 500."""

import json
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from rest_framework.exceptions import Throttled

from salesintel import problems
from salesintel.refused import sentence_of

SEARCH = "/api/v1/customers/search"
MEMBERS = {"type", "title", "status", "detail", "requestId"}


def check(answer, status: int, kind: str) -> dict:
    body = answer.json()
    assert (answer.status_code, body["status"], body["type"]) == (status, status, kind)
    assert answer["Content-Type"] == "application/problem+json"
    assert body.keys() >= MEMBERS
    assert body["requestId"] == answer["X-Request-ID"]
    assert "Traceback" not in answer.content.decode()
    return body


def send(api_client, raw: bytes, content_type: str = "application/json"):
    return api_client.generic("POST", SEARCH, raw, content_type=content_type)


def test_nobody_known_is_told_how_to_say_who(client, db):
    answer = client.post(SEARCH, {}, content_type="application/json")

    check(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_unknown_address_is_not_found(client, db):
    check(client.get("/api/v1/nothing"), 404, "not-found")


def test_a_method_that_is_not_there_names_those_that_are(api_client):
    answer = api_client.get(SEARCH)

    check(answer, 405, "method-not-allowed")
    assert answer["Allow"] == "POST, OPTIONS"


def test_an_answer_in_another_form_is_not_to_be_had(api_client):
    check(api_client.post(SEARCH, {"query": "a"}, format="json", headers={"Accept": "text/csv"}), 406, "not-acceptable")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"],
)
def test_anything_but_json_is_an_unsupported_type(api_client, content_type):
    check(send(api_client, b"query=Acme", content_type), 415, "unsupported-media-type")


def test_a_session_without_a_csrf_token_may_not_write(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    check(client.post(SEARCH, {"query": "Acme"}, content_type="application/json"), 403, "forbidden")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'query': 'Acme'}",
        b'{"query": NaN}',
        b'{"query": Infinity}',
        b"\xff\xfe{",
        b'{"query": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"query": "Acme", "limit": ' + b"9" * 10_000 + b"}",
        b"\x00",
        "{}".encode("utf-16"),
    ],
    ids=[
        "nothing",
        "cut",
        "single quotes",
        "NaN",
        "Infinity",
        "BOM",
        "no UTF-8",
        "deep list",
        "deep object",
        "long number",
        "NUL",
        "UTF-16",
    ],
)
def test_what_is_not_json_is_invalid(api_client, raw):
    check(send(api_client, raw), 400, "invalid")


@pytest.mark.parametrize(("levels", "told"), [(32, "query"), (33, "nested deeper than 32 levels")])
def test_a_body_is_nested_32_levels_deep_at_most(api_client, levels, told):
    inner = levels - 1
    body = check(send(api_client, b'{"query": ' + b"[" * inner + b'"]]]"' + b"]" * inner + b"}"), 400, "invalid")

    assert told in body["detail"]


def test_depth_is_found_in_one_pass_whatever_the_quotes(api_client):
    begun = time.perf_counter()

    check(send(api_client, b'"' + b'\\"' * 300_000), 400, "invalid")

    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    "raw", [b'{"query": "Acme", "query": "Okta"}', b'{"query": "Acme", "limit": {"a": 1, "a": 1}}']
)
def test_a_name_that_is_there_twice_is_not_a_guess(api_client, raw):
    body = check(send(api_client, raw), 400, "invalid")

    assert "is there twice" in body["detail"]


@pytest.mark.parametrize("charset", ["zlib_codec", "bz2", "utf-16", "nonsense", "idna"])
def test_the_charset_in_the_header_is_not_believed(api_client, db, charset):
    answer = send(api_client, b'{"query": "Acme"}', f"application/json; charset={charset}")

    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["a\x00b", "\ud800", "a\udfffb"])
def test_text_that_cannot_be_stored_is_told_by_field(api_client, query):
    body = check(send(api_client, json.dumps({"query": query}).encode()), 400, "invalid")

    assert list(body["errors"]) == ["query"]


@pytest.mark.parametrize("name", ["\ud800", "\x00", "x" * 100_000, ""])
def test_a_strange_field_name_is_told_in_a_form_that_can_be_sent(api_client, name):
    body = check(send(api_client, json.dumps({"query": "Acme", name: 1}).encode()), 400, "invalid")

    [told] = body["errors"]
    assert len(told) <= 60


def test_a_thousand_unknown_fields_are_not_all_repeated(api_client):
    body = check(send(api_client, json.dumps(dict.fromkeys(map(str, range(1000)), 1)).encode()), 400, "invalid")

    assert len(body["errors"]) == 20


def test_a_body_above_the_limit_is_too_large(api_client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    at_limit = json.dumps({"query": "Acme"}).encode().ljust(1000)

    assert send(api_client, at_limit).status_code == 200
    check(send(api_client, at_limit + b" "), 413, "too-large")


def test_errors_of_nested_fields_have_dotted_names():
    detail = {"userPersona": {"role": ["Unknown."]}, "require": {0: ["Too long."]}, "non_field_errors": ["Odd."]}

    flat = dict(problems._flat(detail))

    assert flat == {"userPersona.role": ["Unknown."], "require.0": ["Too long."], "body": ["Odd."]}


def test_the_log_says_which_trouble_the_database_has(caplog):
    problems.problem_response(OperationalError("database or disk is full\nDETAIL: a value"), {})

    assert [record.getMessage() for record in caplog.records] == [
        "The database did not answer: database or disk is full"
    ]


@pytest.mark.parametrize("error", [OperationalError("connection refused by 10.0.0.7"), InterfaceError("closed")])
def test_a_database_that_is_away_is_503_and_says_when_to_try_again(error):
    answer = problems.problem_response(error, {})

    assert (answer.status_code, answer.data["type"], answer.headers["Retry-After"]) == (503, "unavailable", "5")
    assert "10.0.0.7" not in answer.data["detail"]


def test_throttling_says_when_to_try_again():
    answer = problems.problem_response(Throttled(wait=12), {})

    assert (answer.status_code, answer.data["type"], answer.headers["Retry-After"]) == (429, "throttled", "12")


def test_a_permission_denied_is_a_problem():
    assert problems.problem_response(PermissionDenied(), {}).data["type"] == "forbidden"


def test_a_fault_of_ours_is_left_to_django_to_log():
    assert problems.problem_response(ZeroDivisionError(), {}) is None


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda request: problems.bad_request(request, ValueError()), 400),
        (lambda request: problems.permission_denied(request, PermissionDenied()), 403),
        (lambda request: problems.page_not_found(request, ValueError()), 404),
        (problems.server_error, 500),
    ],
    ids=["bad request", "forbidden", "not found", "fault"],
)
def test_below_the_api_even_djangos_own_errors_are_problems_and_elsewhere_pages(handler, status):
    of_the_api, of_a_page = handler(RequestFactory().get("/api/v1/runs")), handler(RequestFactory().get("/runs/"))

    assert (of_the_api.status_code, of_the_api["Content-Type"]) == (status, "application/problem+json")
    assert (of_a_page.status_code, of_a_page["Content-Type"].split(";")[0]) == (status, "text/html")


def test_a_forged_host_is_a_problem_too(client, db):
    answer = client.get("/health", headers={"Host": "evil.example"})

    check(answer, 400, "invalid")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"query": "Acme", "limit": 0}, "limit: 0 is too small; 1 is possible at least."),
        (
            {"query": "", "limit": "x"},
            "2 things are not valid. query: It is empty; give a text. limit: “x” is not a whole number.",
        ),
        ([1], "A list is not an object."),
    ],
    ids=["one", "several", "whole"],
)
def test_what_is_wrong_stands_in_the_detail(api_client, sent, words):
    assert check(send(api_client, json.dumps(sent).encode()), 400, "invalid")["detail"] == words


def test_of_many_things_the_first_few_stand_in_the_detail():
    told = sentence_of({"rows": [f"Number {n} is wrong." for n in range(7)]}, "body")

    assert told.startswith("7 things are not valid. rows: Number 0 is wrong. rows: Number 1 is wrong.")
    assert told.endswith("rows: Number 4 is wrong. And 2 more, in errors.")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"query": Acme}', "Expecting value, at line 1, column 11"),
        (b'{"query": "\xff"}', "byte 12 is no UTF-8"),
        (b'{"query": NaN}', "it holds NaN, Infinity or a number of too many digits"),
    ],
    ids=["bare word", "no UTF-8", "NaN"],
)
def test_what_is_no_json_is_told_with_its_place(api_client, raw, words):
    assert check(send(api_client, raw), 400, "invalid")["detail"] == f"This is not JSON: {words}."


def test_who_comes_without_a_key_is_told_the_headers(client, db):
    words = check(client.get("/api/v1/usage"), 401, "unauthenticated")["detail"]

    assert (
        words == "Send an API key in the header “Authorization: Bearer <key>” or “X-API-Key: <key>”; Account has them."
    )


def test_a_method_that_is_not_there_is_answered_with_those_that_are(api_client):
    assert api_client.delete(SEARCH).json()["detail"] == "DELETE is not taken at this address; send POST."


def test_a_media_type_that_is_not_read_is_answered_with_those_that_are(api_client):
    of_one = send(api_client, b"a", "text/plain").json()["detail"]
    of_several = api_client.generic("POST", "/api/v1/bulk", b"a", content_type="image/png").json()["detail"]

    say = "and say so in the header “Content-Type”."
    assert of_one == f"“text/plain” is not read here; send application/json, {say}"
    assert of_several == f"“image/png” is not read here; send application/json, text/csv or multipart/form-data, {say}"


def test_a_form_that_is_not_to_be_had_is_answered_with_those_that_are(api_client):
    by_header = api_client.get("/api/v1/usage", headers={"Accept": "image/png"}).json()["detail"]
    by_address = api_client.get("/api/v1/usage?format=xml").json()["detail"]

    assert by_header.startswith("The answer is to be had as application/json or text/csv; name that in")
    assert by_address == "“format=xml” is not to be had here; say json or csv, or leave it out."


def test_a_write_without_its_csrf_token_is_told_where_it_belongs(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    words = client.post(SEARCH, {"query": "Acme"}, content_type="application/json").json()["detail"]

    assert "“csrftoken” in the header “X-CSRFToken”" in words


def test_an_address_that_is_none_leads_to_the_list_of_them(client, db):
    assert "/api/docs/ lists all of them" in client.get("/api/v1/nothing").json()["detail"]
