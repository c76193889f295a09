"""Ended runs as a collector gets them: over HTTP, from the recorded trace, each once."""

import gzip
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from enrichment.models import WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.telemetry import MISSING, Exporter
from tests import factories
from tests.enrichment import market

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Collector:
    """A real HTTP server that takes OTLP. `status` is what it answers."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        self.status = 200
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                collector.bodies.append((self.path, body))
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[Any]:
        """Every span that arrived."""
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        requests = [ExportTraceServiceRequest.FromString(body) for _, body in self.bodies]
        return [
            s for r in requests for resource in r.resource_spans for scope in resource.scope_spans for s in scope.spans
        ]


@pytest.fixture
def collector(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra “otel” is not installed")
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    settings.OTEL_ENDPOINT = collector.url
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


def ended() -> WorkflowRun:
    run: WorkflowRun = factories.answered(market.rep()).run
    return run


def exported(times: int = 1) -> None:
    exporter = Exporter.if_wanted()
    assert exporter is not None
    for _ in range(times):
        exporter.tick()
    exporter.close()


def test_an_ended_run_arrives_as_a_tree_of_spans(rules: None, collector: Collector) -> None:
    run = ended()

    exported()

    spans = {span.name: span for span in collector.spans()}
    root, collection, news = spans["Customer intelligence of Acme Corp"], spans["Collection"], spans["serp_news"]
    assert (root.parent_span_id, collection.parent_span_id) == (b"", root.span_id)
    assert news.parent_span_id == collection.span_id
    assert {span.trace_id for span in spans.values()} == {root.trace_id}
    assert run.started is not None
    assert root.start_time_unix_nano // 1000 == round(run.started.timestamp() * 1e6)


def test_a_span_tells_its_time_and_its_money(rules: None, collector: Collector) -> None:
    ended()

    exported()

    news = next(span for span in collector.spans() if span.name == "serp_news")
    told = {pair.key: pair.value for pair in news.attributes}
    assert told["salesintel.cost_usd"].double_value == 0.02
    assert told["salesintel.status"].string_value == "ok"
    assert (news.end_time_unix_nano - news.start_time_unix_nano) / 1e9 == pytest.approx(0.7, abs=0.01)


def test_a_call_that_failed_is_an_error(rules: None, collector: Collector) -> None:
    ended()

    exported()

    codes = {span.name: span.status.code for span in collector.spans()}
    assert (codes["brightdata_company_db"], codes["serp_news"]) == (2, 0)


def test_a_run_is_exported_once(rules: None, collector: Collector) -> None:
    ended()

    exported(times=2)
    exported()

    assert [span.name for span in collector.spans()].count("Collection") == 1


def test_runs_under_way_and_runs_of_long_ago_are_left_out(rules: None, collector: Collector) -> None:
    factories.run()
    ended()
    WorkflowRun.objects.exclude(finished=None).update(finished=database_now() - timedelta(hours=2))

    exported()

    assert collector.bodies == []


def test_a_collector_that_refuses_is_logged_and_harms_nobody(
    rules: None, collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = 400
    ended()

    exported()

    assert "400" in caplog.text


def test_without_an_address_nothing_is_exported(settings: Settings) -> None:
    settings.OTEL_ENDPOINT = ""

    assert Exporter.if_wanted() is None


def test_an_address_without_the_library_is_told(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OTEL_ENDPOINT = "http://127.0.0.1:9"
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    assert Exporter.if_wanted() is None

    assert MISSING in caplog.text
