"""Whoever follows something for long: whether they still may is looked at again, for all of them at once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.request import Request

from salesintel.accounts.models import ApiKey, User
from salesintel.racing import first_of
from salesintel.reading import read

RECHECK = 2.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """How somebody came in, and with what right."""

    user: int
    scope: str
    key: int | None = None  # the key's row
    prefix: str = ""  # the key's
    family: int | None = None  # the first key of those that it was rotated from
    session: str | None = None  # the session's name
    password: str | None = None  # digest of the password that the session was begun with

    @classmethod
    def of(cls, request: Request, *, scope: str) -> "Caller":
        """Of a request that was authenticated, and permitted as one with `scope`."""
        user = int(request.user.pk or 0)
        if isinstance(request.auth, ApiKey):
            return cls(
                user=user, scope=scope, key=request.auth.pk, prefix=request.auth.prefix, family=request.auth.family
            )
        if request.auth is not None:  # from this machine, without a key
            return cls(user=user, scope=scope)
        session = request.session
        return cls(
            user=user,
            scope=scope,
            session=session.session_key or "",
            password=session.get(HASH_SESSION_KEY, ""),
        )


def still_allowed(callers: set[Caller]) -> set[Caller]:
    """Those whose key is usable and holds the scope, or whose session goes on, and whose account is active."""
    now = timezone.now()
    keys = dict(ApiKey.objects.usable(now).filter(pk__in=_given(c.key for c in callers)).values_list("pk", "scopes"))
    names = _given(c.session for c in callers)
    sessions = set(Session.objects.filter(pk__in=names, expire_date__gt=now).values_list("pk", flat=True))
    users = User.objects.filter(is_active=True).in_bulk([c.user for c in callers])

    def is_allowed(caller: Caller) -> bool:
        if caller.key is not None:
            return caller.scope in keys.get(caller.key, ())
        user = users.get(caller.user)
        if user is None or caller.session is None:
            return user is not None
        return caller.session in sessions and caller.password == user.get_session_auth_hash()

    return {caller for caller in callers if is_allowed(caller)}


def _given(values: Any) -> list[Any]:
    return [value for value in values if value is not None]


class Doorkeeper:
    """Looks again every two seconds, once for all callers who wait for it."""

    def __init__(self) -> None:
        self._asked: set[Caller] = set()
        self._looking: asyncio.Task[set[Caller]] | None = None

    async def while_allowed(self, caller: Caller, work: Coroutine[Any, Any, None]) -> bool:
        """Do `work`, to its end unless the caller is allowed no longer; whether it came to its end.

        Raises `DatabaseError` when it cannot be known.
        """

        async def done() -> bool:
            await work
            return True

        return await first_of(done(), self._until_forbidden(caller))

    async def _until_forbidden(self, caller: Caller) -> bool:
        while await self._next_look(caller):
            pass
        return False

    async def _next_look(self, caller: Caller) -> bool:
        self._asked.add(caller)
        if self._looking is None or self._looking.done():  # done: it was cancelled with its loop
            self._looking = asyncio.create_task(self._look())
        return caller in await asyncio.shield(self._looking)

    async def _look(self) -> set[Caller]:
        await asyncio.sleep(RECHECK)
        asked, self._asked, self._looking = self._asked, set(), None
        return await read(lambda: still_allowed(asked))


DOORKEEPER = Doorkeeper()
