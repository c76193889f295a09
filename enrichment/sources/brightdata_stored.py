"""Bright Data's stored data sets: a part of one is filtered out, waited for and read.

`POST /datasets/filter` gives a snapshot id ("snap_…"); `GET /datasets/snapshots/{id}` until `ready` or `failed`;
`GET /datasets/snapshots/{id}/download?format=json` gives the records. Charged by the record, nothing for none. They
document no way to list what an account filtered, so a lost call is not looked up. Uncertain: 202 while a download is
being built; in which field a failure says why.
"""

from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, JobFailed, Pending, Refused
from enrichment.sources.brightdata import BASE, WHO, begun, download, is_job, progress_at
from enrichment.sources.brightdata_search import Filter, holds

POLL_EVERY = 1.0  # seconds
MOST_RECORDS = 5  # of sites whose addresses hold the domain; the company's own among them


class Filtered:
    """A source that the records of the company's domain answer, as far as they have what it reads."""

    dataset: ClassVar[str]
    field: ClassVar[str]  # that a record must have

    async def start(self, company: CompanyRef, http: ProviderClient) -> str:
        """The snapshot's id. Raises `SourceError`, in doubt where the filter may have been started."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        asked = {
            "dataset_id": self.dataset,
            "records_limit": MOST_RECORDS,
            "filter": both(holds("website", company.domain), has(self.field)),
        }
        return await begun(http, f"{BASE}/filter", json=asked)

    async def poll(self, job: str, http: ProviderClient) -> bytes | Pending:
        """The records' bytes once the snapshot is ready. Raises `SourceError`."""
        if not is_job(job):
            raise JobFailed(f"{WHO}: the stored snapshot is not one of theirs")
        url = f"{BASE}/snapshots/{job}"
        progress = await progress_at(http, url)
        if progress is None:
            return b"[]"
        if progress.status != "ready":
            return Pending(after=POLL_EVERY)
        found = await download(http, f"{url}/download")
        return Pending(after=POLL_EVERY) if found is None else found


def has(field: str) -> Filter:
    return {"name": field, "operator": "is_not_null"}


def both(*filters: Filter) -> Filter:
    return {"operator": "and", "filters": list(filters)}
