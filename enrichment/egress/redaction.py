"""What of an exchange may not be written down: keys, tokens, passwords, cookies. Pure."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

REMOVED = "[removed]"  # in place of a secret; `enrichment/sandbox/replay.py` takes it for anything
SHORTEST = 8  # characters: a shorter secret is removed by its name alone, for it may be a word of the answer

_PLAIN = re.compile(r"[\w.~-]+", re.ASCII)  # what nobody escapes
_HEADER = re.compile(r"auth|cookie|key|token|secret|session|signature")
_COOKIE = re.compile(r"^([^=;]*)=[^;]*")
_FIELD = re.compile(
    r"(?:(?:api|user|app|access|private|subscription)_?)?key|(?:(?:access|refresh|id|auth|api|session)_?)?token"
    r"|client_id|(?:client_|api_)?secret|pass(?:word|wd)?|auth(?:orization)?|sig(?:nature)?|user_?id|session(?:_?id)?"
)
_PAIR = re.compile(r"(^|[?&])([^=&#]*)=([^&#]*)")  # of a query string or a form
_GIVEN = re.compile(  # in an answer in JSON, above all a token endpoint's
    r'("(?:access_token|refresh_token|id_token|client_secret|api_key|apikey|password)"\s*:\s*")((?:[^"\\]|\\.)*)'
)


class Redactor:
    """Takes secrets out, by the names that they go by and, once known, by what they are, in any spelling."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}  # spellings, longest first: one may be the beginning of another
        self._escaped = re.compile(r"(?!)")  # any of them as URLs escape it

    def learn(self, secrets: Iterable[str]) -> None:
        """Remove these wherever they stand, from now on."""
        new = {spelling for secret in secrets if len(secret) >= SHORTEST for spelling in _spellings(secret)}
        if new - self._known.keys():
            self._known = dict.fromkeys(sorted(new | self._known.keys(), key=len, reverse=True))
            odd = [spelling for spelling in self._known if not _PLAIN.fullmatch(spelling)]
            self._escaped = re.compile("|".join(map(_as_escaped, odd)) or r"(?!)")

    def text(self, text: str) -> str:
        """Without the secrets that are known."""
        for spelling in self._known:
            text = text.replace(spelling, REMOVED)
        return self._escaped.sub(REMOVED, text) if "%" in text or "+" in text else text

    def url(self, url: str) -> str:
        parts = urlsplit(url)
        return self.text(urlunsplit(parts._replace(query=_pairs(parts.query))))

    def headers(self, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """With their names. Of a cookie that is set the name stays, for it tells what runs there."""
        for name, value in headers:
            if name.lower() == "set-cookie":
                yield name, _COOKIE.sub(rf"\1={REMOVED}", value)
            elif _HEADER.search(name.lower()):
                yield name, REMOVED
            else:
                yield name, self.url(value) if name.lower() == "location" else self.text(value)

    def sent(self, body: str, content_type: str) -> str:
        """A request's body: a form or JSON without the fields that hold secrets."""
        if "form-urlencoded" in content_type:
            body = _pairs(body)
        elif "json" in content_type:
            body = _json(body)
        return self.text(body)

    def received(self, body: str) -> str:
        """An answer's body; a token in it is a secret from now on."""
        self.learn(_unescaped(found[2]) for found in _GIVEN.finditer(body))
        return self.text(_GIVEN.sub(rf"\1{REMOVED}", body))


def _spellings(secret: str) -> Iterator[str]:
    """As it is, as in JSON, and in Base64, beginning and end of which depend on what is around."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield base64.b64encode(secret.encode()).decode().rstrip("=")


def _as_escaped(text: str) -> str:
    """A pattern for the text as it is in a URL: which signs are escaped there, and how, is up to who writes it."""
    return "".join(re.escape(sign) if _PLAIN.fullmatch(sign) else f"(?:{_odd(sign)})" for sign in text)


def _odd(sign: str) -> str:
    octets = "".join(f"%{octet:02x}" for octet in sign.encode())
    return "|".join([re.escape(sign), f"(?i:{octets})", *([r"\+"] if sign == " " else [])])


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _is_secret(name: str) -> bool:
    return bool(_FIELD.fullmatch(name.lower().replace("-", "_")))


def _pairs(text: str) -> str:
    return _PAIR.sub(lambda pair: f"{pair[1]}{pair[2]}={REMOVED}" if _is_secret(pair[2]) else pair[0], text)


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
