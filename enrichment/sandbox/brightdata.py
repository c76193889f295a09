"""Bright Data's scraper of the company database: trigger, progress, snapshot. Errors are plain text, mostly."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from enrichment.sandbox import keys
from enrichment.sandbox.brightdata_records import company_record
from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import Headers, Moment, Reply, Request, json_reply, text_reply
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.searching import companies_called
from enrichment.sandbox.world import Company, World

COMPANIES = "gd_l1vijqt9jfj7olije"
PRICE = Decimal("0.15")  # USD per job that finds a record
KIND = "brightdata_company_db"
STATES = ("starting", "running")  # then ready
WORDS = {
    401: "Invalid credentials",
    402: "Not enough balance",
    403: "Auth method is not supported",
    404: "Collector not found",
    429: "You have too many running jobs for this dataset",
}
INVALID = {"error": "Invalid input provided", "code": "validation_error"}


@dataclass(slots=True, kw_only=True)
class Job:
    """A collection that was started."""

    id: str
    inputs: tuple[dict[str, str], ...]
    limit: int | None  # records per input
    include_errors: bool
    is_suspended: bool
    polls: int = 0
    building: int = 0  # downloads that still answer 202 after `ready`

    @property
    def status(self) -> str:
        if self.is_suspended and self.polls > 1:
            return "failed"
        return STATES[self.polls] if self.polls < len(STATES) else "ready"


@dataclass(slots=True)
class BrightData:
    """The company database, with its jobs."""

    jobs: dict[str, Job] = field(default_factory=dict)

    def kind_of(self, request: Request) -> str:
        step = next((step for step in ("progress", "snapshot") if f"/{step}/" in request.path), "")
        return f"{KIND}_{step}" if step else KIND

    def answer(self, request: Request, moment: Moment) -> Reply:
        refused = self.refusal_of(request)
        if refused is not None:
            return refused
        match request.path.strip("/").split("/"):
            case ["datasets", "v3", "trigger"] if request.method == "POST":
                return self.trigger(request, moment)
            case ["datasets", "v3", "scrape"] if request.method == "POST":
                return self.scrape(request, moment)
            case ["datasets", "v3", "progress", job]:
                return self.progress(job)
            case ["datasets", "v3", "snapshot", job]:
                return self.snapshot(job, request, moment)
        return text_reply("Not found", 404, takes=0.3)

    def refuse(self, status: int) -> Reply:
        return text_reply(WORDS.get(status, "Internal server error"), status, takes=0.3)

    def reset(self) -> None:
        self.jobs.clear()

    def refusal_of(self, request: Request) -> Reply | None:
        """The refusal that the key earns; None where it is good."""
        is_start = request.path.endswith(("/trigger", "/scrape"))
        retry: Headers = (("retry-after", "7"),)
        match request.bearer:
            case "":
                return text_reply("Credentials are missing", 401, takes=0.3)
            case keys.WRONG | keys.DELETED:
                return text_reply(WORDS[401], 401, takes=0.3)
            case keys.LIMITED if is_start:
                return text_reply(WORDS[429], 429, headers=retry, takes=0.3)
            case keys.HOURLY if is_start:
                return text_reply(WORDS[429], 429, takes=0.3)
        return None

    def trigger(self, request: Request, moment: Moment) -> Reply:
        """Start a collection; charged here, since it runs whether or not anybody downloads it."""
        job = self.job_of(request)
        if isinstance(job, Reply):
            return job
        charged = Decimal("0.00") if job.is_suspended or not found_by(job, moment) else PRICE
        ids = (("snapshot_id", job.id),)
        return json_reply({"snapshot_id": job.id}, charged=charged, ids=ids, takes=0.6)

    def job_of(self, request: Request) -> Job | Reply:
        """The job that the request starts, or why it starts none."""
        if request.field("dataset_id") != COMPANIES:
            return text_reply(WORDS[404], 404, takes=0.3)
        content = request.json()
        inputs = content.get("input") if isinstance(content, dict) else content
        if not isinstance(inputs, list) or not inputs:
            return text_reply("No data to trigger", 400, takes=0.3)
        wanted = "keyword" if request.field("type") == "discover_new" else "url"
        wrong = [complaint for given in inputs if (complaint := complaint_about(given, wanted))]
        if wrong:
            return json_reply(INVALID | {"errors": wrong}, 400, takes=0.3)
        limit = request.field("limit_per_input") or (
            content.get("limit_per_input") if isinstance(content, dict) else ""
        )
        return self.started(request, inputs, int(str(limit)) if str(limit).isdecimal() else None)

    def started(self, request: Request, inputs: list[dict[str, Any]], limit: int | None) -> Job:
        name = f"s_{digest('job', inputs, len(self.jobs))[:17]}"
        job = Job(
            id=name,
            inputs=tuple({str(k): str(v) for k, v in given.items()} for given in inputs),
            limit=limit,
            include_errors=request.field("include_errors") == "true",
            is_suspended=request.bearer == keys.RUN_OUT,
            building=int(pick(3, "building", inputs) == 0),
        )
        self.jobs[name] = job
        return job

    def scrape(self, request: Request, moment: Moment) -> Reply:
        """The synchronous form: records at once, or the hand-over to a job where it takes longer than a minute."""
        job = self.job_of(request)
        if isinstance(job, Reply):
            return job
        records = found_by(job, moment)
        charged = PRICE if records else Decimal("0.00")
        if len(job.inputs) == 1:
            return json_reply(records, charged=charged, takes=1.5)
        content = {
            "snapshot_id": job.id,
            "message": "Your request is still in progress. Use the snapshot id to continue.",
        }
        ids, retry = (("snapshot_id", job.id),), (("retry-after", "10"),)
        return json_reply(content, 202, headers=retry, charged=charged, ids=ids, takes=1.5)

    def progress(self, name: str) -> Reply:
        job, ids = self.jobs.get(name), (("snapshot_id", name),)
        if job is None:
            return text_reply("Snapshot does not exist", 404, ids=ids, takes=0.3)
        content = {"snapshot_id": name, "dataset_id": COMPANIES, "status": job.status}
        if job.status == "failed":
            content["error_message"] = "Account is suspended"
        job.polls += 1
        return json_reply(content, ids=ids, takes=0.3)

    def snapshot(self, name: str, request: Request, moment: Moment) -> Reply:
        """The records, or 202: while the job runs, and for one job in three once more after it was `ready`."""
        job, ids = self.jobs.get(name), (("snapshot_id", name),)
        if job is None:
            return text_reply("Snapshot does not exist", 404, ids=ids, takes=0.3)
        if job.status != "ready":
            job.polls += 1
            content = {"status": "running", "message": "Snapshot is not ready yet, try again in 10s"}
            return json_reply(content, 202, ids=ids, takes=0.3)
        if job.building:
            job.building -= 1
            content = {"status": "building", "message": "Snapshot is building, try again in 10s"}
            return json_reply(content, 202, ids=ids, takes=0.3)
        records = found_by(job, moment, with_errors=job.include_errors)
        if request.field("format", "json") == "json":
            return json_reply(records, ids=ids, takes=0.8)
        lines = "".join(f"{json_reply(record).body.decode()}\n" for record in records)
        return text_reply(lines, kind_of_text="plain", ids=ids, takes=0.8)


def complaint_about(given: Any, wanted: str) -> list[str] | None:
    """What is wrong with one input; None if nothing is."""
    value = given.get(wanted) if isinstance(given, dict) else None
    if not isinstance(value, str) or not value.strip():
        return [wanted, "This field is required"]
    if wanted == "url" and urlsplit(value).scheme not in {"http", "https"}:
        return ["url", "This field must be a valid url"]
    return None


def found_by(job: Job, moment: Moment, *, with_errors: bool = False) -> list[dict[str, Any]]:
    """The records of a job, input by input. A failed input is a record with an error, if those were asked for."""
    records: list[dict[str, Any]] = []
    for given in job.inputs:
        companies = companies_for(given, moment.world)[: job.limit]
        asked = {"discovery_input": given} if "keyword" in given else {}
        records += [
            company_record(company, moment.at) | {"input": input_of(given, company)} | asked for company in companies
        ]
        if not companies and with_errors and "url" in given:
            records.append({"input": given, "error": "The page does not exist.", "error_code": "dead_page"})
    return records


def companies_for(given: dict[str, str], world: World) -> tuple[Company, ...]:
    if "keyword" in given:
        return companies_called(given["keyword"], world)
    slug = urlsplit(given["url"]).path.rstrip("/").rpartition("/")[2]
    return tuple(c for c in world if c.company_db.listed and (c.company_db.slug or slug_of(c.name)) == slug)


def input_of(given: dict[str, str], company: Company) -> dict[str, str]:
    """The page that was read: the asked one, or the one that a keyword led to."""
    slug = company.company_db.slug or slug_of(company.name)
    return given if "url" in given else {"url": f"https://www.crunchbase.com/organization/{slug}"}
