"""What callers are told: requests, runs and reports in the wire's shape. Reads only; the rep's name is added here."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from enrichment import events as run_events
from enrichment.models import UNTIL_RESUMED, Report, ResearchRequest, RunEvent, SourceCall, WorkflowRun
from enrichment.workflow.estimates import estimate_of
from enrichment.workflow.rendering import Json, Mixed, Parts, extended, rendered, whole
from enrichment.workflow.spans import trace_of

LAYERS = 100  # per cent


def usd_text(amount: Decimal | None) -> str | None:
    """USD as a plain decimal string with at least two places, None for unknown: Decimal("0.1") → "0.10"."""
    if amount is None:
        return None
    text = f"{amount:f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def number(amount: Decimal | None) -> float | None:
    """USD as the JSON number of the documents."""
    return None if amount is None else float(amount)


# --- Reports ----------------------------------------------------------------------------------------------------------


def envelope(request: ResearchRequest) -> dict[str, Any]:
    """An answered request in the documents' shape. Raises `Report.DoesNotExist` where there is no report yet."""
    return _envelope(request, Parts.of(_report_of(request)))


def envelope_json(request: ResearchRequest) -> Json:
    """The same as JSON; what was rendered when the report was stored is copied."""
    report = _report_of(request)
    return rendered(_envelope(request, Parts.kept(report) or Parts.of(report)))


def _report_of(request: ResearchRequest) -> Report:
    if request.report is None:
        raise Report.DoesNotExist(f"Request {request.pk} has no report.")
    return request.report


def _envelope(request: ResearchRequest, parts: Parts) -> Mixed:
    report = _report_of(request)
    return Mixed(
        requestId=str(request.pk),
        data=_data(request, report, parts),
        source="cache" if request.from_cache or is_being_renewed(request) else "run",
        totalCost=number(spent_by(request)),
        cacheSavings=number(request.saved),
        freshness=freshness(report) | {"refreshing": is_being_renewed(request)},
        stopReason=report.stop_reason,
        gaps=parts.gaps,
        grounding=parts.grounding,
        sandbox=report.origin == "sandbox",
    )


def _data(request: ResearchRequest, report: Report, parts: Parts) -> Mixed:
    """`data` of the envelope: the documents' body is `analysis`."""
    seller = dict(request.seller)
    return Mixed(
        companyName=request.company.name,
        companyDomain=request.company.domain,
        vendorCompany=request.vendor.name if request.vendor else None,
        workflowType=report.consumer,
        rawData=parts.raw_data,
        analysis=extended(parts.analysis, {"persona": seller}),
        metrics={
            "totalCost": number(spent_by(request)),
            "cacheHits": parts.cache_hits,
            "cacheSavings": number(request.saved),
            "datasetsCollected": len(report.datasets),
        },
        generatedAt=report.generated_at.isoformat(),
        workflowMetadata={
            "type": report.consumer,
            "userPersona": seller,
            "vendorContextUsed": report.vendor_context_used,
            "datasetsCollected": report.datasets,
            "engine": report.engine,
            "engineFailures": report.failures,
            "runId": str(report.run_id) if report.run_id else None,
            "reportId": str(report.pk),
        },
    )


def is_being_renewed(request: ResearchRequest) -> bool:
    """Whether the report that it has is one of before, and a better one is being made."""
    return request.status == ResearchRequest.Status.ATTACHED and request.report_id is not None


def spent_by(request: ResearchRequest) -> Decimal:
    """USD that the request itself paid: nothing for what it reused or joined, unless whoever paid cancelled."""
    spent: Decimal = request.spent
    return spent


def freshness(report: Report) -> dict[str, Any]:
    """How old the report and the data behind it are, in seconds, with the quality's freshness in [0, 1]."""
    now = timezone.now()
    oldest = report.entry.fetched_at if report.entry else report.generated_at
    return {
        "generatedAt": report.generated_at.isoformat(),
        "ageSeconds": round((now - report.generated_at).total_seconds(), 1),
        "oldestDataSeconds": round((now - oldest).total_seconds(), 1),
        "score": report.quality.get("freshness"),
        "expiresAt": report.entry.expires_at.isoformat() if report.entry else None,
    }


def vendor_answer(request: ResearchRequest) -> dict[str, Any]:
    """The documents' answer of `/company/{domain}/vendor-context`."""
    report = whole(_report_of(request))
    took = (request.answered or request.created) - request.created
    return {
        "companyIntelligence": {**report.body, "dataQuality": report.quality},
        "metadata": {
            "requestId": str(request.pk),
            "fromCache": request.from_cache,
            "processingTimeMs": round(took.total_seconds() * 1000),
            "generatedAt": report.generated_at.isoformat(),
        },
        "gaps": report.gaps,
        "grounding": {
            "statements": report.statements,
            "evidence": report.evidence,
            "conflicts": report.conflicts,
        },
        "totalCost": number(spent_by(request)),
        "sandbox": report.origin == "sandbox",
    }


# --- Work under way ---------------------------------------------------------------------------------------------------


def accepted(request: ResearchRequest) -> dict[str, Any]:
    """A 202's body. A run that has no plan yet is estimated by the plan that it would have now."""
    run = request.run
    estimate = estimate_of(run) if run else None
    return {
        "requestId": str(request.pk),
        "statusEndpoint": f"/api/v1/analysis/status/{request.pk}",
        "estimatedDuration": duration_text(estimate.seconds if estimate else None),
        "estimatedCost": number(estimate.cost) if estimate else None,
        "joined": request.joined,
        "sandbox": bool(run and run.origin == "sandbox"),
    }


def duration_text(seconds: float | None) -> str:
    """A span in the documents' words; a minute where nobody knows."""
    minutes = max(round((seconds or 0) / 60), 1)
    return "about 1 minute" if minutes == 1 else f"about {minutes} minutes"


STATUS = {
    ResearchRequest.Status.ATTACHED: "processing",
    ResearchRequest.Status.ANSWERED: "completed",
    ResearchRequest.Status.FAILED: "failed",
    ResearchRequest.Status.CANCELLED: "failed",
}


def status(request: ResearchRequest) -> dict[str, Any]:
    """The body of `/analysis/status/{requestId}`."""
    answered = request.status == ResearchRequest.Status.ANSWERED and request.report is not None
    return _status(request, envelope(request) if answered else None)


def status_json(request: ResearchRequest) -> Json:
    """The same as JSON; what was rendered when the report was stored is copied."""
    report = request.report if request.status == ResearchRequest.Status.ANSWERED else None
    parts = None if report is None else Parts.kept(report) or Parts.of(report)
    return rendered(_status(request, None if parts is None else _envelope(request, parts)))


def _status(request: ResearchRequest, answer: Mapping[str, Any] | None) -> Mixed:
    told = STATUS[ResearchRequest.Status(request.status)]
    found = Mixed(requestId=str(request.pk), status=told, progress=progress(request), stopReason=stop_reason(request))
    if told == "completed" and answer is not None:
        found |= {name: answer[name] for name in ("data", "gaps", "grounding", "totalCost", "cacheSavings")}
    elif told == "failed":
        found["error"] = error_of(request)
    else:
        found["estimatedCompletion"] = estimated_completion(request)
    found["sandbox"] = origin_of(request) == "sandbox"
    return found


def error_of(request: ResearchRequest) -> str:
    """Why there is no answer, in words."""
    if request.status == ResearchRequest.Status.CANCELLED:
        return "It was cancelled."
    return (request.run.error if request.run else "") or "It failed."


def origin_of(request: ResearchRequest) -> str:
    if request.report is not None:
        return request.report.origin
    return request.run.origin if request.run else ""


def progress(request: ResearchRequest) -> int:
    """Per cent: expected seconds of the calls that ended over those of all planned ones and the analysis."""
    if request.status != ResearchRequest.Status.ATTACHED or request.run is None:
        return LAYERS
    planned = _planned_seconds(request.run)
    if not planned:
        return 0
    ended = request.run.calls.exclude(status=SourceCall.Status.INTENT).values_list("source", flat=True)
    done = sum(planned.get(source, 0.0) for source in set(ended))
    analysis = max(sum(planned.values()) * 0.1, 0.1)
    return min(int(LAYERS * done / (sum(planned.values()) + analysis)), LAYERS - 1)


def _planned_seconds(run: WorkflowRun) -> dict[str, float]:
    """Source → the latency that its latest plan expects."""
    found: dict[str, float] = {}
    for step in run.steps.standing().filter(name__in=["plan", "collect"]):
        for call in step.result.get("plan", {}).get("calls", []):
            found[call["source"]] = call["latency"]
    return found


def estimated_completion(request: ResearchRequest) -> str | None:
    """When the run will probably end; None while it is not planned."""
    run = request.run
    if run is None or run.estimated_seconds is None or request.is_paused(timezone.now()):
        return None
    begun = run.clock_from or run.started or run.created
    return max(begun + timedelta(seconds=run.estimated_seconds), timezone.now()).isoformat()


def run_state(request: ResearchRequest) -> dict[str, Any]:
    """The body of `/runs/{requestId}`: the request's own costs, the run's state."""
    run = request.run
    return {
        "requestId": str(request.pk),
        "consumer": request.consumer,
        "company": _company(request),
        "vendor": request.vendor.name if request.vendor else None,
        "seller": request.seller,
        "requestStatus": request.status,
        "status": run.status if run else "completed",
        "paused": request.is_paused(timezone.now()),
        "pausedUntil": _iso(paused_until(request)),
        "stopReason": stop_reason(request),
        "error": error_of(request) if request.status in ("failed", "cancelled") else None,
        "progress": progress(request),
        "joined": request.joined,
        "fromCache": request.from_cache,
        "cost": number(spent_by(request)),
        "reserved": number(request.reserved),
        "cap": number(request.cap),
        "saved": number(request.saved),
        "estimatedCost": number(run.estimated_cost) if run else None,
        "estimatedSeconds": run.estimated_seconds if run else None,
        "createdAt": request.created.isoformat(),
        "startedAt": _iso(run.started) if run else None,
        "finishedAt": _iso(request.answered),
        "lastSeq": run.last_seq if run else 0,
        "reportId": str(request.report_id) if request.report_id else None,
        "sandbox": origin_of(request) == "sandbox",
    }


def stop_reason(request: ResearchRequest) -> str:
    """Why its run asked no more; of an answer from the cache, the run that wrote it. Empty while it goes on."""
    if request.status == ResearchRequest.Status.CANCELLED:
        return str(WorkflowRun.StopReason.CANCELLED)
    if request.run is not None:
        return request.run.stop_reason
    return request.report.stop_reason if request.report else ""


def paused_until(request: ResearchRequest) -> datetime | None:
    """When its pause is over by itself; None where it has none, or rests until it is resumed."""
    until: datetime | None = request.paused_until
    return until if request.is_paused(timezone.now()) and until != UNTIL_RESUMED else None


def _company(request: ResearchRequest) -> dict[str, Any]:
    return {"id": request.company_id, "name": request.company.name, "domain": request.company.domain}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def trace(request: ResearchRequest) -> dict[str, Any]:
    """The execution trace: a tree of timed, priced spans. A request answered from the cache has one span."""
    run = request.run or (request.report.run if request.report else None)
    if run is None or request.from_cache:
        return _cache_span(request)
    return trace_of(run)


def _cache_span(request: ResearchRequest) -> dict[str, Any]:
    return {
        "name": "cache_check",
        "label": "Answered from the cache",
        "started": request.created.isoformat(),
        "seconds": ((request.answered or request.created) - request.created).total_seconds(),
        "cost": "0.00",
        "status": "hit",
        "stopReason": stop_reason(request),
        "detail": f"{usd_text(request.saved)} USD were paid before for what this reuses.",
        "children": [],
    }


def events(request: ResearchRequest, *, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """The run's numbered events after `after`, in order."""
    if request.run_id is None:
        return []
    return [event_told(row) for row in run_events.after(request.run_id, after, limit=limit)]


def event_told(event: RunEvent) -> dict[str, Any]:
    """One event, alike in pages, streams and sockets."""
    return {"seq": event.seq, "type": event.kind, "at": event.at.isoformat(), "data": event.data}
