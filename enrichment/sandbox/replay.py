"""Recorded exchanges instead of the world: the answers of a HAR file to whoever asks the same again."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from enrichment.sandbox.archive import Exchange
from enrichment.sandbox.delivery import Send, deliver
from enrichment.sandbox.faults import Rule
from enrichment.sandbox.messages import Reply, Request, json_reply
from enrichment.sandbox.receiving import Receive, Scope, request_of

REMOVED = (
    "[removed]"  # what recordings have in place of a secret (`enrichment/egress/redaction.py`): stands for anything
)
UNMATCHED = 501  # no provider of ours answers that, so it is told from a recorded failure
_TIME = re.compile(r"\b(?:1\d{9}|20\d{12}|20\d{2}-\d{2}-\d{2})\b")  # which moves with the day that is asked on


@dataclass(slots=True)
class Replay:
    """The ASGI application. The first part of the path names the host, as in the sandbox.

    Whoever asks the same several times, say for a job's end, gets the recorded answers in their order, then the last
    one again. A recorded failure breaks the connection. What is not recorded is answered with 501 and listed at
    `/_control/unmatched`.
    """

    exchanges: Sequence[Exchange]
    tell: Callable[[str], object] = lambda _line: None  # whoever runs it, of what is not recorded
    given: set[int] = field(default_factory=set)  # places of the exchanges that were played
    answered: int = 0
    unmatched: list[str] = field(default_factory=list)  # method, host and path; a query may hold a key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await request_of(scope, receive)
        if request.host == "_control":
            await deliver(self.control(request), send)
            return
        place = self.place_of(request)
        if place is None:
            self.unmatched.append(f"{request.method} {request.host}{request.path}")
            self.tell(f"not in the recording: {self.unmatched[-1]}")
            await deliver(json_reply({"error": "This exchange is not in the recording."}, UNMATCHED), send)
            return
        self.given.add(place)
        self.answered += 1
        reply = self.exchanges[place].reply
        broken = Rule(kind="reset") if reply is None else None
        await deliver(reply or Reply(), send, rule=broken, abort=scope.get("state", {}).get("abort"))

    def place_of(self, request: Request) -> int | None:
        """Where the answer is: the first one not yet given of the same request, else of the same but for its times."""
        for alike in (_is_same, _is_same_but_for_times):
            places = [place for place, known in enumerate(self.exchanges) if _agree(known.request, request, alike)]
            if places:
                return next((place for place in places if place not in self.given), places[-1])
        return None

    def control(self, request: Request) -> Reply:
        """`GET health`, `GET unmatched`, `POST reset`, below `/_control/`."""
        match request.method, request.path:
            case "GET", "/health":
                return json_reply({"status": "ok", "exchanges": len(self.exchanges)})
            case "GET", "/unmatched":
                return json_reply({"unmatched": self.unmatched, "answered": self.answered})
            case "POST", "/reset":
                self.given.clear()
                self.unmatched.clear()
                self.answered = 0
                return json_reply({"status": "reset"})
        return json_reply(
            {"error": f"{request.method} {request.path} is not here.", "see": Replay.control.__doc__}, 404
        )


Alike = Callable[[str, str], bool]  # recorded, asked


def _is_same(recorded: str, asked: str) -> bool:
    return recorded == asked or REMOVED in recorded


def _is_same_but_for_times(recorded: str, asked: str) -> bool:
    return _is_same(_TIME.sub("", recorded), _TIME.sub("", asked))


def _agree(recorded: Request, asked: Request, alike: Alike) -> bool:
    return (
        (recorded.method, recorded.host) == (asked.method, asked.host)
        and _same_path(recorded.path, asked.path, alike)
        and _same_pairs(recorded.query, asked.query, alike)
        and _same_body(recorded, asked, alike)
    )


def _same_path(recorded: str, asked: str, alike: Alike) -> bool:
    ours, theirs = recorded.split("/"), asked.split("/")
    return len(ours) == len(theirs) and all(map(alike, ours, theirs))


def _same_pairs(recorded: Iterable[tuple[str, str]], asked: Iterable[tuple[str, str]], alike: Alike) -> bool:
    """Whether the parameters are the same in any order; several of one name in theirs."""
    ours, theirs = _grouped(recorded), _grouped(asked)
    return ours.keys() == theirs.keys() and all(
        len(values) == len(theirs[name]) and all(map(alike, values, theirs[name])) for name, values in ours.items()
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for name, value in pairs:
        found[name].append(value)
    return found


def _same_body(recorded: Request, asked: Request, alike: Alike) -> bool:
    if recorded.body == asked.body:
        return True
    if "form-urlencoded" in asked.headers.get("content-type", ""):
        ours, theirs = (
            parse_qsl(each.body.decode("utf-8", "replace"), keep_blank_values=True) for each in (recorded, asked)
        )
        return _same_pairs(ours, theirs, alike)
    kept = recorded.json()
    return kept is not None and _same_content(kept, asked.json(), alike)


def _same_content(recorded: Any, asked: Any, alike: Alike) -> bool:
    match recorded, asked:
        case dict(), dict():
            return recorded.keys() == asked.keys() and all(
                _same_content(value, asked[name], alike) for name, value in recorded.items()
            )
        case list(), list():
            return len(recorded) == len(asked) and all(
                _same_content(ours, theirs, alike) for ours, theirs in zip(recorded, asked, strict=True)
            )
    return alike(*(each if isinstance(each, str) else json.dumps(each) for each in (recorded, asked)))
