"""`check --deploy` warns whoever uses PostgreSQL as a role that no wall holds."""

import pytest
from django.db import connection

from salesintel import checks
from tests.personas.walls.ordinary import as_whoever_owns_the_tables

pytestmark = pytest.mark.django_db


def test_an_ordinary_role_is_not_warned_nor_is_sqlite() -> None:
    assert checks.one_wall() == []


@pytest.mark.postgres
def test_a_superuser_is_warned_by_name() -> None:
    with as_whoever_owns_the_tables(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        name, is_superuser = cursor.fetchone()
        found = checks.one_wall()

    assert [each.id for each in found] == (["salesintel.W003"] if is_superuser else [])
    assert all(name in each.msg for each in found)
