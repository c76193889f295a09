"""How fast 50,000 contacts of a file are taken in, one in a hundred of them bad, and how much memory that takes.

All of it is rolled back at the end, so each piece ends with a savepoint and not with a commit; of those there are 100.
"""

import re
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from django.db import connection

from personas.importing import steering
from personas.importing.intake import Upload
from personas.models import Contact, Import
from salesintel.accounts.models import User
from tests.personas.importing.files import finished, table
from tests.seeding import rolled_back

Figure = tuple[str, str, str]  # what, measured, target
T = TypeVar("T")

ROWS = 50_000
BAD = ROWS // 100
MIB = 1024  # KiB
STATUS, PEAKS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def figures() -> list[Figure]:
    """Raises `AssertionError` where a good row is not in, a bad one is, or the same file changes anything."""
    with rolled_back():
        owner = User.objects.create_user("bench-imports", time_zone="Europe/Berlin")
        raw = people(ROWS)
        checked, first = measured(lambda: finished(steering.upload(upload(raw), user=owner)))
        done, second = measured(lambda: finished(steering.start(checked)))
        again, third = measured(lambda: finished(steering.start(finished(steering.upload(upload(raw), user=owner)))))
        became = {name: (row.counts.get("new", 0), row.counts.get("changed", 0), row.counts.get("refused", 0))
                  for name, row in (("done", done), ("again", again))}  # fmt: skip
        assert became == {"done": (ROWS - BAD, 0, BAD), "again": (0, 0, BAD)}, became
        assert Contact.objects.filter(owner=owner).count() == ROWS - BAD
        assert faults(done) == BAD
    label = f"{ROWS:,} contacts of a CSV, 1 % bad, {connection.vendor}"
    rates = (ROWS / seconds for seconds, _ in (first, second, third))
    peaks = (peak for _, peak in (first, second, third))
    return [
        (f"{label}: checked · written · again", " · ".join(f"{each:,.0f}" for each in rates) + " rows/s", "–"),
        (f"{label}: peak memory of each", " · ".join(f"{each:.0f}" for each in peaks) + " MiB", "–"),
        (f"{label}: in · told as bad · changed by it again", f"{ROWS - BAD:,} · {BAD:,} · 0", "all · all · 0"),
    ]


def people(count: int) -> bytes:
    rows = [
        [f"P{n}", f"Person {n}", "no address" if n % 100 == 7 else f"p{n}@acme{n % 50}.com", "CFO", f"Acme {n % 50}"]
        for n in range(count)
    ]
    return table(["ID", "Name", "Email", "Job title", "Company"], *rows)


def upload(raw: bytes) -> Upload:
    return Upload(raw=raw, name="people.csv", kind="contacts")


def faults(row: Import) -> int:
    """How many rows are told as bad, each with its address."""
    return sum(each.faults[0][1] == "no address" for each in row.importfaults.iterator(500))


def measured(work: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    """What it returns, its seconds, and the most MiB that it held beside what the process held before."""
    PEAKS.write_text("5")  # the kernel forgets the peak of before
    before, begun = held("VmRSS"), perf_counter()
    found = work()
    return found, (perf_counter() - begun, held("VmHWM") - before)


def held(name: str) -> float:
    """MiB of this process's memory, by the kernel's name: VmRSS now, VmHWM at most."""
    [kib] = re.findall(rf"^{name}:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    return int(kib) / MIB
