"""Child processes of ours: each in a process group of its own, so that nothing of it outlives us."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

PR_SET_PDEATHSIG = 1
GRACE = 25.0  # seconds between asking a group to stop and killing it
GRACE_OF_CLUSTER = 20.0  # less, so that a watchdog has killed its cluster before it is killed itself
# Asks who drives runs to end after the calls under way. Whoever does not know it ignores it: that is its default.
HURRY = signal.SIGURG


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def any_free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Linux: ask to be stopped when the parent is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One program that is kept running in its own process group."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    stops_its_own: bool = False  # the leader stops the rest of its group, if it alone is asked to
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    @classmethod
    def manage(
        cls, name: str, *arguments: str, environment: dict[str, str] | None = None, stops_its_own: bool = False
    ) -> "Child":
        """A management command as a child."""
        manage = str(Path(settings.BASE_DIR) / "manage.py")
        return cls(name, [sys.executable, manage, *arguments], environment or {}, stops_its_own)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            cwd=settings.BASE_DIR,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - it only calls prctl
        )

    def send(self, sign: signal.Signals) -> None:
        """Send a signal to the whole group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                return

    def ask_to_stop(self) -> None:
        """SIGTERM to the whole group; where the leader stops its own, to it alone, and `HURRY` to the group."""
        if not self.stops_its_own:
            self.send(signal.SIGTERM)
        elif self.process is not None and self.is_running:
            self.send(HURRY)
            self.process.terminate()

    def restart(self) -> None:
        """Kill whatever is left of the group, and start anew."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.start()


def stop(children: Sequence[Child], *, grace: float = GRACE) -> None:
    """Ask every group to stop, and kill after `grace` seconds what did not."""
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + grace
    while time.monotonic() < until and any(child.is_running for child in children):
        time.sleep(0.05)
    for child in children:
        child.send(signal.SIGKILL)  # also what a leader left behind in its group
        if child.process is not None:
            child.process.wait()
