"""Calls whose answer was lost: what the provider allows is done, nothing is paid twice, and the sums are put right."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from enrichment import collection, doubts
from enrichment.egress import ProviderClient
from enrichment.models import Budget, BudgetPeriod, Provider, ResearchRequest, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.sources.base import CompanyRef, registry
from enrichment.sources.exchange import answered
from enrichment.sources.serp_news import SerpNews
from enrichment.sources.serpapi import SEARCH
from enrichment.workflow.driver import drive
from tests.enrichment.workflow.conftest import Desk

BRIGHTDATA = "api.brightdata.com"
TRIGGER, LIST = "/datasets/v3/trigger", "/datasets/v3/snapshots"
START = "/v2/domain-search/prospects/start"
Verdict = SourceCall.Verdict


def charged(desk: Desk) -> Decimal:
    return sum((Decimal(str(call["charged_usd"])) for call in desk.sandbox.calls()), Decimal(0))


def lines(request: ResearchRequest, source: str) -> list[tuple[str, Decimal]]:
    """How the request's calls to the source ended, and what is booked for them."""
    calls = SourceCall.objects.filter(run=request.run, source=source)
    return list(calls.order_by("started").values_list("status", "cost"))


def researched(desk: Desk) -> ResearchRequest:
    """Asked, and driven until nobody is due: what is in doubt has parked its run."""
    request = desk.ask("Acme Corp", vendor=None)
    drive()
    request.refresh_from_db()
    return request


def again(request: ResearchRequest) -> ResearchRequest:
    """Drive on what is parked, without the wait."""
    WorkflowRun.objects.active().filter(requests=request).update(wake_at=database_now())
    drive()
    request.refresh_from_db()
    return request


# --- Looking up first -------------------------------------------------------------------------------------------------


def test_a_job_whose_id_was_lost_is_found_and_not_bought_again(desk: Desk) -> None:
    desk.sandbox.fault(host=BRIGHTDATA, path=TRIGGER, kind="reset", times=1)

    request = again(researched(desk))

    assert lines(request, "brightdata_company_db") == [("ok", Decimal("0.15"))]
    assert len(desk.sandbox.calls(kind="brightdata_company_db")) == 1
    assert request.spent == charged(desk)


def test_a_job_that_never_began_is_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "BELIEVED_AFTER", timedelta(0))
    desk.sandbox.fault(host=BRIGHTDATA, path=TRIGGER, kind="502", times=1)

    request = again(researched(desk))

    assert lines(request, "brightdata_company_db") == [("failed", Decimal(0)), ("ok", Decimal("0.15"))]
    assert request.spent == charged(desk)


def test_that_a_job_never_began_is_not_believed_while_its_request_may_be_on_its_way(desk: Desk) -> None:
    desk.sandbox.fault(host=BRIGHTDATA, path=TRIGGER, kind="502", times=1)

    request = researched(desk)

    assert request.run is not None
    assert (request.run.status, lines(request, "brightdata_company_db")) == ("parked", [("intent", Decimal(0))])


def test_a_job_that_cannot_be_looked_up_counts_as_spent_and_the_run_goes_on(desk: Desk) -> None:
    desk.sandbox.fault(host=BRIGHTDATA, path=TRIGGER, kind="reset", times=1)
    desk.sandbox.fault(host=BRIGHTDATA, path=LIST, kind="500")

    request = researched(desk)

    assert lines(request, "brightdata_company_db") == [("in_doubt", Decimal("0.15"))]
    assert (request.status, request.spent) == ("answered", charged(desk))


# --- The same key again -----------------------------------------------------------------------------------------------


@dataclass
class Till:
    """A provider that charges each Idempotency-Key once, and whose first answer gets lost."""

    keys: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def charged(self) -> int:
        return len(set(self.keys))


@contextmanager
def open_till() -> Iterator[Till]:
    till = Till()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            till.keys.append(self.headers["Idempotency-Key"])
            if len(till.keys) == 1:
                self.connection.close()
                return
            body = json.dumps({"search_metadata": {"status": "Success"}, "news_results": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    till.url = f"http://127.0.0.1:{server.server_port}/{{host}}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield till
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class KeyedNews(SerpNews):
    """The news of a provider that takes keys."""

    sends_key = True

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        return (await answered(http.post(SEARCH, headers=http.once), buys=True)).body


def test_a_keyed_call_is_sent_again_with_its_key_and_booked_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.sources, "serp_news", KeyedNews())
    with open_till() as till:
        Provider.objects.filter(slug="serpapi").update(in_doubt="retry_with_key", base_url=till.url)

        request = researched(desk)

    assert (len(till.keys), till.charged) == (2, 1)
    assert lines(request, "serp_news") == [("empty", Decimal("0.02"))]
    assert till.keys[0] == str(SourceCall.objects.get(source="serp_news").pk)


def test_a_source_that_sends_no_key_is_not_asked_again(desk: Desk) -> None:
    Provider.objects.filter(slug="serpapi").update(in_doubt="retry_with_key")
    desk.sandbox.fault(host="serpapi.com", kind="reset", times=1)

    assert lines(researched(desk), "serp_news") == [("in_doubt", Decimal("0.02"))]


# --- A person decides -------------------------------------------------------------------------------------------------


def doubtful(desk: Desk) -> tuple[ResearchRequest, SourceCall]:
    """An answered request one of whose calls is in doubt."""
    desk.sandbox.fault(host="api.snov.io", path=START, kind="reset", times=1)
    request = researched(desk)
    return request, SourceCall.objects.get(run=request.run, source="snov_contacts")


def test_a_call_that_a_person_shall_decide_stops_nobody_and_counts_as_spent(desk: Desk) -> None:
    request, call = doubtful(desk)

    assert (call.status, call.cost, call.verdict) == ("in_doubt", Decimal("0.1"), "")
    assert (request.status, request.spent) == ("answered", charged(desk))


@pytest.mark.parametrize(
    ("verdict", "cost"), [(Verdict.CHARGED, "0.1"), (Verdict.NOT_CHARGED, "0"), (Verdict.ASK_AGAIN, "0.1")]
)
def test_a_verdict_puts_every_sum_right(desk: Desk, verdict: SourceCall.Verdict, cost: str) -> None:
    Budget.objects.create(limit=Decimal(10), origin="test")
    request, call = doubtful(desk)
    lost = Decimal("0.1") - Decimal(cost)
    run = WorkflowRun.objects.get(requests=request)
    spent, in_run, in_period = request.spent, run.cost, BudgetPeriod.objects.get().spent

    assert doubts.decide(call.pk, verdict)

    call.refresh_from_db(), request.refresh_from_db(), run.refresh_from_db()
    assert (call.status, call.cost, call.verdict) == ("failed", Decimal(cost), verdict)
    assert (request.spent, run.cost) == (spent - lost, in_run - lost)
    assert (BudgetPeriod.objects.get().spent, BudgetPeriod.objects.get().reserved) == (in_period - lost, 0)


def test_a_doubt_is_decided_once(desk: Desk) -> None:
    _, call = doubtful(desk)
    doubts.decide(call.pk, Verdict.NOT_CHARGED)

    assert not doubts.decide(call.pk, Verdict.CHARGED)

    call.refresh_from_db()
    assert call.cost == 0


def test_a_run_under_way_is_told_and_asks_again_where_it_shall(desk: Desk) -> None:
    _, call = doubtful(desk)
    assert call.run is not None
    WorkflowRun.objects.update(status="parked")

    doubts.decide(call.pk, Verdict.ASK_AGAIN)

    assert call.run.events.order_by("seq").last().data["status"] == "ask_again"
    assert doubts.to_be_asked_again(call.run.pk) == {"snov_contacts"}


# --- Repeating for nothing --------------------------------------------------------------------------------------------


def test_a_search_that_is_repeated_for_nothing_is_booked_once(desk: Desk) -> None:
    request = desk.ask("Acme Corp", vendor=None)
    drive()
    call = SourceCall.objects.get(run=request.run, source="serp_news")
    earlier = lost_before(call)

    doubts.settle_repeated(call, database_now())

    earlier.refresh_from_db()
    assert (earlier.status, earlier.cost, earlier.verdict) == ("failed", 0, "repeated")


def lost_before(call: SourceCall) -> SourceCall:
    """An earlier attempt at the call, in doubt and booked."""
    lost = SourceCall.objects.get(pk=call.pk)
    lost.pk, lost._state.adding = uuid.uuid4(), True
    lost.status, lost.cost, lost.started = "in_doubt", Decimal("0.02"), call.started - timedelta(seconds=9)
    lost.save()
    ResearchRequest.objects.filter(pk=call.request_id).update(spent=Decimal("0.5"))
    WorkflowRun.objects.filter(pk=call.run_id).update(cost=Decimal("0.5"))
    return lost
