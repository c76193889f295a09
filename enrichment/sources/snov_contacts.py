"""People at a company, by its domain: Snov's prospects.

A token (`POST /v1/oauth/access_token`, one hour), then a job: `POST /v2/domain-search/prospects/start` gives a task,
whose result is polled. A start is charged and not idempotent, hence the stored task. Undocumented there, so read
broadly: the status codes for "too fast" and "no credits" (429, 402, any 4xx that speaks of credits, `status:
not_enough_credits`), and a failed state of a job. E-mail addresses cost a credit and two more exchanges each, so they
are left out unless the list brings them.
"""

import hashlib
import json
import re
import time
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Evidence,
    Extraction,
    JobFailed,
    KeyRejected,
    Observation,
    Pending,
    QuotaExhausted,
    Refused,
    Reply,
    SourceError,
    register,
)
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.headlines import stated
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Url, each, object_in

BASE = "https://api.snov.io"
START = f"{BASE}/v2/domain-search/prospects/start"
RESULT = f"{BASE}/v2/domain-search/prospects/result"
WHO = "Snov"
POLL_EVERY = 1.0  # seconds; all methods together may be asked 60 times a minute

_TASK = re.compile(r"[A-Za-z0-9_-]{1,128}")

# Titles of people who decide on budgets. "VP" and "Head of" count, "Assistant to the CEO" does not.
_SENIOR = re.compile(
    r"\b(?:chief\b.*\bofficer|c[a-z]{1,3}o|(?:co-?)?founder|owner|president|partner|managing director|general manager|"
    r"[se]?vp|vice[- ]president|head of|global head|director)\b",
    re.IGNORECASE,
)
_NOT_SENIOR = re.compile(
    r"\b(?:assistant|secretary|associate director|art director|intern|office of|coordinator)\b", re.IGNORECASE
)


class Token(Lenient):
    access_token: Text = ""
    expires_in: Number = None


class Email(Lenient):
    email: Text = ""
    smtp_status: Text = ""


class Prospect(Lenient):
    first_name: Text = ""
    last_name: Text = ""
    name: Text = ""
    position: Text = ""
    source_page: Url = ""
    emails: Objects = []

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.name


class Job(Lenient):
    """A start's answer, or a result's. `data` is an object in some answers and an array in others."""

    data: Any = None
    meta: Object = {}
    status: Text = ""
    success: Any = None
    errors: Any = None

    @property
    def task(self) -> str:
        """The task's hash: in `meta` or, in the other family of calls, in `data`."""
        within = self.data if isinstance(self.data, dict) else {}
        found = self.meta.get("task_hash") or within.get("task_hash")
        return found if isinstance(found, str) and _TASK.fullmatch(found) else ""


@register
class SnovContacts:
    """Up to twenty people with their titles; senior ones count as decision makers."""

    slug: ClassVar[str] = "snov_contacts"
    provider: ClassVar[str] = "snov"
    gives: ClassVar[frozenset[str]] = frozenset({"decision_makers", "key_contacts"})

    async def start(self, company: CompanyRef, http: ProviderClient) -> str:
        """The task's hash. Raises `SourceError`, in doubt where the start may have been charged."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        params = {"domain": company.domain, "page": "1"}
        job = _job(await _authorized(http, "POST", START, params=params, buys=True), buys=True)
        if not job.task:
            raise BadReply(f"{WHO} started a job without naming it")
        return job.task

    async def poll(self, job: str, http: ProviderClient) -> bytes | Pending:
        """The result's bytes once the task is completed. Raises `SourceError`."""
        if not _TASK.fullmatch(job):
            raise JobFailed(f"{WHO}: the stored task is not one of theirs")
        response = await _authorized(http, "GET", f"{RESULT}/{job}")
        if response.status == 404:
            raise JobFailed(f"{WHO} does not know the task any more")
        return _result(_job(response), response)

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """Everybody as a key contact, senior titles as decision makers too."""
        job = Job.model_validate(object_in(reply.body, who=WHO))
        people = [person for person in each(Prospect, _people(job)) if person.full_name]
        observations = [observation for person in people for observation in _observed(person, company)]
        return Extraction(observations=tuple(observations), records=len(people))


async def _authorized(
    http: ProviderClient, method: str, url: str, *, params: dict[str, str] | None = None, buys: bool = False
) -> Response:
    """The answer, asked with a token; a token that is refused is renewed once."""
    for fresh in (False, True):
        headers = {"Authorization": f"Bearer {await _token(http, fresh=fresh)}"}
        exchange = (
            http.post(url, params=params, headers=headers) if method == "POST" else http.get(url, headers=headers)
        )
        response = await answered(exchange, buys=buys)
        if response.status != 401:
            return response
    raise KeyRejected(f"{WHO} refuses a token that it has just given")


async def _token(http: ProviderClient, *, fresh: bool) -> str:
    """The token of these credentials, remembered until a minute before it expires."""
    key = "token " + hashlib.sha256(json.dumps(sorted(http.credentials.items())).encode()).hexdigest()
    seen = http.memory.get(key) if fresh else None
    async with http.lock:
        held = http.memory.get(key)
        if held and held != seen and held[1] > time.monotonic():
            return str(held[0])
        token, life = await _new_token(http)
        http.memory[key] = (token, time.monotonic() + life - 60)
        return token


async def _new_token(http: ProviderClient) -> tuple[str, float]:
    form = {
        "grant_type": "client_credentials",
        "client_id": http.credentials.get("client_id", ""),
        "client_secret": http.credentials.get("client_secret", ""),
    }
    response = await answered(http.post(f"{BASE}/v1/oauth/access_token", form=form))
    if response.status in {400, 401, 403}:
        raise KeyRejected(f"{WHO} does not accept the client's credentials")
    if not 200 <= response.status < 300:
        raise error_of(response, who=WHO)
    token = Token.model_validate(object_in(response.body, who=WHO))
    if not re.fullmatch(r"[\x21-\x7e]{1,4000}", token.access_token):
        raise BadReply(f"{WHO} answered without a token", paid=False)
    return token.access_token, token.expires_in or 3600.0


def _job(response: Response, *, buys: bool = False) -> Job:
    """The answer as a job. Raises what a refusal means: a status, or a 200 that says otherwise."""
    if not 200 <= response.status < 300:
        if 400 <= response.status < 500 and response.status != 429 and b"credit" in response.body.lower():
            raise QuotaExhausted(f"{WHO}: no credits are left")
        raise error_of(response, who=WHO, buys=buys)
    job = Job.model_validate(object_in(response.body, who=WHO))
    if job.status == "not_enough_credits":
        raise QuotaExhausted(f"{WHO}: no credits are left")
    if job.success is False or job.errors:
        raise _told(str(job.errors))
    return job


def _told(errors: str) -> SourceError:
    if "credit" in errors.lower():
        return QuotaExhausted(f"{WHO}: no credits are left")
    return JobFailed(f"{WHO} did not do the job")


def _result(job: Job, response: Response) -> bytes | Pending:
    status = job.status.lower().replace(" ", "_")
    if status == "completed" or (not status and response.status == 200 and isinstance(job.data, list)):
        return response.body
    if status in {"in_progress", "queued", "pending", "processing"} or (not status and response.status == 202):
        return Pending(after=POLL_EVERY)
    raise JobFailed(f"{WHO} ended the job without a result")


def _people(job: Job) -> list[dict[str, Any]]:
    return [item for item in job.data[:100] if isinstance(item, dict)] if isinstance(job.data, list) else []


def _observed(person: Prospect, company: CompanyRef) -> list[Observation]:
    email = next((found for found in each(Email, person.emails) if "@" in found.email), Email())
    value = stated(
        {
            "name": person.full_name,
            "title": person.position,
            "email": email.email,
            "email_status": email.smtp_status,
            "profile_url": person.source_page,
        }
    )
    lines = (
        f"{person.full_name}, {person.position}" if person.position else person.full_name,
        company.domain or company.name,
    )
    evidence = Evidence(
        kind="profile", title=lines[0], url=person.source_page, text=" · ".join(lines), publisher="Snov.io"
    )
    datasets = ("decision_makers", "key_contacts") if is_senior(person.position) else ("key_contacts",)
    return [Observation(dataset=dataset, value=dict(value), evidence=(evidence,)) for dataset in datasets]


def is_senior(title: str) -> bool:
    """Whether somebody with this title decides on budgets: "VP, Infrastructure" does, "CEO's assistant" does not."""
    return bool(_SENIOR.search(title)) and not _NOT_SENIOR.search(title)
