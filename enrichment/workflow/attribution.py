"""Who really paid for what a report was made from. Functions run in the caller's transaction."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from enrichment.models import AnalysisEngine, CacheEntry, EngineCall, Report, ReportPart, SourceCall, WorkflowRun
from enrichment.models.fields import usd


def parts_of(
    run: WorkflowRun, *, used: Sequence[CacheEntry], vendor_report: Report | None, analysis: ReportPart
) -> list[ReportPart]:
    """The parts of the run's report, not stored yet: its responses, its analysis, and the parts of the vendor's.

    A response that was bought more than once is its last purchase's, whose price the entry has.
    """
    answered = [SourceCall.Status.OK, SourceCall.Status.EMPTY]
    calls = SourceCall.objects.filter(entry__in=used, status__in=answered).order_by("answered")
    bought = {call.entry_id: call for call in calls}
    parts = [_part(entry, bought.get(entry.pk), run) for entry in used]
    if vendor_report is not None:
        is_own = vendor_report.run_id is not None and vendor_report.run_id == run.vendor_run_id
        parts += [_again(part, found=part.found or not is_own) for part in vendor_report.parts.all()]
    return [*parts, analysis]


def _part(entry: CacheEntry, call: SourceCall | None, run: WorkflowRun) -> ReportPart:
    return ReportPart(
        cache_type=entry.type,
        source=entry.source,
        paid=entry.paid,
        call=call,
        payer_id=call.request_id if call else None,
        found=call is None or call.run_id != run.pk,
    )


def _again(part: ReportPart, *, found: bool) -> ReportPart:
    """The same part in another report."""
    kept = {"cache_type": part.cache_type, "source": part.source, "paid": part.paid}
    return ReportPart(**kept, call_id=part.call_id, payer_id=part.payer_id, found=found)


def analysis_part(run: WorkflowRun, engine: str, cache_type: str, kept: CacheEntry | None) -> ReportPart:
    """The analysis that `engine` wrote for the run, else the one that was there."""
    calls = EngineCall.objects.filter(run=run, engine=engine, status=EngineCall.Status.OK)
    own = calls.order_by("started").last()
    if own is not None:
        paid, payer = own.cost or Decimal(0), own.request_id
    else:
        paid, payer = kept.paid if kept else Decimal(0), None
    return ReportPart(cache_type=cache_type, source=engine, paid=paid, payer_id=payer, found=own is None)


def keep(report: Report, parts: Sequence[ReportPart]) -> None:
    """Store the parts with what they are worth together."""
    for part in parts:
        part.report = report
    ReportPart.objects.bulk_create(parts)
    report.worth = sum((part.paid for part in parts), Decimal(0))
    report.reused = sum((part.paid for part in parts if part.found), Decimal(0))
    report.save(update_fields=["worth", "reused"])


def paid_by(report: Report) -> dict[object, Decimal]:
    """Request → USD that it paid itself for what the report was made from."""
    rows = report.parts.exclude(payer=None).order_by().values_list("payer").annotate(paid=Sum("paid", default=usd(0)))
    return dict(rows)


def model_of(engine: str) -> str:
    """The model that the engine has now; empty where it was removed."""
    return AnalysisEngine.objects.filter(slug=engine).values_list("model", flat=True).first() or ""
