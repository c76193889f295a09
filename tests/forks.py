"""Several processes run the tests, forked when all is imported and collected: `pytest -p tests.forks --forks 4`.

Workers of pytest-xdist import the product and collect ten thousand tests each, which takes fifteen seconds of a
processor every time; here they find it done. They take the files' tests one file after the other, in the order of the
collection: what needs no database comes last and fills the time of whoever is done. Tests marked `browser` have two
workers of their own, since the browser's driver keeps the event loop of its thread.

A fork takes no threads along, so nothing that is imported may start one.
"""

import os
import sys
import tempfile
import threading
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import chain, groupby
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

import pytest

FOR_PAGES = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=0, help="how many processes run what drives no page; 0: this one")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """In place of pytest's own loop, unless that has nothing to run."""
    number = session.config.getoption("forks")
    if not number or session.testsfailed or session.config.option.collectonly:
        return None
    pages = [item for item in session.items if item.get_closest_marker("browser")]
    others = [item for item in session.items if not item.get_closest_marker("browser")]
    Crew(session).run([(others, number), (pages, FOR_PAGES)])
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
    return True


class Crew:
    """The workers, seen from the process that forks them and reports what they say."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.pids: dict[Connection, int] = {}
        self.at: dict[Connection, str] = {}  # which test a worker is at
        self.missing = Counter(item.nodeid for item in session.items)
        self.queues: list[Queue] = []

    def run(self, parts: list[tuple[list[pytest.Item], int]]) -> None:
        """Run every item of a part by at most so many workers. Raises what the session raises for a failure."""
        assert threading.active_count() == 1, threading.enumerate()
        for items, number in parts:
            queue = Queue(items)
            self.queues.append(queue)
            for _ in range(min(number, len(queue.files))):
                self._fork(queue)
        try:
            while self.pids:
                for worker in wait(list(self.pids)):
                    self._hear(worker)
        finally:
            for pid in self.pids.values():
                os.kill(pid, 9)
        if not (self.session.shouldfail or self.session.shouldstop):
            for nodeid in +self.missing:
                self._fail(nodeid, "was not run: the worker that had it ended")

    def _fork(self, queue: "Queue") -> None:
        name, (hears, says) = f"f{len(self.pids)}", Pipe(duplex=False)
        sys.stdout.flush()
        sys.stderr.flush()
        if (pid := os.fork()) == 0:
            work(self.session, name, queue, says)
        says.close()
        self.pids[hears] = pid

    def _hear(self, worker: Connection) -> None:
        hook, config = self.session.config.hook, self.session.config
        try:
            what, said = worker.recv()
        except EOFError:
            self._bury(worker)
            return
        if what == "begins":
            self.at[worker] = said
        elif what == "reports":
            report = hook.pytest_report_from_serializable(config=config, data=said)
            hook.pytest_runtest_logreport(report=report)
        else:
            del self.at[worker]
            self.missing[said[0]] -= 1
            hook.pytest_runtest_logfinish(nodeid=said[0], location=said[1])
        if self.session.shouldfail or self.session.shouldstop:
            for queue in self.queues:
                queue.stop()

    def _bury(self, worker: Connection) -> None:
        """A worker ended: after its work, or in the midst of a test, which has failed then."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pids.pop(worker), 0)[1])
        if status == 0:
            return
        nodeid = self.at.pop(worker, None)
        self._fail(nodeid or "a worker", f"its worker ended with status {status}")
        self.missing.pop(nodeid, None)

    def _fail(self, nodeid: str, why: str) -> None:
        report = pytest.TestReport(nodeid, (nodeid.partition("::")[0], None, nodeid), {}, "failed", why, "call")
        self.session.config.hook.pytest_runtest_logreport(report=report)


class Queue:
    """The files' tests that nobody has taken yet, told by number through a pipe that all the workers read."""

    WIDTH = 4  # bytes; so few are read whole

    def __init__(self, items: list[pytest.Item]) -> None:
        self.files = [list(of) for _, of in groupby(items, key=lambda item: item.path)]
        self.taken, filled = os.pipe()
        os.write(filled, b"".join(number.to_bytes(self.WIDTH, "big") for number in range(len(self.files))))
        os.close(filled)

    def take(self) -> Iterator[list[pytest.Item]]:
        while number := os.read(self.taken, self.WIDTH):
            yield self.files[int.from_bytes(number, "big")]

    def stop(self) -> None:
        """Leave nothing to take."""
        while os.read(self.taken, 1024):
            pass


class Says:
    """A worker's words to the process that forked it."""

    def __init__(self, config: pytest.Config, says: Connection) -> None:
        self.config, self.says = config, says

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.says.send(("begins", nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.says.send(("reports", self.config.hook.pytest_report_to_serializable(config=self.config, report=report)))

    def pytest_runtest_logfinish(self, nodeid: str, location: Any) -> None:
        self.says.send(("ends", (nodeid, location)))


class Mute:
    """In the reporter's place: what explains a failed comparison asks it how wide and colourful a line may be."""

    def __init__(self, reporter: Any) -> None:
        self._tw = reporter._tw


def work(session: pytest.Session, name: str, queue: Queue, says: Connection) -> None:
    """Run what `queue` has, and end this process."""
    code = 1
    try:
        _settle(session.config, name, says)
        items = chain.from_iterable(queue.take())
        item = next(items, None)
        while item is not None:
            following = next(items, None)
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            item = following
        code = 0
    except BaseException:  # noqa: BLE001 - told here, for nobody is there to raise it to
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _settle(config: pytest.Config, name: str, says: Connection) -> None:
    """Give this process what it must not share: a name, a folder, what it captures; and let it print nothing."""
    config.workerinput = {"workerid": name, "testrunuid": os.environ["SALESINTEL_TEST_RUN"]}  # as xdist's workers
    folder = Path(os.environ["SALESINTEL_DATA_DIR"]) / f"tmp-{name}"
    folder.mkdir()
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    capturing = config.pluginmanager.get_plugin("capturemanager")
    if capturing.is_globally_capturing():
        capturing.resume_global_capture()
        for stream in (sys.stdout, sys.stderr):  # the same objects: a library keeps what stderr was at its import
            with tempfile.TemporaryFile(buffering=0) as own:
                os.dup2(own.fileno(), stream.fileno())
        capturing.suspend_global_capture()
    reporter = config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Mute(reporter), "terminalreporter")
    config.pluginmanager.register(Says(config, says))
