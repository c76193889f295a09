"""What `make run` takes on a machine whose environment is made: seconds to Ready, memory, and what it leaves behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import psutil

from salesintel.processes import any_free_port
from tests.benchmarks.stage import ROOT

Figure = tuple[str, str, str]  # what, measured, target

READY_WITHIN = 120.0
SETTLE = 5.0  # seconds after which memory is read: workers have started by then
MIB = 1024 * 1024


def run() -> list[Figure]:
    """Start it twice in one new data folder, the second time with everything there."""
    with tempfile.TemporaryDirectory(prefix="salesintel-bench-") as folder:
        first, memory, by_program, left = started(folder)
        again, *_ = started(folder)
    return [
        ("`manage.py up` in an empty data folder → Ready", f"{first:.1f} s", "≤ 60 s"),
        ("`manage.py up` once more → Ready", f"{again:.1f} s", "reported"),
        ("memory (PSS) of everything it started", f"{memory / MIB:.0f} MiB", "≤ 600 MiB"),
        *((f"  of which {name}", f"{pss / MIB:.0f} MiB", "reported") for name, pss in by_program.items()),
        ("processes left after SIGTERM", str(left), "0"),
    ]


def started(folder: str) -> tuple[float, int, dict[str, int], int]:
    """Seconds until Ready, bytes in all and by program, and how many processes outlive a SIGTERM."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE, text=True
    )
    family: list[psutil.Process] = []
    try:
        until_ready(process)
        ready = time.monotonic() - begun
        time.sleep(SETTLE)
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        by_program: dict[str, int] = {}
        for each in family:
            name = program_of(each)
            by_program[name] = by_program.get(name, 0) + int(each.memory_full_info().pss)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    left = [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    for each in left:
        each.kill()
    return ready, sum(by_program.values()), by_program, len(left)


def environment(folder: str) -> dict[str, str]:
    """A user's environment, with a data folder and a port of its own."""
    ours = {"SALESINTEL_DATA_DIR": folder, "PORT": str(any_free_port())}
    given = {
        name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    return given | ours | {"PYTHONUNBUFFERED": "1"}


def until_ready(process: "subprocess.Popen[str]") -> None:
    """Read what it says until it is ready. Raises `RuntimeError` when it ends before, or takes too long."""
    assert process.stdout is not None
    until = time.monotonic() + READY_WITHIN
    for line in process.stdout:
        if line.startswith("Ready:"):
            return
        if time.monotonic() > until:
            break
    raise RuntimeError("It did not become ready.")


def program_of(process: psutil.Process) -> str:
    """The command that the process runs: up, sandbox, watchdog, qcluster or web."""
    words = process.cmdline()
    return next((word for word in words if word in {"up", "sandbox", "watchdog", "qcluster"}), "web")
