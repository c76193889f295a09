"""What this web process measures about itself: how long answers take, how many sockets are open.

Kept in memory by prometheus-client, and told at `/metrics` (salesintel/metrics.py). Labels are routes of the URL map,
never addresses as they were asked for, so there are as many as routes and nobody's id is among them.
"""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Gauge, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REGISTRY = CollectorRegistry(auto_describe=True)
ANSWERS = Histogram(
    "salesintel_http_seconds",
    "Seconds from a request to the answer of Django; what waits longer (Prefer, streams, sockets) does so after that.",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
SOCKETS = Gauge("salesintel_open_sockets", "WebSockets open in this process.", registry=REGISTRY)


class MeasuringMiddleware:
    """Measures each answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        route = (match.route or "/") if match is not None else "(none)"
        ANSWERS.labels(route, method, str(response.status_code)).observe(time.perf_counter() - begun)
        return response
