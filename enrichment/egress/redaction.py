"""What of an exchange may not be written down: keys, tokens, passwords, cookies. Pure."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from enrichment.egress.spellings import Spelling, spellings

REMOVED = "[removed]"  # in place of a secret; `enrichment/sandbox/replay.py` takes it for anything
SHORTEST = 8  # characters: a shorter secret is removed by its name alone, for it may be a word of the answer
LONG = 20  # characters: what an answer calls a secret is one, even without a digit

_HEADER = re.compile(r"auth|cookie|key|token|secret|session|signature|credential|passw|jwt")
_COOKIE = re.compile(r"^([^=;]*)=[^;]*")
# Names are compared whole, in snake case: `tokens`, `keywords`, `nextPageToken` and `secretary` are data, and a
# recording without them answers other questions than those that were asked.
_FIELD = re.compile(
    r"(?:(?:x|api|user|app|access|private|secret|subscription)_?)*key|hapikey|aws_?access_?key_?id"
    r"|(?:x_)?(?:(?:access|refresh|id|o?auth|api|session|bearer)_?)?token|jwt"
    r"|client_?id|(?:client_?|api_?)?secret|pass(?:word|wd)?|auth(?:orization)?|user_?id|session(?:_?id)?"
    r"|sig(?:nature)?|x_(?:amz|goog)_(?:signature|credential|security_token)"
)
_GIVEN_NAME = re.compile(
    r"(?:(?:access|refresh|id|o?auth|api|session|bearer)_?)?token|(?:client_?|api_?)?secret"
    r"|(?:api|access|private|secret)_?key|password|jwt"
)
_GIVEN = re.compile(  # in an answer in JSON, above all a token endpoint's
    r'("([\w-]{0,40}(?:token|secret|key|password|jwt))"\s*:\s*")((?:[^"\\]|\\.)*)', re.IGNORECASE | re.ASCII
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|-")
_NAME = re.compile(r"(^|[?&#])([^=&#?]*)=")  # of a parameter in a query string, a fragment or a form
_USER = re.compile(r"(?<![^:<=;,\s\"'])//[^/?#\s<>\"']+@")
_ADDRESS = re.compile(r"(?<=<)[^>]*|(?:https?:)?//[^\s<>\"']*")  # in a header


class Redactor:
    """Takes secrets out, by the names that they go by and, once known, by what they are, in any spelling."""

    def __init__(self) -> None:
        self._known: dict[str, Spelling] = {}  # longest first: one may be the beginning of another

    def learn(self, secrets: Iterable[str]) -> None:
        """Remove these wherever they stand, from now on."""
        new = {each.written: each for secret in set(secrets) if self._is_new(secret) for each in spellings(secret)}
        if new:
            known = self._known | new
            self._known = {written: known[written] for written in sorted(known, key=len, reverse=True)}

    def _is_new(self, secret: str) -> bool:
        return len(secret) >= SHORTEST and secret not in self._known

    def text(self, text: str) -> str:
        """Without the secrets that are known."""
        for spelling in self._known.values():
            text = spelling.replaced(text, REMOVED)
        return text

    def url(self, url: str) -> str:
        """Without who logs in, and without secret parameters of its query and its fragment."""
        return self.text(_pairs(_USER.sub(f"//{REMOVED}@", url), ends="&#"))

    def headers(self, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """With their names. Of a cookie that is set the name stays, for it tells what runs there."""
        for name, value in headers:
            match name.lower():
                case "set-cookie":
                    yield name, self.text(_COOKIE.sub(rf"\1={REMOVED}", value))
                case lower if _HEADER.search(lower):
                    yield name, REMOVED
                case "location" | "content-location" | "refresh":
                    yield name, self.url(value)
                case _:
                    yield name, self.text(_ADDRESS.sub(lambda found: self.url(found[0]), value))

    def sent(self, body: str, content_type: str) -> str:
        """A request's body: a form or JSON without the fields that hold secrets."""
        if "form-urlencoded" in content_type:
            body = _pairs(body, ends="&")
        elif "json" in content_type:
            body = _json(body)
        return self.text(body)

    def received(self, body: str) -> str:
        """An answer's body; a token in it is a secret from now on, unless it may be a word of other answers."""
        given = [found for found in _GIVEN.finditer(body) if _GIVEN_NAME.fullmatch(_snake(found[2]))]
        self.learn(secret for secret in (_unescaped(found[3]) for found in given) if not _is_wordy(secret))
        return self.text(_GIVEN.sub(_without_given, body))


def _snake(name: str) -> str:
    """`clientSecret`, `Client-Secret` and `client_secret` → `client_secret`."""
    return _HUMP.sub("_", name).lower().replace("__", "_")


def _is_secret(name: str) -> bool:
    return bool(_FIELD.fullmatch(_snake(name)))


def _without_given(found: re.Match[str]) -> str:
    return f"{found[1]}{REMOVED}" if _GIVEN_NAME.fullmatch(_snake(found[2])) else found[0]


def _is_wordy(text: str) -> bool:
    """Whether it looks like somebody's words, as `"password": "Password"` among a page's labels."""
    return bool(re.search(r"\s", text)) or (len(text) < LONG and not re.search(r"\d", text))


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _pairs(text: str, *, ends: str) -> str:
    """Without the values of secret parameters, each of which goes on to one of the signs `ends`.

    Other values are looked into: `?next=/login?token=…`.
    """
    parts, place = [], 0
    while found := _NAME.search(text, place):
        parts.append(text[place : found.end()])
        place = found.end()
        if _is_secret(unquote_plus(found[2])):
            parts.append(REMOVED)
            place = min((end for end in (text.find(sign, place) for sign in ends) if end >= 0), default=len(text))
    return "".join([*parts, text[place:]])


def _json(text: str) -> str:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(_without(content), ensure_ascii=False)


def _without(content: Any) -> Any:
    match content:
        case dict():
            return {name: REMOVED if _is_secret(name) else _without(value) for name, value in content.items()}
        case list():
            return [_without(value) for value in content]
    return content
