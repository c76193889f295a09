"""Exchanges written down as a HAR file (HTTP Archive 1.2), secrets removed, so that a case can be played again.

`manage.py sandbox --replay FILE.har` plays it. What people say in pages and profiles is in it: not for the public.
"""

import base64
import json
import logging
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import responses
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from enrichment.egress.redaction import Redactor

logger = logging.getLogger(__name__)

_CREATOR = {"name": "Sales Intelligence", "version": "1"}
_OF_THE_CONNECTION = frozenset({"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"})
_NOTHING = -1  # HAR's word for a size that is not known

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request. `url` is the real one, whatever server was asked for it."""

    method: str
    url: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came back, decompressed; status 0 where nothing whole did."""

    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    error: str = ""


class Har:
    """A file that exchanges are written to as they end: `with Har(path) as har`. Threads may share it.

    The file is only the owner's to read. A process that dies leaves it without its end, which replaying tells.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._redactor = Redactor()
        self._lock = threading.Lock()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(descriptor, 0o600)  # of a file that was there, too
        self._file = os.fdopen(descriptor, "wb", buffering=0)  # what a full disk refuses must not wait for the end

    def __enter__(self) -> Self:
        self._write(f'{{"log": {{"version": "1.2", "creator": {json.dumps(_CREATOR)}, "entries": [')
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._write("\n]}}\n")
            self._file.close()

    def note(self, sent: Sent, came: Came, *, seconds: float, secrets: Iterable[str]) -> None:
        """Write one exchange down, that took so long and is over. `secrets` are the credentials it was made with.

        A file that cannot be written to is logged, once for each exchange: the exchange itself has been paid.
        """
        with self._lock:
            self._redactor.learn(secrets)
            entry = self._entry(sent, came, seconds)
            self.count += self._write(("," if self.count else "") + "\n" + json.dumps(entry))

    def _write(self, text: str) -> bool:
        left = memoryview(text.encode())
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            logger.warning("an exchange could not be recorded: %s", error.strerror)
            return False
        return True

    def _entry(self, sent: Sent, came: Came, seconds: float) -> dict[str, Any]:
        milliseconds = round(seconds * 1000, 1)
        return {
            "startedDateTime": (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(),
            "time": milliseconds,
            "request": self._request(sent),
            "response": self._response(came),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        }

    def _request(self, sent: Sent) -> dict[str, Any]:
        headers = list(sent.headers)
        kind = _value(headers, "content-type")
        url = self._redactor.url(sent.url)
        found: dict[str, Any] = {
            "method": sent.method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self._headers(headers),
            "queryString": [],  # all of it is in the URL
            "headersSize": _NOTHING,
            "bodySize": len(sent.body),
        }
        if sent.body:
            text = self._redactor.sent(sent.body.decode("utf-8", "replace"), kind)
            found["postData"] = {"mimeType": kind, "text": text}
        return found

    def _response(self, came: Came) -> dict[str, Any]:
        headers = list(came.headers)
        found = {
            "status": came.status,
            "statusText": responses.get(came.status, ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self._headers(headers),
            "content": self._content(came.body, _value(headers, "content-type")),
            "redirectURL": self._redactor.url(_value(headers, "location")),
            "headersSize": _NOTHING,
            "bodySize": len(came.body),
        }
        return found | {"_error": self._redactor.text(came.error)} if came.error else found

    def _headers(self, headers: Headers) -> list[dict[str, str]]:
        """Without those of the connection: the body is written as it is when it has arrived."""
        kept = ((name, value) for name, value in headers if name.lower() not in _OF_THE_CONNECTION)
        return [{"name": name, "value": value} for name, value in self._redactor.headers(kept)]

    def _content(self, body: bytes, kind: str) -> dict[str, Any]:
        """As text where it is text in UTF-8, else in Base64. Latin-1 keeps every byte while secrets are looked for."""
        try:
            return {"size": len(body), "mimeType": kind, "text": self._redactor.received(body.decode())}
        except UnicodeDecodeError:
            clean = self._redactor.received(body.decode("latin-1")).encode("latin-1")
            text = base64.b64encode(clean).decode("ascii")
            return {"size": len(body), "mimeType": kind, "text": text, "encoding": "base64"}


def _value(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
