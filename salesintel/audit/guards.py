"""What the database itself refuses: to change or delete a row of the log, whoever asks, by whatever way.

Deleted may be what a row of `audit_cut` says is cut off: so an old end goes openly, or not at all. The first migration
installs these; change one only with a migration that installs it anew. On SQLite a migration that alters one of the
tables remakes it without its guards, and has to install them anew, too; `verify_audit` misses them.
"""

from typing import Any

TABLES = ("audit_entry", "audit_seal", "audit_cut")
WORDS = "the audit log is append-only"
# When a row may not be deleted.
HELD = {
    "audit_entry": "NOT EXISTS (SELECT 1 FROM audit_seal s JOIN audit_cut c ON s.number <= c.number"
    " WHERE s.entry = OLD.id)",
    "audit_seal": "NOT EXISTS (SELECT 1 FROM audit_cut c WHERE OLD.number <= c.number)",
    "audit_cut": "1 = 1",
}
KEY = {"audit_entry": "id", "audit_seal": "number", "audit_cut": "id"}


def names() -> set[str]:
    """Of every guard on SQLite; PostgreSQL's refuse the same, and TRUNCATE."""
    return {f"{table}_{what}" for table in TABLES for what in ("no_update", "no_delete", "no_replace")}


def install(connection: Any) -> None:
    """Install all of them, in place of what is there."""
    remove(connection)
    statements = _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take all of them away: for a migration back, and for the tests that play the attacker."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for what in ("no_update", "no_delete", "no_replace", "no_truncate"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{what}{on}")
        if connection.vendor == "postgresql":
            for name in ("audit_refuse", *(f"{table}_keep" for table in TABLES)):
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def missing(connection: Any) -> list[str]:
    """Guards that should be there and are not, or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'audit%' AND tgenabled IN ('O', 'A')")
            wanted = {f"{table}_{what}" for table in TABLES for what in ("no_update", "no_delete", "no_truncate")}
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = names()
        return sorted(wanted - {name for (name,) in cursor.fetchall()})


def _on_sqlite() -> list[str]:
    found = []
    refuse = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table in TABLES:
        # INSERT OR REPLACE deletes the old row without asking the guard of DELETE.
        replaces = f"EXISTS (SELECT 1 FROM {table} WHERE {KEY[table]} = NEW.{KEY[table]})"  # noqa: S608 - our own names
        found.append(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        found.append(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {HELD[table]} {refuse}")
        found.append(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {replaces} {refuse}")
    return found


def _on_postgresql() -> list[str]:
    found = [_function("audit_refuse", f"RAISE EXCEPTION '{WORDS}';")]
    for table in TABLES:
        refuse, keep = "EXECUTE FUNCTION audit_refuse()", f"EXECUTE FUNCTION {table}_keep()"
        found.append(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
        found.append(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
        # A trigger's own condition may not ask a table there; its function may.
        held = f"IF {HELD[table]} THEN RAISE EXCEPTION '{WORDS}'; END IF; RETURN OLD;"
        found.append(_function(f"{table}_keep", held))
        found.append(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {keep}")
    return found


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
