"""A run is recorded without its secrets and played again from the file alone."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from django.core.management import CommandError, call_command

from enrichment.models import Provider, ResearchRequest, Source
from enrichment.sandbox.archive import BadHar, exchanges_in
from enrichment.sandbox.replay import Replay
from enrichment.sandbox.server import SandboxServer, Server
from enrichment.sources.base import registry
from enrichment.workflow import answers
from salesintel.accounts.models import User
from tests import seeding

pytestmark = pytest.mark.once


# --- A whole run ------------------------------------------------------------------------------------------------------


def secret_of(provider: Provider, name: str) -> str:
    """A credential that looks different in a URL, in JSON and in Base64."""
    return f's3cr3t-{provider.slug}-{name}+/é"='


def open_shop(url: str) -> None:
    """The rules, every source, each provider live with a key of its own, at the server of that URL."""
    seeding.rules()
    seeding.demo_companies()
    User.objects.create_superuser("root", "root@example.com", "correct horse")
    Source.objects.filter(slug__in=registry.sources).update(enabled=True)
    for provider in Provider.objects.all():
        provider.base_url = f"{url}/{{host}}"
        provider.credentials = {name: secret_of(provider, name) for name in provider.credential_names}
        provider.save()


def analysis() -> dict[str, Any]:
    """The brief of the one request, without the moments of its writing."""
    request = ResearchRequest.objects.get(consumer="customer_intelligence")
    found: dict[str, Any] = answers.envelope(request)["data"]["analysis"]
    return without(found, {"last_updated", "data_quality"})


def without(content: Any, names: set[str]) -> Any:
    match content:
        case dict():
            return {name: without(value, names) for name, value in content.items() if name not in names}
        case list():
            return [without(value, names) for value in content]
    return content


def test_a_recorded_run_is_played_again_to_the_same_brief(
    transactional_db: None, sandbox: SandboxServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "acme.har"
    open_shop(sandbox.url)
    call_command("research", "Acme Corp", "--vendor", "Okta", "--role", "AE", "--record", str(file))
    recorded, asked = analysis(), len(sandbox.calls())
    secrets = [secret_of(p, name) for p in Provider.objects.all() for name in p.credential_names]
    call_command("flush", interactive=False)

    with Server(Replay(exchanges_in(file))) as server:
        open_shop(server.url)
        call_command("research", "Acme Corp", "--vendor", "Okta", "--role", "AE")
        told = httpx.get(f"{server.url}/_control/unmatched").json()

    assert recorded["news_signals"]
    assert recorded["target_contacts"]
    assert analysis() == recorded
    assert told == {"unmatched": [], "answered": asked}
    assert f"recorded  {asked} exchanges" in capsys.readouterr().err
    written = file.read_bytes()
    assert b"api_key=[removed]" in written
    assert len(secrets) >= 6
    assert [secret for secret in secrets for spelling in spellings(secret) if spelling in written] == []
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_recording_that_cannot_be_written_is_told_and_buys_nothing(
    transactional_db: None, sandbox: SandboxServer, tmp_path: Path
) -> None:
    open_shop(sandbox.url)

    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("research", "Acme Corp", "--record", str(tmp_path / "nowhere" / "acme.har"))

    assert ResearchRequest.objects.get().status == ResearchRequest.Status.CANCELLED
    assert sandbox.calls() == []


def spellings(secret: str) -> Iterator[bytes]:
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield quote(secret).encode()
    yield json.dumps(secret)[1:-1].encode()
    yield json.dumps(json.dumps(secret)[1:-1])[1:-1].encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")


# --- Playing ----------------------------------------------------------------------------------------------------------


def entry(url: str, text: str = "", *, method: str = "GET", status: int = 200, sent: str = "", **content: Any) -> Any:
    """One entry of a HAR file, as far as it is read."""
    request = {"method": method, "url": url, "headers": [], "postData": {"mimeType": "application/json", "text": sent}}
    headers = [{"name": ":status", "value": "200"}, {"name": "Content-Encoding", "value": "br"}]
    answer = {"status": status, "headers": headers, "content": {"text": text, **content}}
    return {"request": request, "response": answer}


@pytest.fixture
def har(tmp_path: Path) -> Path:
    return tmp_path / "some.har"


def write(har: Path, *entries: Any) -> None:
    har.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))


@contextmanager
def playing(har: Path, *entries: Any) -> Iterator[str]:
    """Where the entries are played."""
    write(har, *entries)
    with Server(Replay(exchanges_in(har))) as server:
        yield server.url


def test_what_is_asked_again_is_answered_in_the_recorded_order_and_then_by_the_last(har: Path) -> None:
    job = "https://api.example/job/7"

    with playing(har, entry(job, "not yet"), entry(job, "done")) as url:
        said = [httpx.get(f"{url}/api.example/job/7").text for _ in range(3)]

    assert said == ["not yet", "done", "done"]


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ("?q=acme&api_key=[removed]", "?q=acme&api_key=abc"),
        ("?a=1&b=2", "?b=2&a=1"),
        ("?since=1763700000", "?since=1763786400"),
        ("?from=2026-11-20", "?from=2026-11-21"),
        ("?from=20261120120000", "?from=20261121093000"),
    ],
)
def test_keys_the_order_of_parameters_and_the_day_do_not_count(har: Path, recorded: str, asked: str) -> None:
    with playing(har, entry(f"https://api.example/search{recorded}", "found")) as url:
        assert httpx.get(f"{url}/api.example/search{asked}").text == "found"


@pytest.mark.parametrize("asked", ["?q=other", "?q=acme&page=2", "", "?q=acme&q=acme"])
def test_another_question_is_not_in_the_recording(har: Path, asked: str) -> None:
    with playing(har, entry("https://api.example/search?q=acme", "found")) as url:
        answer = httpx.get(f"{url}/api.example/search{asked}")
        told = httpx.get(f"{url}/_control/unmatched").json()

    assert answer.status_code == 501
    assert told == {"unmatched": ["GET api.example/search"], "answered": 0}


def test_a_body_in_json_is_the_same_but_for_its_secrets(har: Path) -> None:
    sent = json.dumps({"token": "[removed]", "size": 3, "of": ["acme"]})

    with playing(har, entry("https://api.example/find", "found", method="POST", sent=sent)) as url:
        same = httpx.post(f"{url}/api.example/find", json={"of": ["acme"], "size": 3, "token": "abc"})
        other = httpx.post(f"{url}/api.example/find", json={"of": ["acme"], "size": 4, "token": "abc"})

    assert (same.text, other.status_code) == ("found", 501)


def test_an_exchange_that_failed_breaks_again(har: Path) -> None:
    with playing(har, entry("https://api.example/search", status=0)) as url, pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/api.example/search")


def test_a_recording_of_a_browsers_is_played(har: Path) -> None:
    body = base64.b64encode(b"\x89PNG").decode()

    with playing(har, entry("https://acme.example/", body, encoding="base64")) as url:
        answer = httpx.get(f"{url}/acme.example/")

    assert answer.content == b"\x89PNG"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value at line 1; is the file whole?"),
        (b'{"log": {"entries": [\n{"request": {"url": "https://a.exa', "at line 2; is the file whole?"),
        (b"\xff\xfe", "it is not text in UTF-8"),
        (b"[" * 100_000, "it is nested too deep"),
        (b"[]", "it has no log.entries"),
        (b'{"log": {"entries": [{}]}}', "entry 1: it has no request"),
        (
            b'{"log": {"entries": [{"request": {}, "response": {}}]}}',
            "entry 1: request.url or request.method is missing",
        ),
    ],
)
def test_a_file_that_is_no_har_is_told_in_one_line(har: Path, content: bytes, why: str) -> None:
    har.write_bytes(content)

    with pytest.raises(CommandError) as refused:
        call_command("sandbox", replay=har)

    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": 99}, "response.status is no status"),
        ({"status": "200"}, "response.status is no status"),
        ({"content": {"text": "?", "encoding": "base64"}}, "response.content is no Base64"),
    ],
)
def test_an_entry_that_cannot_be_played_is_named(har: Path, change: dict[str, Any], why: str) -> None:
    good, bad = entry("https://a.example/"), entry("https://a.example/")
    write(har, good, bad | {"response": bad["response"] | change})

    with pytest.raises(BadHar, match=f"entry 2: {why}"):
        exchanges_in(har)


def test_a_file_that_is_not_there_is_told(har: Path) -> None:
    with pytest.raises(BadHar, match="cannot be read: No such file"):
        exchanges_in(har)
