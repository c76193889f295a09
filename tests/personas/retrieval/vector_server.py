"""A server on loopback that speaks OpenAI's wire of vectors, as Voyage does, and can misbehave."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np


@dataclass
class Vectors:
    """What it was asked, and how it answers: `status`, `size` of its vectors, whether `backwards`, a `location`."""

    address: str = ""
    status: int = 200
    size: int = 8
    backwards: bool = False
    location: str = ""
    number: float = 0.5
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def vector_server() -> Iterator[Vectors]:
    state = Vectors()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.asked.append(body)
            state.keys.append(self.headers.get("authorization", ""))
            self._send(_reply(state, body))

        def _send(self, reply: dict[str, Any]) -> None:
            said = json.dumps(reply).encode()
            self.send_response(state.status)
            if state.location:
                self.send_header("location", state.location)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
        try:
            yield state
        finally:
            server.shutdown()


def _reply(state: Vectors, body: dict[str, Any]) -> dict[str, Any]:
    if state.status != 200:
        return {"error": {"message": "no", "code": "no"}}
    rows = []
    for place, text in enumerate(body["input"]):
        vector = np.full(state.size, state.number, dtype="<f4")
        vector[0] = len(text)
        packed = (
            base64.b64encode(vector.tobytes()).decode() if body.get("encoding_format") == "base64" else vector.tolist()
        )
        rows.append({"object": "embedding", "index": place, "embedding": packed})
    if state.backwards:
        rows.reverse()
    usage = {"prompt_tokens": 12, "total_tokens": 12}
    return {"object": "list", "data": rows, "model": body["model"], "usage": usage}
