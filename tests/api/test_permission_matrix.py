"""Every route lets in whom the matrix says, and nobody else; what is another's does not exist.

Each test probes all of its routes and compares the lot, so that a failure names every route that is wrong.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import SCOPES, ApiKey, User
from tests.api.matrix import MATRIX, Route, Who, routes

pytestmark = pytest.mark.once

ROUTES = list(routes())
OF_EVERYBODY = [route for route in ROUTES if route.who in (Who.READ, Who.ENRICH, Who.PERSONAS)]
OF_ADMINS = [route for route in ROUTES if route.who is Who.ADMIN]
OF_OWNERS = [route for route in ROUTES if route.who is Who.OWNER]
OF_THE_API = OF_EVERYBODY + OF_ADMINS + OF_OWNERS
OF_PERSONS = [route for route in ROUTES if route.who is Who.PERSON]
OF_STAFF = [route for route in ROUTES if route.who is Who.STAFF]
OF_ANYBODY = [route for route in ROUTES if route.who is Who.ANYBODY]
OF_A_REQUEST = [route for route in OF_THE_API + OF_PERSONS if "request_id" in route.route]
SCOPE = {Who.READ: "read", Who.ENRICH: "enrich", Who.PERSONAS: "personas", Who.ADMIN: "admin", Who.OWNER: "admin"}


def call(route: Route, client: Client, key: str = "", **values: object):
    """As a page of ours would: sockets insist on it."""
    headers = {"Origin": "http://testserver"} | ({"Authorization": f"Bearer {key}"} if key else {})
    ids = ("request_id", "webhook_id", "delivery_id", "bulk_id", "watch_id", "session_id", "message_id",
           "contact_id", "interaction_id", "file_id", "deal_id", "persona_id", "import_id", "batch_id", "benchmark_id",
           "hook_id", "pattern_id")  # fmt: skip
    url = route.url(**(dict.fromkeys(ids, uuid4()) | values))
    return client.generic(route.method, url, b"{}", content_type="application/json", headers=headers)


def each(some: Iterable[Route], probe: Callable[[Route], object]) -> dict[str, object]:
    return {f"{route.method} /{route.route}": probe(route) for route in some}


def all_of(some: Iterable[Route], expected: object) -> dict[str, object]:
    return each(some, lambda route: expected)


@pytest.fixture
def key_with(user):
    """Makes a key of `user`'s with the scopes and the state asked for."""

    def key_with(*scopes: str, **state: object) -> str:
        row, key = ApiKey.issue(user=user, name="probe", scopes=list(scopes))
        ApiKey.objects.filter(pk=row.pk).update(**state) if state else None
        return key

    return key_with


@pytest.fixture
def anothers_request(rules) -> UUID:
    other = User.objects.create_user("other")
    return request_research(Ask(consumer="profile", company="acmecorp.com"), user=other).pk


# --- The matrix itself ------------------------------------------------------------------------------------------------


def test_every_route_is_in_the_matrix():
    assert [route.route for route in ROUTES if route.who is None] == []


def test_the_matrix_names_no_route_that_is_not_there():
    assert MATRIX.keys() - {route.route for route in ROUTES} == set()


# --- Keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["none", "unknown", "expired", "revoked"])
def test_the_api_refuses_whoever_brings_no_usable_key(client, key_with, state):
    past = timezone.now() - timedelta(seconds=1)
    key = {
        "none": "",
        "unknown": "si_00000000_" + "x" * 40,
        "expired": key_with(*SCOPES, expires_at=past),
        "revoked": key_with(*SCOPES, revoked_at=past),
    }[state]

    def probe(route: Route) -> tuple[int, str]:
        answer = call(route, client, key)
        return answer.status_code, answer["Content-Type"]

    assert each(OF_THE_API, probe) == all_of(OF_THE_API, (401, "application/problem+json"))


def test_the_api_refuses_a_key_that_lacks_the_scope(client, key_with):
    lacking = {who: key_with(*(other for other in SCOPES if other != scope)) for who, scope in SCOPE.items()}

    found = each(OF_THE_API, lambda route: call(route, client, lacking[route.who]).status_code)

    assert found == all_of(OF_THE_API, 403)


def test_the_api_lets_in_a_key_with_the_one_scope(rules, client, key_with):
    keys = {who: key_with(scope) for who, scope in SCOPE.items()}

    found = each(OF_EVERYBODY, lambda route: call(route, client, keys[route.who]).status_code)

    assert {where: status for where, status in found.items() if status not in (200, 201, 202, 400, 404, 415)} == {}


def test_the_api_lets_in_a_session(rules, client, user):
    client.force_login(user)

    found = each(OF_EVERYBODY, lambda route: call(route, client).status_code)

    assert {where: status for where, status in found.items() if status not in (200, 201, 202, 400, 404, 415)} == {}


@pytest.mark.parametrize(
    ("rank", "status"), [("rep", 403), ("staff", 403), ("staff with the right", 404), ("superuser", 404)]
)
@pytest.mark.parametrize("way", ["key", "session"])
def test_the_scope_admin_wants_a_member_of_the_staff_with_the_right(rules, client, user, key_with, rank, status, way):
    user.is_staff, user.is_superuser = rank != "rep", rank == "superuser"
    user.save()
    if rank == "staff with the right":
        rights = ("erase_person", "decide_suggestion", "merge_companies", "correct_facts")
        user.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    key = key_with("admin") if way == "key" else client.force_login(user) or ""

    found = each(OF_ADMINS, lambda route: call(route, client, key).status_code)

    allowed = {where: 400 if status == 404 and "opt-outs" in where else status for where in found}
    assert found == allowed


@pytest.mark.parametrize(("way", "is_staff", "status"), [("session", False, 0), ("key", True, 0), ("key", False, 403)])
def test_keys_are_managed_from_a_session_or_with_a_staffs_admin_key(client, user, key_with, way, is_staff, status):
    user.is_staff = is_staff
    user.save()
    key = key_with("admin") if way == "key" else client.force_login(user) or ""

    found = each(OF_OWNERS, lambda route: call(route, client, key, key_id=987654).status_code)

    assert {code for code in found.values() if code != status} <= ({200, 400, 404} if not status else set())


def test_another_persons_key_cannot_be_told_from_one_that_does_not_exist(client, user):
    theirs, _ = ApiKey.issue(user=User.objects.create_user("other"), name="x", scopes=["read"])
    client.force_login(user)
    of_a_key = [route for route in OF_OWNERS + OF_PERSONS if "key_id" in route.route]

    found = each(of_a_key, lambda route: told(call(route, client, key_id=theirs.pk)))
    nobodys = each(of_a_key, lambda route: told(call(route, client, key_id=987654)))

    assert {status for status, *_ in found.values()} == {404}
    assert found == nobodys
    assert ApiKey.objects.get(pk=theirs.pk).revoked_at is None


# --- People -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_key", [False, True], ids=["stranger", "key"])
def test_a_page_sends_whoever_is_not_logged_in_to_the_login(client, key_with, with_key):
    key = key_with(*SCOPES) if with_key else ""

    def probe(route: Route) -> tuple[int, str]:
        answer = call(route, client, key)
        return answer.status_code, answer.get("Location", "").split("?")[0]

    assert each(OF_PERSONS, probe) == all_of(OF_PERSONS, (302, "/login/"))


@pytest.mark.parametrize("who", ["stranger", "key", "person"])
def test_the_admin_is_closed_to_whoever_is_not_staff(client, user, key_with, who):
    key = key_with(*SCOPES) if who == "key" else ""
    if who == "person":
        client.force_login(user)

    def probe(route: Route) -> tuple[int, str]:
        answer = call(route, client, key)
        return answer.status_code, answer.get("Location", "").split("?")[0]

    assert each(OF_STAFF, probe) == all_of(OF_STAFF, (302, "/admin/login/"))


def test_what_is_open_is_open(rules, client):
    found = each(OF_ANYBODY, lambda route: call(route, client).status_code)

    assert {where: status for where, status in found.items() if status not in (200, 302)} == {}


# --- What is another's ------------------------------------------------------------------------------------------------


def test_anothers_request_cannot_be_told_from_one_that_does_not_exist(anothers_request, client, user):
    client.force_login(user)

    theirs = each(OF_A_REQUEST, lambda route: told(call(route, client, request_id=anothers_request)))
    nobodys = each(OF_A_REQUEST, lambda route: told(call(route, client, request_id=uuid4())))

    assert {where: status for where, (status, *_) in theirs.items()} == all_of(OF_A_REQUEST, 404)
    assert theirs == nobodys


def test_staff_are_no_exception(anothers_request, client, admin_user):
    client.force_login(admin_user)

    found = each(OF_A_REQUEST, lambda route: call(route, client, request_id=anothers_request).status_code)

    assert found == all_of(OF_A_REQUEST, 404)


OF_ITS_OWN = ("X-Request-ID", "Set-Cookie", "RateLimit")  # differ from one request to the next, whatever is asked for


def told(answer) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, but for the name of the HTTP request, the address, and the tokens of forms."""
    name = answer["X-Request-ID"]
    headers = {field: value for field, value in answer.items() if field not in OF_ITS_OWN}
    body = answer.content.decode().replace(name, "…").replace(answer.wsgi_request.path, "…")
    return answer.status_code, headers, re.sub(r"\b[A-Za-z0-9]{64}\b", "…", body)
