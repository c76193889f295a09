"""A backup is made in mid-run, the world goes on, the backup is restored: what its ledger shows is not paid again."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from enrichment.models import WorkflowRun
from enrichment.models.clock import DatabaseNow
from tests.conftest import database_url
from tests.reliability import work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until, until_ended
from tests.reliability.house import NARROW, House, is_sqlite, prospects

# Where drivers are stopped for ever, so that the backup has runs in every state.
POINTS = (
    ("before_intent", "news"),
    ("after_intent", "news"),
    ("after_intent", "people"),
    ("after_intent", "firm"),
    ("after_start", "people"),
    ("after_start", "firm"),
    ("after_job", "people"),
    ("after_job", "firm"),
    ("after_answer", "news"),
    ("after_answer", "people"),
    ("after_answer", "firm"),
    ("after_record", "people"),
    ("after_record", "firm"),
    ("after_wave", "firm"),
)
SOURCES = {"news": "serp_news", "people": "snov_contacts", "firm": "brightdata_company_db"}
LINES = """
import json
from enrichment.models import SourceCall, WorkflowRun
lines = SourceCall.objects.order_by("started").values_list("run__consumer", "run", "source", "status", "cost")
runs = WorkflowRun.objects.values_list("consumer", "status")
print(json.dumps({"lines": [[str(part) for part in line] for line in lines], "runs": list(runs)}))
"""
DRIVE = """
import time
from datetime import timedelta
from enrichment.models import WorkflowRun
from enrichment.models.clock import DatabaseNow
from enrichment.workflow.driver import drive
until = time.monotonic() + 120
while WorkflowRun.objects.active().exists() and time.monotonic() < until:
    drive()
    time.sleep(0.2)
"""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another database, reached as an operator does: by programs that are told its address."""

    url: str
    sandbox: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        changed = {"DATABASE_URL": self.url, "SALESINTEL_SANDBOX_URL": self.sandbox, "SALESINTEL_RUN_LEASE": "3"}
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "salesintel.settings", **changed}
        return subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=240, check=False
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *arguments)

    def do(self, code: str) -> str:
        done = self.run("-c", f"import django; django.setup()\n{code}")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.do(LINES)))


@contextmanager
def backed_up(folder: Path) -> Iterator[str]:
    """The address of a copy of this database, made by the database's own means."""
    if is_sqlite():
        path = folder / "restored.sqlite3"
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(path)) as to:
            source.backup(to)
        yield f"sqlite:///{path}"
        return
    url, name = database_url(), f"{connection.settings_dict['NAME']}_restored"
    restored = url.rpartition("/")[0] + f"/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        dump = folder / "salesintel.dump"
        subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", url], check=True)
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={restored}", str(dump)], check=True)
        yield restored
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restored_in_mid_run(house: House, folder: Path, count: int) -> Verdict:
    """Stop `count` drivers in mid-run, copy the database, let the world go on, and go on from the copy."""
    plan = [POINTS[place % len(POINTS)] for place in range(count)]
    _stop_in_mid_run(house, plan)
    with backed_up(folder) as url:
        _go_on(house)
        seen = len(house.sandbox.calls())
        restored = Elsewhere(url, house.sandbox.url)
        before = restored.state()
        fixed = restored.manage("check_ledger", "--fix")
        restored.do(DRIVE)
        checked = restored.manage("check_ledger")
        after = restored.state()
    paid = Counter(call["kind"] for call in house.sandbox.calls()[seen:] if float(call["charged_usd"]))
    found = [
        *_paid_again(before, paid),
        *([] if fixed.returncode == 0 else [fixed.stderr]),
        *([] if checked.returncode == 0 else [checked.stdout + checked.stderr]),
        *(
            f"a run of {consumer} is {status}"
            for consumer, status in after["runs"]
            if status not in ("completed", "partial")
        ),
    ]
    out = sum(line[3] == "intent" for line in before["lines"])
    doubtful = sum(line[3] == "in_doubt" for line in after["lines"])
    worst = f"{out} calls were out, {sum(paid.values())} bought that the ledger had not, {doubtful} in doubt"
    return Verdict(id="restore", trials=count, violations=tuple(found), worst=worst)


def _stop_in_mid_run(house: House, plan: list[tuple[str, str]]) -> None:
    doomed = []
    for company, (point, consumer) in zip(prospects(), plan, strict=False):
        house.ask(company, consumer=consumer)
        doomed.append(house.crew.start(work.drive_once, kill=point, lease=600.0, runs=1))
        until(lambda: not WorkflowRun.objects.filter(status=WorkflowRun.Status.QUEUED).exists(), "the run has a driver")
    until_ended(doomed)
    house.crew.dismiss(*doomed)
    WorkflowRun.objects.active().update(lease_until=DatabaseNow())


def _go_on(house: House) -> None:
    """What the world did after the backup, and the restored database does not know."""
    heir = house.crew.start(work.keep_driving)
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(heir)


def _paid_again(before: dict[str, Any], paid: Counter[str]) -> Iterator[str]:
    """Purchases beyond those of runs of which the restored ledger has no line."""
    with_line = {(run, source) for _, run, source, *_ in before["lines"]}
    for consumer in NARROW:
        source = SOURCES[consumer]
        runs = sum(known == consumer for known, _ in before["runs"])
        unknown = runs - sum(line_source == source for _, line_source in with_line)
        if paid[source] > unknown:
            yield f"{source} was paid {paid[source]} times, and only {unknown} runs had no line of it"
