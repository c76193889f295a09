"""A list of companies: how long its price takes, how fast one worker process works it off, and who waits beside it."""

import os
import resource
import threading
import time

from django.conf import settings

from enrichment.automation.bulk import pricing, progress, steering
from enrichment.automation.bulk.dispatch import Dispatcher
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import BulkAsk, Entry, Listed
from enrichment.models import Bulk, ResearchRequest
from enrichment.sandbox import world
from enrichment.workflow.driver import BULK_SHARE, drive
from enrichment.workflow.requests import Ask, request_research
from tests.benchmarks.critical_path import critical_path
from tests.benchmarks.stage import Stage, staged

Figure = tuple[str, str, str]  # what, measured, target

LATENCY = 1.0  # seconds of every answer
LINES = int(os.environ.get("SALESINTEL_BENCH_LINES", "60"))
MOST = 1_000


def run() -> list[Figure]:
    with staged(latency=LATENCY) as stage:
        return [_quoted(stage), *_worked_off(stage)]


def _bulk(stage: Stage, pairs: list[tuple[str, str]]) -> Bulk:
    entries = tuple(Entry(line=n, name=name, domain=domain) for n, (name, domain) in enumerate(pairs, 1))
    return take_in(BulkAsk(listed=Listed(entries=entries), consumer="profile"), user=stage.user)


def _quoted(stage: Stage) -> Figure:
    bulk = _bulk(stage, [(f"Company {n}", f"company{n}.com") for n in range(MOST)])
    begun = time.perf_counter()
    pricing.price(bulk, seconds=60)
    told = f"{time.perf_counter() - begun:.1f} s"
    Bulk.objects.all().delete()
    return f"price of {MOST:,} companies that nobody asked for before", told, "≤ 10 s"


def _worked_off(stage: Stage) -> list[Figure]:
    """One driver in this process, and a dispatcher beside it, as a worker and the watchdog are."""
    prospects = world.companies()
    alone = _person(stage, prospects[0])
    bulk = _bulk(stage, [(each.name, each.domain) for each in prospects[2 : 2 + LINES]])
    pricing.price(bulk, seconds=60)
    steering.start(bulk)
    stage.sandbox.reset()
    stop = threading.Event()
    dispatching = threading.Thread(target=_dispatch, args=[stop])
    begun, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    dispatching.start()
    beside: list[float] = []
    asking = threading.Thread(target=lambda: beside.append(_waited(stage, prospects[1])))
    asking.start()
    try:
        while not Bulk.objects.filter(pk=bulk.pk, status=Bulk.Status.COMPLETED).exists():
            drive()
            time.sleep(0.05)
    finally:
        stop.set()
        dispatching.join()
        asking.join()
    wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime
    path = critical_path(stage.sandbox.calls(), latency=LATENCY)
    rate, share = LINES / wall, seconds / wall
    ceiling = settings.RUNS_PER_DRIVER * BULK_SHARE / max(path, LATENCY)
    counts = progress.told(Bulk.objects.get(pk=bulk.pk))["counts"]
    return [
        (
            f"bulk of {LINES}, one worker, providers of {LATENCY:g} s: companies a second",
            f"{rate:.2f}",
            f"≥ 80 % of {ceiling:.1f}, or CPU-bound",
        ),
        ("the same: CPU of the process over time", f"{share:.0%}", "≥ 80 % is CPU-bound"),
        (
            "the same: lines done, with gaps, failed",
            f"{counts['done']}, {counts['partial']}, {counts['failed']}",
            "none failed",
        ),
        ("a person's run alone / beside the bulk, seconds", f"{alone:.1f} / {beside[0]:.1f}", "≤ 3 times"),
    ]


def _dispatch(stop: threading.Event) -> None:
    dispatcher = Dispatcher()
    while not stop.is_set():
        dispatcher.tick()
        time.sleep(0.2)


def _person(stage: Stage, company: world.DemoCompany) -> float:
    begun = time.perf_counter()
    request_research(Ask(consumer="profile", company=company.name, company_domain=company.domain), user=stage.user)
    while ResearchRequest.objects.attached().exists():
        drive()
    return time.perf_counter() - begun


def _waited(stage: Stage, company: world.DemoCompany) -> float:
    time.sleep(3)  # until the bulk is in full swing
    begun = time.perf_counter()
    asked = request_research(
        Ask(consumer="profile", company=company.name, company_domain=company.domain), user=stage.user
    )
    while ResearchRequest.objects.filter(pk=asked.pk, status=ResearchRequest.Status.ATTACHED).exists():
        time.sleep(0.05)
    return time.perf_counter() - begun
