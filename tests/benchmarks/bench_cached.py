"""What answering from the cache costs over the API, beside a bare view, and how much of it two cores stand."""

import statistics
from pathlib import Path

from django.conf import settings

from enrichment.sandbox import world
from enrichment.workflow.driver import drive
from salesintel.processes import any_free_port
from tests.benchmarks import web_urls
from tests.benchmarks.load import Call, answer_of, loaded, timed
from tests.benchmarks.stage import Stage, p95, program, staged, until_answers

Figure = tuple[str, str, str]  # what, measured, target

HOST = "127.0.0.1"
ROUNDS = 400
CLIENTS = 8
SECONDS = 20.0


def run() -> list[Figure]:
    """Latency one at a time, then throughput, of one web process as `make run` starts it."""
    port = any_free_port()
    with staged(latency=0.0) as stage:
        request = stage.ask(*prospect_and_vendor())
        drive()
        with program(*web(port), settings_module="tests.benchmarks.web_settings"):
            until_answers(f"http://{HOST}:{port}/health/ready")
            return [*beside_bare(stage, port), *throughput(stage, port, str(request.pk))]


def prospect_and_vendor() -> tuple[world.DemoCompany, world.DemoCompany]:
    """The documents' example."""
    known = {company.domain: company for company in world.companies()}
    return known["acmecorp.com"], known["okta.com"]


def web(port: int) -> list[str]:
    """How `manage.py up` starts the web process, with the yardstick beside the product."""
    given = ["-m", "uvicorn", "salesintel.asgi:application", "--host", HOST, "--port", str(port)]
    return [*given, "--log-level", "warning", "--no-server-header"]


def report(stage: Stage, port: int) -> Call:
    """The documents' request."""
    prospect, vendor = prospect_and_vendor()
    persona = {"name": "Taylor", "role": "AE", "segment": "Mid-Market", "region": "EMEA"}
    body = {"prospectCompany": prospect.name, "prospectDomain": prospect.domain, "vendorCompany": vendor.name}
    url = f"http://{HOST}:{port}/api/v1/customer/intelligence"
    return Call.to(url, key=stage.key, body={**body, "userPersona": persona})


def beside_bare(stage: Stage, port: int) -> list[Figure]:
    """A cached report and the bare view in turn, so that whatever else the machine does hits both."""
    cached = report(stage, port)
    content = answer_of(HOST, port, cached)
    (Path(settings.DATA_DIR) / web_urls.BYTES).write_bytes(content)
    bare = Call.to(f"http://{HOST}:{port}/api/v1/bare", key=stage.key, body={})
    timed(HOST, port, [cached, bare], rounds=20)
    ours, floor = timed(HOST, port, [cached, bare], rounds=ROUNDS)
    ratio, middle = p95(ours) / p95(floor), statistics.median(ours) / statistics.median(floor)
    told = f"{ratio:.2f} ({p95(ours) * 1000:.1f} / {p95(floor) * 1000:.1f} ms)"
    size = f"{len(content) / 1000:.0f} kB"
    return [
        (f"cached report ({size}) / bare view of the same bytes: p95", told, "≤ 1.5"),
        ("cached report / bare view: median", f"{middle:.2f}", "reported"),
        ("cached report, from the client's first byte to its last: p95", f"{p95(ours) * 1000:.1f} ms", "≤ 50 ms"),
    ]


def throughput(stage: Stage, port: int, request: str) -> list[Figure]:
    """Cached reports, look-ups and status in turn, from several clients at once."""
    base = f"http://{HOST}:{port}/api/v1"
    calls = [
        report(stage, port),
        Call.to(f"{base}/company/acmecorp.com/lookup", key=stage.key),
        Call.to(f"{base}/analysis/status/{request}", key=stage.key),
    ]
    loaded(HOST, port, calls, clients=CLIENTS, seconds=2)
    load = loaded(HOST, port, calls, clients=CLIENTS, seconds=SECONDS)
    bad = sum(count for status, count in load.statuses.items() if status != 200)
    told = f"{load.per_minute:,.0f} (p95 {p95(load.times) * 1000:.0f} ms, {bad} errors)"
    return [("requests a minute: cached reports, look-ups, status in turn", told, "≥ 10,000, no error")]
