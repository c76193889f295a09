"""Who acts, and how: what an entry says of its circumstances without being told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest

from salesintel.logs import request_id

ADMIN_PATH = "/admin/"


class Via(StrEnum):
    """The way in which something was changed."""

    PAGE = "page"
    API = "api"
    ADMIN = "admin"
    WORKER = "worker"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What every entry says beside what was done. `user` is an id, None where nobody stands behind it."""

    via: Via = Via.COMMAND
    user: int | None = None
    key: str = ""  # the prefix of an API key
    run: str = ""
    request_id: str = ""


_NONE = Circumstances()
_now: ContextVar[Circumstances] = ContextVar("audit_circumstances", default=_NONE)
_request: ContextVar[HttpRequest | None] = ContextVar("audit_request", default=None)


@contextmanager
def acting(via: Via | None = None, *, user: int | None = None, key: str = "", run: UUID | str = "") -> Iterator[None]:
    """Say how, for whom, by which key (its prefix) or in which run something is done; the rest stays as outside."""
    outer = _now.get()
    inner = replace(
        outer, via=via or outer.via, user=user or outer.user, key=key or outer.key, run=str(run) or outer.run
    )
    token = _now.set(inner)
    try:
        yield
    finally:
        _now.reset(token)


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """While `request` is answered, what is done is done by whoever sent it. Who that is may turn out later."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def circumstances() -> Circumstances:
    """Those of this moment."""
    now, request = replace(_now.get(), request_id=request_id.get()), _request.get()
    if request is None:
        return now
    user = getattr(request, "user", None)
    return replace(
        now,
        via=_way_of(request.path_info),
        user=now.user or getattr(user, "pk", None),
        key=now.key or getattr(getattr(request, "auth", None), "prefix", ""),
    )


def _way_of(path: str) -> Via:
    from salesintel.problems import API_PATHS  # it brings the whole framework, which workers do without

    if path.startswith(ADMIN_PATH):
        return Via.ADMIN
    return Via.API if path.startswith(API_PATHS) else Via.PAGE
