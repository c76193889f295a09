"""The product as it is served: uvicorn on loopback, with our shell around Django, on the test's database."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import uvicorn
from django.conf import settings

START_WITHIN = 60.0  # seconds; the machine may be busy


@contextmanager
def served() -> Iterator[str]:
    """The address of a server in a thread of this process, with this test's settings."""
    from salesintel.asgi import application

    quiet: dict[str, Any] = {"lifespan": "off", "log_level": "warning", "access_log": False}
    running = uvicorn.Server(uvicorn.Config(application, port=0, ws_max_size=65536, proxy_headers=False, **quiet))
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + START_WITHIN
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        running.should_exit = True
        thread.join(timeout=10)


class Server:
    """A server in a process of its own, which can be killed and started again on the same port."""

    def __init__(self, port: int, environment: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        options = ["--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "15"]
        options.append("--no-proxy-headers")
        self._command = [sys.executable, "-m", "uvicorn", "salesintel.asgi:application", *options]
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises `TimeoutError`."""
        self.process = subprocess.Popen(self._command, cwd=settings.BASE_DIR, env=self._environment)
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.url} did not answer within {START_WITHIN:g} s.")
            time.sleep(0.05)

    def stop(self, sign: signal.Signals = signal.SIGKILL) -> float:
        """End it; the seconds that it took."""
        begun = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, sign)
            self.process.wait(START_WITHIN)
        return time.monotonic() - begun

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/ready", timeout=5):
                return True
        except OSError:
            return False
