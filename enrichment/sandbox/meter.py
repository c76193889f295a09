"""What was asked of the sandbox and what it would have cost: the other side of the product's ledger."""

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from enrichment.sandbox.choices import digest
from enrichment.sandbox.messages import Reply, Request

KEPT = 50_000  # calls
SECRETS = frozenset({"api_key", "access_token", "client_secret", "key", "user_key"})  # in any case

KEY_HEADERS = ("x-api-key", "x-cb-user-key")
KEY_FIELDS = frozenset({"key", "user_key"})  # in any case


@dataclass(slots=True, kw_only=True)
class Call:
    """One request. `key` is a digest: a real key may be tried against the sandbox and must not show."""

    number: int
    time: str  # ISO 8601, when it arrived
    method: str
    host: str
    path: str
    query: list[list[str]]
    kind: str
    key: str
    status: int
    charged_usd: str
    idempotency_key: str
    ids: dict[str, str]
    fault: str
    answered: bool = False  # whether the whole reply went out


@dataclass(slots=True)
class Meter:
    """The log of calls, newest last, of which the oldest are forgotten; the sums are not."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0
    total: Decimal = Decimal("0.00")

    def note(self, request: Request, reply: Reply, *, kind: str, at: datetime, fault: str) -> Call:
        """Log one request with the reply that it earned; the caller marks it answered."""
        self.count += 1
        self.total += reply.charged
        call = Call(
            number=self.count,
            time=at.isoformat(),
            method=request.method,
            host=request.host,
            path=request.path,
            query=[[name, value] for name, value in request.query if name.lower() not in SECRETS],
            kind=kind,
            key=digest(key_of(request))[:12] if key_of(request) else "",
            status=reply.status,
            charged_usd=f"{reply.charged:.2f}",
            idempotency_key=request.headers.get("idempotency-key", ""),
            ids=dict(reply.ids),
            fault=fault,
        )
        self.calls.append(call)
        return call

    def report(self, *, kind: str = "", host: str = "", since: int = 0) -> dict[str, Any]:
        """The calls of one kind or host after number `since`, with what they would cost in USD."""
        wanted = [
            asdict(call)
            for call in self.calls
            if call.number > since and kind in {"", call.kind} and host in {"", call.host}
        ]
        total = sum((Decimal(call["charged_usd"]) for call in wanted), Decimal("0.00"))
        return {"calls": wanted, "count": len(wanted), "total_usd": f"{total:.2f}", "ever": self.count}

    def reset(self) -> None:
        self.calls.clear()
        self.count = 0
        self.total = Decimal("0.00")


def key_of(request: Request) -> str:
    """The key that came with the request, wherever the provider wants it."""
    authorized = request.headers.get("authorization", "").partition(" ")[2]
    in_header = next((request.headers[name] for name in KEY_HEADERS if name in request.headers), "")
    in_query = next((value for name, value in request.fields if name.lower() in KEY_FIELDS and value), "")
    return request.field("api_key") or authorized or in_header or request.field("client_secret") or in_query
