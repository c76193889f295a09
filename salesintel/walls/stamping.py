"""Tells PostgreSQL with each statement on a walled table for whom it is.

The scope is a setting of the transaction (`set_config(…, true)`) that travels in front of the statement, in the same
message: so the two are one transaction even where Django commits each statement by itself, a pooler that hands out
connections by transactions cannot part them, and nothing of it is left on the connection for whoever uses it next. It
costs no way to the server and back. Setting it once for a request would want a transaction around all of the request:
on SQLite each would hold the only write lock, and here a connection while providers are waited for.

What PostgreSQL takes only by itself, a cursor that stays on the server or one statement for many rows, gets its scope
by a statement before it, in one transaction with it.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from salesintel.walls.scope import scope_now

SETTING = "salesintel.scope"
WALLED = "personas_"  # what the names of walled tables begin with
_ON_ROWS = re.compile(r"[\s(]*(?:SELECT|INSERT|UPDATE|DELETE|WITH|EXPLAIN|MERGE)\b", re.IGNORECASE)


def install(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Have the connection stamp its statements; receives Django's `connection_created`."""
    if connection.vendor == "postgresql" and stamped not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, stamped)  # whoever puts one in meanwhile takes the last one out again


def stamped(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
    """Execute the statement in the scope of the moment."""
    if not (isinstance(sql, str) and WALLED in sql and _ON_ROWS.match(sql)):
        return execute(sql, params, many, context)
    cursor = context["cursor"].cursor
    if many or not _takes_several(cursor):
        return _in_two(execute, sql, params, many, context)
    found = execute(f"{_setting()}; {sql}", params, many, context)
    cursor.nextset()  # past the setting's own row
    return found


def _setting() -> str:
    return f"SELECT set_config('{SETTING}', '{scope_now()}', true)"  # digits, a word of ours, or nothing


def _takes_several(cursor: Any) -> bool:
    """Whether the cursor sends its statement as text; those that stay on the server, or bind there, take only one."""
    from django.db.backends.postgresql.base import Cursor  # psycopg is there where PostgreSQL is

    return isinstance(cursor, Cursor)


def _in_two(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - as above
    connection = context["connection"]
    with transaction.atomic(using=connection.alias, savepoint=False):
        connection.connection.execute(_setting())
        return execute(sql, params, many, context)
