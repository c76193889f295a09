"""BuiltWith: lookups of up to sixteen domains. An error is a 200 with `Errors`; only the limit is a status."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.builtwith_records import is_on_file, result, summary
from enrichment.sandbox.messages import Headers, Moment, Reply, Request, json_reply
from enrichment.sandbox.world import Company

PRICE = Decimal("0.30")  # USD per domain that is looked up
CREDITS = 20_000
PER_SECOND = 10
MOST_LOOKUPS = 16
FLAGS = frozenset({"NOMETA", "NOPII", "NOATTR", "HIDETEXT", "HIDEDL", "LIVEONLY", "TRUST"})
WORDS = {
    -1: "Unsupported return type.",
    -2: "API Key was incorrect or missing. It must be a GUID.",
    -3: "You have no API credits left.",
    -8: "The lookup is not a valid root domain.",
    -99: "Internal error.",
}


@dataclass(slots=True)
class BuiltWith:
    """The Domain API with its account, and what was asked within the last second."""

    recent: deque[datetime] = field(default_factory=lambda: deque(maxlen=1000))
    used: int = 0

    def kind_of(self, request: Request) -> str:
        name = request.path.strip("/").partition("/")[0]
        return "builtwith_technographics" if re.fullmatch(r"v\d+", name) else f"builtwith_{name}"

    def answer(self, request: Request, moment: Moment) -> Reply:
        key = key_of(request)
        if key == keys.LIMITED and self.is_over_limit(moment.at):
            return self.refuse(429)
        name, _, form = request.path.strip("/").partition("/")
        if form != "api.json":
            return self.failed(-1)
        if key in {"", keys.WRONG}:
            return self.failed(-2)
        match name:
            case "usagev2":
                return self.reply({"used": self.used, "purchased": CREDITS, "remaining": self.left(key)}, takes=0.2)
            case "whoamiv1":
                return self.reply(self.account(key), takes=0.2)
            case "free1":
                return self.free(request, moment)
        return self.lookup(request, moment) if re.fullmatch(r"v\d+", name) else json_reply({}, 404, takes=0.2)

    def refuse(self, status: int) -> Reply:
        if status != 429:
            return json_reply({"error": "Service error"}, status, takes=0.2)
        content = {
            "error": "Rate limit exceeded",
            "maxConcurrentRequests": 8,
            "maxRequestsPerSecond": PER_SECOND,
            "currentConcurrentRequests": 0,
            "currentRequestsInWindow": len(self.recent),
            "retryAfterSeconds": 1,
        }
        return json_reply(content, 429, takes=0.1)

    def reset(self) -> None:
        self.recent.clear()
        self.used = 0

    def is_over_limit(self, at: datetime) -> bool:
        """Whether this call is one too many within a second."""
        while self.recent and at - self.recent[0] >= timedelta(seconds=1):
            self.recent.popleft()
        self.recent.append(at)
        return len(self.recent) > PER_SECOND

    def left(self, key: str) -> int:
        return 0 if key == keys.RUN_OUT else CREDITS - self.used

    def failed(self, code: int) -> Reply:
        told = {"Lookup": None, "Code": code, "Message": WORDS[code]}
        return self.reply({"Results": [], "Errors": [told]}, takes=0.2)

    def reply(self, content: dict[str, Any], *, charged: int = 0, takes: float = 0.5) -> Reply:
        headers: Headers = (
            ("x-ratelimit-limit-concurrent", "8"),
            ("x-ratelimit-limit-persecond", str(PER_SECOND)),
            ("x-api-credits-available", str(CREDITS)),
            ("x-api-credits-used", str(self.used)),
            ("x-api-credits-remaining", str(CREDITS - self.used)),
        )
        return json_reply(content, headers=headers, charged=PRICE * charged, takes=takes)

    def account(self, key: str) -> dict[str, Any]:
        return {
            "account": {"email": "owner@sandbox.example", "plan": "Team", "max_batch_size": {"domain_lookup": 16}},
            "rate_limits": {"requests_per_second": PER_SECOND, "concurrency": 8},
            "credits": {"purchased": CREDITS, "used": self.used, "remaining": self.left(key)},
            "privacy": {"pii_allowed": False, "flags_supported": sorted(FLAGS)},
        }

    def lookup(self, request: Request, moment: Moment) -> Reply:
        """Each domain's result. Who is not on file is visited first; a domain that does not exist is an error."""
        domains = [name for name in request.field("LOOKUP").split(",") if name]
        found = [company for name in domains[:MOST_LOOKUPS] if (company := moment.world.by_domain(name))]
        key = key_of(request)
        if key in {keys.RUN_OUT, keys.FREE}:
            return self.failed(-3)
        if not found:
            return self.failed(-8)
        flags = frozenset(name for name in FLAGS if request.field(name).lower() == "yes")
        self.used += len(found)
        content = {"Results": [result(company, moment.at, flags=flags) for company in found], "Errors": []}
        return self.reply(content, charged=len(found), takes=max(map(seconds, found)))

    def free(self, request: Request, moment: Moment) -> Reply:
        company = moment.world.by_domain(request.field("LOOKUP"))
        return self.reply(summary(company, moment.at)) if company else self.failed(-8)


def seconds(company: Company) -> float:
    return 0.6 if is_on_file(company) else 3.0


def key_of(request: Request) -> str:
    """The key of the header `Authorization: API <key>`, or of the query."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.upper() == "API" else request.field("KEY")
