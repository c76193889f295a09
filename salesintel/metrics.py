"""`/metrics`: what monitors watch, as Prometheus reads it.

What is true over all processes is read from the rows at that moment, so it does not matter which web process is asked;
how long answers take is each process's own.
"""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views import View
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from rest_framework.request import Request

from enrichment.workflow.figures import figures, step_durations, within
from salesintel.accounts.authentication import is_from_this_machine
from salesintel.measuring import REGISTRY
from salesintel.problems import plain

PREFIX = "salesintel_"


class Rows(Collector):
    """The figures of the rows, as prometheus-client asks for them."""

    def collect(self) -> Iterator[Metric]:
        for figure in figures():
            family = GaugeMetricFamily(PREFIX + figure.name, figure.help, labels=figure.labels)
            for labels, value in figure.values.items():
                family.add_metric(labels, value)
            yield family
        spread = step_durations()
        histogram = HistogramMetricFamily(PREFIX + spread.name, spread.help, labels=[spread.by])
        for name, seconds in spread.seconds.items():
            histogram.add_metric([name], within(seconds), sum(seconds))
        yield histogram


class MetricsView(View):
    """For whoever has the token; without one set, for programs on this very machine."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not _may_scrape(request):
            return plain(403, "Metrics are for the bearer of SALESINTEL_METRICS_TOKEN, or without it for this machine.")
        rows = CollectorRegistry()
        rows.register(Rows())
        content = generate_latest(rows) + generate_latest(REGISTRY)
        return HttpResponse(content, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if not token:
        return is_from_this_machine(Request(request))
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
