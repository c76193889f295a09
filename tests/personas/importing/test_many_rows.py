"""Many rows with one in a hundred bad: the bad are told, the good are in, again changes nothing.

Prints rows per second: pytest -s.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.conf import settings

from personas.importing import steering
from personas.models import Contact, Import, ImportChange, Interaction
from salesintel.accounts.models import User
from tests.personas.importing.files import finished, run, sent, table

pytestmark = pytest.mark.chaos
FULL = os.environ.get("SALESINTEL_TRIALS") == "full"
ROWS = 50_000 if FULL else 1_000
ACTS = ROWS if FULL else 1_000
BAD = ROWS // 100
WORKER = """
import sys, django
django.setup()
from personas.importing.working import work
work(sys.argv[1], seconds=99)
"""


def people(count: int) -> bytes:
    rows = [
        [f"P{n}", f"Person {n}", "no address" if n % 100 == 7 else f"p{n}@acme{n % 50}.com", "CFO", f"Acme {n % 50}"]
        for n in range(count)
    ]
    return table(["ID", "Name", "Email", "Job title", "Company"], *rows)


def acts(count: int) -> bytes:
    rows = [
        [f"A{n}", f"P{n % 1000}", "Call", "2026-03-04 10:00", f"Call {n}", "We spoke of the budget."]
        for n in range(count)
    ]
    return table(["ID", "Contact ID", "Type", "Date", "Subject", "Notes"], *rows)


def timed(label: str, work: Callable[[], Import]) -> Import:
    began = time.perf_counter()
    row = work()
    spent = time.perf_counter() - began
    print(f"{label}: {row.rows} rows in {spent:.1f} s, {row.rows / spent:.0f} rows/s")  # noqa: T201 - its figure
    return row


@pytest.mark.once
def test_contacts(rep: User) -> None:
    raw = people(ROWS)
    checked = timed("contacts, sent and checked", lambda: finished(sent(rep, raw)))
    done = timed("contacts, written", lambda: run(checked))
    again = timed("contacts, again", lambda: run(finished(sent(rep, raw))))

    assert (checked.counts["new"], checked.counts["refused"]) == (ROWS - BAD, BAD)
    assert (done.counts["new"], done.counts["refused"], Contact.objects.count()) == (ROWS - BAD, BAD, ROWS - BAD)
    assert (again.counts["unchanged"], again.counts.get("new", 0), again.counts.get("changed", 0)) == (ROWS - BAD, 0, 0)
    assert not again.importchanges.exists()


@pytest.mark.once
def test_interactions(rep: User) -> None:
    run(finished(sent(rep, people(1_000))))
    raw = acts(ACTS)
    done = timed("interactions, written", lambda: run(finished(sent(rep, raw, "interactions"))))
    again = timed("interactions, again", lambda: run(finished(sent(rep, raw, "interactions"))))
    undone = timed("interactions, taken back", lambda: finished(steering.undo(done)))

    assert done.counts["refused"] == ACTS // 100
    assert done.counts["new"] + done.counts["refused"] == ACTS
    assert again.counts["unchanged"] == done.counts["new"]
    assert (undone.counts["undone"], Interaction.objects.count()) == (done.counts["new"], 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    rep: User, product_env: dict[str, str]
) -> None:
    rows = 20_000 if FULL else 1_000
    row = finished(sent(rep, people(rows)))
    other = finished(sent(User.objects.create_user("other"), people(rows)))
    for each in (row, other):
        steering.start(each)
    for _ in range(10 if FULL else 2):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(row.pk)],
            env=product_env,
            cwd=settings.BASE_DIR,
        )
        before = Import.objects.get(pk=row.pk).position
        while worker.poll() is None and Import.objects.get(pk=row.pk).position <= before:
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    done, others = finished(row), finished(other)

    for each in (done, others):
        assert each.status == Import.Status.DONE
        assert each.counts["new"] == rows - rows // 100
        assert Contact.objects.filter(owner=each.owner).count() == each.counts["new"]
        assert ImportChange.objects.filter(parent=each).count() == each.counts["new"]
