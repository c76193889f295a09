"""Connections that are cut while a run is driven: no fault of the run, so it goes on as if nothing had happened."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection

from enrichment.hop import is_outage
from enrichment.models import ResearchRequest, SourceCall, StepRun, WorkflowRun
from tests.conftest import database_url
from tests.enrichment.workflow.conftest import Desk

CUTS = 4  # more than a run may have deaths
EVERY = 0.25  # seconds between them


def error_of(state: str | None) -> OperationalError:
    error, cause = OperationalError("gone"), psycopg.OperationalError("gone")
    cause.sqlstate = state
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("state", [None, "08006", "57P01", "57P03", "53300"])
def test_a_server_that_went_away_is_an_outage(state: str | None) -> None:
    assert is_outage(error_of(state))


@pytest.mark.parametrize("state", ["40P01", "40001", "57014", "22021"])
def test_a_refused_statement_is_none(state: str) -> None:
    assert not is_outage(error_of(state))


def test_a_locked_database_of_one_file_is_none() -> None:
    assert not is_outage(OperationalError("database is locked"))


@contextmanager
def cutting(times: int = CUTS, every: float = EVERY) -> Iterator[None]:
    """Cut every connection to the test's database but its own, again and again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    over = threading.Event()
    cutter = threading.Thread(target=_cut, args=(own, over, times, every))
    cutter.start()
    try:
        yield
    finally:
        over.set()
        cutter.join()


def _cut(own: int, over: threading.Event, times: int, every: float) -> None:
    others = "datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
    with psycopg.connect(database_url(), autocommit=True) as here:
        for _ in range(times):
            if over.wait(every):
                return
            here.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}", [own])


@pytest.mark.postgres
def test_a_run_outlives_more_cut_connections_than_it_may_have_deaths(desk: Desk) -> None:
    desk.sandbox.latency(seconds=0.4)

    with cutting():
        request = desk.research("Acme Corp", vendor=None)

    assert request.status == ResearchRequest.Status.ANSWERED
    assert WorkflowRun.objects.get(requests=request).attempts == 0
    assert not StepRun.objects.filter(run=request.run, attempts__gt=1).exists()
    assert not SourceCall.objects.exclude(status="ok").exists()
    assert len(desk.bought()) == SourceCall.objects.filter(cost__gt=0).count()


@pytest.mark.postgres
def test_a_driver_that_starts_while_the_server_is_away_waits_for_it(desk: Desk) -> None:
    with cutting(times=300, every=0.002):  # nobody gets a question through
        request = desk.research("Acme Corp", vendor=None)

    assert request.status == ResearchRequest.Status.ANSWERED
