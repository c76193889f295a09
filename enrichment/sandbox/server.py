"""Running the sandbox: in the foreground for a person, in a thread for a test."""

import json
import socket
import struct
import threading
import time
from asyncio import Transport
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from enrichment.sandbox.app import Sandbox, build
from enrichment.sandbox.faults import Rule
from enrichment.sandbox.replay import Replay
from enrichment.sandbox.world import World

LINGER_ZERO = struct.pack("ii", 1, 0)


class BreakableProtocol(HttpToolsProtocol):
    """HTTP whose connection the application may break: `scope["state"]["abort"]()`. ASGI has no word for that."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)

        def abort() -> None:
            # With a linger time of zero the kernel sends RST, not FIN: the peer sees a reset.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            transport.abort()

        self.app_state = {**self.app_state, "abort": abort}


def configuration(application: Sandbox | Replay, *, host: str, port: int, log_level: str = "warning") -> uvicorn.Config:
    """How uvicorn runs the sandbox. A hanging reply does not hold up its end for more than a second."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        http=BreakableProtocol,
        ws="none",
        lifespan="off",
        log_level=log_level,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=1,
    )


class Server:
    """An application of the sandbox's on a free port of 127.0.0.1, in a thread, as a context manager."""

    def __init__(self, application: Sandbox | Replay, *, port: int = 0) -> None:
        self.application = application
        self.port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        server = uvicorn.Server(configuration(self.application, host="127.0.0.1", port=self.port, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="sandbox")
        thread.start()
        self._server, self._thread = server, thread
        self._wait_until_it_answers(server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=10)

    def _wait_until_it_answers(self, server: uvicorn.Server) -> None:
        deadline = time.monotonic() + 10
        while not server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("The sandbox did not start within 10 s.")
            time.sleep(0.005)

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


class SandboxServer(Server):
    """A sandbox on a free port of 127.0.0.1, as a context manager.

        with SandboxServer() as sandbox:
            sandbox.fault(host="serpapi.com", kind="503", times=1)
            ...  # requests to f"{sandbox.url}/serpapi.com/search.json"
            sandbox.calls(kind="serp_news")

    `latency` scales the providers' latencies; 0 answers at once.
    """

    def __init__(self, *, latency: float = 0.0, world: World | None = None, port: int = 0) -> None:
        self.sandbox = build(world, latency=latency)
        super().__init__(self.sandbox, port=port)

    def calls(self, kind: str = "", *, host: str = "") -> list[dict[str, Any]]:
        """The calls received so far, oldest first: all, or those of one kind (`serp_news`) or host."""
        found: list[dict[str, Any]] = self._control("GET", f"calls?kind={kind}&host={host}")["calls"]
        return found

    def spent(self) -> str:
        """What all calls would have cost, in USD: `0.27`."""
        return str(self._control("GET", "calls")["total_usd"])

    def fault(
        self, kind: str, *, host: str = "*", path: str = "/", times: int | None = None, retry_after: float | None = None
    ) -> None:
        """Let matching requests go wrong, `times` times or always. Raises `BadFault` for an unknown kind."""
        rule = Rule(kind=kind, host=host, path=path, times=times, retry_after=retry_after)
        self.sandbox.faults.rules.append(rule)

    def heal(self) -> None:
        """Take every fault back; calls and jobs stay."""
        self._control("DELETE", "faults")

    def latency(self, *, factor: float | None = None, seconds: float | None = None, host: str = "*") -> None:
        """Scale the natural latencies, or fix the latency of a host."""
        content = {"factor": factor} if factor is not None else {"seconds": seconds, "host": host}
        self._control("POST", "latency", content)

    def turn_to(self, chapter: int) -> None:
        """Let the world be in that chapter."""
        self._control("POST", "chapter", {"chapter": chapter})

    def reset(self) -> None:
        """Forget every call, job, token, fault and changed latency; the world is as it was at first."""
        self._control("POST", "reset")

    def _control(self, method: str, path: str, content: Any = None) -> Any:
        body = json.dumps(content).encode() if content is not None else None
        request = Request(f"{self.url}/_control/{path}", data=body, method=method)  # noqa: S310 - always loopback
        with urlopen(request, timeout=10) as reply:  # noqa: S310
            return json.load(reply)
