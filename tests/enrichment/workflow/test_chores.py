"""What the watchdog does beside watching: a chore that fails keeps neither the others nor the watchdog from theirs."""

from datetime import timedelta

import psycopg
import pytest
from django.db import Error, InterfaceError, OperationalError

from enrichment.management.commands import watchdog
from enrichment.models import Erasure
from enrichment.models.clock import database_now
from enrichment.workflow import chores
from enrichment.workflow.chores import Chores
from enrichment.workflow.retention import Pruner
from enrichment.workflow.watch import Sweeper

pytestmark = pytest.mark.once


def gone() -> InterfaceError:
    """What a connection says that was closed under its user."""
    error = InterfaceError("connection already closed")
    error.__cause__ = psycopg.InterfaceError("the connection is closed")
    return error


class Failing(Pruner):
    """A pruner that fails with the error that its test gives."""

    error: Exception = ValueError("Jane Doe")
    tried = 0

    def tick(self) -> None:
        type(self).tried += 1
        raise self.error


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    monkeypatch.setattr(Failing, "tried", 0)
    return Failing()


def an_erasure() -> Erasure:
    """Of nobody that is known: over as soon as it is looked at."""
    return Erasure.objects.create(identifiers='{"emails": ["jane@acme.example"]}', began=database_now())


def test_one_that_fails_keeps_no_other_from_its_own(
    db: None, failing: Failing, caplog: pytest.LogCaptureFixture
) -> None:
    erasure = an_erasure()

    Chores(pruner=failing, exporter=None).tick()

    erasure.refresh_from_db()
    assert erasure.finished is not None
    assert "the Failing failed, and is tried again in 30 s: ValueError at test_chores.py:" in caplog.text
    assert "Jane" not in caplog.text


def test_one_that_failed_rests_and_is_tried_again(db: None, failing: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_them = Chores(pruner=failing, exporter=None)

    all_of_them.tick()
    all_of_them.tick()
    assert failing.tried == 1

    monkeypatch.setattr(chores, "REST", 0.0)
    all_of_them.resting.clear()
    all_of_them.tick()
    all_of_them.tick()
    assert failing.tried == 3


@pytest.mark.parametrize("error", [OperationalError("the database is starting up"), gone()])
def test_a_database_that_is_away_is_told(
    db: None, failing: Failing, error: Error, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Failing, "error", error)
    erasure, all_of_them = an_erasure(), Chores(pruner=failing, exporter=None)

    with pytest.raises(type(error)):
        all_of_them.tick()
    all_of_them.tick()  # where it was that chore alone, the others come now

    erasure.refresh_from_db()
    assert erasure.finished is not None


@pytest.mark.django_db(transaction=True)
def test_the_watchdog_outlives_a_connection_that_was_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guard, looks = watchdog.Command(), []

    def sweep(_: Sweeper) -> None:
        looks.append(1)
        guard.stopping = len(looks) == 2
        if not guard.stopping:
            raise gone()

    guard.stopping = False
    monkeypatch.setattr(Sweeper, "sweep", sweep)
    monkeypatch.setattr(watchdog, "LOOK_EVERY", 0.0)

    guard._watch([], standstill=timedelta(seconds=30))

    assert len(looks) == 2
    assert "the database does not answer: connection already closed" in capsys.readouterr().err
