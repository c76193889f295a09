"""Logs to play the attacker with."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from salesintel.audit import guards
from salesintel.audit.chain import seal
from tests.management.commands.flush import begin_anew
from tests.salesintel.audit.attacker import sql, write


@pytest.fixture
def sealed(db: None) -> list[int]:
    """Ten sealed entries, by id."""
    entries = write(10)
    assert seal() == 10
    return entries


@pytest.fixture
def unguarded(sealed: list[int]) -> Iterator[None]:
    """An attacker who may do anything to the database."""
    guards.remove(connection)
    yield
    guards.install(connection)


@pytest.fixture
def aged(sealed: list[int], settings: Settings) -> list[int]:
    """Ten entries of which four are older than what is kept, all guards in place."""
    settings.AUDIT_KEEP = timedelta(days=30)
    guards.remove(connection)
    sql("DELETE FROM audit_seal")
    for pk in sealed[:4]:
        sql("UPDATE audit_entry SET at = %s WHERE id = %s", timezone.now() - timedelta(days=31), pk)
    begin_anew()
    guards.install(connection)
    seal()
    return sealed
