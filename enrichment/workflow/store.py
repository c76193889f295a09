"""The last step: the report, the cache entries made from it, and the answer to everybody who waits."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from enrichment import cache, rules
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.conflicts import as_json as conflict_as_json
from enrichment.analysis.conflicts import conflicts
from enrichment.analysis.credibility import Judge, as_json, standings
from enrichment.analysis.model import Grounded, Task, Usage, Withheld
from enrichment.analysis.quality import parts, quality
from enrichment.killpoints import reach
from enrichment.models import (
    OWN_ANALYSIS,
    CacheEntry,
    Company,
    Correction,
    EngineCall,
    Report,
    ReportPart,
    ResearchRequest,
    StepRun,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.people import optouts
from enrichment.people.blocked import Blocked
from enrichment.permits import Why
from enrichment.planning.solver import best_plan
from enrichment.recording import Kind
from enrichment.rules import Rules
from enrichment.workflow import attribution, finish, given, suggestions, vendor
from enrichment.workflow.briefing import digest_of
from enrichment.workflow.gaps import gaps
from enrichment.workflow.keys import report_type
from enrichment.workflow.leases import Lease
from enrichment.workflow.outcomes import outcomes_of, passed_over
from enrichment.workflow.plans import plan_input, usable_age
from enrichment.workflow.rendering import Parts
from enrichment.workflow.steps import begin
from enrichment.workflow.wishes import unlimited

ANALYSIS_TYPES = {"customer_intelligence": "CUSTOMER_INTELLIGENCE_ANALYSIS"}
REFERENCE_TYPES = {
    "customer_intelligence": "CUSTOMER_INTELLIGENCE_REFERENCE",
    "vendor_context": "VENDOR_CONTEXT_REFERENCE",
}
A_DAY = timedelta(days=1)


@transaction.atomic
def store(
    lease: Lease,
    ordinal: int,
    task: Task,
    grounded: Grounded,
    failures: Sequence[str],
    vendor_report: Report | None,
    made_from: str,
) -> None:
    """Keep the report and end the run; for the next ask only while what it was made from, its `basis`, is the same."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    known, at = rules.load(run.rule_set_id), database_now()
    is_own = run.consumer == OWN_ANALYSIS
    used = _used(run, known, at)
    found = given.lacks(task, known) if is_own else _gaps(run, known, at)
    StepRun.objects.filter(run=run, ordinal=ordinal).update(
        status=StepRun.Status.DONE,
        finished=at,
        result={"engine": grounded.engine, "failures": list(failures), "withheld": len(grounded.withheld)},
    )
    report = _report(run, known, task, grounded, found, failures, vendor_report, at)
    if not is_own:  # whose report nothing is learned from
        suggestions.learn(report, task, grounded)
        analysis = _analysis_of(run, task, grounded)
        attribution.keep(report, attribution.parts_of(run, used=used, vendor_report=vendor_report, analysis=analysis))
    is_current = (
        not is_own
        and made_from == basis(run, known, vendor_report, at)
        and all(entry.expires_at > at for entry in used)
    )
    if is_current and _is_as_good_as_it_gets(run, known, found, failures, vendor_report):
        report.entry = _keep_report(run, known, report, used, vendor_report, at)
        report.save(update_fields=["entry"])
    begin(run, "store", result={"report": str(report.pk), "cached": report.entry_id is not None}, since=at)
    finish.answer(run, report, at=at, partial_result=any(gap["required"] for gap in found))
    reach("inside_store")


def basis(run: WorkflowRun, known: Rules, vendor_report: Report | None, at: datetime) -> str:
    """What a report begun at `at` is made from: responses, corrections, the vendor's report, no erasure since."""
    epochs = Company.objects.filter(pk__in=[run.company_id, run.vendor_id]).order_by("pk")
    of_vendor = (
        CacheEntry.objects.fresh(at).filter(reports=vendor_report) if vendor_report else CacheEntry.objects.none()
    )
    entries = [*_used(run, known, at), *of_vendor.defer("body")]
    pinned = Correction.objects.filter(company=run.company_id, withdrawn=None).order_by("pk")
    return cache.digest(
        "basis",
        list(epochs.values_list("pk", "data_epoch")),
        [(entry.pk, entry.digest) for entry in entries],
        list(pinned.values_list("pk", flat=True)),
    )


def _used(run: WorkflowRun, known: Rules, at: datetime) -> list[CacheEntry]:
    """The responses on the company that the facts were merged from; of what a caller sent there is none."""
    if run.consumer == OWN_ANALYSIS:
        return []
    held = cache.held_responses(run.company_id, origin=run.origin, at=at, not_before=run.not_before)
    held = {**cache.bought_by(run.pk), **held}
    return [entry for slug, entry in sorted(held.items()) if slug in known.cells_by_source]


def _gaps(run: WorkflowRun, known: Rules, at: datetime) -> list[dict[str, Any]]:
    again = plan_input(unlimited(run, known), at=at)
    now = best_plan(replace(again, candidates=()))
    return gaps(now.expectations, again=again, outcomes=outcomes_of(run), known=known, stopped=run.stop_reason)


def _is_as_good_as_it_gets(
    run: WorkflowRun, known: Rules, found: list[dict[str, Any]], failures: Sequence[str], vendor_report: Report | None
) -> bool:
    """Whether asking again could not do better: now, or by somebody with other budgets, or when a pause is over."""
    if failures or run.stop_reason == WorkflowRun.StopReason.DEADLINE:
        return False
    if vendor.is_collected_first(run, known) and not _is_kept_and_best(vendor_report, _cap(run)):
        return False
    return not (found and (_may_recover(run) or _lacks(passed_over(run), found, known)))


def _is_kept_and_best(vendor_report: Report | None, cap: Decimal | None) -> bool:
    return vendor_report is not None and vendor_report.entry_id is not None and vendor_report.is_best_for(cap)


def _may_recover(run: WorkflowRun) -> bool:
    """Whether a source failed, or was refused for a reason that passes or that is the payer's own."""
    passing = {Why.PAUSED, Why.IN_DOUBT, Why.BUDGET}
    outcomes = outcomes_of(run).values()
    return any(o["kind"] in (Kind.FAILED, Kind.WAITING) or o["why"] in passing for o in outcomes)


def _lacks(sources: set[str], found: list[dict[str, Any]], known: Rules) -> bool:
    """Whether one of these sources gives something that is missing."""
    lacking = {gap["dataset"] for gap in found}
    return any(lacking & set(known.cells_by_source.get(slug, ())) for slug in sources)


def _report(
    run: WorkflowRun,
    known: Rules,
    task: Task,
    grounded: Grounded,
    found: list[dict[str, Any]],
    failures: Sequence[str],
    vendor_report: Report | None,
    at: datetime,
) -> Report:
    own = run.vendor_run.cost if run.vendor_run else Decimal(0)
    blocked = _blocked(run)  # whoever was erased while it was written
    return Report.objects.create(
        company=run.company,
        vendor=run.vendor,
        consumer=run.consumer,
        role=run.role,
        segment=run.segment,
        region=run.region,
        origin=run.origin,
        run=run,
        engine=grounded.engine,
        prompt=_prompt_of(known, task, grounded.engine),
        body=blocked.redacted(grounded.body),
        statements=grounded.statements,
        evidence=blocked.redacted(_cited(task, grounded, known, vendor_report)),
        conflicts=blocked.redacted([conflict_as_json(each) for each in conflicts(task)]),
        withheld=blocked.redacted([{"pointer": w.pointer, "text": w.text, "why": w.why} for w in grounded.withheld]),
        quality={**quality(task, grounded), "parts": parts(task), **_second_reading(grounded)},
        gaps=found,
        datasets=sorted(task.facts),
        vendor_context_used=task.vendor is not None,
        cost=run.cost + own,
        stop_reason=run.stop_reason,
        failures=blocked.redacted(list(failures)),
        best_under=_cap(run) if _wanted_money(run, vendor_report) else None,
        generated_at=at,
    )


def _second_reading(grounded: Grounded) -> dict[str, str]:
    return {"second_reading": grounded.second_reading} if grounded.second_reading else {}


def _prompt_of(known: Rules, task: Task, engine: str) -> str:
    """The version of the prompt that it was written with; "" of an engine that reads none."""
    if engine == Builtin.slug:
        return ""
    prompt = known.prompts.get(task.purpose)
    return f"v{prompt.version}" if prompt else "default"


def _blocked(run: WorkflowRun) -> Blocked:
    """Who must not be named in what the run writes."""
    return optouts.blocked([company for company in (run.company_id, run.vendor_id) if company is not None])


def _analysis_of(run: WorkflowRun, task: Task, grounded: Grounded) -> ReportPart:
    cache_type = _analysis_type(run.consumer)
    key = digest_of(task, engine=grounded.engine, model=attribution.model_of(grounded.engine))
    kept = CacheEntry.objects.filter(type=cache_type, key=key).defer("body").first()
    return attribution.analysis_part(run, grounded.engine, cache_type, kept)


def _cap(run: WorkflowRun) -> Decimal | None:
    """What whoever pays may spend at most."""
    payer = ResearchRequest.objects.payer(run.pk, database_now())
    return payer.cap if payer else None


def _wanted_money(run: WorkflowRun, vendor_report: Report | None) -> bool:
    """Whether more money would have made it, or the vendor's report that it rests on, a better one."""
    of_vendor = vendor_report is not None and vendor_report.best_under is not None
    return of_vendor or run.stop_reason == WorkflowRun.StopReason.BUDGET


def _cited(task: Task, grounded: Grounded, known: Rules, vendor_report: Report | None) -> dict[str, Any]:
    """The items behind the statements, and behind the facts, as a reader opens them; how far each is believed."""
    measured = standings(task, {slug: source.origin_group for slug, source in known.sources.items()})
    judge = Judge(task.domain, task.publishers, measured)
    cited = {name for statement in grounded.statements.values() for name in statement["evidence"]}
    cited |= {name for fact in task.facts.values() for item in fact.items for name in item.evidence}
    items = {
        item.id: {
            "source": item.source,
            "kind": item.kind,
            "title": item.title,
            "url": item.url,
            "publisher": item.publisher,
            "text": item.text,
            "publishedAt": item.published_at.isoformat() if item.published_at else None,
            "collectedAt": item.collected_at.isoformat() if item.collected_at else None,
            "credibility": as_json(judge.of(item.url, item.publisher)),
        }
        for item in task.evidence
        if item.id in cited
    }
    return {**(vendor_report.evidence if vendor_report else {}), **items}


# --- Cache ------------------------------------------------------------------------------------------------------------


def _ttl(known: Rules, cache_type: str) -> timedelta:
    policy = known.cache.get(cache_type)
    return policy.ttl if policy else A_DAY


def _lasts(run: WorkflowRun, known: Rules, used: Sequence[CacheEntry], at: datetime) -> timedelta:
    """How long the report may be given out: its type's time, and while what it was made from is fresh enough."""
    wanted = {need.dataset for need in known.requirements(run.consumer, role=run.role, require=tuple(run.require))}
    ages = [(entry.fetched_at, usable_age(known.cells_by_source[entry.source], wanted)) for entry in used]
    left = [fetched_at + age - at for fetched_at, age in ages if age is not None]
    return max(min([_ttl(known, report_type(run.consumer)), *left]), timedelta(0))


def _keep_report(
    run: WorkflowRun,
    known: Rules,
    report: Report,
    used: Sequence[CacheEntry],
    vendor_report: Report | None,
    at: datetime,
) -> CacheEntry:
    """L7, which is the next request's L1; and L8, the reference from company and vendor to it."""
    oldest = min((entry.fetched_at for entry in used), default=at)
    answer = cache.Answer(
        type=report_type(run.consumer),
        key=run.report_key,
        company=run.company_id,
        origin=run.origin,
        body=Parts.of(report).to_bytes(report),
        fetched_at=oldest,
        ttl=_lasts(run, known, used, at),
        paid=report.cost,
    )
    entry = cache.keep(answer, at=at)
    made_from = [*used]
    if vendor_report is not None and vendor_report.entry is not None:
        made_from.append(vendor_report.entry)
    cache.depend(entry, on=made_from)
    reference = REFERENCE_TYPES.get(run.consumer)
    if reference:
        key = cache.digest("reference", run.company_id, run.vendor_id, run.origin)
        cache.keep(
            cache.Answer(
                type=reference,
                key=key,
                company=run.company_id,
                origin=run.origin,
                body=json.dumps({"report": str(report.pk)}).encode(),
                fetched_at=oldest,
                ttl=_ttl(known, reference),
            ),
            at=at,
        )
    return entry


def _analysis_type(consumer: str) -> str:
    return ANALYSIS_TYPES.get(consumer, "LLM_ANALYSIS_PROCESSED")


def keep_analysis(call: EngineCall, run: WorkflowRun, key: str, grounded: Grounded) -> None:
    """L5/L6: the same facts, evidence, vendor and role are not analysed twice, by this run after a crash included.

    `key` is the digest of the task.
    """
    if _blocked(run).names_in([grounded.body, [w.text for w in grounded.withheld]]):
        return  # somebody who was erased since the task was made
    known, at = rules.load(run.rule_set_id), database_now()
    used = _used(run, known, at)
    kept = {
        "body": grounded.body,
        "statements": grounded.statements,
        "withheld": [[w.pointer, w.text, w.why] for w in grounded.withheld],
        "recall": grounded.recall,
        "engine": grounded.engine,
        "second_reading": grounded.second_reading,
    }
    if run.consumer == OWN_ANALYSIS:  # it is the caller's alone
        steps = StepRun.objects.filter(run=run, name="analyse", status=StepRun.Status.RUNNING)
        steps.update(result={"expectations": [], "kept": {"key": key, **kept}})
        return
    cache_type = _analysis_type(run.consumer)
    answer = cache.Answer(
        type=cache_type,
        key=key,
        company=run.company_id,
        origin=run.origin,
        body=json.dumps(kept).encode(),
        fetched_at=min((entry.fetched_at for entry in used), default=at),
        ttl=_ttl(known, cache_type),
        paid=call.cost or Decimal(0),
    )
    cache.depend(cache.keep(answer, at=at), on=used)


def kept_analysis(lease: Lease, key: str) -> Grounded | None:
    """The analysis of the very same task, if it was written before."""
    run = WorkflowRun.objects.get(pk=lease.run)
    if run.consumer == OWN_ANALYSIS:
        step = run.steps.standing().filter(name="analyse").last()
        found = step.result.get("kept", {}) if step else {}
        return _grounded(found) if found.get("key") == key else None
    entry = cache.read(_analysis_type(run.consumer), key, at=database_now())
    return None if entry is None else _grounded(json.loads(bytes(entry.body)))


def _grounded(kept: dict[str, Any]) -> Grounded:
    return Grounded(
        body=kept["body"],
        statements=kept["statements"],
        withheld=tuple(Withheld(pointer=p, text=t, why=w) for p, t, w in kept["withheld"]),
        recall=kept["recall"],
        engine=kept["engine"],
        second_reading=kept.get("second_reading", ""),
        usage=Usage(),
    )
