"""What stands around a brief's body: its quality, its gaps, its cost, and for whom it was written."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment.models.catalog import SECTIONS
from enrichment.pages.brief import Body, read_body
from enrichment.pages.words import age, label_of, moment, percent, usd
from enrichment.rules import Rules

QUALITY = {
    "overall": ("Overall", "the three below, together"),
    "completeness": ("Completeness", "share of what was needed that was found"),
    "reliability": ("Reliability", "how likely what was found is right"),
    "freshness": ("Freshness", "how new the facts are, each against its own pace of ageing"),
    "recall": ("Recall", "share of what was found that this brief shows"),
}
GOOD, FAIR = 80, 50  # per cent from which on
MOST_DRAGS = 3
LEAST_DRAG = 0.005  # of the whole


@dataclass(frozen=True, slots=True)
class Measure:
    """One part of the data quality; `value` out of 100."""

    label: str
    meaning: str
    value: int
    text: str

    @property
    def tone(self) -> str:
        return "good" if self.value >= GOOD else "fair" if self.value >= FAIR else "poor"


@dataclass(frozen=True, slots=True)
class Drag:
    """A dataset that costs the whole something: why, and how much of it."""

    label: str
    why: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The data quality as a picture: three bars that make up the whole, and what drags it down."""

    overall: Measure
    words: str
    bars: list[Measure]
    recall: Measure | None
    drags: list[Drag]
    second_reading: str = ""  # what came of one, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is missing, why, and for how much it could be had."""

    dataset: str
    label: str
    why: str
    price: str  # "" where no source could fill it
    is_free: bool
    required: bool


@dataclass(frozen=True, slots=True)
class RoleTab:
    slug: str
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A brief, ready to be shown."""

    company: str
    domain: str
    vendor: str
    consumer: str
    role: str
    written: str  # "3 hours ago"
    written_at: datetime | None
    oldest: str
    cost: str
    saved: str
    source: str
    engine: str
    failures: list[str]  # of engines that were to write it, in words
    withheld: int
    reasons: list[str]  # "3: not what the cited item says"
    set_aside: int  # collected items that give orders to machines
    sandbox: bool
    vendor_context_used: bool
    quality: Quality | None  # None where none was computed
    gaps: list[Gap]
    roles: list[RoleTab]  # empty where it cannot be asked for again
    body: Body


def sheet(
    envelope: Mapping[str, Any], *, rules: Rules, now: datetime, orders: Mapping[str, Sequence[str]] | None = None
) -> Sheet:
    """The page of an answered request from its envelope (`answers.envelope`). Pure.

    `orders` are the sections of each role's briefs, first to last.
    """
    data, grounding = envelope["data"], envelope["grounding"]
    analysis = data["analysis"]
    role = str(analysis.get("persona", {}).get("role", ""))
    written, freshness = moment(data["generatedAt"]), envelope["freshness"]
    return Sheet(
        company=data["companyName"],
        domain=data.get("companyDomain") or "",
        vendor=data["vendorCompany"] or "",
        consumer=label_of(data["workflowType"]),
        role=role,
        written=age(written, now),
        written_at=written,
        oldest=_at_most(freshness.get("oldestDataSeconds")),
        cost=usd(envelope["totalCost"]),
        saved=usd(envelope["cacheSavings"]),
        source=envelope["source"],
        engine=data["workflowMetadata"].get("engine", ""),
        failures=[str(words) for words in data["workflowMetadata"].get("engineFailures") or ()],
        withheld=_count(grounding["withheld"]),
        reasons=[f"{row['count']}: {row['why']}" for row in grounding.get("withheldReasons", ())],
        set_aside=len(grounding.get("setAside", ())),
        sandbox=envelope["sandbox"],
        vendor_context_used=bool(analysis.get("vendor_context_used")),
        quality=quality(analysis.get("data_quality") or {}, rules),
        gaps=[_gap(row, rules) for row in envelope["gaps"]],
        roles=_roles(role, rules) if data["workflowType"] in rules.consumers else [],
        body=read_body(analysis, grounding, now=now, order=(orders or {}).get(role, SECTIONS)),
    )


def _roles(role: str, rules: Rules) -> list[RoleTab]:
    return [RoleTab(row.slug, row.label, row.slug == role) for row in rules.roles.values()]


def quality(computed: Mapping[str, Any], rules: Rules) -> Quality | None:
    """The computed measures and what drags them down; None where there are none."""
    found = {
        name: Measure(label, meaning, round(computed[name] * 100), percent(computed[name]))
        for name, (label, meaning) in QUALITY.items()
        if computed.get(name) is not None
    }
    if "overall" not in found:
        return None
    overall = found["overall"]
    return Quality(
        overall=overall,
        words={"good": "good", "fair": "fair; see what drags it down", "poor": "poor; check before you rely on it"}[
            overall.tone
        ],
        bars=[found[name] for name in ("completeness", "reliability", "freshness") if name in found],
        recall=found.get("recall"),
        drags=_drags(computed.get("parts") or (), rules),
        second_reading=str(computed.get("second_reading") or ""),
    )


def _drags(parts: Sequence[Mapping[str, Any]], rules: Rules) -> list[Drag]:
    """The datasets that cost most, worst first; `parts` are in that order."""
    return [
        Drag(_label_of(part["dataset"], rules), _why_it_drags(part), percent(part["lost"]))
        for part in list(parts)[:MOST_DRAGS]
        if part["lost"] >= LEAST_DRAG
    ]


def _why_it_drags(part: Mapping[str, Any]) -> str:
    if not part["found"]:
        return "not found"
    if part["freshness"] < part["reliability"]:
        return f"old, {percent(part['freshness'])} fresh"
    return f"{percent(part['reliability'])} sure"


def _label_of(dataset: str, rules: Rules) -> str:
    known = rules.datasets.get(dataset)
    return known.label if known else label_of(dataset)


def _gap(row: Mapping[str, Any], rules: Rules) -> Gap:
    cost = row.get("costToFill")
    return Gap(
        dataset=row["dataset"],
        label=row.get("label") or _label_of(row["dataset"], rules),
        why=row["why"],
        price="" if cost is None else usd(cost),
        is_free=cost is not None and float(cost) <= 0,
        required=bool(row.get("required")),
    )


def _at_most(seconds: float | None) -> str:
    """An age in whole hours or days, rounded up: 5400 → "2 hours"."""
    if seconds is None:
        return ""
    hours = math.ceil(seconds / 3600)
    if hours <= 1:
        return "an hour"
    return f"{hours} hours" if hours < 48 else f"{math.ceil(hours / 24)} days"


def _count(withheld: int | Sequence[Any]) -> int:
    return withheld if isinstance(withheld, int) else len(withheld)
