"""Rows in the shapes of results."""

from collections.abc import Mapping
from typing import Any

from enrichment.mcp import shapes
from enrichment.models import Company, Evidence, Report, ResearchRequest
from enrichment.workflow import answers
from enrichment.workflow.rendering import Parts

REPORT_URI = "salesintel://reports/{}"
STATUS = {"attached": "processing", "answered": "completed", "failed": "failed", "cancelled": "failed"}


def company(row: Company) -> shapes.Company:
    return shapes.Company.model_validate(row)


def gaps(rows: list[dict[str, Any]]) -> list[shapes.Gap]:
    return [shapes.Gap.model_validate(each) for each in rows]


def run(asked: ResearchRequest, *, quoted: shapes.Quoted | None = None) -> shapes.RunOut:
    """How far a request is, and what to do next."""
    status = STATUS[asked.status]
    has_report = asked.report_id is not None and status == "completed"
    failed = status == "failed"
    return shapes.RunOut(
        request_id=asked.pk,
        status=status,
        progress=answers.progress(asked),
        company=company(asked.company),
        consumer=asked.consumer,
        vendor=asked.vendor.name if asked.vendor else None,
        role=asked.seller.get("role", ""),
        quoted=quoted,
        spent=float(answers.spent_by(asked)),
        saved=float(asked.saved),
        cap=None if asked.cap is None else float(asked.cap),
        joined=asked.joined,
        from_cache=asked.from_cache,
        stop_reason=answers.stop_reason(asked),
        error=answers.error_of(asked) if failed else None,
        gaps=gaps(asked.report.gaps) if has_report and asked.report else [],
        report_uri=REPORT_URI.format(asked.pk) if has_report else None,
        sandbox=answers.origin_of(asked) == "sandbox",
        next=_next(asked, status),
    )


def _next(asked: ResearchRequest, status: str) -> str:
    if status == "processing":
        return f"It is under way. Call run_status with request_id {asked.pk}; cancel_research stops it."
    if status == "failed":
        return "It has no report. What was spent is in `spent`; research starts it again."
    return f"Call read_report with request_id {asked.pk}."


def report(asked: ResearchRequest, row: Report, *, section: str | None, with_evidence: bool) -> shapes.ReportOut:
    """A report, or one section of it, with what its statements rest on. `section` is one of its sections, or None."""
    parts = Parts.of(row)
    content = dict(parts.analysis)
    quality = content.pop("data_quality", {})
    for name in ("vendor_context_used", "last_updated"):
        content.pop(name, None)
    prefix = "/" if section is None else f"/{section}"
    found = [
        shapes.Statement(pointer=pointer, support=held["support"], evidence=list(held["evidence"]))
        for pointer, held in parts.grounding["statements"].items()
        if section is None or pointer == prefix or pointer.startswith(f"{prefix}/")
    ]
    cited = {key for each in found for key in each.evidence}
    held = parts.grounding["evidence"]
    return shapes.ReportOut(
        request_id=asked.pk,
        company=company(row.company),
        vendor=row.vendor.name if row.vendor else None,
        role=row.role,
        consumer=row.consumer,
        generated_at=row.generated_at,
        sections=list(content),
        section=section,
        content=content if section is None else content[section],
        statements=found if with_evidence else [],
        evidence={key: _item(held[key]) for key in sorted(cited & set(held))} if with_evidence else {},
        withheld=parts.grounding["withheld"],
        quality={name: value for name, value in quality.items() if value is None or isinstance(value, int | float)},
        gaps=gaps(parts.gaps),
        spent=float(answers.spent_by(asked)),
        sandbox=row.origin == "sandbox",
    )


def _item(item: Mapping[str, Any]) -> shapes.Item:
    """An item as reports keep it, where what is not known is not there."""
    blank = dict.fromkeys(("source", "kind", "title", "url", "publisher", "text"), "")
    return shapes.Item.model_validate({**blank, "publishedAt": None, "collectedAt": None, **item})


def evidence(row: Evidence) -> shapes.Item:
    return shapes.Item.model_validate(row)
