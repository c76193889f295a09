"""What an operator can mend is told in one line: wrong settings, a database that is not there or not made."""

import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, execute_from_command_line
from django.db import OperationalError, ProgrammingError, connection

NO_TABLES = ("no such table", "no such column", "does not exist")  # SQLite's words, SQLite's, PostgreSQL's
INTERRUPTED = 130  # what a shell gives a program that Ctrl-C ended


class LeanCommand(BaseCommand):
    """A command that starts in half the time: of the system's checks it runs those of settings that must not be.

    The others load every page and the whole admin; `manage.py check`, `migrate` and `up` run them all.
    """

    requires_system_checks = ("production",)  # the tag of salesintel/checks.py, which needs the settings


def run(arguments: Sequence[str]) -> None:
    """Run a management command. Ends the process with one line where settings or database are wrong.

    `--traceback` shows where it came from; any other error is a fault of ours and shows it anyway.
    """
    try:
        execute_from_command_line(list(arguments))
    except (ImproperlyConfigured, OperationalError, ProgrammingError) as error:
        if "--traceback" in arguments or (isinstance(error, ProgrammingError) and not _misses_tables(error)):
            raise
        sys.exit(explained(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def explained(error: Exception) -> str:
    """The one line: what is wrong, and what to do about it."""
    if isinstance(error, ImproperlyConfigured):
        return f"Wrong setting: {error}"
    if _misses_tables(error):
        return (
            f"The database {_database()} does not have the tables of this version. Is it the one you mean"
            " (SALESINTEL_DATA_DIR, DATABASE_URL)? Then start `make run`, or: manage.py migrate && manage.py seed_rules"
        )
    return f"The database {_database()} cannot be used: {str(error).strip().splitlines()[0]}"


def _misses_tables(error: Exception) -> bool:
    return any(words in str(error) for words in NO_TABLES)


def _database() -> str:
    """Where it is, without its password."""
    known = connection.settings_dict
    host = f"{known['HOST']}:{known['PORT'] or 5432}/" if known.get("HOST") else ""
    return f"{host}{known['NAME']}"
