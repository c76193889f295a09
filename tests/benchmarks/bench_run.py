"""What a run that finds nothing cached costs beside its providers: time, CPU, and calls that nobody needed.

A run asks for a prospect and for a vendor whose context nobody collected yet: six calls, twenty to thirty exchanges.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from django.db import connections

from enrichment.models import ResearchRequest
from enrichment.workflow.driver import drive
from tests.benchmarks.critical_path import critical_path
from tests.benchmarks.stage import Stage, output_of, p95, pairs, program, staged

Figure = tuple[str, str, str]  # what, measured, target

LATENCY = 0.3  # seconds of every answer
RUNS = 10
WARM_UP = 2  # runs: each of two workers loads modules, word lists and rules at its first
ALLOWED = 0.150  # seconds of overhead
LOOK_EVERY = 0.01
ASKING = 16  # threads that ask at once


def run() -> list[Figure]:
    """Time, CPU and calls of uncached runs."""
    return [*timed(), *cpu(), *simultaneous(10), *simultaneous(500)]


# --- Time -------------------------------------------------------------------------------------------------------------


def timed() -> list[Figure]:
    """Runs one at a time: pushed by this process, and by a worker that the bell wakes."""
    with staged(latency=LATENCY) as stage:
        here = overheads(stage, lambda request: drive())
    with staged(latency=LATENCY) as stage, program("manage.py", "qcluster"):
        worker = overheads(stage, until_answered)
    return [*_time_figures("driven here", here), *_time_figures("through a worker, from the ask on", worker)]


def overheads(stage: Stage, finish: Callable[[ResearchRequest], None]) -> list[tuple[float, float]]:
    """(wall time, critical path) of each run, in seconds; the first ones are left out.

    Raises `RuntimeError` for a run that ends without an answer: its time would be no figure.
    """
    found = []
    for prospect, vendor in pairs(RUNS + WARM_UP):
        stage.sandbox.reset()
        begun = time.perf_counter()
        request = stage.ask(prospect, vendor)
        finish(request)
        wall = time.perf_counter() - begun
        request.refresh_from_db()
        if request.status != ResearchRequest.Status.ANSWERED:
            raise RuntimeError(f"The research of {prospect.name} ended as {request.status}.")
        found.append((wall, critical_path(stage.sandbox.calls(), latency=LATENCY)))
    return found[WARM_UP:]


def until_answered(request: ResearchRequest) -> None:
    """Wait until the request has its answer. Raises `TimeoutError`."""
    until = time.monotonic() + 60
    while ResearchRequest.objects.get(pk=request.pk).status == ResearchRequest.Status.ATTACHED:
        if time.monotonic() > until:
            raise TimeoutError(f"Request {request.pk} was not answered within a minute.")
        time.sleep(LOOK_EVERY)


def _time_figures(how: str, runs: list[tuple[float, float]]) -> list[Figure]:
    ratio = sum(wall for wall, _ in runs) / sum(path for _, path in runs)
    over = [wall - path for wall, path in runs]
    target = f"≤ 1.05, or ≤ {ALLOWED * 1000:.0f} ms over it"
    told = f"{ratio:.3f} (+{statistics.median(over) * 1000:.0f} ms, p95 +{p95(over) * 1000:.0f})"
    return [(f"uncached run: wall time / critical path, {how}", told, target)]


# --- CPU --------------------------------------------------------------------------------------------------------------


def cpu() -> list[Figure]:
    """CPU of a run over that of a bare script, both measured in one child process."""
    with staged(latency=0.02):
        spent = output_of("-m", "tests.benchmarks.cpu_per_run")
    product, bare = statistics.median(spent["product"]), statistics.median(spent["bare"])
    detail = f"{product / bare:.1f} ({product * 1000:.0f} ms / {bare * 1000:.0f} ms)"
    return [("CPU per uncached run of six calls / a bare script's", detail, "≤ 3")]


# --- Calls ------------------------------------------------------------------------------------------------------------


def simultaneous(count: int) -> list[Figure]:
    """`count` identical requests at once, on a cold cache, with a worker running."""
    prospect, vendor = pairs(1)[0]
    with staged(latency=0.1) as stage, program("manage.py", "qcluster"), ThreadPoolExecutor(ASKING) as pool:

        def ask(_: int) -> ResearchRequest:
            try:
                return stage.ask(prospect, vendor)
            finally:
                connections.close_all()

        requests = list(pool.map(ask, range(count)))
        for request in requests:
            until_answered(request)
        rows = ResearchRequest.objects.filter(pk__in=[request.pk for request in requests])
        answered = rows.filter(status=ResearchRequest.Status.ANSWERED).count()
        paid = Counter(
            (call["kind"], call["ids"].get("snapshot_id", call["host"]))
            for call in stage.sandbox.calls()
            if Decimal(call["charged_usd"])
        )
    each = max(paid.values(), default=0)
    return [
        (f"{count} identical requests at once: paid calls per source and company", str(each), "1"),
        (f"{count} identical requests at once: answered", f"{answered} of {count}", f"{count} of {count}"),
    ]
