"""No secret is written down, wherever it stands and however it is spelt."""

import base64
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from time import process_time
from urllib.parse import quote, quote_plus, urlencode

import pytest
from django.utils.html import escapejs
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


SECRET_NAMES = [
    *("api_key", "apikey", "KEY", "token", "access_token", "client_id", "client-secret", "password", "user_id"),
    *("accessToken", "refreshToken", "clientSecret", "apiKey", "APIKey", "xApiKey", "oauth_token", "access%5Ftoken"),
    *("X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "X-Goog-Signature", "AWSAccessKeyId"),
    *("hapikey", "jwt"),
]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_parameter_that_holds_a_secret_is_removed_by_its_name(name: str) -> None:
    assert Redactor().url(f"https://api.example/find?q=acme&{name}=x") == (
        f"https://api.example/find?q=acme&{name}={REMOVED}"
    )


# What adapters turn pages by is among them: a recording without it answers every page alike.
DATA_NAMES = [
    *("keyword", "q", "next_page_token", "page_token", "nextPageToken", "pageToken", "monkey", "tokens", "author"),
    *("keywords", "key_people", "keyPeople", "secretary", "X-Amz-Date", "tokenType", "signatures"),
]


@pytest.mark.parametrize("name", DATA_NAMES)
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


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://ann:pw@a.example/x", "https://[removed]@a.example/x"),
        ("//ann@a.example/x", "//[removed]@a.example/x"),
        ("https://a.example/@acme", "https://a.example/@acme"),
        ("https://a.example//ann@acme.example", "https://a.example//ann@acme.example"),
        ("/done#access_token=x&state=7", "/done#access_token=[removed]&state=7"),
        ("/done#/in?token=x#top", "/done#/in?token=[removed]#top"),
        ("/in?next=/there?token=x&page=2", "/in?next=/there?token=[removed]&page=2"),
        ("http://[", "http://["),
    ],
)
def test_a_url_is_written_without_who_logs_in_and_without_secrets_of_its_fragment(url: str, written: str) -> None:
    assert Redactor().url(url) == written


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Link", '<https://a.example/?key=x&p=2>; rel="next"', '<https://a.example/?key=[removed]&p=2>; rel="next"'),
        ("link", "</a?token=x>; rel=a, </b?token=y&p=3>", "</a?token=[removed]>; rel=a, </b?token=[removed]&p=3>"),
        ("Refresh", "5; url=https://ann:pw@a.example/?token=x", "5; url=https://[removed]@a.example/?token=[removed]"),
        ("Refresh", "0;URL='/x?apiKey=x&p=1'", "0;URL='/x?apiKey=[removed]&p=1'"),
        ("Content-Location", "/x?key=x", "/x?key=[removed]"),
        ("Report-To", '{"url":"https://a.example/?token=x"}', '{"url":"https://a.example/?token=[removed]"}'),
        ("Accept", "text/html,*/*;q=0.8", "text/html,*/*;q=0.8"),
    ],
)  # fmt: skip
def test_addresses_in_headers_are_written_without_their_secrets(name: str, value: str, written: str) -> None:
    assert list(Redactor().headers([(name, value)])) == [(name, written)]


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


@pytest.mark.parametrize("name", ["accessToken", "refreshToken", "clientSecret", "apiKey", "token", "secret", "jwt"])
def test_a_field_of_an_answer_that_holds_a_secret_is_removed_by_its_name(name: str) -> None:
    answer = Redactor().received(json.dumps({name: "x", "page": 2}))

    assert json.loads(answer) == {name: REMOVED, "page": 2}


@pytest.mark.parametrize("name", ["tokens", "nextPageToken", "next_page_token", "key", "secretary", "keyPeople"])
def test_a_field_of_an_answer_with_a_similar_name_stays(name: str) -> None:
    answer = json.dumps({name: "CAoQAA12345"})

    assert Redactor().received(answer) == answer


@pytest.mark.parametrize("word", ["Password", "Mot de passe 1", "salesforce"])
def test_a_word_that_an_answer_calls_a_secret_stays_in_all_others(word: str) -> None:
    redactor = Redactor()

    assert json.loads(redactor.received(json.dumps({"password": word}))) == {"password": REMOVED}
    assert redactor.received(f"about {word}") == f"about {word}"


@pytest.mark.parametrize("name", ["accessToken", "refreshToken", "clientSecret", "apiKey"])
def test_camel_case_hides_no_field_of_a_form_or_of_a_body_in_json(name: str) -> None:
    form = Redactor().sent(f"page=2&{name}=x", "application/x-www-form-urlencoded")
    content = Redactor().sent(json.dumps({"of": [{name: "x"}]}), "application/json")

    assert form == f"page=2&{name}={REMOVED}"
    assert json.loads(content) == {"of": [{name: REMOVED}]}


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


def php(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


def of_signs(form: str) -> Callable[[str], str]:
    """Escapes every sign that is neither a letter of ASCII nor a digit."""
    return lambda text: "".join(sign if sign.isascii() and sign.isalnum() else form.format(ord(sign)) for sign in text)


ESCAPES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "PHP": php,
    "PHP in JSON": lambda text: json.dumps(php(text))[1:-1],
    "script": escapejs,
    "HTML": html.escape,
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "HTML in decimal": of_signs("&#{};"),
    "HTML in hex": of_signs("&#x{:X};"),
    "JSON in HTML": lambda text: html.escape(json.dumps(text)[1:-1]),
    "PHP in HTML": lambda text: html.escape(php(text)),
    "HTML in JSON": lambda text: json.dumps(html.escape(text))[1:-1],
    "URL": lambda text: quote(text, safe=""),
    "path": quote,
    "form": quote_plus,
    "URL in URL": lambda text: quote(quote(text, safe=""), safe=""),
    "URL in lower case": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "JSON in a URL": lambda text: quote(json.dumps(text)[1:-1], safe=""),
    "URL in HTML": lambda text: html.escape(quote(text)),
    "Base64": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "Base64 in a URL": lambda text: quote(base64.b64encode(text.encode()).decode().rstrip("="), safe=""),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
}  # fmt: skip
SIGNS = st.one_of(st.sampled_from("/&<>\"'\\+=%-_.~;# u5c\n\té€😀"), st.characters(codec="utf-8"))


@pytest.mark.parametrize("around", ["k{}y", "{}"], ids=["with letters", "of odd signs alone"])
@given(st.text(SIGNS, min_size=SHORTEST, max_size=20))
@example("a-a/b&c'd\"e<f>g\\h%i+j=k l\ny")
@example('\\\\\\"\\/////')
@example("\\u002f\\ny8")
@example("0000000&")
@example("0000000%")
@example("000000\\\U0005c000")
def test_a_known_secret_survives_in_no_spelling(around: str, text: str) -> None:
    secret = around.format(text)
    redactor = knowing(secret)

    found = {name: redactor.text(f"<{escape(secret)}>") for name, escape in ESCAPES.items()}

    assert found == dict.fromkeys(ESCAPES, f"<{REMOVED}>")


def test_looking_for_a_secret_takes_no_longer_on_a_hostile_page() -> None:
    redactor = knowing("/" + "\\a&%" * 10)
    pages = [sign * (200_000 // len(sign)) + "a" for sign in ("\\", "%25", "&amp;", "\\a&%", "//", "&#0")]
    began = process_time()

    assert [redactor.text(page) == page for page in pages] == [True] * len(pages)
    assert process_time() - began < 10


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
