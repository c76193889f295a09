"""How runs end, and how that answers the requests that wait for them. Functions run in the caller's transaction."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from enrichment import budgets, events, settling
from enrichment.events import News
from enrichment.models import CacheEntry, EngineCall, Report, ResearchRequest, UsageMark, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.fields import usd
from enrichment.recording import wake_waiting
from enrichment.workflow import attribution, notifying, taking_part, tasks
from enrichment.workflow.keys import report_type
from enrichment.workflow.rendering import LARGE

Status, StopReason = WorkflowRun.Status, WorkflowRun.StopReason


def cached(run: WorkflowRun, at: datetime) -> Report | None:
    """The report that another run of the same work stored meanwhile, and that this run's payer could not better."""
    entries = CacheEntry.objects.fresh(at).since(run.not_before)
    entry = entries.filter(type=report_type(run.consumer), key=run.report_key).defer("body").first()
    others = Report.objects.filter(entry=entry, best_under=None).exclude(run=run)
    return others.order_by("-generated_at").first() if entry else None


def answer(run: WorkflowRun, report: Report, *, at: datetime, partial_result: bool = False) -> None:
    """End the run with `report` and answer every request that waits for it; who has a fuller one keeps that.

    Each saved what others, or earlier requests, really paid for what the report was made from.
    """
    status = Status.PARTIAL if partial_result else Status.COMPLETED
    waiting = _payer_first(run)
    moved = _follow_up(run, waiting[0], waiting[1:]) if report.best_under is not None and waiting else []
    own = attribution.paid_by(report)
    staying = [row for row in waiting if row not in moved]
    for request in staying:
        told = {"status": ResearchRequest.Status.ANSWERED, "answered": at}
        if not _is_poorer(report, request.report):
            told |= {"report": report, "saved": report.worth - own.get(request.pk, Decimal(0))}
        ResearchRequest.objects.filter(pk=request.pk).update(**told)
    if not run.stop_reason:  # the report was there, and nothing had to be asked
        WorkflowRun.objects.filter(pk=run.pk).update(stop_reason=report.stop_reason or StopReason.SATISFIED)
    seq = _end(run, status, at=at, data={"report": str(report.pk), "gaps": len(report.gaps)})
    notifying.answered(run, report, [row.pk for row in staying], is_partial=partial_result, seq=seq)


def _is_poorer(report: Report, earlier: Report | None) -> bool:
    """Whether the report lacks something required that the one which its request already had does not lack."""
    if earlier is None:
        return False
    lacks, lacked = ({gap["dataset"] for gap in each.gaps if gap.get("required")} for each in (report, earlier))
    return not lacks <= lacked


def _payer_first(run: WorkflowRun) -> list[ResearchRequest]:
    """Everybody who waits for the run, oldest first, but for whoever has paused."""
    at = database_now()
    unread = [f"report__{name}" for name in LARGE if name != "gaps"]
    waiting = ResearchRequest.objects.attached().filter(run=run).select_related("report").defer(*unread)
    return sorted(waiting, key=lambda request: request.is_paused(at))


def _follow_up(run: WorkflowRun, payer: ResearchRequest, joiners: list[ResearchRequest]) -> list[ResearchRequest]:
    """Joiners whose own caps could fill what the payer's could not: they get a run of their own."""
    cap = payer.cap
    richer = [row for row in joiners if cap is not None and (row.cap is None or row.cap > cap)]
    if not richer:
        return []
    WorkflowRun.objects.filter(pk=run.pk).update(status=Status.PARTIAL)  # frees the work key
    fields = ("consumer", "company_id", "vendor_id", "role", "segment", "region", "strategy", "require", "origin")
    by = ("work_key", "report_key", "rule_set_id", "variant_id", "not_before")
    copied = {name: getattr(run, name) for name in (*fields, *by)}
    next_run = WorkflowRun.objects.create(**copied, wake_at=database_now())
    events.carry_on(run.pk, next_run.pk)
    ResearchRequest.objects.filter(pk__in=[row.pk for row in richer]).update(run=next_run, joined=False)
    transaction.on_commit(partial(tasks.ring, next_run.pk))
    return richer


def cancelled(run: WorkflowRun) -> None:
    """Nobody wants the run any more."""
    WorkflowRun.objects.filter(pk=run.pk).update(stop_reason=StopReason.CANCELLED)
    _end(run, Status.CANCELLED, at=database_now(), data={})


def fail(run: WorkflowRun, words: str, *, stop_reason: str = "", more: dict[str, Any] | None = None) -> None:
    """The run cannot go on: its requests are told why, nothing more is bought for them; what it collected is kept."""
    now = database_now()
    reason = stop_reason or run.stop_reason or StopReason.FAILED
    WorkflowRun.objects.filter(pk=run.pk).update(error=words, stop_reason=reason)
    waiting = ResearchRequest.objects.attached().filter(run=run)
    asked = list(waiting.values_list("pk", flat=True))
    ResearchRequest.objects.attached().filter(parent__in=waiting).end(ResearchRequest.Status.CANCELLED, now)
    waiting.end(ResearchRequest.Status.FAILED, now)
    seq = _end(run, Status.FAILED, at=now, data={"error": words, **(more or {})})
    notifying.failed(run, asked, stop_reason=reason, seq=seq)


def doubt_engines(run: WorkflowRun, at: datetime) -> None:
    """Analyses whose answer nobody stored count as spent."""
    for call in EngineCall.objects.filter(run=run, status=EngineCall.Status.INTENT):
        EngineCall.objects.filter(pk=call.pk).update(status=EngineCall.Status.IN_DOUBT, cost=call.reserved, answered=at)
        UsageMark.objects.leave([call.started])
        budgets.settle(request=call.request_id, periods=call.budgets, held=call.reserved, cost=call.reserved)
        WorkflowRun.objects.filter(pk=run.pk).update(cost=F("cost") + usd(call.reserved))


def _end(run: WorkflowRun, status: str, *, at: datetime, data: dict[str, Any]) -> int:
    """The number of the run's last event."""
    settling.settle_loose_ends(run)
    doubt_engines(run, at)
    WorkflowRun.objects.filter(pk=run.pk).update(status=status, finished=at, lease_until=None, waiting_for="")
    cost = WorkflowRun.objects.values_list("cost", flat=True).get(pk=run.pk) or Decimal(0)
    last = events.append(run.pk, [News("finished", {"status": str(status), "cost": f"{cost:f}", **data})], at=at)
    if run.variant_id is not None:
        taking_part.end(run, status, cost=cost, at=at)
    transaction.on_commit(partial(wake_waiting, run.fill_key))
    return last
