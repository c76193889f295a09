"""Snov.io: a token, then jobs in two steps (start, result). A start is charged when its answer will not be empty."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.snov_answers import ANSWERS, KINDS, Task, charged_for

BASE = "https://api.snov.io"
JOBS = "/v2/domain-search/"
TOKEN_LIFE = timedelta(hours=1)
LIMIT = 60  # requests a minute
CREDITS = Decimal("25000.00")
NOT_FOUND = {"errors": {"code": 404, "title": "Sorry, but url or entity not found", "source": ""}}
WORDS = {
    400: "Bad request",
    401: "Unauthorized: access token is invalid or expired",
    402: "Not enough credits",
    403: "Forbidden",
    429: "Too many requests: 60 per minute are allowed",
}


@dataclass(slots=True)
class Token:
    """An access token: whose it is, until when, and how many calls it is still good for (None: any number)."""

    secret: str
    expires: datetime
    calls_left: int | None = None


@dataclass(slots=True)
class Snov:
    """The contact provider, with its tokens and jobs."""

    tokens: dict[str, Token] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    recent: deque[datetime] = field(default_factory=deque)  # calls of the limited key within the last minute
    spent: Decimal = Decimal("0.00")

    def kind_of(self, request: Request) -> str:
        tab = next((tab for tab in ANSWERS if request.path.startswith(f"{JOBS}{tab}")), None)
        if tab is None:
            return {"/v1/oauth/access_token": "snov_token", "/v1/get-balance": "snov_balance"}.get(request.path, "snov")
        return KINDS[tab] if request.path.startswith(f"{JOBS}{tab}start") else f"{KINDS[tab]}_poll"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.path == "/v1/oauth/access_token":
            return self.token(request, moment.at)
        token = self.tokens.get(request.bearer or request.field("access_token"))
        if token is None or not still_good(token, moment.at):
            return self.refuse(401)
        if token.secret == keys.LIMITED and self.is_over_limit(moment.at):
            return self.refuse(429)
        if request.path == "/v1/get-balance":
            return self.balance(token)
        return self.job(request, token, moment)

    def refuse(self, status: int) -> Reply:
        return json_reply({"success": False, "errors": [WORDS.get(status, "Internal error")]}, status, takes=0.3)

    def reset(self) -> None:
        self.tokens.clear()
        self.tasks.clear()
        self.recent.clear()
        self.spent = Decimal("0.00")

    def token(self, request: Request, at: datetime) -> Reply:
        """A token for client credentials, which may come as a form or as JSON."""
        content = request.json()
        given = {str(k): str(v) for k, v in content.items()} if isinstance(content, dict) else dict(request.fields)
        secret = given.get("client_secret", "")
        if given.get("grant_type") != "client_credentials":
            return json_reply({"error": "unsupported_grant_type"}, 400, takes=0.3)
        if not secret or not given.get("client_id") or secret == keys.WRONG:
            return json_reply({"error": "invalid_client"}, 401, takes=0.3)
        name = digest("token", secret, len(self.tokens))[:40]
        self.tokens[name] = Token(secret, at + TOKEN_LIFE, 2 if secret == keys.EXPIRING else None)
        content = {"access_token": name, "token_type": "Bearer", "expires_in": int(TOKEN_LIFE.total_seconds())}
        return json_reply(content, takes=0.3)

    def is_over_limit(self, at: datetime) -> bool:
        """Whether this call is one too many within a minute."""
        while self.recent and at - self.recent[0] >= timedelta(minutes=1):
            self.recent.popleft()
        self.recent.append(at)
        return len(self.recent) > LIMIT

    def balance(self, token: Token) -> Reply:
        left = Decimal("0.00") if token.secret == keys.RUN_OUT else CREDITS - self.spent
        data = {
            "balance": f"{left:.2f}",
            "teamwork": False,
            "unique_recipients_used": 0,
            "limit_resets_in": 29,
            "expires_in": 359,
        }
        return json_reply({"success": True, "data": data}, takes=0.3)

    def job(self, request: Request, token: Token, moment: Moment) -> Reply:
        """Start a job, or tell how far it is."""
        for tab in ANSWERS:
            start = f"{JOBS}{tab}start"
            if request.path == start or request.path.startswith(f"{start}/"):
                return self.start(tab, request, token, moment)
            if request.path.startswith(f"{JOBS}{tab}result/"):
                return self.result(tab, request.path.rpartition("/")[2], moment)
        return json_reply(NOT_FOUND, 404, takes=0.3)

    def start(self, tab: str, request: Request, token: Token, moment: Moment) -> Reply:
        prospect = request.path.partition("/start/")[2]
        domain = request.field("domain").strip().lower().removeprefix("www.")
        page = request.field("page", "1")
        positions = request.all("positions")
        if request.method != "POST" or not (domain or prospect) or not page.isdecimal() or len(positions) > 10:
            return json_reply({"success": False, "errors": [WORDS[400]]}, 400, takes=0.3)
        task = Task(
            hash=digest("task", tab, domain, prospect, page, positions, len(self.tasks))[:32],
            domain=domain,
            prospect=prospect,
            page=int(page),
            positions=positions,
            is_broke=token.secret == keys.RUN_OUT,
            polls_needed=1 + pick(2, tab, domain, prospect),
        )
        self.tasks[task.hash] = task
        charged = Decimal("0.00") if task.is_broke else charged_for(tab, task, moment.world)
        self.spent += 1 if charged else 0
        ids = (("task_hash", task.hash),)
        return json_reply(started(tab, task), 202, charged=charged, ids=ids, takes=0.6)

    def result(self, tab: str, task_hash: str, moment: Moment) -> Reply:
        """The answer, or `in_progress` on the first poll or two. The documents also spell it `in progress`."""
        task = self.tasks.get(task_hash)
        ids = (("task_hash", task_hash),)
        if task is None:
            return json_reply(NOT_FOUND, 404, ids=ids, takes=0.3)
        if task.polls_needed > 0:
            task.polls_needed -= 1
            pending = {"data": [], "meta": meta_of(tab, task), "links": []}
            status = "in_progress" if task.polls_needed else "in progress"
            return json_reply(pending | {"status": status}, 202, ids=ids, takes=0.4)
        if task.is_broke:
            broke = {"data": [], "meta": meta_of(tab, task), "links": [], "status": "not_enough_credits"}
            return json_reply(broke, ids=ids, takes=0.4)
        content = ANSWERS[tab](task, moment) | {"status": "completed"}
        return json_reply(content, ids=ids, takes=0.4)


def still_good(token: Token, at: datetime) -> bool:
    """Whether the token may be used once more; counts the use."""
    if token.calls_left is not None:
        token.calls_left -= 1
    return at < token.expires and (token.calls_left is None or token.calls_left >= 0)


def meta_of(tab: str, task: Task) -> dict[str, Any]:
    if tab == "prospects/":
        return {
            "domain": task.domain,
            "tab": "prospects",
            "task_hash": task.hash,
            "page": task.page,
            "positions": list(task.positions),
        }
    return {"task_hash": task.hash} | ({"domain": task.domain} if task.domain else {})


def started(tab: str, task: Task) -> dict[str, Any]:
    """What a start answers: where the result will be."""
    result = f"{BASE}{JOBS}{tab}result/{task.hash}"
    return {"data": [], "meta": meta_of(tab, task), "links": {"result": result}}
