"""Gives each request the scope of whoever sent it, known once a session or a key has told: views do nothing for it."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from salesintel.audit.context import ADMIN_PATH
from salesintel.walls.scope import NOBODY, SYSTEM, Scope, scoped


class WallMiddleware:
    """Stands within the one that knows the login; what authenticates by key puts its user on the same request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scope = partial(_scope_of, request)
        with scoped(scope):
            response: Any = self.get_response(request)
        if response.streaming and not response.is_async:
            response.streaming_content = _read_in(scope, response.streaming_content)
        return response  # type: ignore[no-any-return]


def _scope_of(request: HttpRequest) -> str:
    """In the admin an admin sees that rows are there (`personas/admin` says what of them); others see theirs."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return NOBODY
    return SYSTEM if user.is_staff and request.path_info.startswith(ADMIN_PATH) else str(int(user.pk))


def _read_in(scope: Scope, parts: Iterable[bytes]) -> Iterator[bytes]:
    """A stream is read when the request has been answered, by then out of its scope."""
    rest = iter(parts)
    while True:
        with scoped(scope):
            part = next(rest, None)
        if part is None:
            return
        yield part
