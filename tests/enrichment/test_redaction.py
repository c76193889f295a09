"""No secret is written down, wherever it stands and however it is spelt."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.egress import Har
from enrichment.egress.har import Came, Sent
from enrichment.egress.redaction import REMOVED, SHORTEST, Redactor

pytestmark = pytest.mark.once


def knowing(*secrets: str) -> Redactor:
    redactor = Redactor()
    redactor.learn(secrets)
    return redactor


@pytest.mark.parametrize(
    "name", ["api_key", "apikey", "KEY", "token", "access_token", "client_id", "client-secret", "password", "user_id"]
)
def test_a_parameter_that_holds_a_secret_is_removed_by_its_name(name: str) -> None:
    assert Redactor().url(f"https://api.example/find?q=acme&{name}=x") == (
        f"https://api.example/find?q=acme&{name}={REMOVED}"
    )


@pytest.mark.parametrize("name", ["keyword", "q", "next_page_token", "monkey", "tokens", "author"])
def test_a_parameter_of_a_similar_name_stays(name: str) -> None:
    url = f"https://api.example/find?{name}=x"

    assert Redactor().url(url) == url


@pytest.mark.parametrize(
    "name", ["Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "x-cb-user-key", "X-Token"]
)
def test_a_header_that_holds_a_secret_keeps_its_name_alone(name: str) -> None:
    assert list(Redactor().headers([(name, "Bearer x")])) == [(name, REMOVED)]


def test_of_a_cookie_that_is_set_the_name_stays_for_it_tells_what_runs_there() -> None:
    found = list(Redactor().headers([("Set-Cookie", "JSESSIONID=8F1; Path=/; HttpOnly")]))

    assert found == [("Set-Cookie", f"JSESSIONID={REMOVED}; Path=/; HttpOnly")]


def test_a_redirect_is_written_without_its_key() -> None:
    assert list(Redactor().headers([("location", "/next?key=x")])) == [("location", f"/next?key={REMOVED}")]


def test_a_form_and_a_body_in_json_are_written_without_their_secrets() -> None:
    form = Redactor().sent("grant_type=client_credentials&client_secret=x", "application/x-www-form-urlencoded")
    content = Redactor().sent('{"filter": [{"api_key": "x", "size": 1}]}', "application/json; charset=utf-8")

    assert form == f"grant_type=client_credentials&client_secret={REMOVED}"
    assert json.loads(content) == {"filter": [{"api_key": REMOVED, "size": 1}]}


def test_a_token_that_was_answered_is_a_secret_from_then_on() -> None:
    redactor = Redactor()

    answer = redactor.received('{"access_token": "tok\\/en-1234", "expires_in": 3600}')

    assert json.loads(answer) == {"access_token": REMOVED, "expires_in": 3600}
    assert redactor.text("asked with tok/en-1234") == f"asked with {REMOVED}"


def test_a_short_credential_is_removed_by_name_alone_for_it_may_be_a_word() -> None:
    redactor = knowing("sandbox")

    assert redactor.received("the sandbox") == "the sandbox"
    assert redactor.url("https://a.example/?api_key=sandbox") == f"https://a.example/?api_key={REMOVED}"


SECRETS = st.text(st.characters(codec="utf-8"), min_size=SHORTEST, max_size=40).map(lambda text: f"k-{text}-y")


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
@example("k-000000:/-y", "", "")
def test_a_known_secret_is_nowhere_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, secret: str, before: str, after: str
) -> None:
    path = tmp_path_factory.mktemp("har") / "one.har"
    body = json.dumps({"said": before + secret + after}).encode()
    sent = Sent(
        method="POST",
        url=f"https://api.example/{quote(secret, safe='')}/find?{urlencode({'q': secret})}",
        headers=[
            ("x-account", quote(secret)),
            ("authorization", f"Basic {base64.b64encode(secret.encode()).decode()}"),
        ],
        body=body,
    )

    with Har(path) as har:
        har.note(sent, Came(status=200, body=body), seconds=0.1, secrets=[secret])

    entry = json.loads(path.read_text())["log"]["entries"][0]
    request, content = entry["request"], entry["response"]["content"]["text"]
    assert json.loads(content)["said"] == json.loads(request["postData"]["text"])["said"] == before + REMOVED + after
    assert request["url"] == f"https://api.example/{REMOVED}/find?q={REMOVED}"
    assert {header["value"] for header in request["headers"]} == {REMOVED}


def test_bytes_that_are_no_text_are_kept_as_they_are_but_for_secrets(tmp_path: Path) -> None:
    with Har(tmp_path / "one.har") as har:
        came = Came(status=200, body=b"\xff\x00 s3cr3t-s3cr3t \xfe")
        har.note(
            Sent(method="GET", url="https://a.example/", headers=[], body=b""),
            came,
            seconds=0,
            secrets=["s3cr3t-s3cr3t"],
        )

    content = json.loads((tmp_path / "one.har").read_text())["log"]["entries"][0]["response"]["content"]
    assert base64.b64decode(content["text"]) == b"\xff\x00 [removed] \xfe"


def test_a_disk_that_is_full_costs_the_recording_and_not_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    sent = Sent(method="GET", url="https://a.example/", headers=[], body=b"")

    with Har(Path("/dev/full")) as har:
        har.note(sent, Came(status=200), seconds=0.1, secrets=[])

    assert har.count == 0
    assert "could not be recorded" in caplog.text
