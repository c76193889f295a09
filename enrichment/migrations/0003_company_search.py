"""Indexes that look-up reads and that no model can declare, because each database has its own.

SQLite: an FTS5 table of trigrams over the aliases' compact keys, kept by triggers, and a view of how common each
trigram is. A later migration that makes SQLite rebuild `enrichment_companyalias` loses the triggers and has to run
`make_sqlite_index` again (tests/enrichment/companies/test_lookup.py notices).
PostgreSQL: indexes for beginnings, and one of trigrams where `pg_trgm` is available and may be installed.
"""

from django.apps.registry import Apps
from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.utils import DatabaseError

INDEX_NEW = "INSERT INTO enrichment_alias_search (rowid, compact) SELECT new.id, new.compact WHERE new.kind = 'name'"
UNINDEX_OLD = (
    "INSERT INTO enrichment_alias_search (enrichment_alias_search, rowid, compact)"
    " SELECT 'delete', old.id, old.compact WHERE old.kind = 'name'"
)


def trigger(name: str, event: str, *work: str) -> str:
    return (
        f"CREATE TRIGGER enrichment_alias_{name} AFTER {event} ON enrichment_companyalias BEGIN {'; '.join(work)}; END"
    )


SQLITE = (
    """
    CREATE VIRTUAL TABLE enrichment_alias_search
    USING fts5(compact, content='enrichment_companyalias', content_rowid='id', tokenize='trigram')
    """,
    "CREATE VIRTUAL TABLE enrichment_alias_grams USING fts5vocab('enrichment_alias_search', 'row')",
    """
    INSERT INTO enrichment_alias_search (rowid, compact)
    SELECT id, compact FROM enrichment_companyalias WHERE kind = 'name'
    """,
    trigger("added", "INSERT", INDEX_NEW),
    trigger("gone", "DELETE", UNINDEX_OLD),
    trigger("changed", "UPDATE OF kind, key", UNINDEX_OLD, INDEX_NEW),
)
SQLITE_BACK = (
    *(f"DROP TRIGGER IF EXISTS enrichment_alias_{name}" for name in ("added", "gone", "changed")),
    "DROP TABLE IF EXISTS enrichment_alias_grams",
    "DROP TABLE IF EXISTS enrichment_alias_search",
)


def make(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        make_sqlite_index(editor)
    elif editor.connection.vendor == "postgresql":
        make_postgresql_indexes(editor)


def make_sqlite_index(editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE_BACK + SQLITE:
        editor.execute(statement)


def make_postgresql_indexes(editor: BaseDatabaseSchemaEditor) -> None:
    for column in ("key", "compact"):
        editor.execute(
            f"CREATE INDEX IF NOT EXISTS enrichment_alias_{column}_beginnings"
            f" ON enrichment_companyalias ({column} varchar_pattern_ops)"
        )
    if pg_trgm_is_installed(editor):
        # Rows that wait to be sorted in are read one by one by every search: 128 kB of them, not the default's 4 MB.
        editor.execute(
            "CREATE INDEX IF NOT EXISTS enrichment_alias_trigrams ON enrichment_companyalias"
            " USING gin (compact gin_trgm_ops) WITH (gin_pending_list_limit = 128) WHERE kind = 'name'"
        )


def pg_trgm_is_installed(editor: BaseDatabaseSchemaEditor) -> bool:
    """Whether the extension is there, installed now where the server has it and the role may."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone() is None:
            return False
        try:
            with transaction.atomic(using=editor.connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError:  # the role may not; look-up does without
            return False
    return True


def unmake(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the indexes away. The extension stays: somebody else may use it by now."""
    if editor.connection.vendor == "sqlite":
        for statement in SQLITE_BACK:
            editor.execute(statement)
    elif editor.connection.vendor == "postgresql":
        for name in ("key_beginnings", "compact_beginnings", "trigrams"):
            editor.execute(f"DROP INDEX IF EXISTS enrichment_alias_{name}")


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0002_company_identity")]

    operations = [migrations.RunPython(make, unmake)]
