"""Announces how runs end, to each person who asked and about their own request only. In the caller's transaction.

What was asked on behalf of another request, for the vendor's context, is told with that one.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from enrichment.announcing import Told, announce_all
from enrichment.models import Origin, Report, ResearchRequest, WorkflowRun
from enrichment.workflow.answers import number

STATUS = "/api/v1/analysis/status/{}"


def answered(run: WorkflowRun, report: Report, requests: Sequence[UUID], *, is_partial: bool, seq: int) -> None:
    """These requests were answered; whoever has a fuller report of before keeps it, and is told its gaps."""
    event = "run.partial" if is_partial else "run.completed"
    rows = _asked(requests).select_related("report").only(*_FIELDS, "report__gaps", "report__stop_reason")
    news = []
    for row in rows:
        its = row.report or report
        data = _data(row, status="completed", stop_reason=its.stop_reason, gaps=len(its.gaps))
        news.append(_told(run, row, event, data, seq))
    announce_all(news)


def failed(run: WorkflowRun, requests: Sequence[UUID], *, stop_reason: str, seq: int) -> None:
    """These requests got no answer; who had one from an earlier attempt keeps that."""
    news = []
    for row in _asked(requests).only(*_FIELDS):
        data = _data(row, status="failed", stop_reason=stop_reason, gaps=0)
        news.append(_told(run, row, "run.failed", data, seq))
    announce_all(news)


_FIELDS = (
    "user", "consumer", "spent", "saved", "run__origin", "company__name", "company__domain", "attempt",
    "bulk_line__bulk", "watch_check__watch",
)  # fmt: skip


def _asked(requests: Sequence[UUID]) -> Any:
    rows = ResearchRequest.objects.filter(pk__in=requests, parent=None)
    return rows.select_related("company", "run", "bulk_line", "watch_check").order_by("pk")


def _told(run: WorkflowRun, row: ResearchRequest, event: str, data: dict[str, Any], seq: int) -> Told:
    """`seq` tells the ends of several attempts apart. A list's or a watch's lines are no notices: it has its own."""
    once = f"request:{row.pk}:{run.pk}:{seq}"
    return Told(owner=row.user_id, type=event, data=data, once=once, quietly=row.attempt is not None)


def _data(row: ResearchRequest, *, status: str, stop_reason: str, gaps: int) -> dict[str, Any]:
    company = row.company
    return {
        "requestId": str(row.pk),
        "consumer": row.consumer,
        "company": {"id": company.pk, "name": company.name, "domain": company.domain},
        "status": status,
        "stopReason": str(stop_reason),
        "gaps": gaps,
        "totalCost": number(row.spent),
        "cacheSavings": number(row.saved),
        "sandbox": row.run is not None and row.run.origin == Origin.SANDBOX,
        "statusEndpoint": STATUS.format(row.pk),
        **({"bulkId": str(row.bulk_line.bulk_id)} if row.bulk_line else {}),
        **({"watchId": str(row.watch_check.watch_id)} if row.watch_check else {}),
    }
