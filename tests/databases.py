"""The databases of a run of the tests: one is migrated, and each worker gets a copy of it.

To migrate takes ten seconds of a processor, to copy a tenth of one. The pattern is made by the worker that comes first,
or before, while the tests are collected, by `python -m tests.databases`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django import setup
from django.conf import settings
from django.db import connection
from psycopg import sql


def prepare(worker: str) -> None:
    """Give this process a database of its own: migrated, and without rows but those that migrations write.

    `worker` tells it from the others of its run, `SALESINTEL_TEST_PART` from those of a run beside it.
    """
    creation = connection.creation
    with _one_at_a_time():
        _migrate()
        mine = f"{os.environ.get('SALESINTEL_TEST_PART', '')}{worker}"
        creation.clone_test_db(mine, verbosity=0, autoclobber=True)
    _use(creation.get_test_db_clone_settings(mine)["NAME"])


def _migrate() -> None:
    """Use the pattern; make it if nobody has."""
    migrated = settings.DATA_DIR / f"migrated-{connection.vendor}"
    if migrated.exists():
        _use(connection.settings_dict["TEST"]["NAME"])
        return
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # SQLite's log goes into the file; PostgreSQL copies nothing that is in use
    migrated.touch()


def ordinary_role() -> str:
    """What a role of this run's is called that is held by every wall, as its superuser is not; made where it is needed.

    The run's databases go first, and with them all that it may do.
    """
    return f"{connection.settings_dict['TEST']['NAME']}_ordinary"


def drop() -> None:
    """Drop the run's databases and role on PostgreSQL, whoever still uses them: a test may have killed a program."""
    pattern = connection.settings_dict["TEST"]["NAME"]
    mine = "SELECT datname FROM pg_database WHERE datname = %s OR starts_with(datname, %s)"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        for (name,) in server.execute(mine, [pattern, f"{pattern}_"]).fetchall():
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        if server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ordinary_role()]).fetchone():
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(ordinary_role())))


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (settings.DATA_DIR / "databases.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    setup()
    with _one_at_a_time():
        _migrate()
