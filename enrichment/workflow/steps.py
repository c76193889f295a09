"""The steps of a run. Each is recorded before the next begins; a run that died goes on at the step where it was.

cache check → plan → cost check → collect (wave) → replan → … → analyse → store
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from enrichment import cache, events, ledger, rules
from enrichment.collection import Kind, Outcome
from enrichment.events import News
from enrichment.killpoints import reach
from enrichment.ledger import Why
from enrichment.models import CompanyAlias, ResearchRequest, StepRun, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.planning.codec import input_to_json, plan_to_json
from enrichment.planning.model import Plan, PlanInput
from enrichment.planning.solver import cheapest_plan
from enrichment.rules import Rules
from enrichment.sources.base import CompanyRef
from enrichment.workflow import finish, vendor
from enrichment.workflow.leases import Lease
from enrichment.workflow.plans import Wish, from_nano, paused, plan_input

STARTS = 3
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
    rules: Rules
    deadline: float  # seconds


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
    if not run.requests.attached().exists():
        finish.cancelled(run)
        return None
    step = run.steps.order_by("ordinal").last()
    if step is None:
        return _prepare(run)
    if step.attempts >= STARTS:
        finish.fail(run, f"The step “{step.name}” was started {step.attempts} times and never ended.")
        return None
    StepRun.objects.filter(pk=step.pk).update(attempts=step.attempts + 1)
    if step.name == "analyse":
        return Analyse(step.ordinal)
    done = {o["source"] for o in step.result.get("outcomes", []) if o["kind"] != Kind.WAITING}
    return _collect(run, step, [source for source in step.result["sources"] if source not in done])


@transaction.atomic
def rest(lease: Lease, ordinal: int) -> None:
    """Hand the run back between two steps: the next driver starts this step as if for the first time."""
    WorkflowRun.objects.fenced(lease.run, lease.token)
    StepRun.objects.filter(run=lease.run, ordinal=ordinal).update(attempts=0)
    WorkflowRun.objects.filter(pk=lease.run).update(status=Status.QUEUED, lease_until=None, wake_at=DatabaseNow())


def park(run: WorkflowRun, step: StepRun, *, seconds: float, waiting_for: str = "") -> None:
    """Let the run wait without a driver; that is no failed attempt."""
    StepRun.objects.filter(pk=step.pk).update(attempts=max(step.attempts - 1, 0))
    WorkflowRun.objects.filter(pk=run.pk).update(
        status=Status.PARKED,
        lease_until=None,
        wake_at=DatabaseNow() + timedelta(seconds=seconds),
        waiting_for=waiting_for,
        attempts=0,
    )


def begin(run: WorkflowRun, name: str, *, result: dict[str, Any], wave: int = 0, done: bool = False) -> StepRun:
    """Record that a step begins, or that one which takes no time is done."""
    now = database_now()
    return StepRun.objects.create(
        run=run,
        name=name,
        ordinal=run.steps.count() + 1,
        wave=wave,
        status=StepRun.Status.DONE if done else StepRun.Status.RUNNING,
        attempts=1,
        result=result,
        started=now,
        finished=now if done else None,
    )


# --- Cache check, plan, cost check ------------------------------------------------------------------------------------


def _prepare(run: WorkflowRun) -> Action:
    known, at = rules.load(run.rule_set_id), database_now()
    report = finish.cached(run, at)
    held = cache.held_responses(run.company_id, origin=run.origin, at=at, not_before=run.not_before)
    begin(run, "cache_check", result={"hit": report is not None, "held": sorted(held)}, done=True)
    if report is not None:
        finish.answer(run, report, at=at)
        return None
    for_vendor = vendor.ensure(run, known, at=at)
    wish = _wish(run, known, at)
    given = plan_input(wish, at=at)
    plan = cheapest_plan(given)
    begin(run, "plan", result={"plan": plan_to_json(plan), "paused": paused(known, at)}, done=True)
    begin(run, "cost_check", result=_cost_check(plan), done=True)
    WorkflowRun.objects.filter(pk=run.pk).update(
        plan_input=input_to_json(replace(given, budget=None)),  # the payer's own affair
        estimated_cost=from_nano(plan.expected_price) + for_vendor,
        estimated_seconds=round(plan.seconds, 3),
    )
    events.append(run.pk, [News("planned", _planned(plan))], at=at)
    return _next(run, known, plan, given, at=at, wave=1)


def _cost_check(plan: Plan) -> dict[str, Any]:
    return {
        "expected": f"{from_nano(plan.expected_price):f}",
        "worst": f"{from_nano(plan.worst_price):f}",
    }


def _planned(plan: Plan) -> dict[str, Any]:
    return {
        "sources": [call.source for call in plan.calls],
        "reused": [held.source for held in plan.reused],
        "expectedCost": f"{from_nano(plan.expected_price):f}",
        "seconds": round(plan.seconds, 3),
    }


def _wish(run: WorkflowRun, known: Rules, at: datetime) -> Wish:
    return Wish(
        rules=known,
        consumer=run.consumer,
        company=run.company,
        origin=run.origin,
        role=run.role,
        require=tuple(run.require),
        not_before=run.not_before,
        budget=_money_left(run),
        seconds=_seconds_left(run, known, at),
    )


def _money_left(run: WorkflowRun) -> Decimal | None:
    """USD that whoever pays may still commit."""
    first = ResearchRequest.objects.attached().filter(run=run).select_related("parent").first()
    payer = (first.parent or first) if first else None
    return payer.left if payer else Decimal(0)


def _seconds_left(run: WorkflowRun, known: Rules, at: datetime) -> float:
    limit = known.consumers[run.consumer].max_wait if run.consumer in known.consumers else timedelta(minutes=15)
    return max((run.created + limit - at).total_seconds(), 0.0)


# --- Waves ------------------------------------------------------------------------------------------------------------


def _next(run: WorkflowRun, known: Rules, plan: Plan, given: PlanInput, *, at: datetime, wave: int) -> Action:
    """The plan's first layer as the next wave; the analysis where nothing is left to ask."""
    sources = [call.source for call in plan.calls if call.layer == 0]
    if sources and _seconds_left(run, known, at) > 0:
        step = begin(run, "collect", result={"sources": sources, "plan": plan_to_json(plan)}, wave=wave)
        return _collect(run, step, sources)
    WorkflowRun.objects.filter(pk=run.pk).update(stop_reason=_stop_reason(run, known, plan, given, at))
    step = begin(run, "analyse", result={"expectations": plan_to_json(plan)["expectations"]})
    return Analyse(step.ordinal)


def _stop_reason(run: WorkflowRun, known: Rules, plan: Plan, given: PlanInput, at: datetime) -> str:
    if plan.score.required_shortfall == 0:
        return StopReason.SATISFIED
    if _seconds_left(run, known, at) <= 0:
        return StopReason.DEADLINE
    if any(outcome["why"] == Why.BUDGET for outcome in outcomes_of(run).values()):
        return StopReason.BUDGET
    unlimited = cheapest_plan(replace(given, budget=None))
    return StopReason.BUDGET if unlimited.calls else StopReason.EXHAUSTED


def _collect(run: WorkflowRun, step: StepRun, sources: Sequence[str]) -> Collect:
    known, at = rules.load(run.rule_set_id), database_now()
    names = CompanyAlias.objects.filter(company=run.company_id, kind=CompanyAlias.Kind.NAME)
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
        rules=known,
        deadline=_seconds_left(run, known, at),
    )


@transaction.atomic
def after_wave(lease: Lease, ordinal: int, outcomes: Sequence[Outcome]) -> Action:
    """Record how the wave went, and plan over what is still missing; park where a call has to wait."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    step = run.steps.get(ordinal=ordinal)
    _note(step, outcomes)
    waiting = [outcome for outcome in outcomes if outcome.kind == Kind.WAITING]
    if waiting:
        first = min(waiting, key=lambda outcome: outcome.wait)
        park(run, step, seconds=first.wait, waiting_for=next((o.filling for o in waiting if o.filling), ""))
        return None
    if not run.requests.attached().exists():
        finish.cancelled(run)
        return None
    ledger.settle_loose_ends(run)  # whatever was cut by the run's deadline
    known, at = rules.load(run.rule_set_id), database_now()
    step.result = {**step.result, "paused": paused(known, at)}
    StepRun.objects.filter(pk=step.pk).update(status=StepRun.Status.DONE, finished=at, result=step.result)
    WorkflowRun.objects.filter(pk=run.pk).update(attempts=0)  # whatever kills drivers, this step does not
    given = plan_input(_wish(run, known, at), at=at, excluded=_asked(run))
    action = _next(run, known, cheapest_plan(given), given, at=at, wave=step.wave + 1)
    reach("inside_wave")
    return action


def _note(step: StepRun, outcomes: Sequence[Outcome]) -> None:
    kept = [known for known in step.result.get("outcomes", []) if known["kind"] != Kind.WAITING]
    new = [{"source": o.source, "kind": o.kind, "words": o.words, "why": o.why} for o in outcomes]
    step.result = {**step.result, "outcomes": kept + new}
    StepRun.objects.filter(pk=step.pk).update(result=step.result)


def outcomes_of(run: WorkflowRun) -> dict[str, dict[str, Any]]:
    """How each source that this run asked ended, the last word of each."""
    found = {}
    for step in run.steps.filter(name="collect").order_by("ordinal"):
        for outcome in step.result.get("outcomes", []):
            found[outcome["source"]] = outcome
    return found


def passed_over(run: WorkflowRun) -> set[str]:
    """Sources that were paused when the run planned, and that it did not ask later either."""
    found = {slug for step in run.steps.all() for slug in step.result.get("paused", ())}
    return found - set(outcomes_of(run))


def _asked(run: WorkflowRun) -> dict[str, str]:
    """Sources that this run asked already, and how that ended; those that are held are not looked up here."""
    words = {Kind.ANSWERED: "it was asked just now", Kind.EMPTY: "it was asked just now and knows nothing"}
    return {
        source: words.get(outcome["kind"], outcome["words"] or "it was asked just now")
        for source, outcome in outcomes_of(run).items()
    }
