"""PostgreSQL itself dies every few seconds, while runs go through: on a server of the trial's own."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
from django.core.management import call_command
from django.db import connection

from salesintel import processes
from salesintel.processes import any_free_port
from tests.reliability.audit import Verdict
from tests.reliability.crew import PATIENCE, until
from tests.reliability.house import House, opened, prospects
from tests.reliability.plant import running
from tests.reliability.storm import CONSUMERS, Tally, patiently, until_all_end, wrong_after_storm

T = TypeVar("T")
BETWEEN = (2.0, 6.0)  # seconds between two restarts
# How it goes: sessions are cut and rolled back; or the server is gone at once, and recovers from its log.
WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
OWNER = "postgres"


@dataclass(slots=True)
class Server:
    """A PostgreSQL of the trial's own, in a folder that is gone afterwards; it dies with the trial."""

    folder: Path
    programs: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        self._begin("initdb", "--auth=trust", "--username=trial", "--encoding=UTF8", "--locale=C.UTF-8").wait(PATIENCE)

    def start(self) -> None:
        options = (f"-p{self.port}", f"-k{self.folder}", "-clisten_addresses=127.0.0.1")
        self.process = self._begin("postgres", *options)
        until(self._answers, "the database is there")

    def stop(self, sign: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sign)
        self.process.wait(PATIENCE)

    def _begin(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        # PostgreSQL refuses to run as root.
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self.programs / program), "-D", str(self.folder / "data"), *arguments],
                user=OWNER if os.geteuid() == 0 else None,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=processes._die_with_parent,  # noqa: PLW1509 - it only calls prctl
            )

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
        with suppress(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=self.port, user="trial", dbname="postgres").close()
            return True
        return False


def programs() -> Path | None:
    """The folder with PostgreSQL's own programs, the newest; None where only its client is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server_of_our_own(where: Path) -> Iterator[Server]:
    """Run one, with the product's tables, in the place of the tests' server."""
    folder = Path(tempfile.mkdtemp(prefix="salesintel-restarts-"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
    server, before = Server(folder, where, any_free_port()), dict(connection.settings_dict)
    connection.close()
    try:
        server.make()
        server.start()
        changed = {"HOST": "127.0.0.1", "PORT": server.port, "USER": "trial", "PASSWORD": "", "NAME": "postgres"}
        connection.settings_dict.update(changed)
        call_command("migrate", verbosity=0)
        yield server
    finally:
        connection.close()
        connection.settings_dict.update(before)
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder)


def under_restarts(where: Path, count: int, *, seconds: float) -> Verdict:
    """Let `count` runs go through in so many seconds, while their database is restarted again and again."""
    tally, chance = Tally(), random.Random(count)
    with server_of_our_own(where) as server, opened() as house:
        house.sandbox.latency(seconds=0.5)
        begun = time.monotonic()
        with running():
            asked = 0
            while asked < count or time.monotonic() < begun + seconds:
                for _ in range(min(max(1, round(count * sum(BETWEEN) / 2 / seconds)), count - asked)):
                    _ask(house, asked)
                    asked += 1
                time.sleep(chance.uniform(*BETWEEN))
                way = chance.choice(list(WAYS))
                server.stop(WAYS[way])
                server.start()
                tally.kills[f"{way} restart"] += 1
            until_all_end()
        patiently(lambda: tally.found.extend(wrong_after_storm(house)))
        return tally.verdict("database restarts", house, time.monotonic() - begun)


def _ask(house: House, place: int) -> None:
    """Ask as a client does: with a key, and again where nobody answered."""
    companies = prospects()
    round_, which = divmod(place, len(companies))
    consumer = CONSUMERS[(round_ + which) % len(CONSUMERS)]
    more = {"key": f"ask {place}", "refresh": round_ >= len(CONSUMERS)}
    patiently(lambda: house.ask(companies[which], consumer=consumer, **more))
