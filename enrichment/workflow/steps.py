"""The steps of a run. Each is recorded before the next begins; a run that died goes on at the step where it was.

cache check → plan → cost check → collect (wave) → replan → … → analyse → store
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from enrichment import cache, events, rules, settling
from enrichment.companies.latin import SPELLING
from enrichment.events import News
from enrichment.killpoints import reach
from enrichment.models import OWN_ANALYSIS, CompanyAlias, StepRun, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.permits import Why
from enrichment.planning.codec import input_to_json, plan_to_json
from enrichment.planning.model import Plan, PlanInput
from enrichment.planning.quote import Estimate, estimate
from enrichment.planning.solver import best_plan
from enrichment.recording import Kind, Outcome
from enrichment.rules import Rules
from enrichment.sources.base import CompanyRef
from enrichment.workflow import finish, leases, pauses, vendor, versions
from enrichment.workflow.clock import collecting_left
from enrichment.workflow.leases import Lease
from enrichment.workflow.outcomes import asked, next_wave, note, outcomes_of
from enrichment.workflow.plans import from_nano, paused, plan_input, usable_age
from enrichment.workflow.wishes import wish_of

STARTS = 3
OTHERS_TURN = 10.0  # seconds after which a run of a newer version may be looked at again
Status, StopReason = WorkflowRun.Status, WorkflowRun.StopReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Ask these sources now."""

    step: int
    wave: int
    sources: tuple[str, ...]
    company: int
    ref: CompanyRef
    origin: str
    not_before: datetime | None
    max_ages: Mapping[str, timedelta]  # source → age at which its answer no longer serves; absent: any
    rules: Rules
    deadline: float  # seconds
    consumer: str
    wanted: frozenset[str]  # datasets


@dataclass(frozen=True, slots=True)
class Analyse:
    """Write the report."""

    step: int


Action = Collect | Analyse | None


# --- Going on where it was --------------------------------------------------------------------------------------------


@transaction.atomic
def resume(lease: Lease) -> Action:
    """What to do next; starts the first step, or the one that a dead driver left running once more."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    try:
        versions.bring_up(run)
    except versions.NewerStep:
        leases.hand_back(lease, seconds=OTHERS_TURN)  # to whoever understands it
        return None
    except versions.UnreadableStep as unreadable:
        start_over(run, str(unreadable))
    step = run.steps.standing().last()
    if is_over_or_rests(run, step):
        return None
    return _prepare(run) if step is None else _start_again(run, step)


def start_over(run: WorkflowRun, why: str) -> None:
    """Plan anew: what the run bought is held and is not bought again."""
    set_aside(run.steps.standing())
    told = News("warning", {"detail": f"It is planned anew from what it bought, for an older version began it: {why}"})
    events.append(run.pk, [told], at=database_now())


def set_aside(steps: QuerySet[StepRun]) -> None:
    """These steps do not count any more; the trace still shows them."""
    steps.update(status=StepRun.Status.SET_ASIDE, finished=Coalesce("finished", DatabaseNow()))


def _start_again(run: WorkflowRun, step: StepRun) -> Action:
    if step.attempts >= STARTS:
        finish.fail(run, f"The step “{step.name}” was started {step.attempts} times and never ended.")
        return None
    StepRun.objects.filter(pk=step.pk).update(attempts=step.attempts + 1)
    if step.name == "analyse":
        return Analyse(step.ordinal)
    done = {o["source"] for o in step.result["outcomes"] if o["kind"] != Kind.WAITING}
    return _collect(run, step, [source for source in step.result["sources"] if source not in done])


def is_over_or_rests(run: WorkflowRun, step: StepRun | None) -> bool:
    """End the run where nobody wants it any more; park it where everybody who does has paused.

    A job that it bought is waited for all the same.
    """
    if not run.requests.attached().exists():
        finish.cancelled(run)
        return True
    at = database_now()
    if not pauses.settle(run, at) or pauses.has_job(run):
        return False
    park(run, step, seconds=(pauses.waking(run) - at).total_seconds())
    return True


@transaction.atomic
def rest(lease: Lease, ordinal: int) -> None:
    """Hand the run back between two steps: the next driver starts this step as if for the first time."""
    WorkflowRun.objects.fenced(lease.run, lease.token)
    StepRun.objects.filter(run=lease.run, ordinal=ordinal).update(attempts=0)
    WorkflowRun.objects.filter(pk=lease.run).update(status=Status.QUEUED, lease_until=None, wake_at=DatabaseNow())


def park(run: WorkflowRun, step: StepRun | None, *, seconds: float, waiting_for: str = "") -> None:
    """Let the run wait without a driver; that is no failed attempt."""
    if step is not None:
        StepRun.objects.filter(pk=step.pk).update(attempts=max(step.attempts - 1, 0))
    WorkflowRun.objects.filter(pk=run.pk).update(
        status=Status.PARKED,
        lease_until=None,
        wake_at=DatabaseNow() + timedelta(seconds=seconds),
        waiting_for=waiting_for,
        attempts=0,
    )


def begin(
    run: WorkflowRun, name: str, *, result: dict[str, Any], wave: int = 0, since: datetime | None = None
) -> StepRun:
    """Record that a step begins, or that one is done whose work began at `since`, in this very transaction."""
    now = database_now()
    return StepRun.objects.create(
        run=run,
        name=name,
        ordinal=run.steps.count() + 1,
        wave=wave,
        status=StepRun.Status.RUNNING if since is None else StepRun.Status.DONE,
        attempts=1,
        result=result,
        started=since or now,
        finished=None if since is None else now,
    )


# --- Cache check, plan, cost check ------------------------------------------------------------------------------------


def _prepare(run: WorkflowRun) -> Action:
    known, at = rules.load(run.rule_set_id), database_now()
    if run.consumer == OWN_ANALYSIS:  # it has what it needs, and buys nothing
        WorkflowRun.objects.filter(pk=run.pk).update(stop_reason=StopReason.OWN)
        return Analyse(begin(run, "analyse", result={"expectations": []}).ordinal)
    report = finish.cached(run, at)
    held = cache.held_responses(run.company_id, origin=run.origin, at=at, not_before=run.not_before)
    looked = begin(run, "cache_check", result={"hit": report is not None, "held": sorted(held)}, since=at)
    if report is not None:
        finish.answer(run, report, at=at)
        return None
    for_vendor = vendor.ensure(run, known, at=at)
    wish = wish_of(run, known, at)
    given = plan_input(wish, at=at)
    plan, expects = best_plan(given), estimate(given)
    told = {"plan": plan_to_json(plan), "paused": paused(known, at)}
    planned = begin(run, "plan", result=told, since=looked.finished)
    WorkflowRun.objects.filter(pk=run.pk).update(
        plan_input=input_to_json(replace(given, budget=None)),  # the payer's own affair
        estimated_cost=from_nano(expects.cost) + for_vendor,
        estimated_seconds=round(expects.seconds, 3),
    )
    begin(run, "cost_check", result=_cost_check(plan, expects), since=planned.finished)
    events.append(run.pk, [News("planned", _planned(plan, expects))], at=at)
    return _next(run, known, plan, given, at=at)


def _cost_check(plan: Plan, expects: Estimate) -> dict[str, Any]:
    return {
        "expected": f"{from_nano(expects.cost):f}",
        "worst": f"{from_nano(plan.worst_price):f}",
    }


def _planned(plan: Plan, expects: Estimate) -> dict[str, Any]:
    return {
        "sources": [call.source for call in plan.calls],
        "reused": [held.source for held in plan.reused],
        "expectedCost": f"{from_nano(expects.cost):f}",
        "seconds": round(expects.seconds, 3),
    }


# --- Waves ------------------------------------------------------------------------------------------------------------


def _next(run: WorkflowRun, known: Rules, plan: Plan, given: PlanInput, *, at: datetime) -> Action:
    """The plan's first layer as the next wave; the analysis where nothing is left to ask."""
    sources = [call.source for call in plan.calls if call.layer == 0]
    if sources and collecting_left(run, known, at) > 0:
        step = begin_wave(run, sources, plan=plan_to_json(plan))
        return _collect(run, step, sources)
    WorkflowRun.objects.filter(pk=run.pk).update(stop_reason=_stop_reason(run, known, plan, given, at))
    step = begin(run, "analyse", result={"expectations": plan_to_json(plan)["expectations"]})
    return Analyse(step.ordinal)


def begin_wave(run: WorkflowRun, sources: Sequence[str], **more: Any) -> StepRun:
    """Record that these sources are to be asked now."""
    result = {"sources": list(sources), "outcomes": [], "paused": [], **more}
    return begin(run, "collect", result=result, wave=next_wave(run))


def _stop_reason(run: WorkflowRun, known: Rules, plan: Plan, given: PlanInput, at: datetime) -> str:
    if plan.required_shortfall == 0:
        return StopReason.SATISFIED
    if collecting_left(run, known, at) <= 0:
        return StopReason.DEADLINE
    if any(outcome["why"] == Why.BUDGET for outcome in outcomes_of(run).values()):
        return StopReason.BUDGET
    unlimited = best_plan(replace(given, budget=None))
    return StopReason.BUDGET if unlimited.calls else StopReason.EXHAUSTED


def _collect(run: WorkflowRun, step: StepRun, sources: Sequence[str]) -> Collect:
    known, at = rules.load(run.rule_set_id), database_now()
    # A name that others bear, too, says nothing: news on “Acme” may be those of any of them.
    names = CompanyAlias.objects.filter(company=run.company_id, kind=CompanyAlias.Kind.NAME).unshared()
    names = names.exclude(learned_from=SPELLING)
    needs = known.requirements(run.consumer, role=run.role, require=tuple(run.require))
    wanted = frozenset(need.dataset for need in needs)
    return Collect(
        step=step.ordinal,
        wave=step.wave,
        sources=tuple(sources),
        company=run.company_id,
        ref=CompanyRef(
            name=run.company.name,
            domain=run.company.domain,
            aliases=tuple(names.order_by("pk").values_list("value", flat=True)[:10]),
        ),
        origin=run.origin,
        not_before=run.not_before,
        max_ages=_max_ages(wanted, known, sources),
        rules=known,
        deadline=collecting_left(run, known, at),
        consumer=run.consumer,
        wanted=wanted,
    )


def _max_ages(wanted: frozenset[str], known: Rules, sources: Sequence[str]) -> dict[str, timedelta]:
    ages = {slug: usable_age(known.cells_by_source[slug], wanted) for slug in sources if slug in known.cells_by_source}
    return {slug: age for slug, age in ages.items() if age is not None}


@transaction.atomic
def after_wave(lease: Lease, ordinal: int, outcomes: Sequence[Outcome]) -> Action:
    """Record how the wave went, and plan over what is still missing; park where a call has to wait."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    step = run.steps.get(ordinal=ordinal)
    note(step, outcomes)
    if is_over_or_rests(run, step) or _waits(run, step, outcomes):
        return None
    settling.settle_loose_ends(run)  # whatever was cut by the run's deadline
    known, at = rules.load(run.rule_set_id), database_now()
    step.result = {**step.result, "paused": paused(known, at)}
    StepRun.objects.filter(pk=step.pk).update(status=StepRun.Status.DONE, finished=at, result=step.result)
    WorkflowRun.objects.filter(pk=run.pk).update(attempts=0)  # whatever kills drivers, this step does not
    given = plan_input(wish_of(run, known, at), at=at, excluded=asked(run))
    action = _next(run, known, best_plan(given), given, at=at)
    reach("inside_wave")
    return action


def _waits(run: WorkflowRun, step: StepRun, outcomes: Sequence[Outcome]) -> bool:
    """Park the run where a call is to be made, or looked after, later: no longer than its time lasts."""
    waiting = [outcome for outcome in outcomes if outcome.kind == Kind.WAITING or outcome.why is Why.NOBODY]
    if not waiting:
        return False
    left = collecting_left(run, rules.load(run.rule_set_id), database_now())
    seconds = min((outcome.wait for outcome in waiting if outcome.kind == Kind.WAITING), default=0.0)
    filling = next((outcome.filling for outcome in waiting if outcome.filling), "")
    park(run, step, seconds=min(seconds, left), waiting_for=filling)
    return True
