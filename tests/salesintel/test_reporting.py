"""What Sentry is sent of a fault, read where it arrives: a local server in Sentry's place."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

from salesintel.reporting import scrubbed

FAULT = """
import django; django.setup()
import logging, sentry_sdk
from salesintel.logs import request_id, run_id
request_id.set("req-1234"); run_id.set("run-5678")
sentry_sdk.set_user({"email": "jane.roe@acme.example"})
sentry_sdk.add_breadcrumb(message="opened Jane Roe")
def fails(secret):
    raise ValueError(f"no such contact: {secret}")
logging.getLogger("x").error("Jane Roe was not found")
try:
    fails("Jane Roe, jane.roe@acme.example")
except ValueError as error:
    sentry_sdk.capture_exception(error)
sentry_sdk.flush(10)
"""


@pytest.fixture
def received() -> Iterator[tuple[str, list[bytes]]]:
    """A DSN, and the bodies that were sent to it."""
    bodies: list[bytes] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Takes) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", bodies
        server.shutdown()
        thread.join()


@pytest.mark.once
def test_a_fault_is_told_by_its_place_and_nobody_is_named(received, db):
    dsn, bodies = received
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "salesintel.settings", "SENTRY_DSN": dsn}

    subprocess.run([sys.executable, "-c", FAULT], env=env, check=True, cwd=settings.BASE_DIR, timeout=60)

    sent = b"\n".join(bodies)
    [event] = [json.loads(line) for line in sent.split(b"\n") if line.startswith(b'{"') and b'"exception"' in line]
    [fault] = event["exception"]["values"]
    assert fault["type"] == "ValueError"
    assert fault["stacktrace"]["frames"][-1]["function"] == "fails"
    assert event["tags"] == {"request_id": "req-1234", "run_id": "run-5678"}
    assert b"jane" not in sent.lower()


def test_of_a_request_nothing_is_told():
    event = {
        "request": {"url": "https://x/people/jane", "headers": {"Authorization": "Bearer si_x"}, "data": "Jane"},
        "user": {"id": 1},
        "extra": {"name": "Jane"},
        "message": "Jane",
        "server_name": "jane-laptop",
        "exception": {"values": [{"type": "E", "value": "Jane", "stacktrace": {"frames": [{"vars": {"x": "Jane"}}]}}]},
    }

    told = scrubbed(event, None)

    assert "Jane" not in json.dumps(told)
    assert set(told) == {"exception", "contexts", "tags"}
