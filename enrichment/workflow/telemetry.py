"""Ended runs as OpenTelemetry spans, made from their recorded traces and sent by the watchdog: no run waits for it.

Optional: `pip install salesintel[otel]`, and the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT` …), which the
library reads itself. It sends in a thread of its own, logs what fails, and drops what the collector does not take.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings

from enrichment.models import WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.spans import trace_of

logger = logging.getLogger(__name__)

AT_ONCE = 5  # runs a look: the library's queue holds some two thousand spans
NOT_BEFORE = timedelta(hours=1)  # runs that ended earlier are history, not telemetry
BAD = frozenset({"failed", "in_doubt"})
MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the library is missing: pip install 'salesintel[otel]'."


@dataclass(slots=True)
class Exporter:
    """Sends ended runs to the collector, each once."""

    provider: Any  # opentelemetry.sdk.trace.TracerProvider

    @classmethod
    def if_wanted(cls) -> Self | None:
        """An exporter where the environment names a collector and the library is there; says so where it is not."""
        if not settings.OTEL_ENDPOINT:
            return None
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import OTELResourceDetector, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            logger.error(MISSING)
            return None
        resource = Resource({"service.name": "salesintel"}).merge(OTELResourceDetector().detect())
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    def tick(self) -> None:
        """Hand over what ended since the last look."""
        for run in self._due():
            try:
                self._export(run)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a trace, the watchdog goes on
                logger.warning("the trace of run %s was not exported: %s", run.pk, type(error).__name__)

    def close(self) -> None:
        """Send what is left, within the library's own time-out."""
        self.provider.shutdown()

    @staticmethod
    def _due() -> Iterator[WorkflowRun]:
        """Runs that ended lately and that nobody exported; each is given to one process only."""
        now = database_now()
        ended = WorkflowRun.objects.exclude(status__in=WorkflowRun.ACTIVE).filter(finished__gte=now - NOT_BEFORE)
        for run in ended.filter(exported=None).order_by("finished")[:AT_ONCE]:
            if WorkflowRun.objects.filter(pk=run.pk, exported=None).update(exported=now):
                yield run

    def _export(self, run: WorkflowRun) -> None:
        from opentelemetry.trace import set_span_in_context

        tracer = self.provider.get_tracer("salesintel")

        def export(each: Mapping[str, Any], context: Any) -> None:
            begin = _nanoseconds(each["started"])
            span = tracer.start_span(
                each["label"],
                context=context,
                start_time=begin,
                attributes=_attributes(each, run),
                record_exception=False,
            )
            if each["status"] in BAD:
                span.set_status(_error(each["detail"]))
            for child in each["children"]:
                export(child, set_span_in_context(span))
            span.end(end_time=begin + round((each["seconds"] or 0.0) * 1e9))

        export(trace_of(run), None)


def _nanoseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1e6) * 1000


def _error(words: str) -> Any:
    from opentelemetry.trace import Status, StatusCode

    return Status(StatusCode.ERROR, words)


def _attributes(each: Mapping[str, Any], run: WorkflowRun) -> dict[str, Any]:
    """What is known of a span, under names of our own; unknown values are left out."""
    found = {
        "run": str(run.pk),
        "name": each["name"],
        "status": str(each["status"]),
        "detail": each["detail"],
        "cost_usd": None if each["cost"] is None else float(each["cost"]),
        "attempt": each.get("attempt"),
        "wait_seconds": each.get("wait"),
        "fallback": each.get("fallback"),
    }
    return {f"salesintel.{name}": value for name, value in found.items() if value is not None}
