"""What this web process measures about itself: how long answers take, how many sockets are open.

Kept in memory by prometheus-client, and told at `/metrics` (salesintel/metrics.py). Labels are routes of the URL map,
never addresses as they were asked for, so there are as many as routes and nobody's id is among them.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Gauge, Histogram

from enrichment.workflow.trends import Counted, Key, note
from salesintel.problems import API_PATHS

log = logging.getLogger(__name__)
COUNTED = tuple(path for path in API_PATHS if path not in ("/health", "/metrics", "/ws/"))
WATCHED = ("health", "health/ready", "schema/", "docs/")  # what monitors and developers look at

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


class Uses:
    """Counts which operations are asked, in memory; a thread of its own writes them down, a batch at a time.

    So no request writes. What was counted since the last batch is lost with a process that is killed.
    """

    def __init__(self) -> None:
        self._counts: dict[Key, Counted] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def count(self, route: str, method: str, status: int) -> None:
        """One answer."""
        if settings.COUNT_USES_EVERY <= 0:
            return
        one = Counted(calls=1, refused=int(400 <= status < 500), failed=int(status >= 500))
        key = (datetime.now(UTC).date(), route, method)
        with self._lock:
            self._counts[key] = self._counts.get(key, Counted()) + one
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="uses", daemon=True)
                self._thread.start()
                atexit.register(self.write)

    def write(self) -> None:
        """Write down what was counted; it is kept for the next time where the database does not answer."""
        with self._lock:
            counts, self._counts = self._counts, {}
        try:
            note(counts)
        except DatabaseError as error:
            log.warning("Uses of the API are written down later: %s", type(error).__name__)
            with self._lock:
                for key, more in counts.items():
                    self._counts[key] = self._counts.get(key, Counted()) + more

    def _write_on(self) -> None:
        while True:
            time.sleep(settings.COUNT_USES_EVERY)
            self.write()
            connection.close()


USES = Uses()


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
        if match is not None and request.path_info.startswith(COUNTED) and not route.endswith(WATCHED):
            USES.count(route, method, response.status_code)
        return response
