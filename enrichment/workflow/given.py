"""Analyses of what a caller sends, read and merged in memory: nothing is bought, and nothing of it is shared.

The material is the request's. It is read at the moment of the analysis and cited by that report; no observation, fact,
response or kept report is made of it, and nobody else's answer changes by it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from enrichment import merging, rules
from enrichment.analysis.credibility import Judge, publisher_of
from enrichment.analysis.given import SOURCE, Given, observations
from enrichment.analysis.model import EvidenceItem, FactItem, FactView, NeedView, OtherClaim, Task, VendorContext
from enrichment.models import CallerMaterial, CompanyAlias, Report, WorkflowRun
from enrichment.people import optouts
from enrichment.rules import Rules
from enrichment.rules.model import Requirement
from enrichment.sources.base import CompanyRef, Evidence, Observation
from enrichment.workflow.briefing import publishers_of, role_of, signal_rules_of

LIKE = "customer_intelligence"  # the consumer whose needs, purpose, limits and longest wait hold for it, too


def as_json(given: Given) -> dict[str, Any]:
    return {
        "title": given.title,
        "url": given.url,
        "text": given.text,
        "publisher": given.publisher,
        "publishedAt": given.at.isoformat() if given.at else None,
    }


def _from_json(item: dict[str, Any]) -> Given:
    at = item.get("publishedAt")
    return Given(
        title=item["title"],
        url=item["url"],
        text=item["text"],
        publisher=item["publisher"],
        at=datetime.fromisoformat(at) if at else None,
    )


# --- The analysis -----------------------------------------------------------------------------------------------------


def material_of(run: UUID) -> CallerMaterial | None:
    """What the run's caller sent; None where it was pruned."""
    return CallerMaterial.objects.filter(request__run=run).first()


def task_for(run: WorkflowRun, known: Rules, *, vendor: VendorContext | None, at: datetime) -> Task:
    """All that the report is written from: the caller's results, merged as facts are, and nobody else's."""
    needs, material = needs_of(run, known), material_of(run.pk)
    prompt = known.prompts.get(LIKE)
    found, evidence = _read(run, material, known, at) if material else ({}, ())
    return Task(
        purpose=LIKE,
        company=run.company.name,
        domain=run.company.domain,
        facts=found,
        evidence=evidence,
        as_of=at,
        needs=tuple(
            NeedView(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in needs
        ),
        vendor_name=run.vendor.name if run.vendor else None,
        vendor=vendor,
        role=role_of(run.role, known),
        segment=run.segment,
        region=run.region,
        context=material.context if material else "",
        signal_rules=signal_rules_of(known),
        publishers=publishers_of(known),
        prompt=prompt.text if prompt else "",
    )


def needs_of(run: WorkflowRun, known: Rules) -> tuple[Requirement, ...]:
    return known.requirements(LIKE, role=run.role)


def _read(
    run: WorkflowRun, material: CallerMaterial, known: Rules, at: datetime
) -> tuple[dict[str, FactView], tuple[EvidenceItem, ...]]:
    names = CompanyAlias.objects.filter(company=run.company_id, kind=CompanyAlias.Kind.NAME).unshared()
    aliases = tuple(names.order_by("pk").values_list("value", flat=True)[:10])
    company = CompanyRef(name=run.company.name, domain=run.company.domain, aliases=aliases)
    blocked = optouts.blocked([run.company_id])
    said = [
        seen
        for seen in observations(tuple(map(_from_json, material.items)), company)
        if seen.dataset in known.datasets and not (blocked and blocked.names_in(seen.value))
    ]
    ids = {item: number for number, item in enumerate(dict.fromkeys(e for seen in said for e in seen.evidence), 1)}
    judge = Judge(company.domain, publishers_of(known))
    return _merged(said, ids, judge, known, at), tuple(_item(item, key, at) for item, key in ids.items())


def _merged(
    said: Sequence[Observation], ids: dict[Evidence, int], judge: Judge, known: Rules, at: datetime
) -> dict[str, FactView]:
    """One fact a dataset. A claim is as reliable as its publisher is credible; one publisher is one witness."""
    claims: dict[str, list[merging.Claim]] = {}
    for seen in said:
        first = seen.evidence[0]
        claim = merging.Claim(
            dataset=seen.dataset,
            source=SOURCE,
            origin_group=publisher_of(first.url) or first.publisher,
            value=seen.value,
            reliability=judge.of(first.url, first.publisher).score,
            observed_at=seen.observed_at or first.published_at or at,
            evidence=tuple(ids[item] for item in seen.evidence),
        )
        claims.setdefault(seen.dataset, []).append(claim)
    return {slug: _view(slug, claims[slug], known, at) for slug in sorted(claims)}


def _view(slug: str, claims: list[merging.Claim], known: Rules, at: datetime) -> FactView:
    rule = known.datasets[slug]
    merged = merging.merge(claims, kind=rule.kind, at=at, half_life=rule.half_life)
    shown = merged[:1] if rule.kind == "scalar" else merged
    return FactView(
        dataset=slug,
        kind=rule.kind,
        value=merged[0].value if rule.kind == "scalar" else [item.value for item in merged],
        items=tuple(
            FactItem(
                value=item.value,
                evidence=tuple(evidence_id(key) for key in item.evidence),
                sources=item.sources,
                reliability=item.reliability,
                observed_at=item.observed_at,
                also=tuple(map(_other, item.also)),
            )
            for item in merged
        ),
        reliability=shown[0].reliability
        if rule.kind == "scalar"
        else merging.combined(claims, at=at, half_life=rule.half_life),
        observed_at=max(item.observed_at for item in shown),
        half_life=rule.half_life,
    )


def _other(each: merging.Also) -> OtherClaim:
    return OtherClaim(
        field=each.field,
        value=each.value,
        evidence=tuple(evidence_id(key) for key in each.evidence),
        sources=each.sources,
        reliability=each.reliability,
        observed_at=each.observed_at,
    )


def evidence_id(number: int) -> str:
    """Unlike those of collected items, so that nothing takes one for the other."""
    return f"own{number}"


def _item(item: Evidence, number: int, at: datetime) -> EvidenceItem:
    return EvidenceItem(
        id=evidence_id(number),
        source=SOURCE,
        kind=item.kind,
        title=item.title[:500],
        url=item.url[:1_000],
        publisher=item.publisher[:200],
        text=item.text,
        published_at=item.published_at,
        collected_at=at,
    )


# --- Beside the report ------------------------------------------------------------------------------------------------


def lacks(task: Task, known: Rules) -> list[dict[str, Any]]:
    """What the report lacks, as `gaps` tells it; nothing of it has a price, for nothing is bought."""
    found = {need.dataset: task.facts[need.dataset].reliability if need.dataset in task.facts else 0.0
             for need in task.needs}  # fmt: skip
    return [
        {
            "dataset": need.dataset,
            "label": known.datasets[need.dataset].label,
            "required": need.required,
            "reliability": round(found[need.dataset], 4),
            "threshold": need.threshold,
            "why": "What you sent says it weakly." if found[need.dataset] else "What you sent does not say it.",
            "costToFill": None,
        }
        for need in task.needs
        if found[need.dataset] < need.threshold
    ]


def raw_data(report: Report) -> dict[str, Any]:
    """The merged facts behind the report, made anew; nothing once its material is pruned."""
    run = report.run
    if run is None or material_of(run.pk) is None:
        return {}
    task = task_for(run, rules.load(run.rule_set_id), vendor=None, at=report.generated_at)
    return {
        slug: {
            "value": fact.value,
            "reliability": round(fact.reliability, 4),
            "observedAt": fact.observed_at.isoformat(),
            "sources": [SOURCE],
            "why": "What you sent says so.",
            "corrected": False,
        }
        for slug, fact in task.facts.items()
    }
