"""Whatever is wrong with one, the others are owed their turn."""

import pytest
from django.db import OperationalError

from personas.turns import each, one
from salesintel.accounts.models import User

PEOPLE = [User(pk=1), User(pk=2), User(pk=3)]


def work(user: User) -> None:
    if user.pk == 1:
        raise ZeroDivisionError


def test_one_that_fails_is_told_and_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    assert each(PEOPLE, work, what="the figures of user") == 2
    assert "the figures of user 1 failed" in caplog.text


def test_the_first_that_does_not_fail_is_the_only_one_worked_on() -> None:
    seen: list[int] = []

    assert one(PEOPLE, lambda user: (seen.append(user.pk), work(user)), what="it of user") == 1
    assert seen == [1, 2]


def test_where_all_fail_nothing_was_done() -> None:
    assert one(PEOPLE[:1], work, what="it of user") == 0


def test_a_database_that_is_away_ends_the_turn() -> None:
    def away(user: User) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with pytest.raises(OperationalError):
        each(PEOPLE, away, what="it of user")
