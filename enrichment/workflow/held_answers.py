"""A question about a company, answered from what is held: every statement with its evidence, and what is not known.

Reads only and buys nothing. A value whose evidence is gone is not told, unless a person pinned it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from enrichment import rules
from enrichment.analysis.questions import SCALARS, Question, fits, said, understood
from enrichment.models import Company, Evidence, Fact
from enrichment.rules import live
from enrichment.rules.model import Rules
from enrichment.workflow.asks import Ask
from enrichment.workflow.explaining import explain

MOST = 12  # statements of one dataset
PER_STATEMENT = 5  # items of evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One statement: what a source said, or a person pinned."""

    dataset: str
    label: str
    text: str
    value: Any
    reliability: float
    observed_at: datetime | str
    sources: tuple[str, ...]
    evidence: tuple[str, ...]  # ids in the answer's evidence
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A dataset that was asked for and of which nothing fits."""

    dataset: str
    label: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What collecting what is not known would cost, in USD; nothing was bought."""

    consumer: str
    expected: Decimal
    worst: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    question: Question
    statements: tuple[Held, ...]
    evidence: Mapping[str, Evidence]
    unknown: tuple[Unknown, ...]
    price: Price | None
    origin: str


def answer_from_held(company: Company, question: str) -> HeldAnswer:
    """The answer that the company's facts give. `origin` is theirs: live facts where there are any."""
    known = rules.current().rules
    labels = {slug: rule.label for slug, rule in known.datasets.items()}
    asked = understood(question, labels=labels, company=[company.name, company.domain or ""])
    facts, origin = _facts(company, asked)
    wanted = {int(each) for fact in facts.values() for claim in _claims(fact) for each in claim.get("evidence", ())}
    evidence = {str(row.pk): row for row in Evidence.objects.filter(pk__in=wanted, company=company)}
    told = {slug: list(_statements(fact, labels.get(slug, slug), asked, evidence)) for slug, fact in facts.items()}
    unknown = tuple(
        Unknown(dataset=slug, label=labels[slug], why=_why(slug, facts, asked))
        for slug in asked.datasets
        if not told.get(slug)
    )
    found = tuple(each for slug in asked.datasets or told for each in told.get(slug, ())[:MOST])
    cited = {key for each in found for key in each.evidence}
    return HeldAnswer(
        question=asked,
        statements=found,
        evidence={key: row for key, row in evidence.items() if key in cited},
        unknown=unknown,
        price=_price(company, unknown, known) if unknown else None,
        origin=origin,
    )


def _facts(company: Company, asked: Question) -> tuple[dict[str, Fact], str]:
    """Dataset → fact, of what is asked for, or of everything that names what is asked about; of one origin."""
    rows = list(Fact.objects.filter(company=company).order_by("dataset"))
    origins = {row.origin for row in rows}
    origin = live.origin() if live.origin() in origins else next(iter(sorted(origins)), live.origin())
    mine = {row.dataset: row for row in rows if row.origin == origin}
    if asked.datasets:
        return {slug: mine[slug] for slug in asked.datasets if slug in mine}, origin
    return {slug: row for slug, row in mine.items() if asked.about and fits(row.value, asked.about)}, origin


def _claims(fact: Fact) -> list[dict[str, Any]]:
    """The claims that make the value: the winner of a scalar, each record of a list."""
    claims: list[dict[str, Any]] = list(fact.claims)
    if fact.corrected:
        values = fact.value if isinstance(fact.value, list) else [fact.value]
        return [{"value": value, "evidence": []} for value in values]
    return claims if isinstance(fact.value, list) else claims[:1]


def _statements(fact: Fact, label: str, asked: Question, evidence: Mapping[str, Evidence]) -> Iterator[Held]:
    for claim in _claims(fact):
        cited = [str(key) for key in claim.get("evidence", ()) if str(key) in evidence]
        narrowed = asked.about and fact.dataset not in SCALARS
        if (not cited and not fact.corrected) or (narrowed and not fits(claim["value"], asked.about)):
            continue
        yield Held(
            dataset=fact.dataset,
            label=label,
            text=f"{label}: {said(claim['value'])}",
            value=claim["value"],
            reliability=claim.get("reliability", fact.reliability),
            observed_at=claim.get("observedAt", fact.observed_at),
            sources=tuple(claim.get("sources", fact.sources)),
            evidence=tuple(cited[:PER_STATEMENT]),
            pinned=fact.corrected,
        )


def _why(slug: str, facts: Mapping[str, Fact], asked: Question) -> str:
    if slug not in facts:
        return "Nothing is held on this."
    if asked.about and slug not in SCALARS:
        words = ", ".join(f"“{word}”" for word in asked.about)
        return f"What is held names no {words}; that is no proof of the contrary."
    return "What is held has lost its evidence."


def _price(company: Company, unknown: tuple[Unknown, ...], known: Rules) -> Price | None:
    """What the consumer would cost that needs most of it, and little else; None where none needs any."""
    missing = {each.dataset for each in unknown}
    needs = {rule.slug: {each.dataset for each in rule.requirements} for rule in known.consumers.values()}
    best = max(needs, key=lambda slug: (len(needs[slug] & missing), -len(needs[slug]), slug), default=None)
    if best is None or not needs[best] & missing:
        return None
    quote = explain(Ask(consumer=best, company=company.name, company_domain=company.reference))["quote"]
    expected, worst = (Decimal(str(quote[which]["cost"])) for which in ("expected", "worst"))
    return Price(consumer=best, expected=expected, worst=worst)
