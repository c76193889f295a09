"""Real processes: small Python programs that obey, disobey, or leave something behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from salesintel.processes import Child, any_free_port, is_free, stop

PATIENCE = 10.0  # seconds until a program must have done what it does

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({mark!r}, 'w'); time.sleep(60)"
LEAVES_ONE = (
    "import subprocess, sys, time\n"
    "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open({mark!r}, 'w').write(str(left.pid))\n"
)
STARTS_ONE = (
    "import sys, time\n"
    "from django.conf import settings\n"
    "settings.configure(BASE_DIR='.')\n"
    "from salesintel.processes import Child\n"
    "child = Child('grandchild', [sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "child.start()\n"
    "open({mark!r}, 'w').write(str(child.process.pid))\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def started() -> Iterator[Callable[..., Child]]:
    """Starts a program as a child; whatever is left of it is killed in the end."""
    children: list[Child] = []

    def start(program: str, **environment: str) -> Child:
        child = Child("trial", [sys.executable, "-c", program], environment)
        children.append(child)
        child.start()
        return child

    yield start
    stop(children, grace=0)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "mark"


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def number_in(mark: Path) -> int:
    """The process id that a program wrote."""
    assert eventually(lambda: mark.exists() and mark.read_text() != "")
    return int(mark.read_text())


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


# --- Ports ------------------------------------------------------------------------------------------------------------


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert not is_free(port)

    assert is_free(port)


def test_a_free_port_is_free() -> None:
    port = any_free_port()

    assert 1024 <= port <= 65535
    assert is_free(port)


# --- One child --------------------------------------------------------------------------------------------------------


def test_a_child_that_was_never_started_is_not_running_and_may_be_stopped() -> None:
    child = Child("never", ["true"])

    stop([child], grace=0)

    assert not child.is_running


def test_a_child_runs_until_it_ends(started: Callable[..., Child]) -> None:
    child = started("pass")

    assert eventually(lambda: not child.is_running)


def test_a_child_leads_a_process_group_of_its_own(started: Callable[..., Child]) -> None:
    child = started(SLEEPS)

    assert child.process is not None
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgrp()


def test_a_child_has_our_environment_and_its_own_beside(
    started: Callable[..., Child], mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "1")

    started(f"import os; open({str(mark)!r}, 'w').write(os.environ['OURS'] + os.environ['ITS'])", ITS="2")

    assert number_in(mark) == 12


def test_a_management_command_is_a_child_with_its_arguments() -> None:
    child = Child.manage("worker", "qcluster", "--name", "x", environment={"A": "b"})

    assert child.command[0] == sys.executable
    assert Path(child.command[1]).name == "manage.py"
    assert Path(child.command[1]).exists()
    assert list(child.command[2:]) == ["qcluster", "--name", "x"]
    assert child.environment == {"A": "b"}


def test_a_signal_to_a_child_that_is_gone_is_no_error(started: Callable[..., Child]) -> None:
    child = started("pass")
    assert eventually(lambda: not child.is_running)

    child.send(signal.SIGTERM)


def test_a_restarted_child_is_another_process(started: Callable[..., Child]) -> None:
    child = started(SLEEPS)
    assert child.process is not None
    first, since = child.process.pid, child.started

    child.restart()

    assert child.is_running
    assert child.process.pid != first
    assert child.started > since
    assert not is_alive(first)


def test_a_restart_takes_along_what_a_dead_leader_left_in_its_group(started: Callable[..., Child], mark: Path) -> None:
    child = started(LEAVES_ONE.format(mark=str(mark)))
    left = number_in(mark)
    assert eventually(lambda: not child.is_running)
    assert is_alive(left)

    child.restart()

    assert eventually(lambda: not is_alive(left))


# --- Stopping ---------------------------------------------------------------------------------------------------------


def test_who_obeys_is_stopped_without_waiting_for_the_grace_to_end(started: Callable[..., Child]) -> None:
    children = [started(SLEEPS), started(SLEEPS)]
    begin = time.monotonic()

    stop(children, grace=PATIENCE)

    assert time.monotonic() - begin < PATIENCE / 2
    assert [child.process.returncode for child in children if child.process] == [-signal.SIGTERM] * 2


def test_who_ignores_being_asked_is_killed_after_the_grace(started: Callable[..., Child], mark: Path) -> None:
    child = started(IGNORES.format(mark=str(mark)))
    assert eventually(mark.exists)

    stop([child], grace=0.3)

    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_leader_left_in_its_group_is_killed_too(started: Callable[..., Child], mark: Path) -> None:
    child = started(LEAVES_ONE.format(mark=str(mark)))
    left = number_in(mark)
    assert eventually(lambda: not child.is_running)

    stop([child], grace=0.1)

    assert eventually(lambda: not is_alive(left))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_child_does_not_outlive_a_parent_that_was_killed(mark: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", STARTS_ONE.format(mark=str(mark))])
    grandchild = number_in(mark)

    parent.kill()
    parent.wait()

    assert eventually(lambda: not is_alive(grandchild))
