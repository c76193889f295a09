"""How Bright Data is talked to: a bearer key; errors are plain text, mostly; records come as an array or as lines.

25 answers of 429 within five minutes block our address everywhere, so the first one ends the call.
"""

import re
from typing import Any

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import BadReply, JobFailed, KeyRejected, QuotaExhausted, Refused, SourceError
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.reading import Lenient, Text, json_in, object_in

BASE = "https://api.brightdata.com/datasets"
WHO = "Bright Data"
MOST_LINES = 100  # records of one answer that are read

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Started(Lenient):
    snapshot_id: Text = ""


class Progress(Lenient):
    """How far a job is. Why it failed stands under a name of its own in each family of calls."""

    status: Text = ""
    error_message: Text = ""
    message: Text = ""
    error: Text = ""
    failure_reason: Text = ""

    @property
    def said(self) -> str:
        return f"{self.error_message} {self.message} {self.error} {self.failure_reason}".lower()


class Line(Lenient):
    """What of a record says that it is none."""

    error: Text = ""
    error_code: Text = ""


def authorization(http: ProviderClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {http.credentials.get('api_key', '')}"}


def refusal(response: Response, *, buys: bool = False) -> SourceError:
    """What an answer outside 2xx means. `buys`: the request would have been charged."""
    said = response.body[:300].decode("utf-8", "replace").lower()
    if response.status < 500 and response.status != 429 and ("balance" in said or "suspended" in said):
        return QuotaExhausted(f"{WHO}: the account is suspended or has no balance")
    if response.status == 404:
        return Refused(f"{WHO} does not know the data set")
    return error_of(response, who=WHO, buys=buys)


def is_job(name: str) -> bool:
    """Whether it may be the id of one of their jobs."""
    return bool(_ID.fullmatch(name))


async def begun(http: ProviderClient, url: str, *, json: Any, params: dict[str, str] | None = None) -> str:
    """The id of the job that this request starts. Raises `SourceError`, in doubt where it may have been started."""
    exchange = http.post(url, params=params, json=json, headers=authorization(http))
    response = await answered(exchange, buys=True)
    if not 200 <= response.status < 300:
        raise refusal(response, buys=True)
    snapshot = Started.model_validate(object_in(response.body, who=WHO)).snapshot_id
    if not is_job(snapshot):
        raise BadReply(f"{WHO} started a collection without naming it")
    return snapshot


async def progress_at(http: ProviderClient, url: str) -> Progress | None:
    """How far the job at `url` is; None where it ended without finding anything. Raises `SourceError`."""
    response = await answered(http.get(url, headers=authorization(http)))
    if response.status == 404:
        raise JobFailed(f"{WHO} does not know the snapshot any more")
    if not 200 <= response.status < 300:
        raise refusal(response)
    progress = _progress(response)
    if found_nothing(progress.said):
        return None
    if progress.status == "failed":
        raise _failure(progress.said)
    return progress


async def download(http: ProviderClient, url: str) -> bytes | None:
    """The records at `url` as they came; None while they are still being put together. Raises `SourceError`."""
    response = await answered(http.get(url, params={"format": "json"}, headers=authorization(http)))
    if response.status == 202:
        return None
    if not 200 <= response.status < 300:
        raise refusal(response)
    if found_nothing(response.body[:200].decode("utf-8", "replace").lower()):
        return b"[]"
    records_in(response.body)
    return response.body


def found_nothing(said: str) -> bool:
    return "snapshot is empty" in said or "no data found" in said


def records_in(body: bytes) -> list[dict[str, Any]]:
    """The records of an array, of lines or a single one, without failed inputs. Raises `BadReply`."""
    try:
        value = json_in(body, who=WHO)
    except BadReply:
        value = _lines(body)
    found = value if isinstance(value, list) else [value]
    if found and not any(isinstance(item, dict) for item in found):
        raise BadReply(f"{WHO} answered JSON that is no list of records")
    return [item for item in found[:MOST_LINES] if isinstance(item, dict) and not _is_error(item)]


def _progress(response: Response) -> Progress:
    """The job's state. Some states come as text: "Snapshot is empty"."""
    try:
        return Progress.model_validate(object_in(response.body, who=WHO))
    except BadReply:
        said = response.body[:300].decode("utf-8", "replace")
        if found_nothing(said.lower()) or "suspended" in said.lower():
            return Progress(status="failed", message=said)
        raise


def _failure(said: str) -> SourceError:
    if "suspended" in said:
        return KeyRejected(f"{WHO}: the account is suspended")
    return JobFailed(f"{WHO} could not collect the record")


def _lines(body: bytes) -> list[Any]:
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) < 2:
        raise BadReply(f"{WHO} answered something that is not JSON")
    return [json_in(line, who=WHO) for line in lines[:MOST_LINES]]


def _is_error(item: dict[str, Any]) -> bool:
    line = Line.model_validate(item)
    return bool(line.error_code or line.error)
