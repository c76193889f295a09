"""For whom the database is asked: within each other, in requests, and nobody where nobody says so."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from salesintel.walls import acting_for, owner_scope, scope, system_scope
from salesintel.walls.middleware import WallMiddleware
from salesintel.walls.scope import NOBODY, SYSTEM, scope_now


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is in the product."""
    monkeypatch.setattr(scope, "outside", NOBODY)


def person(pk: int = 7, *, is_staff: bool = False) -> Any:
    return SimpleNamespace(pk=pk, is_authenticated=True, is_staff=is_staff)


def scope_during(path: str, user: Any) -> str:
    """What holds while a request is answered."""
    request = RequestFactory().get(path)
    found = []

    def answer(_: Any) -> HttpResponse:
        found.append(scope_now())
        return HttpResponse()

    request.user = user
    WallMiddleware(answer)(request)
    return found[0]


def test_nobody_is_asked_for_where_nobody_says_so() -> None:
    assert scope_now() == NOBODY


def test_the_innermost_scope_holds_and_ends() -> None:
    with owner_scope(7):
        with system_scope("the test"):
            inner = scope_now()
        outer = scope_now()

    assert (inner, outer, scope_now()) == (SYSTEM, "7", NOBODY)


def test_a_scope_ends_with_whatever_goes_wrong_in_it() -> None:
    with pytest.raises(KeyError), owner_scope(7):
        raise KeyError

    assert scope_now() == NOBODY


@pytest.mark.parametrize("owner", ["7'; DROP TABLE x; --", "", "system", None])
def test_what_is_no_id_is_no_owner(owner: Any) -> None:
    with pytest.raises((ValueError, TypeError)), owner_scope(owner):
        pass


@pytest.mark.parametrize("given", [person(7), SimpleNamespace(pk=1, owner_id=7)])
def test_a_function_acts_for_the_owner_of_what_it_is_given(given: Any) -> None:
    @acting_for("row")
    def act(*, row: Any) -> str:
        return scope_now()

    assert act(row=given) == "7"


@pytest.mark.parametrize(
    ("path", "user", "expected"),
    [
        ("/contacts/", person(), "7"),
        ("/api/v1/contacts", person(is_staff=True), "7"),
        ("/admin/personas/contact/", person(is_staff=True), SYSTEM),
        ("/admin/personas/contact/", person(), "7"),
        ("/contacts/", AnonymousUser(), NOBODY),
    ],
)
def test_a_request_has_the_scope_of_whoever_sent_it(path: str, user: Any, expected: str) -> None:
    with system_scope("around it"):
        assert scope_during(path, user) == expected


def test_who_sent_it_may_turn_out_while_it_is_answered() -> None:
    request = RequestFactory().get("/api/v1/contacts")
    found = []

    def answer(got: Any) -> HttpResponse:
        found.append(scope_now())
        got.user = person(8)
        found.append(scope_now())
        return HttpResponse()

    WallMiddleware(answer)(request)

    assert found == [NOBODY, "8"]


def test_an_answer_that_is_streamed_keeps_the_scope_and_lends_it_to_nobody() -> None:
    request = RequestFactory().get("/contacts/")
    request.user = person()
    answer: Any = WallMiddleware(lambda _: StreamingHttpResponse(scope_now() for _ in range(2)))(request)

    parts = iter(answer.streaming_content)
    found = [next(parts), scope_now().encode(), next(parts), scope_now().encode()]

    assert found == [b"7", b"", b"7", b""]
