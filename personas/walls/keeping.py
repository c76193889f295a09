"""Puts the policies where they belong, and takes them away again. PostgreSQL only.

`manage.py migrate` puts them up whenever it ends, so a new table has its own without a migration for them, and one
that changed is renewed. That they hold at all is a migration's: who goes back behind it has them taken away.
"""

from contextlib import ExitStack
from hashlib import sha256
from typing import Any

from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from personas.walls.policies import Policy, walled
from salesintel.walls import system_scope

MIGRATION = ("personas", "0002_row_level_security")
_LOCK = 0x57A1_1ED  # of the transaction that puts them up: two who migrate at once take turns
_meanwhile = ExitStack()  # from the beginning of a migration to its end
_FOUND = (
    "SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy'), c.relrowsecurity AND c.relforcerowsecurity"
    " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname LIKE 'walls\\_%%'"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'personas\\_%%'"
)


def migrating(**_: Any) -> None:
    """Receives Django's `pre_migrate`: what a migration moves is everybody's."""
    _meanwhile.enter_context(system_scope("migrations"))


def migrated(*, using: str, plan: Any = None, **_: Any) -> None:
    """Receives Django's `post_migrate`. Emptying tables, which sends it without a plan, changes no policy."""
    _meanwhile.close()
    if plan is not None:
        put_up(using)


def put_up(using: str) -> None:
    """Make or renew what is not as it should be; the rest is left alone, for each of them locks its table.

    Nothing where the policies are not wanted: on SQLite, and behind the migration.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or MIGRATION not in MigrationRecorder(connection).applied_migrations():
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table, policies in missing(cursor).items():
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            for policy in policies:
                cursor.execute(f"DROP POLICY IF EXISTS {policy.name} ON {table}")
                cursor.execute(_made(table, policy))
                cursor.execute(f"COMMENT ON POLICY {policy.name} ON {table} IS '{_mark(policy)}'")


def take_down(using: str) -> None:
    """As if they had never been."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for table, policies in _there(cursor)[0].items():
            for name in policies:
                cursor.execute(f"DROP POLICY {name} ON {table}")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def missing(cursor: Any) -> dict[str, tuple[Policy, ...]]:
    """By table all its policies, of tables that are there and lack one of them, or have another one of that name."""
    there, forced = _there(cursor)
    return {
        table: policies
        for table, policies in walled().items()
        if table in there and (table not in forced or there[table] != {each.name: _mark(each) for each in policies})
    }


def _there(cursor: Any) -> tuple[dict[str, dict[str, str]], set[str]]:
    """The app's tables with the marks of their policies by name, and those of them whose owner is held, too."""
    cursor.execute(_FOUND, [])
    marks: dict[str, dict[str, str]] = {}
    forced = set()
    for table, name, mark, is_forced in cursor.fetchall():
        marks.setdefault(table, {}).update({name: mark} if name else {})
        forced |= {table} if is_forced else set()
    return marks, forced


def _made(table: str, policy: Policy) -> str:
    checked = f" WITH CHECK ({policy.rows})" if policy.command == "ALL" else ""
    return f"CREATE POLICY {policy.name} ON {table} FOR {policy.command} USING ({policy.rows}){checked}"


def _mark(policy: Policy) -> str:
    """By which a policy is known again: PostgreSQL keeps conditions in words of its own."""
    return sha256(_made("", policy).encode()).hexdigest()
