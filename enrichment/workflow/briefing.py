"""From rows to an analysis task: the facts that a run needs, the evidence behind them, the vendor, the role."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from enrichment import cache
from enrichment.analysis.model import (
    EvidenceItem,
    FactItem,
    FactView,
    NeedView,
    OtherClaim,
    PublisherView,
    RoleView,
    SignalRuleView,
    Task,
    VendorContext,
)
from enrichment.models import Company, Evidence, Fact, WorkflowRun
from enrichment.rules import Rules

PURPOSES = ("customer_intelligence", "vendor_context")
# What no source gives and nobody therefore needs: there where a person took it over.
TAKEN_OVER = {"vendor_context": {"competitor_focus"}}


def evidence_id(pk: int) -> str:
    return f"e{pk}"


def task_for(run: WorkflowRun, known: Rules, *, vendor: VendorContext | None, at: datetime) -> Task:
    """All that the run's report is written from."""
    needs = known.requirements(run.consumer, role=run.role, require=tuple(run.require))
    wanted = {need.dataset for need in needs} | TAKEN_OVER.get(run.consumer, set())
    rows = Fact.objects.filter(company=run.company_id, origin=run.origin, dataset__in=wanted)
    facts = {row.dataset: _fact_view(row, known) for row in rows.order_by("dataset")}
    purpose = run.consumer if run.consumer in PURPOSES else "profile"
    prompt = known.prompts.get(purpose)
    return Task(
        purpose=purpose,
        company=run.company.name,
        domain=run.company.domain,
        facts=facts,
        evidence=_evidence(facts),
        as_of=at,
        needs=tuple(
            NeedView(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in needs
        ),
        vendor_name=run.vendor.name if run.vendor else None,
        vendor=vendor,
        role=role_of(run.role, known),
        segment=run.segment,
        region=run.region,
        signal_rules=signal_rules_of(known),
        publishers=publishers_of(known),
        groups={slug: source.origin_group for slug, source in known.sources.items()},
        prompt=prompt.text if prompt else "",
    )


def all_on(company: Company, known: Rules, *, origin: str, at: datetime) -> Task:
    """Everything that is known of a company, for nobody's report: neither vendor nor role."""
    rows = Fact.objects.filter(company=company, origin=origin, dataset__in=known.datasets)
    facts = {row.dataset: _fact_view(row, known) for row in rows.order_by("dataset")}
    return Task(
        purpose="customer_intelligence",
        company=company.name,
        domain=company.domain,
        facts=facts,
        evidence=_evidence(facts),
        as_of=at,
        groups={slug: source.origin_group for slug, source in known.sources.items()},
    )


def signal_rules_of(known: Rules) -> tuple[SignalRuleView, ...]:
    """What signals together mean."""
    return tuple(
        SignalRuleView(
            name=r.name,
            signals=frozenset(r.signals),
            urgency=r.urgency,
            action=r.action,
            within_days=r.within_days,
            witnesses=r.witnesses,
        )
        for r in known.signals
    )


def publishers_of(known: Rules) -> tuple[PublisherView, ...]:
    """What the admin says of publishers."""
    return tuple(PublisherView(domain=row.domain, score=row.score, why=row.why) for row in known.publishers)


def digest_of(task: Task, *, engine: str, model: str) -> str:
    """What an analysis depends on: facts, evidence, vendor, role, prompt, engine, model and the day."""
    content = _fields(task) | {
        "as_of": task.as_of.date().isoformat(),
        "signal_rules": sorted(task.signal_rules, key=lambda rule: rule.name),
    }
    return cache.digest("analysis", engine, model, json.dumps(content, default=_plain, sort_keys=True))


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _plain(value: Any) -> Any:
    """What JSON has no form of, in the form that equal values have in every process: sets print in any order."""
    if is_dataclass(value):
        return _fields(value)
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _fact_view(row: Fact, known: Rules) -> FactView:
    rule = known.datasets[row.dataset]
    items = tuple(_item(claim) for claim in row.claims)
    if row.corrected:
        items = _pinned(row, rule.kind) + items if rule.kind == "scalar" else _pinned(row, rule.kind)
    return FactView(
        dataset=row.dataset,
        kind=rule.kind,
        value=row.value,
        items=items,
        reliability=row.reliability,
        observed_at=row.observed_at,
        half_life=rule.half_life,
    )


def _pinned(row: Fact, kind: str) -> tuple[FactItem, ...]:
    """What a person says; of a list, with the evidence of whatever sources say too."""
    values = [row.value] if kind == "scalar" else row.value
    said = {} if kind == "scalar" else {_word(claim["value"]): _item(claim) for claim in row.claims}
    return tuple(
        FactItem(
            value=value,
            evidence=said[_word(value)].evidence if _word(value) in said else (),
            sources=("correction",),
            reliability=1.0,
            observed_at=row.observed_at,
        )
        for value in values
    )


def _word(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _item(claim: dict[str, Any]) -> FactItem:
    return FactItem(
        value=claim["value"],
        evidence=tuple(evidence_id(pk) for pk in claim["evidence"]),
        sources=tuple(claim["sources"]),
        reliability=claim["reliability"],
        observed_at=datetime.fromisoformat(claim["observedAt"]),
        also=tuple(_other(each) for each in claim.get("also", ())),
    )


def _other(each: dict[str, Any]) -> OtherClaim:
    return OtherClaim(
        field=each["field"],
        value=each["value"],
        evidence=tuple(evidence_id(pk) for pk in each["evidence"]),
        sources=tuple(each["sources"]),
        reliability=each["reliability"],
        observed_at=datetime.fromisoformat(each["observedAt"]),
    )


def _evidence(facts: dict[str, FactView]) -> tuple[EvidenceItem, ...]:
    wanted = {int(name[1:]) for fact in facts.values() for item in fact.items for name in item.evidence}
    return tuple(
        EvidenceItem(
            id=evidence_id(row.pk),
            source=row.source,
            kind=row.kind,
            title=row.title,
            url=row.url,
            publisher=row.publisher,
            text=row.text,
            published_at=row.published_at,
            collected_at=row.collected_at,
        )
        for row in Evidence.objects.filter(pk__in=wanted).order_by("pk")
    )


def role_of(slug: str, known: Rules) -> RoleView | None:
    """The role of that short name; None for none."""
    rule = known.roles.get(slug)
    if rule is None:
        return None
    return RoleView(
        slug=rule.slug,
        label=rule.label,
        focus=rule.focus,
        talking_points=rule.talking_points,
        recommendations=rule.recommendations,
        voice=rule.voice,
        contact_order=rule.contact_order,
        emphasis=rule.emphasis,
    )
