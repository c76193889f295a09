"""What became of every line, in the order in which it was sent, those that were refused or failed included."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from enrichment import rules
from enrichment.automation.bulk.telling import NEVER
from enrichment.models import Bulk, BulkLine, Fact
from enrichment.workflow.rendering import LARGE

PIECE = 100  # lines that are read at once
PARTS = 20  # of a list that one cell names
HEAD = (
    "line", "externalId", "name", "domain", "state", "reason", "companyName", "companyDomain", "quality", "costUsd",
    "requestId", "generatedAt", "sandbox",
)  # fmt: skip
ONLY = {
    "failed": (BulkLine.State.FAILED, BulkLine.State.SKIPPED, BulkLine.State.CANCELLED),
    "refused": NEVER,
}


def wanted(bulk: Bulk) -> list[str]:
    """The datasets that the bulk collects."""
    known = rules.current().rules
    if bulk.consumer not in known.consumers:
        return []
    needs = known.requirements(bulk.consumer, role=str(bulk.seller.get("role", "")), require=tuple(bulk.require))
    return [need.dataset for need in needs]


def rows(bulk: Bulk, *, only: str = "") -> Iterator[dict[str, Any]]:
    """One object per line, with the facts that are known of its company; two queries per hundred lines."""
    lines = bulk.lines.select_related("company", "request__run", "request__report")
    lines = lines.defer("request__run__plan_input", *(f"request__report__{name}" for name in LARGE)).order_by("line")
    if only:
        lines = lines.filter(state__in=ONLY[only])
    datasets, last = wanted(bulk), 0
    while piece := list(islice(lines.filter(line__gt=last), PIECE)):
        last = piece[-1].line
        facts = _facts(piece, datasets)
        for line in piece:
            yield _row(line, facts)


def _facts(lines: list[BulkLine], datasets: list[str]) -> dict[tuple[int, str], dict[str, Any]]:
    """(company, origin) → dataset → value."""
    answered = [line.company_id for line in lines if line.request is not None and line.request.report_id]
    found: dict[tuple[int, str], dict[str, Any]] = {}
    facts = Fact.objects.filter(company__in=answered, dataset__in=datasets)
    for company, origin, dataset, value in facts.values_list("company_id", "origin", "dataset", "value"):
        found.setdefault((company, origin), {})[dataset] = value
    return found


def _row(line: BulkLine, facts: dict[tuple[int, str], dict[str, Any]]) -> dict[str, Any]:
    request, company = line.request, line.company
    report = request.report if request else None
    return {
        "line": line.line,
        "externalId": line.external_id,
        "name": line.name,
        "domain": line.domain,
        "state": line.state,
        "reason": line.reason,
        "companyName": company.name if company else None,
        "companyDomain": company.domain if company else None,
        "quality": report.quality.get("overall") if report else None,
        "costUsd": float(line.cost),
        "requestId": str(request.pk) if request else None,
        "generatedAt": report.generated_at.isoformat() if report else None,
        "sandbox": bool(report and report.origin == "sandbox"),
        "facts": facts.get((company.pk, report.origin), {}) if company and report else {},
    }


def in_words(value: Any) -> str:
    """A fact as one cell: a head-count as a range, people and headlines by their names, at most twenty of a list."""
    match value:
        case None:
            return ""
        case {"low": low, "high": high}:
            return f"{low}" if low == high else f"{low}–{high}" if high else f"{low}+"
        case dict():
            return ", ".join(str(part) for part in [*value.values()][:2])
        case list():
            more = f"; and {len(value) - PARTS} more" if len(value) > PARTS else ""
            return "; ".join(in_words(part) for part in value[:PARTS]) + more
        case _:
            return str(value)
