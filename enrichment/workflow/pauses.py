"""Pauses: nothing more is bought for a request until a time, or until it is resumed.

The pause is the request's. A run goes on while anybody who wants it has not paused, and whoever of them asked first
pays; a run that all have paused rests without a driver, and its time stands still. A run that was started on behalf of
another one, for the vendor's context, rests with that one. A call that is under way is recorded all the same, and a
long job that was bought is waited for.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Min, Q

from enrichment import events
from enrichment.events import News
from enrichment.models import UNTIL_RESUMED, ResearchRequest, SourceCall, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.workflow import tasks
from enrichment.workflow.clock import move_on
from salesintel import audit

Status = WorkflowRun.Status


class NotNow(Exception):
    """What is asked does not fit the state that the request is in; the words say why, and what can be done."""


@transaction.atomic
def pause(request: ResearchRequest, *, until: datetime | None = None) -> None:
    """Buy nothing more for the request before `until`, or before it is resumed. Paused again, the new time holds.

    Raises `NotNow` where it is not under way, and `ValueError` for a time that is over.
    """
    run, at = _under_way(request), database_now()
    if until is not None and until <= at:
        raise ValueError("That time is over.")
    ResearchRequest.objects.filter(pk=request.pk).update(paused_until=min(until or UNTIL_RESUMED, UNTIL_RESUMED))
    audit.record("pause", request)
    events.append(run.pk, [News("paused", _told(run, until, at))], at=at)
    follow(run, at)


def _told(run: WorkflowRun, until: datetime | None, at: datetime) -> dict[str, str | None]:
    """What everybody who wants the run is told: nothing of who paused it."""
    goes_on = ResearchRequest.objects.is_awake(run.pk, at)
    detail = "It goes on for others who asked for it." if goes_on else "Nothing more is bought until it goes on."
    return {"until": until.isoformat() if until else None, "detail": f"Paused. {detail}"}


@transaction.atomic
def resume(request: ResearchRequest) -> None:
    """Go on with a paused request. Raises `NotNow` where it is not paused."""
    run, at = _under_way(request), database_now()
    paused = ResearchRequest.objects.filter(pk=request.pk, paused_until__gt=at)
    if not paused.update(paused_until=None):
        raise NotNow("It is not paused.")
    audit.record("resume", request)
    events.append(run.pk, [News("resumed", {"detail": "It goes on."})], at=at)
    follow(run, at)


def _under_way(request: ResearchRequest) -> WorkflowRun:
    """The request's run, locked. Raises `NotNow` where nothing is under way for it."""
    run = WorkflowRun.objects.select_for_update(of=("self",), no_key=True).filter(requests=request).first()
    is_attached = ResearchRequest.objects.attached().filter(pk=request.pk, parent=None).exists()
    if run is None or not run.is_active or not is_attached:
        raise NotNow("It is not under way: only what is under way can be paused and resumed.")
    return run


def follow(run: WorkflowRun, at: datetime) -> None:
    """Let the run, whose row is locked, and the one that it waits for rest or go on as those who want them now say."""
    awaited = WorkflowRun.objects.active().filter(awaited_by=run).select_for_update(of=("self",), no_key=True)
    for each in (run, *awaited):
        turn(each, at)


def turn(run: WorkflowRun, at: datetime) -> None:
    """Park a run that rests from now on, wake one that goes on. Its row is locked; a driver notices by itself."""
    was_resting, rests = run.rests_since is not None, settle(run, at)
    if run.status == Status.RUNNING or not (rests or was_resting):
        return
    if not rests:
        WorkflowRun.objects.filter(pk=run.pk).update(wake_at=DatabaseNow())
        transaction.on_commit(partial(tasks.ring, run.pk))
    elif not has_job(run):
        WorkflowRun.objects.filter(pk=run.pk).update(status=Status.PARKED, wake_at=waking(run))


def settle(run: WorkflowRun, at: datetime) -> bool:
    """Whether the run rests, as those who want it say; its time stands still from then on, or runs again."""
    asleep = not ResearchRequest.objects.is_awake(run.pk, at)
    rests = asleep and ResearchRequest.objects.attached().filter(run=run).exists()
    if rests and run.rests_since is None:
        run.rests_since = at
    elif not rests and run.rests_since is not None:
        run.clock_from, run.rests_since = move_on(run, at), None
    else:
        return rests
    WorkflowRun.objects.filter(pk=run.pk).update(clock_from=run.clock_from, rests_since=run.rests_since)
    return rests


def waking(run: WorkflowRun) -> datetime:
    """When the first pause of those who want the resting run is over."""
    on_behalf_of = ResearchRequest.objects.attached().filter(run=run).order_by().values("parent__run")
    wanting = ResearchRequest.objects.attached().filter(Q(run=run) | Q(run__in=on_behalf_of))
    return wanting.aggregate(at=Min("paused_until"))["at"] or UNTIL_RESUMED


def has_job(run: WorkflowRun) -> bool:
    """Whether a long job that was bought is still to be waited for."""
    return run.calls.filter(status=SourceCall.Status.INTENT).exclude(job="").exists()
