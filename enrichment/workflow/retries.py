"""Another attempt at a request that failed, was cancelled, or was answered with gaps; in the same run.

Everything that the run recorded stands: no call whose answer was stored is made again, however old that answer is by
now; what is in doubt stays counted as spent, unless its provider can say what became of it; the request's cap holds
over all attempts; the run keeps the rules that it began with, and gets its whole time anew. Whoever shared the run
keeps the answer that they have. From which step on?

    plan     the caches are read and the plan is made anew, over everything that is not held
    collect  only the sources of its waves that gave no answer are asked, then it plans on as ever
    analyse  nothing is asked; the report is written again from what is held, by the best engine that answers

Without a step it goes on where it stopped: in the step that never ended, else as from `collect`.
"""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from enrichment import events
from enrichment.events import News
from enrichment.models import OWN_ANALYSIS, CallerMaterial, ResearchRequest, StepRun, UsageMark, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.workflow import pauses, tasks, versions
from enrichment.workflow.outcomes import unanswered
from enrichment.workflow.pauses import NotNow
from enrichment.workflow.steps import begin, begin_wave, set_aside, start_over
from salesintel import audit

FROM = ("plan", "collect", "analyse")
STOPPED = ("collect", "analyse")  # steps that may have been under way when the run ended
TWIN = "The same work is under way already. Ask for it anew: you join it, and pay nothing."
Status = WorkflowRun.Status


@transaction.atomic
def retry(request: ResearchRequest, *, step: str | None = None) -> None:
    """Try again from `step`, one of `FROM`, or from where it stopped. Raises `NotNow`."""
    run, at = _ended(request, step), database_now()
    _refuse_what_it_has_not(run, step)
    asked = ResearchRequest.objects.get(pk=request.pk)
    _attach(asked)
    audit.record("retry", request)
    if run.is_active:
        _tell(run, "Wanted again by one who had left it.", step, at)
        pauses.follow(run, at)
        return
    _refuse_what_would_change_nothing(asked, step)
    chosen = "analyse" if run.consumer == OWN_ANALYSIS else step or _stopped_at(run)
    try:
        with transaction.atomic():
            _reopen(run, at)
    except IntegrityError as error:  # somebody started the same work between our look and this
        raise NotNow(TWIN) from error
    _lay_out(run, chosen)
    _tell(run, f"Another attempt, from “{chosen}”.", chosen, at)
    transaction.on_commit(partial(tasks.ring, run.pk))


def _tell(run: WorkflowRun, detail: str, step: str | None, at: datetime) -> None:
    events.append(run.pk, [News("retried", {"fromStep": step, "detail": detail})], at=at)


def _ended(request: ResearchRequest, step: str | None) -> WorkflowRun:
    """The run of the ended request, locked. Raises `NotNow` where there is none, or it is under way for the request."""
    run = WorkflowRun.objects.select_for_update(of=("self",), no_key=True).filter(requests=request).first()
    if run is None:
        raise NotNow("It was answered from the cache: there is no run to try again. Ask anew, with refresh.")
    if request.parent_id is not None:
        raise NotNow("It is part of another request: try that one again.")
    if ResearchRequest.objects.attached().filter(pk=request.pk).exists():
        raise NotNow("It is under way already.")
    if run.is_active and step is not None:
        raise NotNow("The run is under way for others. Try again without a step, and you join them.")
    others = WorkflowRun.objects.active().filter(work_key=run.work_key).exclude(pk=run.pk)
    if not run.is_active and others.exists():
        raise NotNow(TWIN)
    return run


def _refuse_what_would_change_nothing(asked: ResearchRequest, step: str | None) -> None:
    report = asked.report
    if report is not None and not report.gaps and step != "analyse":
        raise NotNow("It was answered without gaps. Ask anew, with refresh, or try again from “analyse”.")


def _refuse_what_it_has_not(run: WorkflowRun, step: str | None) -> None:
    """An analysis of what a caller sent collects nothing, and needs what was sent."""
    if run.consumer != OWN_ANALYSIS:
        return
    if step not in (None, "analyse"):
        raise NotNow("Nothing is collected for it. Try again from “analyse”.")
    if not CallerMaterial.objects.filter(request__run=run).exists():
        raise NotNow("What was sent is not kept any more. Send it anew.")


def _stopped_at(run: WorkflowRun) -> str:
    last = run.steps.standing().last()
    if last is None:
        return "plan"
    is_open = last.status == StepRun.Status.RUNNING and last.name in STOPPED
    return last.name if is_open else "collect"


def _reopen(run: WorkflowRun, at: datetime) -> None:
    WorkflowRun.objects.filter(pk=run.pk).update(
        status=Status.QUEUED,
        stop_reason="",
        error="",
        finished=None,
        attempts=0,
        lease_until=None,
        waiting_for="",
        wake_at=DatabaseNow(),
        clock_from=at,
        rests_since=None,
    )


def _attach(asked: ResearchRequest) -> None:
    """The request waits for its run again. The report that it may have stays its own until a better one is there."""
    UsageMark.objects.leave([asked.answered])
    ResearchRequest.objects.filter(pk=asked.pk).update(
        status=ResearchRequest.Status.ATTACHED, answered=None, paused_until=None, saved=0, from_cache=False
    )


def _lay_out(run: WorkflowRun, step: str) -> None:
    """Set aside what does not count any more, and begin the step that the next driver starts with."""
    try:
        versions.bring_up(run)
    except versions.NewerStep as newer:
        raise NotNow("A newer version of the program has this run. Try again when the upgrade is over.") from newer
    except versions.UnreadableStep as unreadable:
        start_over(run, str(unreadable))
        return
    if step == "plan":
        set_aside(run.steps.standing())
        return
    missing = unanswered(run)
    set_aside(run.steps.standing().filter(name__in=["analyse", "store"]))
    run.steps.standing().filter(status=StepRun.Status.RUNNING).update(status=StepRun.Status.FAILED)
    made = begin_wave(run, missing) if step == "collect" else begin(run, "analyse", result={})
    StepRun.objects.filter(pk=made.pk).update(attempts=0)
