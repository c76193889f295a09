"""Changing one's mind: a request leaves its run, and a run that nobody wants any more stops."""

from functools import partial

from django.db import transaction

from enrichment import events
from enrichment.events import News
from enrichment.models import ResearchRequest, UsageMark, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.workflow import pauses, tasks
from salesintel import audit


@transaction.atomic
def cancel(request: ResearchRequest) -> None:
    """Detach the request; a run that nobody wants stops before its next paid call.

    What was asked on its behalf goes over to whoever pays for its run now; where nobody is left, it is detached too.
    """
    if _detach(request):
        audit.record("cancel", request)
    heir = ResearchRequest.objects.attached().filter(run=request.run_id).first() if request.run_id else None
    for child in request.children.attached():
        if heir is None:
            _detach(child)
        else:
            UsageMark.objects.leave_for(child)
            ResearchRequest.objects.filter(pk=child.pk).update(parent=heir.parent_id or heir.pk, user=heir.user_id)
    run = WorkflowRun.objects.active().filter(requests=request).first()
    if heir is not None and run is not None:
        pauses.follow(run, database_now())


def _detach(request: ResearchRequest) -> bool:
    """Whether it was attached."""
    if request.run_id is None:
        return False  # it was answered at once
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=request.run_id)
    asked = ResearchRequest.objects.attached().filter(pk=request.pk)
    changed = asked.end(ResearchRequest.Status.CANCELLED, database_now())
    if changed and run.is_active:
        _tell_cancelled(run, is_over=not run.requests.attached().exists())
    return bool(changed)


def _tell_cancelled(run: WorkflowRun, *, is_over: bool) -> None:
    detail = "Cancelled: it stops before its next paid call." if is_over else "It goes on for others who asked for it."
    events.append(run.pk, [News("cancelled", {"detail": detail})], at=database_now())
    if is_over:
        WorkflowRun.objects.filter(pk=run.pk).update(wake_at=DatabaseNow())
    if is_over and run.status != WorkflowRun.Status.RUNNING:
        transaction.on_commit(partial(tasks.ring, run.pk))
