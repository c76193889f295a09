"""What is known of a company: each fact with its source, age and band, and what others say instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment.analysis.credibility import Judge
from enrichment.models import Company, Evidence, Fact, Origin
from enrichment.pages.citing import Citations, Source, as_item
from enrichment.pages.words import State, age, label_of, moment, percent, value_text
from enrichment.rules import Rules
from enrichment.workflow import known_facts
from enrichment.workflow.briefing import publishers_of

MOST_EVIDENCE = 500  # items on one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value, who says so, how reliable that is and since when."""

    text: str
    said_by: str
    age: str
    band: State
    reliability: str
    sources: tuple[Source, ...]
    also: tuple["Claim", ...] = ()  # what others say of a field of it, say another title

    @property
    def ids(self) -> str:
        """The ids of its sources as the page's script reads them."""
        return " ".join(source.id for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One dataset: what holds, and for a single value what others say instead."""

    label: str
    slug: str
    band: State
    reliability: str
    threshold: str
    corrected: bool
    why: str
    values: list[Claim]
    others: list[Claim]


@dataclass(frozen=True, slots=True)
class Known:
    """All facts of a company by heading, and the items behind them."""

    groups: list[tuple[str, list[FactLine]]]
    sources: list[Source]
    sandbox: bool


def known_of(company: Company, *, rules: Rules, now: datetime) -> Known:
    """The company's facts of one origin: live ones where there are any. Two queries, however many facts."""
    rows = list(Fact.objects.filter(company=company))
    live = [row for row in rows if row.origin == Origin.LIVE]
    facts = live or rows
    citations = Citations(_evidence(company, facts, rules), now=now)
    groups: dict[str, list[FactLine]] = {}
    for fact in sorted(facts, key=lambda row: row.dataset):
        rule = rules.datasets.get(fact.dataset)
        line = _line(fact, rules, citations, now)
        groups.setdefault(rule.group if rule else "", []).append(line)
    return Known([(name or "Other", groups[name]) for name in sorted(groups)], citations.cited, bool(rows and not live))


def _evidence(company: Company, facts: Iterable[Fact], rules: Rules) -> Mapping[str, dict[str, Any]]:
    ids = {pk for fact in facts for claim in fact.claims for pk in claim.get("evidence", ())}
    rows = Evidence.objects.filter(pk__in=sorted(ids)[:MOST_EVIDENCE])
    judge = Judge(company.domain, publishers_of(rules))
    return {str(row.pk): as_item(row, judge.of(row.url, row.publisher)) for row in rows}


def _line(fact: Fact, rules: Rules, citations: Citations, now: datetime) -> FactLine:
    rule = rules.datasets.get(fact.dataset)
    threshold = rule.threshold if rule else None
    claims = [_claim(claim, rules, threshold, citations, now) for claim in fact.claims]
    is_list = isinstance(fact.value, list)
    if fact.corrected:
        values, others = [_pinned(fact, now)], claims
    else:
        values, others = (claims, []) if is_list else (claims[:1], claims[1:])
    return FactLine(
        label=rule.label if rule else label_of(fact.dataset),
        slug=fact.dataset,
        band=band(fact.reliability, threshold),
        reliability=percent(fact.reliability),
        threshold=percent(threshold),
        corrected=fact.corrected,
        why=fact.why,
        values=values,
        others=others,
    )


def _pinned(fact: Fact, now: datetime) -> Claim:
    return Claim(
        text=value_text(fact.value),
        said_by="a person's correction",
        age=age(fact.observed_at, now),
        band=State("good", "pinned"),
        reliability=percent(1.0),
        sources=(),
    )


def _claim(
    claim: Mapping[str, Any], rules: Rules, threshold: float | None, citations: Citations, now: datetime
) -> Claim:
    return Claim(
        text=value_text(claim.get("value")),
        said_by=_names(claim.get("sources", ()), rules),
        age=age(moment(claim.get("observedAt")), now),
        band=band(claim.get("reliability") or 0.0, threshold),
        reliability=percent(claim.get("reliability")),
        sources=citations.cite(str(pk) for pk in claim.get("evidence", ())),
        also=tuple(_claim(each, rules, threshold, citations, now) for each in claim.get("also", ())),
    )


def _names(slugs: Sequence[str], rules: Rules) -> str:
    return ", ".join(rules.sources[slug].label if slug in rules.sources else label_of(slug) for slug in slugs)


TONES = {"reliable": "good", "fair": "warn", "weak": "bad"}


def band(reliability: float, threshold: float | None) -> State:
    """How far it is to be believed, in words."""
    word = known_facts.band(reliability, threshold)
    return State(TONES[word], word)
