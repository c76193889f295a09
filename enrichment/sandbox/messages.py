"""Requests and replies as plain values, so that a responder is a function of one to the other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl

from enrichment.sandbox.world import World

NOTHING = Decimal("0.00")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What arrived for one provider. `host` and `path` are those of the real URL."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""

    @cached_property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Parameters of the query string and then of a form body, in order."""
        if "form-urlencoded" not in self.headers.get("content-type", ""):
            return self.query
        return (*self.query, *parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def field(self, name: str, default: str = "") -> str:
        """The first value of a parameter."""
        return next((value for key, value in self.fields if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a repeated parameter; `positions`, `positions[]` and `positions[0]` are one name."""
        return tuple(value for key, value in self.fields if key.partition("[")[0] == name)

    def json(self) -> Any:
        """The body as JSON; None where it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def bearer(self) -> str:
        """The token of the Authorization header; empty where there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back, and what is noted about the call."""

    status: int = 200
    body: bytes = b""
    headers: Headers = (("content-type", "application/json"),)
    charged: Decimal = NOTHING  # USD
    ids: tuple[tuple[str, str], ...] = ()  # of jobs, for the log
    takes: float = 0.5  # seconds, at latency factor 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a responder may depend on besides the request."""

    at: datetime
    world: World
    fault: str = ""  # the kind of the fault in force, for a responder that has faults of its own


class Responder(Protocol):
    """One provider. `answer` does the work and charges; `refuse` shapes an error that a fault asks for.

    `kind_of` names what was asked, for the call log: `serp_news`, `snov_contacts`, `snov_contacts_poll` …
    """

    def kind_of(self, request: Request) -> str: ...

    def answer(self, request: Request, moment: Moment) -> Reply: ...

    def refuse(self, status: int) -> Reply: ...

    def reset(self) -> None: ...


def json_reply(content: Any, status: int = 200, *, headers: Headers = (), **noted: Any) -> Reply:
    """`content` as a JSON reply; `noted` are further fields of `Reply`."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Reply(
        status=status, body=body, headers=(("content-type", "application/json; charset=utf-8"), *headers), **noted
    )


def text_reply(
    text: str, status: int = 200, *, kind_of_text: str = "plain", headers: Headers = (), **noted: Any
) -> Reply:
    """`text` as a reply of type `text/<kind_of_text>`; `noted` are further fields of `Reply`."""
    content_type = ("content-type", f"text/{kind_of_text}; charset=utf-8")
    return Reply(status=status, body=text.encode(), headers=(content_type, *headers), **noted)
