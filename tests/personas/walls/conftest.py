"""Two people with a row in every table, and a third, who holds grants."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from personas.models import Grant
from salesintel.accounts.models import User
from tests.personas.walls.rows import Estate

Asked = Callable[..., int]


@pytest.fixture
def theirs(rep: User, stranger: User) -> Estate:
    """What the rep has. Nobody holds a grant of it."""
    estate = Estate(rep, User.objects.create_user("friend"))
    Grant.objects.all().delete()
    return estate


@pytest.fixture
def ask() -> Asked:
    """How many rows a statement finds or changes, without a thought of the first wall."""

    def asked(statement: str, parameters: Any = None) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return int(cursor.rowcount)

    return asked
