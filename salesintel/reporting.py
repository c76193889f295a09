"""Faults told to Sentry, where an operator set `SENTRY_DSN`: where in the code, never about whom.

The extra `sentry` brings the library. What it would gather of a request, its values and its words goes through
`scrubbed`, which leaves the place, the type and the ids that our log has.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from salesintel.logs import request_id, run_id
from salesintel.privacy.masking import masked_for_log

KEPT = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "logger",
    "release",
    "environment",
    "contexts",
    "sdk",
    "exception",
)
FRAME = ("filename", "abs_path", "function", "module", "lineno", "in_app")
CONTEXTS = ("runtime", "trace")


def start(dsn: str, *, environment: str) -> None:
    """Report from now on. Raises `ImproperlyConfigured` where the library is not installed."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError as error:
        words = "SENTRY_DSN is set, and the extra that it needs is not installed: pip install 'salesintel[sentry]'."
        raise ImproperlyConfigured(words) from error
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=scrubbed,
        before_breadcrumb=lambda _crumb, _hint: None,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        server_name="",
        # Lines of the log name what they are about in words; only what was raised is told.
        integrations=[LoggingIntegration(level=None, event_level=None)],
        traces_sample_rate=None,
    )


def scrubbed(event: Any, _hint: object) -> Any:
    """The event with nothing in it that may be about a person."""
    found = {name: event[name] for name in KEPT if name in event}
    found["contexts"] = {
        name: event.get("contexts", {})[name] for name in CONTEXTS if name in event.get("contexts", {})
    }
    found["exception"] = {"values": [_fault(each) for each in event.get("exception", {}).get("values", [])]}
    found["tags"] = {"request_id": request_id.get(), "run_id": run_id.get()}
    return found


def _fault(value: Mapping[str, Any]) -> dict[str, Any]:
    """One exception: its type and where it came from. Its words may quote a row or a name, and stay here."""
    frames = (value.get("stacktrace") or {}).get("frames", [])
    told = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    kind = masked_for_log(str(value.get("type", "")))
    return {"type": kind, "module": value.get("module"), "value": "", "stacktrace": {"frames": told}}
