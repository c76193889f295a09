"""What `/usage` and the Costs page take over a month of 100,000 calls: CPU and queries, added up and not.

CPU is the process's own; on SQLite the database's is in it, on PostgreSQL it is not.
"""

import random
import statistics
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from time import perf_counter, process_time
from uuid import uuid4

from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import (
    Company,
    EngineCall,
    Provider,
    Report,
    ReportPart,
    ResearchRequest,
    RuleSet,
    SourceCall,
    WorkflowRun,
)
from enrichment.rules import seed
from enrichment.workflow.rollup import add_up, wanting
from salesintel.accounts.models import User
from tests.seeding import rolled_back

Figure = tuple[str, str, str]  # what, measured, target

DAYS, PEOPLE, LINES = 30, 25, 100_000
CALLS_OF_A_RUN = 5  # four to sources and the analysis
SOURCES = ("serp_news", "snov_contacts", "brightdata_company_db", "company_website", "crunchbase")
CONSUMERS = ("customer_intelligence", "profile", "vendor_enrichment", "customer_enrichment", "vendor_context")
TARGET = 100  # ms
REPEATS = 7


def run() -> list[Figure]:
    """Measure on the configured, migrated database; what is loaded is rolled back."""
    with rolled_back():
        seed()
        load(random.Random(1))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        chief = User.objects.create_superuser("chief", "chief@example.com", "correct horse")
        before = measured("counted line by line", chief, target="–")
        days = wanting(timezone.now())
        began = perf_counter()
        for day in days:
            add_up(day)
        per_day = (perf_counter() - began) / len(days) * 1000
        rolled = (f"adding up one day of {LINES // DAYS:,} lines, {connection.vendor}", f"{per_day:.0f} ms", "≤ 300 ms")
        after = measured("days added up", chief, target=f"≤ {TARGET} ms")
        return [*before, rolled, *after, *measured("a rep's own", User.objects.get(username="rep0"), f"≤ {TARGET} ms")]


def measured(how: str, user: User, target: str) -> list[Figure]:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    asked = {"/usage by source": "/api/v1/usage?by=source", "Costs page": "/costs/"}
    figures = []
    for name, address in asked.items():
        cpu, queries = cost_of(partial(client.get, address))
        figures.append(
            (f"{name}, {LINES:,} lines, {how}, {connection.vendor}", f"{cpu:.0f} ms CPU, {queries} queries", target)
        )
    return figures


def cost_of(get: Callable[[], HttpResponseBase]) -> tuple[float, int]:
    """Median milliseconds of CPU, and queries."""
    with CaptureQueriesContext(connection) as seen:
        answer = get()  # what is read once per process
        assert answer.status_code == 200, answer
        first = len(seen)
        get()
        queries = len(seen) - first
    times = []
    for _ in range(REPEATS):
        began = process_time()
        get()
        times.append(process_time() - began)
    return statistics.median(times) * 1000, queries


# --- A month ----------------------------------------------------------------------------------------------------------


def load(chance: random.Random) -> None:
    """A month of answered requests, a third of them from the cache, and the calls of the others."""
    people = User.objects.bulk_create([User(username=f"rep{n}", email=f"rep{n}@example.com") for n in range(PEOPLE)])
    companies = Company.objects.bulk_create([Company(name=f"C{n}", domain=f"c{n}.example") for n in range(500)])
    rules = RuleSet.objects.create(digest="bench", body={})
    seller = Provider.objects.get(slug="serpapi")
    count = LINES // CALLS_OF_A_RUN
    begins = sorted(timezone.now() - timedelta(days=DAYS) * chance.random() for _ in range(count))
    for some in batches(begins, 2_000):
        write([Asked(at, chance, people, companies, rules, seller) for at in some])


class Asked:
    """A run with all that it left: its request, and one that the cache answered, its report, its calls."""

    def __init__(
        self,
        at: datetime,
        chance: random.Random,
        people: list[User],
        companies: list[Company],
        rules: RuleSet,
        seller: Provider,
    ) -> None:
        company, consumer, payer = chance.choice(companies), chance.choice(CONSUMERS), chance.choice(people)
        self.run = WorkflowRun(
            consumer=consumer, company=company, origin="sandbox", work_key=uuid4().hex, report_key=uuid4().hex,
            rule_set=rules, status="completed", wake_at=at, started=at, finished=at,
        )  # fmt: skip
        self.report = Report(
            company=company, consumer=consumer, origin="sandbox", run=self.run, engine="builtin", body={},
            statements={}, quality={}, generated_at=at,
        )  # fmt: skip
        self.requests = [self.request(payer, at)]
        if chance.random() < 1 / 3:
            self.requests.append(self.request(chance.choice(people), at, from_cache=True, saved=Decimal("0.27")))
        sources = chance.sample(SOURCES, CALLS_OF_A_RUN - 1)
        self.calls = [
            SourceCall(
                run=self.run, request=self.requests[0], company=company, source=source, provider=seller,
                cache_key=uuid4().hex, status="ok", origin="sandbox", reserved=Decimal("0.05"), cost=Decimal("0.05"),
                lease_until=at, started=at, answered=at,
            )
            for source in sources
        ]  # fmt: skip
        self.analysis = EngineCall(
            run=self.run, request=self.requests[0], engine="claude", status="ok", cost=Decimal("0.07"), started=at
        )
        self.parts = [
            ReportPart(
                report=self.report, cache_type=f"{call.source.upper()}_RAW", source=call.source, paid=call.cost,
                call=call, payer=self.requests[0], found=chance.random() < 0.4,
            )
            for call in self.calls
        ]  # fmt: skip

    def request(self, user: User, at: datetime, **values: object) -> ResearchRequest:
        return ResearchRequest(
            user=user, consumer=self.run.consumer, company=self.run.company, run=self.run, report=self.report,
            status="answered", answered=at, **values,
        )  # fmt: skip


def write(asked: list[Asked]) -> None:
    WorkflowRun.objects.bulk_create([each.run for each in asked])
    Report.objects.bulk_create([each.report for each in asked])
    ResearchRequest.objects.bulk_create([request for each in asked for request in each.requests])
    SourceCall.objects.bulk_create([call for each in asked for call in each.calls])
    EngineCall.objects.bulk_create([each.analysis for each in asked])
    ReportPart.objects.bulk_create([part for each in asked for part in each.parts])


def batches(moments: list[datetime], size: int) -> Iterator[list[datetime]]:
    left = iter(moments)
    while some := list(islice(left, size)):
        yield some
