"""A company's record in Crunchbase, collected by Bright Data.

`POST /datasets/v3/trigger` (discovery by keyword) gives a snapshot id; `GET …/progress/{id}` until `ready` or
`failed`; `GET …/snapshot/{id}?format=json` gives the records, or 202 for a while even after `ready`. Errors are plain
text, mostly; an empty array is no error. 25 answers of 429 within five minutes block our address everywhere, so the
first one ends the call. Undocumented, so read broadly: intermediate states (whatever is neither `ready` nor `failed` is
under way), one record or lines instead of an array.
"""

import re
from datetime import datetime
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Extraction,
    JobFailed,
    KeyRejected,
    Pending,
    QuotaExhausted,
    Refused,
    Reply,
    SourceError,
    register,
)
from enrichment.sources.crunchbase import Record, observations
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.naming import registrable, same_name
from enrichment.sources.reading import Lenient, Text, each, json_in, object_in

BASE = "https://api.brightdata.com/datasets/v3"
CRUNCHBASE = "gd_l1vijqt9jfj7olije"
WHO = "Bright Data"
POLL_EVERY = 1.0  # seconds
BUILDING = 2.0  # seconds that a snapshot takes to be built after `ready`
MOST_RECORDS = 5  # records a keyword may bring: the company and its namesakes

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Started(Lenient):
    snapshot_id: Text = ""


class Progress(Lenient):
    status: Text = ""
    error_message: Text = ""
    message: Text = ""
    error: Text = ""

    @property
    def said(self) -> str:
        return f"{self.error_message} {self.message} {self.error}".lower()


class Line(Lenient):
    """What of a record says that it is none."""

    error: Text = ""
    error_code: Text = ""


@register
class BrightDataCompanyDb:
    """Firmographics, technologies, funding, intent topics, products and rivals of one company."""

    slug: ClassVar[str] = "brightdata_company_db"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "company_domain",
            "industry",
            "employee_count",
            "headquarters",
            "company_overview",
            "tech_stack",
            "competitive_usage",
            "integration_needs",
            "growth_signals",
            "buying_signals",
            "purchase_intent",
            "budget_indicators",
            "products",
            "competitors",
        }
    )

    async def start(self, company: CompanyRef, http: ProviderClient) -> str:
        """The snapshot's id. Raises `SourceError`, in doubt where the collection may have been started."""
        params = {
            "dataset_id": CRUNCHBASE,
            "include_errors": "true",
            "type": "discover_new",
            "discover_by": "keyword",
            "limit_per_input": str(MOST_RECORDS),
        }
        exchange = http.post(f"{BASE}/trigger", params=params, json=[{"keyword": company.name}], headers=_key(http))
        response = await answered(exchange, buys=True)
        if not 200 <= response.status < 300:
            raise _refusal(response, buys=True)
        snapshot = Started.model_validate(object_in(response.body, who=WHO)).snapshot_id
        if not _ID.fullmatch(snapshot):
            raise BadReply(f"{WHO} started a collection without naming it")
        return snapshot

    async def poll(self, job: str, http: ProviderClient) -> bytes | Pending:
        """The records' bytes once the snapshot is ready. Raises `SourceError`."""
        if not _ID.fullmatch(job):
            raise JobFailed(f"{WHO}: the stored snapshot is not one of theirs")
        response = await answered(http.get(f"{BASE}/progress/{job}", headers=_key(http)))
        if response.status == 404:
            raise JobFailed(f"{WHO} does not know the snapshot any more")
        if not 200 <= response.status < 300:
            raise _refusal(response)
        progress = _progress(response)
        if _found_nothing(progress.said):
            return b"[]"
        if progress.status == "failed":
            raise _failure(progress.said)
        if progress.status != "ready":
            return Pending(after=POLL_EVERY)
        return await self._download(job, http)

    async def _download(self, job: str, http: ProviderClient) -> bytes | Pending:
        response = await answered(http.get(f"{BASE}/snapshot/{job}", params={"format": "json"}, headers=_key(http)))
        if response.status == 202:
            return Pending(after=BUILDING)
        if not 200 <= response.status < 300:
            raise _refusal(response)
        if _found_nothing(response.body[:200].decode("utf-8", "replace").lower()):
            return b"[]"
        _records(response.body)
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the company's own record says; records of namesakes are dropped."""
        lines = _records(reply.body)
        records = [record for record in each(Record, lines) if record.name]
        own = _own(records, company)
        if own is None:
            return Extraction(records=len(records), dropped=len(records))
        return Extraction(
            observations=tuple(observations(own, at=_refreshed(own, reply.fetched_at), fetched_at=reply.fetched_at)),
            records=len(records),
            dropped=len(records) - 1,
            name=own.name,
            domain=registrable(own.website),
        )


def _key(http: ProviderClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {http.credentials.get('api_key', '')}"}


def _refusal(response: Response, *, buys: bool = False) -> SourceError:
    said = response.body[:300].decode("utf-8", "replace").lower()
    if response.status < 500 and response.status != 429 and ("balance" in said or "suspended" in said):
        return QuotaExhausted(f"{WHO}: the account is suspended or has no balance")
    if response.status == 404:
        return Refused(f"{WHO} does not know the data set")
    return error_of(response, who=WHO, buys=buys)


def _progress(response: Response) -> Progress:
    """The job's state. Some states come as text: "Snapshot is empty"."""
    try:
        return Progress.model_validate(object_in(response.body, who=WHO))
    except BadReply:
        said = response.body[:300].decode("utf-8", "replace")
        if _found_nothing(said.lower()) or "suspended" in said.lower():
            return Progress(status="failed", message=said)
        raise


def _found_nothing(said: str) -> bool:
    return "snapshot is empty" in said or "no data found" in said


def _failure(said: str) -> SourceError:
    if "suspended" in said:
        return KeyRejected(f"{WHO}: the account is suspended")
    return JobFailed(f"{WHO} could not collect the record")


def _records(body: bytes) -> list[dict[str, Any]]:
    """The records of an array, of lines or a single one, without failed inputs. Raises `BadReply`."""
    try:
        value = json_in(body, who=WHO)
    except BadReply:
        value = _lines(body)
    found = value if isinstance(value, list) else [value]
    if found and not any(isinstance(item, dict) for item in found):
        raise BadReply(f"{WHO} answered JSON that is no list of records")
    return [item for item in found[:100] if isinstance(item, dict) and not _is_error(item)]


def _lines(body: bytes) -> list[Any]:
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) < 2:
        raise BadReply(f"{WHO} answered something that is not JSON")
    return [json_in(line, who=WHO) for line in lines[:100]]


def _is_error(item: dict[str, Any]) -> bool:
    line = Line.model_validate(item)
    return bool(line.error_code or line.error)


def _own(records: list[Record], company: CompanyRef) -> Record | None:
    """The company's record: the one of its domain; where no domain is known, the only one of its name."""
    if company.domain:
        return next((record for record in records if registrable(record.website) == company.domain), None)
    called = [r for r in records if any(same_name(r.name, name) for name in (company.name, *company.aliases))]
    return called[0] if len(called) == 1 else None


def _refreshed(record: Record, fetched_at: datetime) -> datetime | None:
    return moment(record.timestamp, fetched_at=fetched_at)
