"""Recorded exchanges out of a HAR file (HTTP Archive 1.2): our own recordings, and those that browsers save."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from enrichment.sandbox.messages import Headers, Reply, Request

# The body is written as it was when it had arrived, so what told how it travelled is no longer true.
OF_THE_CONNECTION = frozenset({"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"})


class BadHar(ValueError):
    """A file is no HAR; the message says where it goes wrong, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was asked, and what came back; `reply` None where nothing whole did."""

    request: Request
    reply: Reply | None


def exchanges_in(path: Path) -> list[Exchange]:
    """The exchanges of the file, in order. Raises `BadHar`."""
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadHar(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadHar(f"{path} is no HAR: it is not text in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadHar(f"{path} is no HAR: {error.msg} at line {error.lineno}; is the file whole?") from error
    except RecursionError as error:
        raise BadHar(f"{path} is no HAR: it is nested too deep.") from error
    log = content.get("log") if isinstance(content, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise BadHar(f"{path} is no HAR: it has no log.entries.")
    return [_exchange(entry, f"{path}, entry {number}") for number, entry in enumerate(entries, start=1)]


def _exchange(entry: Any, where: str) -> Exchange:
    request, response = _record(entry, "request", where), _record(entry, "response", where)
    url, method, status = request.get("url"), request.get("method"), response.get("status")
    if not isinstance(url, str) or not isinstance(method, str):
        raise BadHar(f"{where}: request.url or request.method is missing.")
    if not isinstance(status, int) or not (status == 0 or 100 <= status < 600):
        raise BadHar(f"{where}: response.status is no status.")
    return Exchange(
        request=_request(method, url, request, where),
        reply=_reply(status, response, where) if status else None,
    )


def _request(method: str, url: str, given: Mapping[str, Any], where: str) -> Request:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise BadHar(f"{where}: request.url is no URL.") from error
    post = given.get("postData")
    text = post.get("text") if isinstance(post, dict) else ""
    return Request(
        method=method.upper(),
        host=host,
        path=unquote(parts.path) or "/",
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in _headers(given)},
        body=text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b"",
    )


def _reply(status: int, given: Mapping[str, Any], where: str) -> Reply:
    content = given.get("content")
    text = content.get("text") if isinstance(content, dict) else None
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""
    if isinstance(content, dict) and content.get("encoding") == "base64":
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise BadHar(f"{where}: response.content is no Base64.") from error
    return Reply(status=status, body=body, headers=_headers(given), takes=0.0)


def _headers(given: Mapping[str, Any]) -> Headers:
    """Those that can be sent again. Browsers write the pseudo-headers of HTTP/2 down too, ":status"."""
    rows = given.get("headers")
    pairs = (
        [(row.get("name"), row.get("value")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )
    return tuple(
        (name, value)
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and name.isascii() and name[:1].isalnum()
        if name.lower() not in OF_THE_CONNECTION and "\n" not in value and "\r" not in value
    )


def _record(entry: Any, name: str, where: str) -> Mapping[str, Any]:
    found = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(found, dict):
        raise BadHar(f"{where}: it has no {name}.")
    return found
