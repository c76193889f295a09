"""What was started is stopped in order: runs are handed back, and no process is left."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from salesintel.processes import GRACE, GRACE_OF_CLUSTER, Child, stop

PATIENCE = 30.0  # seconds until a program must have done what it does

# A leader that ends its member itself; each writes down which signals it was sent.
LEADER = """
import signal, subprocess, sys, time
member = subprocess.Popen([sys.executable, "-c", {member!r}, *sys.argv[1:]])
def on_term(number, frame):
    open(sys.argv[1], "a").write("leader SIGTERM\\n")
    member.wait()
    sys.exit()
signal.signal(signal.SIGTERM, on_term)
time.sleep(60)
"""
MEMBER = """
import signal, sys, time
told = []
for sign in (signal.SIGTERM, signal.SIGURG):
    signal.signal(sign, lambda number, frame: told.append(signal.Signals(number).name))
open(sys.argv[2], "w").write("1")
while not told:
    time.sleep(0.01)
time.sleep(0.2)
open(sys.argv[1], "a").write("member " + " ".join(told) + "\\n")
"""


@pytest.fixture
def started() -> Iterator[Callable[[Child], psutil.Process]]:
    """Starts a child; whatever is left of it is killed in the end."""
    children: list[Child] = []

    def start(child: Child) -> psutil.Process:
        children.append(child)
        child.start()
        assert child.process is not None
        return psutil.Process(child.process.pid)

    yield start
    for child in children:
        child.send(signal.SIGKILL)
        stop([child], grace=0)


def eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_a_leader_that_stops_its_own_is_asked_alone_and_its_group_to_hurry(
    started: Callable[[Child], psutil.Process], tmp_path: Path
) -> None:
    log, ready = tmp_path / "log", tmp_path / "ready"
    program = LEADER.format(member=MEMBER)
    child = Child("trial", [sys.executable, "-c", program, str(log), str(ready)], stops_its_own=True)
    started(child)
    assert eventually(ready.exists)

    stop([child], grace=PATIENCE)

    assert sorted(log.read_text().splitlines()) == ["leader SIGTERM", "member SIGURG"]


def test_a_leader_that_is_gone_is_not_asked(started: Callable[[Child], psutil.Process]) -> None:
    child = Child("trial", [sys.executable, "-c", "pass"], stops_its_own=True)
    started(child)
    assert eventually(lambda: not child.is_running)

    child.ask_to_stop()

    assert child.process is not None
    assert child.process.returncode == 0


def test_a_watchdog_has_time_to_kill_its_cluster_before_it_is_killed_itself() -> None:
    assert GRACE_OF_CLUSTER + 2 <= GRACE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_watchdog_that_is_stopped_leaves_no_worker_behind(
    started: Callable[[Child], psutil.Process], product_env: dict[str, str]
) -> None:
    for _ in range(2):  # sent SIGTERM all at once, a cluster hung in every third trial
        watchdog = Child.manage("watchdog", "watchdog", environment={**product_env, "SALESINTEL_WORKERS": "2"})
        root = started(watchdog)
        assert eventually(lambda root=root: len(root.children(recursive=True)) >= 6)
        family = root.children(recursive=True)
        begun = time.monotonic()

        stop([watchdog], grace=GRACE)

        assert time.monotonic() - begun < GRACE_OF_CLUSTER / 2
        assert alive(family) == []
