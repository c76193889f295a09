"""`manage.py` tells an operator in one line what is theirs to mend, and hides no fault of ours."""

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from salesintel import commands


@pytest.fixture
def ends_with(monkeypatch):
    """`ends_with(error)`: the command that is run next ends with that error."""

    def prepare(error: BaseException) -> None:
        def failing(arguments: list[str]) -> None:
            raise error

        monkeypatch.setattr(commands, "execute_from_command_line", failing)

    return prepare


@pytest.fixture
def missing_table(db) -> DatabaseError:
    """What this database says of a table that is not there."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM a_table_of_tomorrow")
    return caught.value


def test_a_database_without_tables_is_told_with_the_way_out(ends_with, missing_table):
    ends_with(missing_table)

    with pytest.raises(SystemExit) as ended:
        commands.run(["manage.py", "plan", "Acme"])

    assert "does not have the tables of this version" in ended.value.code
    assert str(connection.settings_dict["NAME"]) in ended.value.code
    assert "make run" in ended.value.code


def test_a_database_that_does_not_answer_is_told_in_one_line(ends_with):
    ends_with(OperationalError("connection refused\n\tIs the server running?"))

    with pytest.raises(SystemExit) as ended:
        commands.run(["manage.py", "plan", "Acme"])

    assert ended.value.code.endswith("cannot be used: connection refused")


def test_a_wrong_setting_is_told_by_name(ends_with):
    ends_with(ImproperlyConfigured("PORT='0' is not a port; use 1 to 65535."))

    with pytest.raises(SystemExit) as ended:
        commands.run(["manage.py", "up"])

    assert ended.value.code == "Wrong setting: PORT='0' is not a port; use 1 to 65535."


def test_traceback_shows_where_it_came_from(ends_with):
    ends_with(OperationalError("connection refused"))

    with pytest.raises(OperationalError):
        commands.run(["manage.py", "plan", "Acme", "--traceback"])


def test_a_fault_of_ours_is_not_hidden(ends_with):
    ends_with(IntegrityError("two rows where one may be"))

    with pytest.raises(IntegrityError):
        commands.run(["manage.py", "plan", "Acme"])


def test_ctrl_c_ends_a_command_without_a_word(ends_with, capsys):
    ends_with(KeyboardInterrupt())

    with pytest.raises(SystemExit) as ended:
        commands.run(["manage.py", "plan", "Acme"])

    assert ended.value.code == 130
    assert capsys.readouterr().err == ""


def test_a_command_loads_neither_pages_nor_admin(product_env):
    """They take as long to load as all the rest, and every worker would."""
    program = (
        "import atexit, sys; from salesintel import commands;"
        "heavy = {'salesintel.urls', 'enrichment.admin', 'unfold.admin'};"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr));"
        "commands.run(['manage.py', 'runs', '--help'])"
    )
    ended = subprocess.run([sys.executable, "-c", program], env=product_env, capture_output=True, text=True, check=True)

    assert ended.stderr.strip() == "[]"
