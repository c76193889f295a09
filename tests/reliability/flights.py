"""M1, M2 and ten at once: who asks for the same at the same moment shares one call, and nobody waits for the dead."""

import time
from collections import Counter
from datetime import timedelta
from itertools import product
from threading import Barrier
from urllib.parse import urlencode
from urllib.request import urlopen
from uuid import uuid4

from django.db import transaction

from enrichment import cache
from enrichment.models import Company, SalesRole, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.requests import Ask, Seller, request_research
from tests.enrichment.market import at_once
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until
from tests.reliability.house import PAID, House, prospects

THREADS = 20
DRIVERS = 3
CONSUMERS = ("customer_enrichment", "vendor_enrichment")


def bought(house: House) -> Counter[str]:
    """How often each paid source was asked."""
    return Counter({source: house.asked(source) for source in PAID})


def identical_requests(house: House, count: int) -> Verdict:
    """M1: the very same ask from many threads on a cold cache, while several processes drive."""
    company = prospects()[0]
    heirs = [house.crew.start(work.keep_driving) for _ in range(DRIVERS)]
    begun = time.monotonic()

    def ask(place: int) -> None:
        for _ in range(place, count, THREADS):
            house.ask(company, consumer="customer_enrichment")

    at_once(THREADS, ask)
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    seconds = time.monotonic() - begun
    house.crew.dismiss(*heirs)
    found = audit.violations(house)
    found += [f"{source} was asked {times} times" for source, times in bought(house).items() if times != 1]
    return Verdict(
        id="M1",
        trials=count,
        violations=tuple(found),
        worst=f"{max(bought(house).values())} paid call(s) per source, all answered in {seconds:.1f} s",
    )


def different_runs(house: House, count: int) -> Verdict:
    """M1: runs that cannot be one (other roles, other consumers) of one company, driven by several processes."""
    roles = ["", *SalesRole.objects.values_list("slug", flat=True)]
    company = prospects()[0]
    for consumer, role in list(product(CONSUMERS, roles))[:count]:
        house.ask(company, consumer=consumer, role=role)
    runs = WorkflowRun.objects.count()
    heirs = [house.crew.start(work.keep_driving, runs=4) for _ in range(DRIVERS)]
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(*heirs)
    found = audit.violations(house)
    found += [f"{source} was asked {times} times" for source, times in bought(house).items() if times != 1]
    worst = f"{max(bought(house).values())} paid call(s) per source for {runs} runs"
    return Verdict(id="M1 fills", trials=runs, violations=tuple(found), worst=worst)


def dead_leaders(house: House, count: int) -> Verdict:
    """M2: whoever holds the fill dies while others wait for it."""
    found: list[str] = []
    most, slowest = 0, 0.0
    for place in range(count):
        point = ("after_intent", "after_answer", "inside_record", "after_job")[place % 4]
        consumer = "people" if point == "after_job" else ("news", "people", "firm")[place % 3]
        times, seconds = _dead_leader(house, point, consumer, found)
        most, slowest = max(most, times), max(slowest, seconds)
    worst = f"{most} paid calls for one source, the last waiter served {slowest:.1f} s after the death"
    return Verdict(id="M2", trials=count, violations=tuple(found), worst=worst)


def _dead_leader(house: House, point: str, consumer: str, found: list[str]) -> tuple[int, float]:
    house.start_over()
    company = prospects()[0]
    house.ask(company, consumer=consumer)
    leader = house.crew.start(work.drive_once, kill=point, lease=2.0, runs=1)
    until(lambda: WorkflowRun.objects.filter(status=WorkflowRun.Status.RUNNING).exists(), "the leader leads")
    for role in ("SE", "CSM", "BDR"):
        house.ask(company, consumer=consumer, role=role)
    heirs = [house.crew.start(work.keep_driving) for _ in range(DRIVERS)]
    leader.join(60)
    died = time.monotonic()
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    seconds = time.monotonic() - died
    house.crew.dismiss(leader, *heirs)
    found += audit.violations(house)
    times = max(bought(house).values())
    if times > 2:
        found.append(f"{point}: a source was asked {times} times")
    return times, seconds


def ten_at_once(house: House, count: int) -> Verdict:
    """Ten people ask for the same brief at once: the calls are those of one."""
    alone = _calls_of(house, askers=1)
    found, worst = [], 0
    for _ in range(count):
        together = _calls_of(house, askers=10)
        worst = max(worst, together.total())
        if together != alone:
            found.append(f"ten asked {dict(together)}, one {dict(alone)}")
        found += audit.violations(house)
    return Verdict(
        id="ten at once",
        trials=count,
        violations=tuple(found),
        worst=f"{worst} calls for ten, {alone.total()} for one",
    )


def _calls_of(house: House, *, askers: int) -> Counter[str]:
    """Exchanges by kind of a brief for Acme with Okta on a cold cache; polls, whose number is chance, left out."""
    house.start_over()
    ask = Ask(
        consumer="customer_intelligence",
        company="acmecorp.com",
        vendor="okta.com",
        seller=Seller(name="Taylor", role="AE", segment="Mid-Market", region="EMEA"),
    )
    driver = house.crew.start(work.keep_driving)
    at_once(askers, lambda _: request_research(ask, user=house.user))
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(driver)
    kinds = Counter(call["kind"] for call in house.sandbox.calls())
    return Counter({kind: times for kind, times in kinds.items() if not kind.endswith(("_poll", "_progress"))})


# --- Without single flight --------------------------------------------------------------------------------------------


def look_then_call(house: House, count: int, *, claimed: bool) -> int:
    """How often a search is bought by `count` threads that look into the cache and then call, with a claim or without.

    Who gets no claim looks again until the answer is there.
    """
    company = Company.objects.get(domain=prospects()[0].domain)
    key = cache.response_key("serp_news", company.pk, "sandbox")
    everybody_has_looked = Barrier(count)

    def fetch(place: int) -> None:
        held = cache.read("SERP_NEWS_RAW", key, at=database_now())
        everybody_has_looked.wait(60)
        while held is None:
            if not claimed or _claim(key):
                _buy(house, company, key)
            time.sleep(0.05)
            held = cache.read("SERP_NEWS_RAW", key, at=database_now())

    at_once(count, fetch)
    return house.asked("serp_news")


def _claim(key: str) -> bool:
    with transaction.atomic():
        return cache.claim(key, holder=uuid4(), data_epoch=0) is not None


def _buy(house: House, company: Company, key: str) -> None:
    """Search, and keep the answer."""
    query = urlencode({"engine": "google_news", "q": company.name, "api_key": "trial"})
    with urlopen(f"{house.sandbox.url}/serpapi.com/search.json?{query}", timeout=60) as reply:
        body = reply.read()
    now = database_now()
    answer = cache.Answer(
        type="SERP_NEWS_RAW",
        key=key,
        company=company.pk,
        origin="sandbox",
        body=body,
        fetched_at=now,
        ttl=timedelta(hours=1),
        source="serp_news",
    )
    with transaction.atomic():
        cache.keep(answer, at=now)
