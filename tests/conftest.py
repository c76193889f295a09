"""What every test stands on: a real database, no sockets but loopback, the product's own parts instead of stand-ins.

Which database? `DATABASE_URL` says, as for the product: SQLite on disk without it (tests/settings.py). `make test` runs
the whole suite on SQLite and, where a server answers, all that touches a database again on PostgreSQL (tests/lanes.py).

Threads, worker processes and commits: a plain `django_db` test is one open transaction, which on SQLite holds the only
write lock, so whoever else writes waits in vain. A test in which anybody but the test itself writes (the driver's
thread pool, a second process, `on_commit`) asks for `@pytest.mark.django_db(transaction=True)`. Such tests run after
all others, in their order, and each ends with every table empty: rows that migrations made are gone by then, and a
test that needs the rules asks for `rules` again. A program started with `product_env` sees the test's database.
"""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings
from rest_framework.test import APIClient

from salesintel.walls import scope
from tests import chromium, databases, seeding

if TYPE_CHECKING:
    from enrichment.sandbox.server import SandboxServer
    from salesintel.accounts.models import User

# A busy machine is no fault of an example's: what must be fast is measured by the benchmarks. In CI a commit answers
# for the examples that it answered for before; at everybody else's each run draws others, and what it finds it keeps.
hypothesis_settings.register_profile(
    "any machine", deadline=None, max_examples=50, derandomize=os.environ.get("CI") == "true"
)
hypothesis_settings.load_profile("any machine")

# Tests lay out everybody's rows, and look at them. A request that they send has the scope of whoever sends it.
scope.outside = scope.SYSTEM

NO_POSTGRES = "needs PostgreSQL, and this lane is SQLite"


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str) -> None:
    """In place of pytest-django's, which migrates for each worker."""
    with django_db_blocker.unblock():
        databases.prepare(worker_id)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that was there before its workers drops what is left on the server; files go with the folder."""
    if not hasattr(config, "workerinput") and connection.vendor == "postgresql":
        databases.drop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, by name and reason, what this machine or this lane cannot run; and what it need not run again."""
    if os.environ.get("SALESINTEL_TEST_ONLY_DATABASE") == "1":
        config.hook.pytest_deselected(items=[item for item in items if not concerns_database(item)])
        items[:] = [item for item in items if concerns_database(item)]
    absent = {}
    if chromium.path() is None and os.environ.get("SALESINTEL_REQUIRE_BROWSER") != "1":
        absent["browser"] = chromium.ABSENT
    if django_settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        absent["postgres"] = NO_POSTGRES
    for item in items:
        for mark, reason in absent.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Let the garbage collector not look through thousands of tests again and again."""
    gc.collect()
    gc.freeze()


def concerns_database(item: pytest.Item) -> bool:
    """Whether another database may make a difference: it uses one, and its subject does not lie elsewhere."""
    return item.get_closest_marker("once") is None and uses_database(item)


def uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & set(fixtures))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each trial of reliability, passed or failed."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = [
        value
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == "trial"
    ]
    if lines:
        terminalreporter.section("trials")
        terminalreporter.write_line("\n".join(sorted(map(str, lines))))


# --- People -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def user(db: None) -> "User":
    """A sales rep without special rights."""
    from salesintel.accounts.models import User

    return User.objects.create_user("rep", "rep@example.com", "correct horse", role="AE", vendor="Okta")


@pytest.fixture
def api_client(user: "User") -> APIClient:
    """`user`'s program: an API client whose key holds every scope but `admin`."""
    from salesintel.accounts.models import ApiKey

    _, key = ApiKey.issue(user=user, name="tests", scopes=["read", "enrich", "personas"])
    return APIClient(headers={"Authorization": f"Bearer {key}"})


# --- The world --------------------------------------------------------------------------------------------------------


@pytest.fixture
def rules(db: None) -> None:
    """The seeded rules: datasets, sources, consumers, roles, engines."""
    seeding.rules()


@pytest.fixture(scope="session")
def sandbox_server() -> "Iterator[SandboxServer]":
    """The sandbox that the whole run shares; tests ask for `sandbox`."""
    from enrichment.sandbox.server import SandboxServer

    with SandboxServer(latency=0) as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: "SandboxServer", settings: Settings) -> "Iterator[SandboxServer]":
    """The provider sandbox, answering at once and without faults, and the settings that point at it."""
    settings.SANDBOX_URL = sandbox_server.url
    yield sandbox_server
    sandbox_server.reset()


@pytest.fixture
def product_env() -> dict[str, str]:
    """The environment for a program of the product's (`manage.py …`) that works on this test's database."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "salesintel.settings", "DATABASE_URL": database_url()}


def database_url() -> str:
    """The address of the database that this test has, in the form that `DATABASE_URL` takes."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    login = ":".join(quote(given[part], safe="") for part in ("USER", "PASSWORD") if given[part])
    return f"postgres://{login and login + '@'}{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


# --- Time -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    """A Monday morning. Functions that take the time are given this one."""
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """This process's clock, stopped at `now`; `clock.shift(timedelta(hours=3))` lets time pass. Not the database's."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def trials() -> "Trials":
    """How often a trial of reliability tries."""
    return Trials(in_full=os.environ.get("SALESINTEL_TRIALS") == "full")


class Trials:
    """`trials(short=5, full=200)`: 5 in `make test`, 200 in `make chaos`."""

    def __init__(self, *, in_full: bool) -> None:
        self.in_full = in_full

    def __call__(self, *, short: int, full: int) -> int:
        return full if self.in_full else short
