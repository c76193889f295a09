"""What Bright Data's scrapers collect: which records an input leads to in each data set, and what they cost."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlsplit

from enrichment.sandbox.brightdata_jobs import JOBS, posts_found
from enrichment.sandbox.brightdata_pages import PAGES, pages_found
from enrichment.sandbox.brightdata_records import COMPANIES, company_record
from enrichment.sandbox.brightdata_underway import Underway
from enrichment.sandbox.messages import Moment
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.searching import companies_called
from enrichment.sandbox.world import Company, World

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A data set that a scraper fills. `found`: the records of one input, with the page that each was read from."""

    kind: str
    price: Decimal  # USD per job that finds a record
    found: Callable[[dict[str, str], Moment], Records]


@dataclass(slots=True, kw_only=True)
class Job(Underway):
    """A collection that was started."""

    states: ClassVar[tuple[str, ...]] = ("starting", "running")

    dataset: str
    inputs: tuple[dict[str, str], ...]
    limit: int | None  # records per input
    include_errors: bool


def line_of(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "created": f"{job.created:%Y-%m-%dT%H:%M:%S.%f}"[:23] + "Z",
        "status": "running" if job.status == "starting" else job.status,
        "dataset_id": job.dataset,
        "dataset_size": len(job.inputs) if job.status == "ready" else 0,
    }


def complaint_about(given: Any, wanted: str) -> list[str] | None:
    """What is wrong with one input; None if nothing is."""
    value = given.get(wanted) if isinstance(given, dict) else None
    if not isinstance(value, str) or not value.strip():
        return [wanted, "This field is required"]
    if wanted == "url" and urlsplit(value).scheme not in {"http", "https"}:
        return ["url", "This field must be a valid url"]
    return None


def found_by(job: Job, moment: Moment, *, with_errors: bool = False) -> Records:
    """The records of a job, input by input. A failed input is a record with an error, if those were asked for."""
    records: Records = []
    for given in job.inputs:
        found = COLLECTIONS[job.dataset].found(given, moment)[: job.limit]
        records += [record | ({"discovery_input": given} if "keyword" in given else {}) for record in found]
        if not found and with_errors and "url" in given:
            records.append({"input": given, "error": "The page does not exist.", "error_code": "dead_page"})
    return records


def companies_found(given: dict[str, str], moment: Moment) -> Records:
    """Crunchbase records by keyword or by page."""
    return [
        company_record(company, moment.at) | {"input": input_of(given, company)}
        for company in companies_for(given, moment.world)
    ]


def companies_for(given: dict[str, str], world: World) -> tuple[Company, ...]:
    if "keyword" in given:
        return companies_called(given["keyword"], world)
    slug = urlsplit(given["url"]).path.rstrip("/").rpartition("/")[2]
    return tuple(c for c in world if c.company_db.listed and (c.company_db.slug or slug_of(c.name)) == slug)


def input_of(given: dict[str, str], company: Company) -> dict[str, str]:
    """The page that was read: the asked one, or the one that a keyword led to."""
    slug = company.company_db.slug or slug_of(company.name)
    return given if "url" in given else {"url": f"https://www.crunchbase.com/organization/{slug}"}


COLLECTIONS: dict[str, Collection] = {
    COMPANIES: Collection(kind="brightdata_company_db", price=Decimal("0.15"), found=companies_found),
    JOBS: Collection(kind="brightdata_linkedin_jobs", price=Decimal("0.08"), found=posts_found),
    PAGES: Collection(kind="brightdata_web_scraping", price=Decimal("0.08"), found=pages_found),
}
