"""What stands around a brief's body: its quality, its gaps, its cost, and for whom it was written."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment.pages.brief import Body, read_body
from enrichment.pages.words import age, label_of, moment, percent, usd
from enrichment.rules import Rules

QUALITY = {
    "overall": ("Overall", "the three below, together"),
    "completeness": ("Completeness", "share of what was needed that was found"),
    "freshness": ("Freshness", "how new the facts are, each against its own pace of ageing"),
    "reliability": ("Reliability", "how far the sources can be trusted, together"),
    "recall": ("Recall", "share of what was found that this brief shows"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One part of the data quality; `value` out of 100."""

    label: str
    meaning: str
    value: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is missing, why, and for how much it could be had."""

    label: str
    why: str
    price: str  # "" where no source could fill it
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
    withheld: int
    sandbox: bool
    vendor_context_used: bool
    measures: list[Measure]
    gaps: list[Gap]
    roles: list[RoleTab]
    body: Body


def sheet(envelope: Mapping[str, Any], *, rules: Rules, now: datetime) -> Sheet:
    """The page of an answered request from its envelope (`answers.envelope`). Pure."""
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
        withheld=_count(grounding["withheld"]),
        sandbox=envelope["sandbox"],
        vendor_context_used=bool(analysis.get("vendor_context_used")),
        measures=measures(analysis.get("data_quality") or {}),
        gaps=[_gap(row, rules) for row in envelope["gaps"]],
        roles=[RoleTab(row.slug, row.label, row.slug == role) for row in rules.roles.values()],
        body=read_body(analysis, grounding, now=now),
    )


def measures(quality: Mapping[str, Any]) -> list[Measure]:
    """The parts that were computed, in a fixed order."""
    return [
        Measure(label, meaning, round(quality[name] * 100), percent(quality[name]))
        for name, (label, meaning) in QUALITY.items()
        if quality.get(name) is not None
    ]


def _gap(row: Mapping[str, Any], rules: Rules) -> Gap:
    known = rules.datasets.get(row["dataset"])
    return Gap(
        label=row.get("label") or (known.label if known else label_of(row["dataset"])),
        why=row["why"],
        price="" if row.get("costToFill") is None else usd(row["costToFill"]),
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
