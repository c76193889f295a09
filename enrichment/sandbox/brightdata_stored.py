"""Bright Data's stored data sets: a filter begins a snapshot, which is scheduled, built and downloaded."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from enrichment.sandbox import keys
from enrichment.sandbox.brightdata_filters import complaints_about, fits, names_in
from enrichment.sandbox.brightdata_records import COMPANIES, company_record
from enrichment.sandbox.brightdata_underway import Underway
from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import Headers, Moment, Reply, Request, json_reply, text_reply

PRICES = {"brightdata_technographics": Decimal("0.20"), "brightdata_intent_data": Decimal("0.30")}  # USD per hit
NOT_READY = {"status": "building", "message": "Snapshot is building, try again in 10s"}


@dataclass(slots=True, kw_only=True)
class Snapshot(Underway):
    """A part of a data set that somebody filtered out."""

    states: ClassVar[tuple[str, ...]] = ("scheduled", "building")

    kind: str
    filter: dict[str, Any]
    limit: int

    def records(self, moment: Moment) -> list[dict[str, Any]]:
        held = (company_record(c, moment.at) for c in moment.world if c.company_db.listed)
        return [record for record in held if fits(record, self.filter)][: self.limit]


@dataclass(slots=True)
class Stored:
    """The filters that were begun."""

    snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def kind_of(self, request: Request) -> str:
        """By what the filter asks for, since two of the product's sources share one data set."""
        parts = request.path.strip("/").split("/")
        if parts[1:2] == ["snapshots"] and len(parts) > 2:
            known = self.snapshots.get(parts[2])
            return f"{known.kind if known else 'brightdata_stored'}_{'snapshot' if parts[3:] else 'progress'}"
        return kind_of(request.json())

    def answer(self, request: Request, moment: Moment) -> Reply:
        match request.path.strip("/").split("/")[1:]:
            case ["filter"] if request.method == "POST":
                return self.begin(request, moment)
            case ["snapshots", name]:
                return self.status(name, moment)
            case ["snapshots", name, "download"]:
                return self.download(name, request, moment)
        return text_reply("Not found", 404, takes=0.3)

    def begin(self, request: Request, moment: Moment) -> Reply:
        """Begin a snapshot; charged here, if it will hold anything."""
        content = request.json()
        given = content if isinstance(content, dict) else {}
        wrong = [] if given.get("dataset_id") else ["dataset_id is required"]
        wrong += complaints_about(given.get("filter"))
        if wrong:
            return json_reply({"validation_errors": wrong}, 400, takes=0.3)
        if given["dataset_id"] != COMPANIES:
            return text_reply("Dataset not found", 404, takes=0.3)
        limit = given.get("records_limit")
        snapshot = Snapshot(
            id=f"snap_{digest('filter', given, len(self.snapshots))[:15]}",
            kind=kind_of(given),
            filter=given["filter"],
            limit=limit if isinstance(limit, int) else 1000,
            is_suspended=request.bearer == keys.RUN_OUT,
            created=moment.at,
            building=int(pick(3, "stored", given["filter"]) == 0),
        )
        self.snapshots[snapshot.id] = snapshot
        is_paid = not snapshot.is_suspended and bool(snapshot.records(moment))
        charged = PRICES.get(snapshot.kind, Decimal(0)) if is_paid else Decimal(0)
        return json_reply({"snapshot_id": snapshot.id}, charged=charged, ids=(("snapshot_id", snapshot.id),), takes=0.6)

    def status(self, name: str, moment: Moment) -> Reply:
        snapshot, ids = self.snapshots.get(name), (("snapshot_id", name),)
        if snapshot is None:
            return text_reply("Snapshot not found", 404, ids=ids, takes=0.3)
        content: dict[str, Any] = {"id": name, "dataset_id": COMPANIES, "status": snapshot.status, "error": None}
        content["created"] = f"{snapshot.created:%Y-%m-%dT%H:%M:%S.000Z}"
        if snapshot.status == "ready":
            size = len(snapshot.records(moment))
            content |= {"dataset_size": size, "file_size": 3_000 * size, "cost": 0.0025 * size}
        if snapshot.status == "failed":
            content["error"] = "Account is suspended"
        snapshot.polls += 1
        return json_reply(content, ids=ids, takes=0.3)

    def download(self, name: str, request: Request, moment: Moment) -> Reply:
        """The records as JSON or as lines; for one snapshot in three 202 once more after it was `ready`."""
        snapshot, ids = self.snapshots.get(name), (("snapshot_id", name),)
        if snapshot is None:
            return text_reply("Snapshot not found", 404, ids=ids, takes=0.3)
        if snapshot.status != "ready" or snapshot.building:
            snapshot.building = max(0, snapshot.building - 1) if snapshot.status == "ready" else snapshot.building
            return json_reply(NOT_READY, 202, ids=ids, takes=0.3)
        return delivered(snapshot.records(moment), request.field("format", "json"), ids)

    def reset(self) -> None:
        self.snapshots.clear()


def kind_of(given: Any) -> str:
    """What a filter is asked for; `brightdata_stored` where it is nothing of the product's."""
    names = names_in(given.get("filter")) if isinstance(given, dict) else set()
    if "bombora" in names:
        return "brightdata_intent_data"
    return "brightdata_technographics" if "builtwith_tech" in names else "brightdata_stored"


def delivered(records: list[dict[str, Any]], form: str, ids: Headers) -> Reply:
    """Records in the form that was asked for: one array, or a line each."""
    if form == "json":
        return json_reply(records, ids=ids, takes=0.8)
    lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
    return text_reply(lines, kind_of_text="plain", ids=ids, takes=0.8)
