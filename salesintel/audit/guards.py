"""What the database itself refuses: to change a row of the log, to delete one that is not cut off, to forge a cut.

Deleted may be what a row of `audit_cut` covers, and a cut may be made only of the chain's beginning: of rows that are
there, none missing, all of them older than what is kept and than `FLOOR`. Seals follow each other without a gap. So
whoever may only add and delete takes nothing away that would not go anyway.

The newest migration that touches them installs these; change one only with a migration that installs it anew. On
SQLite a migration that alters one of the tables remakes it without its guards, and has to install them anew, too;
`verify_audit` misses them.
"""

from datetime import timedelta
from typing import Any

TABLES = ("audit_entry", "audit_seal", "audit_cut")
FLOOR = timedelta(days=30)  # nothing younger is cut off, whatever the settings say
WORDS = "the audit log is append-only"
NO_CUT = "a cut of the audit log covers its oldest rows, all of them there and old enough, and says how many"
NO_SEAL = "seals of the audit log follow each other without a gap, each of an entry that is there"
# When a row may not be deleted.
HELD = {
    "audit_entry": "NOT EXISTS (SELECT 1 FROM audit_seal s JOIN audit_cut c ON s.number <= c.number"
    " WHERE s.entry = OLD.id)",
    "audit_seal": "NOT EXISTS (SELECT 1 FROM audit_cut c WHERE OLD.number <= c.number)",
    "audit_cut": "1 = 1",
}
KEY = {"audit_entry": "id", "audit_seal": "number", "audit_cut": "id"}
_CUT = "COALESCE((SELECT MAX(number) FROM audit_cut), 0)"
_LAST = f"COALESCE((SELECT MAX(number) FROM audit_seal), {_CUT})"  # noqa: S608 - our own names
_NO_ENTRY = "NOT EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.entry)"
_NO_LAST = "NOT EXISTS (SELECT 1 FROM audit_seal WHERE number = NEW.number AND digest = NEW.digest)"
_ITS_ENTRIES = "audit_seal s JOIN audit_entry e ON e.id = s.entry"
_COUNTED = f"SELECT COUNT(*) FROM {_ITS_ENTRIES} WHERE s.number <= NEW.number AND e.at < {{old}}"  # noqa: S608 - our own
# When a row may not be added. {old}: the moment before which an entry is old enough for the cut.
FORGED = {
    "audit_seal": f"NEW.number <> {_LAST} + 1 OR {_NO_ENTRY}",
    "audit_cut": f"NEW.kept < {int(FLOOR.total_seconds())} OR NEW.entries <= 0 OR NEW.entries <> NEW.number - {_CUT}"
    f" OR {_NO_LAST} OR NEW.entries <> ({_COUNTED})",
}
REASONS = {"audit_seal": NO_SEAL, "audit_cut": NO_CUT}
OLD = {
    "postgresql": "now() - NEW.kept * interval '1 second'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || NEW.kept || ' seconds')",
}


def install(connection: Any) -> None:
    """Install all of them, in place of what is there."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in _functions().items():
                cursor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            for name, (table, what, function) in _triggers().items():
                rows = "STATEMENT" if what == "TRUNCATE" else "ROW"
                on = f"BEFORE {what} ON {table} FOR EACH {rows}"
                cursor.execute(f"CREATE TRIGGER {name} {on} EXECUTE FUNCTION {function}()")
        else:
            for statement in _on_sqlite().values():
                cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take all of them away: for a migration back, and for the tests that play the attacker."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, (table, _, _) in _triggers().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            for name in _functions():
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            for name in _on_sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: Any) -> list[str]:
    """Guards that should be there and are not, are switched off, or do something else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text, prosrc FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
                " WHERE tgname LIKE 'audit%' AND tgenabled IN ('O', 'A') AND tgqual IS NULL"
            )
            functions = _functions()
            wanted = {(name, table, functions[function]) for name, (table, _, function) in _triggers().items()}
        else:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            tables = {name: table for table in TABLES for name in _on_sqlite() if name.startswith(table)}
            wanted = {(name, tables[name], sql) for name, sql in _on_sqlite().items()}
        return sorted(name for name, _, _ in wanted - set(cursor.fetchall()))


def _on_sqlite() -> dict[str, str]:
    """Triggers by name, as they are written."""
    found = {}
    refuse = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table in TABLES:
        # INSERT OR REPLACE deletes the old row without asking the guard of DELETE.
        replaces = f"EXISTS (SELECT 1 FROM {table} WHERE {KEY[table]} = NEW.{KEY[table]})"  # noqa: S608 - our own names
        found[f"{table}_no_update"] = f"BEFORE UPDATE ON {table} {refuse}"
        found[f"{table}_no_delete"] = f"BEFORE DELETE ON {table} WHEN {HELD[table]} {refuse}"
        found[f"{table}_no_replace"] = f"BEFORE INSERT ON {table} WHEN {replaces} {refuse}"
    for table, forged in FORGED.items():
        told = f"BEGIN SELECT RAISE(ABORT, '{REASONS[table]}'); END"
        found[f"{table}_no_forgery"] = f"BEFORE INSERT ON {table} WHEN {forged.format(old=OLD['sqlite'])} {told}"
    return {name: f"CREATE TRIGGER {name} {rest}" for name, rest in found.items()}


def _functions() -> dict[str, str]:
    """PostgreSQL's functions by name: a trigger's own condition may not ask a table there."""
    found = {"audit_refuse": f" BEGIN RAISE EXCEPTION '{WORDS}'; END "}
    for table in TABLES:
        found[f"{table}_keep"] = f" BEGIN IF {HELD[table]} THEN RAISE EXCEPTION '{WORDS}'; END IF; RETURN OLD; END "
    for table, forged in FORGED.items():
        when = forged.format(old=OLD["postgresql"])
        found[f"{table}_check"] = f" BEGIN IF {when} THEN RAISE EXCEPTION '{REASONS[table]}'; END IF; RETURN NEW; END "
    return found


def _triggers() -> dict[str, tuple[str, str, str]]:
    """PostgreSQL's triggers by name: their table, upon what they act, and their function."""
    found = {}
    for table in TABLES:
        found[f"{table}_no_update"] = (table, "UPDATE", "audit_refuse")
        found[f"{table}_no_delete"] = (table, "DELETE", f"{table}_keep")
        found[f"{table}_no_truncate"] = (table, "TRUNCATE", "audit_refuse")
    for table in FORGED:
        found[f"{table}_no_forgery"] = (table, "INSERT", f"{table}_check")
    return found
