"""`manage.py sandbox` runs until it is told to stop."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_the_command_serves_with_faults_and_stops_on_sigterm() -> None:
    port = free_port()
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port), "--latency", "0"]
    process = subprocess.Popen(
        [*command, "--faults", "serpapi.com=503*1"], stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_control/health")

        reply = httpx.get(f"{url}/serpapi.com/search.json")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()

    assert reply.status_code == 503
    assert output == f"Sandbox: {url}\n"


def test_the_command_serves_a_recording_and_tells_what_is_not_in_it(tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "one.har"
    request = {"method": "GET", "url": "https://api.example/find?q=acme"}
    answer = {"status": 200, "headers": [], "content": {"text": "found"}}
    file.write_text(json.dumps({"log": {"entries": [{"request": request, "response": answer}]}}))
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port), "--replay", str(file)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_control/health")

        found, missing = httpx.get(f"{url}/api.example/find?q=acme"), httpx.get(f"{url}/api.example/else?key=k")
        process.send_signal(signal.SIGTERM)
        output, told = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()

    assert (found.text, missing.status_code) == ("found", 501)
    assert output == f"Replay of 1 exchanges: {url}\n"
    assert told == "not in the recording: GET api.example/else\n"


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


def test_a_bad_fault_is_told_in_one_line() -> None:
    with pytest.raises(CommandError, match="names no fault"):
        call_command("sandbox", faults="serpapi.com")


@pytest.mark.parametrize("argument", [("--port", "99999"), ("--port", "0"), ("--latency", "nan"), ("--latency=-1",)])
def test_a_number_that_cannot_be_is_refused(argument: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=f"argument {argument[0][:6]}"):
        call_command("sandbox", *argument)
