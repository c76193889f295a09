"""Snov's jobs about a domain: a start gives a task, whose result is polled.

`POST /v2/domain-search/{tab}start`, `GET /v2/domain-search/{tab}result/{task}`. A start is charged and not idempotent,
hence the stored task. Undocumented there, so read broadly: the status codes for "too fast" and "no credits" (429, 402,
any 4xx that speaks of credits, `status: not_enough_credits`), and a failed state of a job.
"""

import re
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    JobFailed,
    Pending,
    QuotaExhausted,
    Refused,
    SourceError,
)
from enrichment.sources.exchange import error_of
from enrichment.sources.reading import Lenient, Object, Text, object_in
from enrichment.sources.snov import BASE, WHO, authorized

SEARCH = f"{BASE}/v2/domain-search/"
POLL_EVERY = 1.0  # seconds; all methods together may be asked 60 times a minute

_TASK = re.compile(r"[A-Za-z0-9_-]{1,128}")


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


class DomainSearch:
    """A source that one job about the company's domain answers."""

    tab: ClassVar[str]  # of the path, with its slash: "prospects/"; "" asks for the company itself
    asked: ClassVar[dict[str, str]] = {}  # parameters of the start besides the domain

    async def start(self, company: CompanyRef, http: ProviderClient) -> str:
        """The task's hash. Raises `SourceError`, in doubt where the start may have been charged."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        params = {"domain": company.domain, **self.asked}
        response = await authorized(http, "POST", f"{SEARCH}{self.tab}start", params=params, buys=True)
        job = _job(response, buys=True)
        if not job.task:
            raise BadReply(f"{WHO} started a job without naming it")
        return job.task

    async def poll(self, job: str, http: ProviderClient) -> bytes | Pending:
        """The result's bytes once the task is completed. Raises `SourceError`."""
        if not _TASK.fullmatch(job):
            raise JobFailed(f"{WHO}: the stored task is not one of theirs")
        response = await authorized(http, "GET", f"{SEARCH}{self.tab}result/{job}")
        if response.status == 404:
            raise JobFailed(f"{WHO} does not know the task any more")
        return _result(_job(response), response)


def job_in(body: bytes) -> Job:
    """The job that a stored result tells of. Raises `BadReply`."""
    return Job.model_validate(object_in(body, who=WHO))


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
    if status == "completed" or (not status and response.status == 200 and isinstance(job.data, list | dict)):
        return response.body
    if status in {"in_progress", "queued", "pending", "processing"} or (not status and response.status == 202):
        return Pending(after=POLL_EVERY)
    raise JobFailed(f"{WHO} ended the job without a result")
