"""For whom the database is asked at this moment: one person, everybody's keeper, or nobody."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Scope = str | Callable[[], str]  # what is not known yet when a request begins is asked when it is needed

SYSTEM = "system"  # sees all rows
NOBODY = ""  # sees none
_now: ContextVar[Scope | None] = ContextVar("walls_scope", default=None)
# What holds where nobody said for whom. Only the tests, which lay out everybody's rows, set something else here.
outside = NOBODY


def scope_now() -> str:
    """The id of a person, `SYSTEM`, or `NOBODY`."""
    held = _now.get()
    if held is None:
        return outside
    return held if isinstance(held, str) else held()


@contextmanager
def scoped(scope: Scope) -> Iterator[None]:
    """Ask the database for `scope` meanwhile, whatever holds around it."""
    token = _now.set(scope)
    try:
        yield
    finally:
        _now.reset(token)


@contextmanager
def owner_scope(owner: Any) -> Iterator[None]:
    """See and change the rows of `owner` (a user, or its id), as they do themselves.

    Whoever does something for a colleague has seen to it before that these may have it done.
    """
    with scoped(_named(owner)):
        yield


@contextmanager
def system_scope(reason: str) -> Iterator[None]:
    """See and change everybody's rows: for what looks after them all. `reason` says in a word or two what that is."""
    logger.debug("everybody's rows are in reach: %s", reason)
    with scoped(SYSTEM):
        yield


def acting_for(argument: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Have a function run in the scope of an owner: of the user that is its `argument`, or of the row's that it is.

    The argument is given by name.
    """

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def scoped_to_owner(*args: P.args, **kwargs: P.kwargs) -> T:
            given: Any = kwargs[argument]
            with owner_scope(getattr(given, "owner_id", given)):
                return function(*args, **kwargs)

        return scoped_to_owner

    return decorated


def _named(owner: Any) -> str:
    """The id as text: digits and nothing else, for it becomes a part of statements."""
    return str(int(getattr(owner, "pk", owner)))
