"""Bright Data: its scrapers (trigger, progress, snapshot) and its stored data sets. Errors are plain text, mostly."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.brightdata_collections import COLLECTIONS, Job, complaint_about, found_by, line_of
from enrichment.sandbox.brightdata_search import SEARCHABLE, search
from enrichment.sandbox.brightdata_stored import Stored, delivered
from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import NOTHING, Headers, Moment, Reply, Request, json_reply, text_reply

WORDS = {
    401: "Invalid credentials",
    402: "Not enough balance",
    403: "Auth method is not supported",
    404: "Collector not found",
    429: "You have too many running jobs for this dataset",
}
INVALID = {"error": "Invalid input provided", "code": "validation_error"}


@dataclass(slots=True)
class BrightData:
    """The collections with their jobs, and the stored data sets with theirs."""

    jobs: dict[str, Job] = field(default_factory=dict)
    stored: Stored = field(default_factory=Stored)

    def kind_of(self, request: Request) -> str:
        match request.path.strip("/").split("/"):
            case ["datasets", "search", dataset]:
                return SEARCHABLE[dataset].kind if dataset in SEARCHABLE else "brightdata"
            case ["datasets", "snapshots" | "filter", *_]:
                return self.stored.kind_of(request)
            case ["datasets", "v3", "snapshots"]:
                return f"{kind_of(request.field('dataset_id'))}_list"
            case ["datasets", "v3", "progress" | "snapshot" as step, name]:
                job = self.jobs.get(name)
                return f"{kind_of(job.dataset if job else '')}_{step}"
        return kind_of(request.field("dataset_id"))

    def answer(self, request: Request, moment: Moment) -> Reply:
        refused = self.refusal_of(request)
        if refused is not None:
            return refused
        match request.path.strip("/").split("/"):
            case ["datasets", "v3", "trigger"] if request.method == "POST":
                return self.trigger(request, moment)
            case ["datasets", "v3", "scrape"] if request.method == "POST":
                return self.scrape(request, moment)
            case ["datasets", "search", dataset] if request.method == "POST":
                return search(dataset, request, moment)
            case ["datasets", "filter" | "snapshots", *_]:
                return self.stored.answer(request, moment)
            case ["datasets", "v3", "snapshots"]:
                return self.listed(request)
            case ["datasets", "v3", "progress", job]:
                return self.progress(job)
            case ["datasets", "v3", "snapshot", job]:
                return self.snapshot(job, request, moment)
        return text_reply("Not found", 404, takes=0.3)

    def refuse(self, status: int) -> Reply:
        return text_reply(WORDS.get(status, "Internal server error"), status, takes=0.3)

    def reset(self) -> None:
        self.jobs.clear()
        self.stored.reset()

    def refusal_of(self, request: Request) -> Reply | None:
        """The refusal that the key earns; None where it is good."""
        is_start = request.path.endswith(("/trigger", "/scrape", "/filter"))
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
        job = self.job_of(request, moment.at)
        if isinstance(job, Reply):
            return job
        charged = NOTHING if job.is_suspended or not found_by(job, moment) else COLLECTIONS[job.dataset].price
        ids = (("snapshot_id", job.id),)
        return json_reply({"snapshot_id": job.id}, charged=charged, ids=ids, takes=0.6)

    def job_of(self, request: Request, at: datetime) -> Job | Reply:
        """The job that the request starts, or why it starts none."""
        if request.field("dataset_id") not in COLLECTIONS:
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
        return self.started(request, inputs, int(str(limit)) if str(limit).isdecimal() else None, at)

    def started(self, request: Request, inputs: list[dict[str, Any]], limit: int | None, at: datetime) -> Job:
        name = f"s_{digest('job', inputs, len(self.jobs))[:17]}"
        job = Job(
            id=name,
            dataset=request.field("dataset_id"),
            inputs=tuple({str(k): str(v) for k, v in given.items()} for given in inputs),
            limit=limit,
            include_errors=request.field("include_errors") == "true",
            is_suspended=request.bearer == keys.RUN_OUT,
            created=at,
            building=int(pick(3, "building", inputs) == 0),
        )
        self.jobs[name] = job
        return job

    def scrape(self, request: Request, moment: Moment) -> Reply:
        """The synchronous form: records at once, or the hand-over to a job where it takes longer than a minute."""
        job = self.job_of(request, moment.at)
        if isinstance(job, Reply):
            return job
        records = found_by(job, moment)
        charged = COLLECTIONS[job.dataset].price if records else NOTHING
        if len(job.inputs) == 1:
            return json_reply(records, charged=charged, takes=1.5)
        content = {
            "snapshot_id": job.id,
            "message": "Your request is still in progress. Use the snapshot id to continue.",
        }
        ids, retry = (("snapshot_id", job.id),), (("retry-after", "10"),)
        return json_reply(content, 202, headers=retry, charged=charged, ids=ids, takes=1.5)

    def listed(self, request: Request) -> Reply:
        """The collections of the account, oldest first; it does not say what they were asked for."""
        if request.field("dataset_id") not in COLLECTIONS:
            return text_reply(WORDS[404], 404, takes=0.3)
        since = request.field("from_date")
        of_set = [job for job in self.jobs.values() if job.dataset == request.field("dataset_id")]
        jobs = [job for job in of_set if f"{job.created:%Y-%m-%d}" >= since]
        return json_reply([line_of(job) for job in jobs], takes=0.3)

    def progress(self, name: str) -> Reply:
        job, ids = self.jobs.get(name), (("snapshot_id", name),)
        if job is None:
            return text_reply("Snapshot does not exist", 404, ids=ids, takes=0.3)
        content = {"snapshot_id": name, "dataset_id": job.dataset, "status": job.status}
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
        return delivered(records, request.field("format", "json"), ids)


def kind_of(dataset: str) -> str:
    collection = COLLECTIONS.get(dataset)
    return collection.kind if collection else "brightdata"
