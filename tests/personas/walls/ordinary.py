"""The tests of this app run behind the wall: as a role of their own that is neither superuser nor owner.

What tests lay out before they begin is laid out by whoever owns the tables. Where the server's user is no superuser
(`.ci/run` makes itself such a one), it is held by the wall as it is, and nothing is made.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import psycopg
from django.db import connection
from psycopg import sql

from tests.databases import ordinary_role


@contextmanager
def ordinary() -> Iterator[None]:
    """All that the test asks, on connections of other threads too, it asks as the ordinary role."""
    if connection.vendor != "postgresql" or not _is_there(connection.settings_dict["NAME"]):
        yield
        return
    options = connection.settings_dict["OPTIONS"]
    # Django's own way, assume_role, does not go with its pool.
    options["options"] = f"-c role={ordinary_role()}"
    connection.ensure_connection()
    _become(ordinary_role())
    try:
        yield
    finally:
        options.pop("options")
        if not connection.in_atomic_block:  # a transaction that is rolled back takes the role back with it
            _become(None)


def _become(role: str | None) -> None:
    if connection.needs_rollback:
        return  # which takes back whatever role there is
    name = sql.Identifier(role) if role else sql.SQL("NONE")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(name))


@cache
def _is_there(database: str) -> bool:
    """Make the role and let it use the tables, once a process; whether that can and need be."""
    role = sql.Identifier(ordinary_role())
    given = connection.settings_dict
    login = {name: given[name.upper()] or None for name in ("user", "password", "host", "port")}
    with psycopg.connect(dbname=database, autocommit=True, **login) as server:
        if server.info.parameter_status("is_superuser") != "on":
            return False
        with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):  # another worker was first
            server.execute(sql.SQL("CREATE ROLE {}").format(role))
        for what in ("TABLES", "SEQUENCES"):
            server.execute(sql.SQL("GRANT ALL ON ALL {} IN SCHEMA public TO {}").format(sql.SQL(what), role))
    return True


@contextmanager
def as_whoever_owns_the_tables() -> Iterator[None]:
    """For a while without the ordinary role, as somebody who migrates."""
    role = ordinary_role() if "options" in connection.settings_dict["OPTIONS"] else None
    _become(None)
    try:
        yield
    finally:
        _become(role)
