"""Log lines: one JSON object each in production, with the ids of request and run and no personal data."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

from salesintel.privacy.masking import masked_for_log

request_id: ContextVar[str] = ContextVar("request_id", default="")
run_id: ContextVar[str] = ContextVar("run_id", default="")


class RequestIdFilter(logging.Filter):
    """Puts the id of the request being served, and of the run being driven, on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.run_id = request_id.get(), run_id.get()
        return True


class OneLine(logging.Filter):
    """A refusal that any stranger can cause is a line of warning, not a page of traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return True


class RefusedHandshakes(logging.Filter):
    """uvicorn 0.54 calls it an error of ours that a handshake was refused with a response (seen 2026-11)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.getMessage() != "ASGI callable returned without completing handshake."


class PlainFormatter(logging.Formatter):
    """A record as people read it, without mail addresses, telephone numbers and the rows that an error quotes."""

    def format(self, record: logging.LogRecord) -> str:
        return masked_for_log(super().format(record))


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, ids of request and run, and the traceback.

    Masked like the plain one.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": masked_for_log(record.getMessage()),
            "request_id": getattr(record, "request_id", ""),
            "run_id": getattr(record, "run_id", ""),
        }
        if record.exc_info:
            line["exception"] = masked_for_log(self.formatException(record.exc_info))
        return json.dumps(line)


def told(error: BaseException) -> str:
    """An error whose text may name somebody: its type, and the line of ours that it comes from."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    where = f" at {ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"
