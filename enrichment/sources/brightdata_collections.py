"""Bright Data's Web Scraper API: a collection is started, waited for and read.

`POST /datasets/v3/trigger` gives a snapshot id; `GET …/progress/{id}` until `ready` or `failed`;
`GET …/snapshot/{id}?format=json` gives the records, or 202 for a while even after `ready`. An empty array is no error.
Undocumented, so read broadly: intermediate states (whatever is neither `ready` nor `failed` is under way), one record
or lines instead of an array. The list of an account's collections does not say what was asked; their records do.
"""

from datetime import timedelta
from typing import Any, ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import BadReply, CompanyRef, JobFailed, Lost, Pending, Unavailable
from enrichment.sources.brightdata import (
    BASE,
    WHO,
    authorization,
    begun,
    download,
    is_job,
    progress_at,
    records_in,
    refusal,
)
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered
from enrichment.sources.reading import Lenient, Object, Text, each, json_in

SCRAPER = f"{BASE}/v3"
POLL_EVERY = 1.0  # seconds
BUILDING = 2.0  # seconds that a snapshot takes to be built after `ready`

CLOCKS_APART = timedelta(minutes=2)  # between theirs and ours
LONGEST_START = timedelta(minutes=10)  # from our request to the moment that they note for it
MOST_SNAPSHOTS = 50  # that are looked into to find a lost one


class Snapshot(Lenient):
    """One line of the account's list of collections."""

    id: Text = ""
    created: Text = ""
    status: Text = ""


class Collected(Lenient):
    """By which input a record was found: the keyword of a discovery, or the page that was asked for."""

    discovery_input: Object = {}
    input: Object = {}


class Collector:
    """A source that one collection answers."""

    dataset: ClassVar[str]
    settings: ClassVar[dict[str, str]] = {}  # parameters of the trigger besides the data set

    async def inputs(self, company: CompanyRef, http: ProviderClient) -> list[dict[str, str]]:
        """What is asked. Raises `SourceError` where the company cannot be asked for; nothing is bought then."""
        raise NotImplementedError

    def is_asked(self, found: Collected, company: CompanyRef) -> bool | None:
        """Whether the record was found by a question about the company; None where it does not say."""
        keyword = found.discovery_input.get("keyword")
        return keyword in (company.name, *company.aliases) if keyword else None

    async def start(self, company: CompanyRef, http: ProviderClient) -> str:
        """The snapshot's id. Raises `SourceError`, in doubt where the collection may have been started."""
        params = {"dataset_id": self.dataset, "include_errors": "true", **self.settings}
        return await begun(http, f"{SCRAPER}/trigger", params=params, json=await self.inputs(company, http))

    async def poll(self, job: str, http: ProviderClient) -> bytes | Pending:
        """The records' bytes once the snapshot is ready. Raises `SourceError`."""
        if not is_job(job):
            raise JobFailed(f"{WHO}: the stored snapshot is not one of theirs")
        progress = await progress_at(http, f"{SCRAPER}/progress/{job}")
        if progress is None:
            return b"[]"
        if progress.status != "ready":
            return Pending(after=POLL_EVERY)
        found = await download(http, f"{SCRAPER}/snapshot/{job}")
        return Pending(after=BUILDING) if found is None else found

    async def find(self, company: CompanyRef, lost: Lost, http: ProviderClient) -> str | Pending | None:
        """The snapshot that the lost trigger began. Raises `SourceError`.

        The list does not say what was asked, the records do, and reading them is free. A snapshot without records
        cost nothing, so it need not be told whose it is.
        """
        waits = []
        listed = _begun_about(lost, await collections(http, self.dataset, since=lost))
        for snapshot in [item for item in listed if item.id not in lost.others]:
            answer = await self._content(snapshot, http)
            if isinstance(answer, Pending):
                waits.append(answer)
            elif self._is_about(answer, company):
                return snapshot.id
        return waits[0] if waits else None

    async def _content(self, snapshot: Snapshot, http: ProviderClient) -> bytes | Pending:
        try:
            return await self.poll(snapshot.id, http)
        except JobFailed:
            return b"[]"

    def _is_about(self, body: bytes, company: CompanyRef) -> bool:
        """Whether a snapshot with these records was asked for. Raises `BadReply` where the records do not say."""
        records = records_in(body)
        told = [self.is_asked(found, company) for found in each(Collected, records)]
        if records and all(answer is None for answer in told):
            raise BadReply(f"{WHO} does not say what a collection was asked for")
        return any(told)


async def collections(http: ProviderClient, dataset: str, *, since: Lost | None = None) -> list[dict[str, Any]]:
    """The account's collections of a data set, free; from the day on that a call was lost. Raises `SourceError`."""
    params = {"dataset_id": dataset}
    if since is not None:
        params |= {"from_date": f"{since.at - CLOCKS_APART:%Y-%m-%d}", "limit": "5000"}
    response = await answered(http.get(f"{SCRAPER}/snapshots", params=params, headers=authorization(http)))
    if not 200 <= response.status < 300:
        raise refusal(response)
    listed = json_in(response.body, who=WHO)
    if not isinstance(listed, list):
        raise BadReply(f"{WHO} answered a list of collections that is none")
    return listed


def _begun_about(lost: Lost, listed: list[dict[str, Any]]) -> list[Snapshot]:
    """Collections that were started at about that time. Raises `Unavailable` where they are too many."""
    found = [item for item in each(Snapshot, listed) if is_job(item.id) and _is_of(item, lost)]
    if len(found) > MOST_SNAPSHOTS:
        raise Unavailable(f"{WHO} began {len(found)} collections at that time; which is ours cannot be told")
    return found


def _is_of(snapshot: Snapshot, lost: Lost) -> bool:
    created = moment(snapshot.created, fetched_at=lost.at + LONGEST_START)
    return created is not None and -CLOCKS_APART <= created - lost.at <= LONGEST_START
