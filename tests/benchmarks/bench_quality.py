"""Does `data_quality.overall` say how much of a report is right? Held against what is true in the sandbox's world.

Every source is asked about every company over HTTP and read by its adapter; whom a run would ask is the planner's own
decision, facts are merged and quality is computed by the product's functions. The truth: `quality_truth`.

As it comes: the seeded rules, every source answering. Under strain: each source may be off or fail, or its answer is
days old and lacks what happened since; then also wrong about a dataset as often as the matrix believes it to be, saying
what it says of another company. With all sources of the product switched on nearly every report is complete, so
that little is left to rank by but luck: that figure is shown beside the others, without a target. Fixed seeds.

The share of right facts counts a needed fact that is missing as one that is not right, by the needs' weights: a brief
is as good as what it rightly knows of what was wanted. *Facts right* counts only the facts that are there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from statistics import mean
from typing import Any

from enrichment.analysis.model import FactItem, FactView, NeedView
from enrichment.analysis.quality import Measured, believed, measures
from enrichment.merging import Claim, Merged, merge
from enrichment.models import Company
from enrichment.planning.replay import Answer, replay
from enrichment.rules import Rules
from enrichment.rules.model import Requirement
from enrichment.rules.snapshot import from_rows
from enrichment.sandbox.world import load
from enrichment.sources.base import Observation
from enrichment.workflow.plans import Wish, nano, planner_input
from tests.benchmarks.quality_truth import Judge, judges, rank_correlation
from tests.benchmarks.quality_world import Heard, heard
from tests.benchmarks.stage import staged

Figure = tuple[str, str, str]  # what, measured, target

ROUNDS = 6  # strained situations for each company and consumer
OLDEST = 60.0  # days that an answer may be old under strain
ROLE = "AE"


@dataclass(frozen=True, slots=True)
class Situation:
    """Which sources answer and how: by source, its answer's age in days; who is absent is off or fails."""

    ages: Mapping[str, float]
    mixed_up: Random | None = None  # draws who is wrong about what; None: everybody says what they say


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One report: its computed quality, and how right it is."""

    consumer: str
    overall: float
    share_right: float  # of what was needed, by weight
    facts_right: float | None  # of the facts that are there; None without any that can be judged


@dataclass(frozen=True)
class Bench:
    """All that was heard of the world, under one set of rules."""

    rules: Rules
    told: Heard
    truth: Mapping[str, Judge]
    now: datetime

    @cached_property
    def domains(self) -> list[str]:
        return sorted(self.truth)

    def of(self, consumer: str) -> list[str]:
        """The companies that the consumer asks about: vendors, where it is about what they sell; else all."""
        if consumer != "vendor_context":
            return self.domains
        return [name for name in self.domains if self.truth[name].customers or self.truth[name].prices]

    def outcome(self, domain: str, consumer: str, situation: Situation) -> Outcome:
        """What a run of the consumer about the company comes to."""
        said = {slug: list(self._said(domain, slug, situation)) for slug in situation.ages}
        needs = self.rules.requirements(consumer, role=ROLE)
        claims: dict[str, list[Claim]] = {need.dataset: [] for need in needs}
        for slug in self._asked(consumer, said):
            for each in said[slug]:
                if each.dataset in claims:
                    claims[each.dataset].append(self._claim(slug, each, situation.ages[slug]))
        return self._measured(consumer, domain, needs, claims)

    def _asked(self, consumer: str, said: Mapping[str, list[Observation]]) -> tuple[str, ...]:
        """Whom the planner asks, wave by wave, where only these answer."""
        rule = self.rules.consumers[consumer]
        wish = Wish(
            rules=self.rules,
            consumer=consumer,
            company=Company(domain="known.example"),
            origin="sandbox",
            role=ROLE,
            budget=rule.max_cost,
            seconds=rule.max_wait.total_seconds(),
            strategy="enhanced",
        )
        off = {slug: "off" for slug in self.rules.sources if slug not in said}
        answers = {
            slug: Answer(
                gave=frozenset(each.dataset for each in found),
                cost=nano(self.rules.sources[slug].cost) or 0,
                seconds=self.rules.sources[slug].latency.total_seconds(),
            )
            for slug, found in said.items()
        }
        return replay(planner_input(wish, held={}, unavailable=off), answers).asked

    def _said(self, domain: str, slug: str, situation: Situation) -> Iterator[Observation]:
        """What the source said so long ago: nothing that has happened since."""
        until = self.now - timedelta(days=situation.ages[slug])
        cells = self.rules.cells_by_source.get(slug, {})
        draw = situation.mixed_up
        whom = {
            dataset: draw.choice(self.domains) if draw and draw.random() > cell.reliability else domain
            for dataset, cell in sorted(cells.items())
        }
        for about in sorted(set(whom.values())):
            extraction = self.told.get((about, slug))
            for each in extraction.observations if extraction else ():
                if whom.get(each.dataset) == about and not _is_since(each, until):
                    yield each

    def _claim(self, slug: str, said: Observation, age: float) -> Claim:
        return Claim(
            dataset=said.dataset,
            source=slug,
            origin_group=self.rules.sources[slug].origin_group,
            value=said.value,
            reliability=self.rules.cells_by_source[slug][said.dataset].reliability,
            observed_at=(said.observed_at or self.now) - timedelta(days=age),
        )

    def _measured(
        self, consumer: str, domain: str, needs: tuple[Requirement, ...], claims: Mapping[str, list[Claim]]
    ) -> Outcome:
        judge = self.truth[domain]
        merged = {slug: self._merged(slug, said) for slug, said in claims.items() if said}
        shares = {slug: judge.share_right(slug, value) for slug, (value, _) in merged.items()}
        right = {slug: share for slug, share in shares.items() if share is not None}
        judged = {need.dataset: need.weight for need in needs if judge.holds(need.dataset)}
        views = [
            NeedView(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in needs
        ]
        return Outcome(
            consumer=consumer,
            overall=measures(views, {slug: measured for slug, (_, measured) in merged.items()})["overall"],
            share_right=sum(weight * right.get(slug, 0.0) for slug, weight in judged.items()) / sum(judged.values()),
            facts_right=mean(right.values()) if right else None,
        )

    def _merged(self, slug: str, said: list[Claim]) -> tuple[Any, Measured]:
        """The fact's value, how far it can be believed, and its freshness."""
        rule = self.rules.datasets[slug]
        values = merge(said, kind=rule.kind, at=self.now, half_life=rule.half_life)
        first, is_scalar = values[0], rule.kind == "scalar"
        fact = FactView(
            dataset=slug,
            kind=rule.kind,
            value=first.value if is_scalar else [each.value for each in values],
            items=tuple(_item(each) for each in values),
            reliability=first.reliability,
            observed_at=first.observed_at if is_scalar else max(each.observed_at for each in values),
        )
        age = max(self.now - fact.observed_at, timedelta(0))
        return fact.value, Measured(believed(fact), 2 ** (-age / rule.half_life))


def _item(merged: Merged) -> FactItem:
    return FactItem(
        value=merged.value,
        evidence=(),
        sources=merged.sources,
        reliability=merged.reliability,
        observed_at=merged.observed_at,
    )


def _is_since(said: Observation, until: datetime) -> bool:
    """Whether it is dated after `until`."""
    day = said.value.get("date") if isinstance(said.value, dict) else None
    return isinstance(day, str) and day > until.date().isoformat()


# --- Situations -------------------------------------------------------------------------------------------------------


def as_it_comes(bench: Bench) -> list[Outcome]:
    """Every company for every consumer, all sources of the rules answering now."""
    now = Situation(ages=dict.fromkeys(bench.rules.sources, 0.0))
    return [bench.outcome(domain, consumer, now) for consumer in bench.rules.consumers for domain in bench.of(consumer)]


def under_strain(bench: Bench, *, contradicted: bool) -> list[Outcome]:
    """The same with sources off or failing and answers that are days old; `contradicted`: some of them wrong."""
    return [
        bench.outcome(domain, consumer, _strained(bench, Random(f"{domain} {consumer} {number}"), contradicted))
        for consumer in bench.rules.consumers
        for domain in bench.of(consumer)
        for number in range(ROUNDS)
    ]


def _strained(bench: Bench, draw: Random, contradicted: bool) -> Situation:
    """From nobody to everybody answers; in half of the situations the answers are up to `OLDEST` days old."""
    answering, oldest = draw.random(), draw.choice((0.0, draw.uniform(0, OLDEST)))
    there = [slug for slug in sorted(bench.rules.sources) if draw.random() < answering]
    return Situation(ages={slug: draw.uniform(0, oldest) for slug in there}, mixed_up=draw if contradicted else None)


# --- Figures ----------------------------------------------------------------------------------------------------------


def run() -> list[Figure]:
    world = load()
    with staged(latency=0.0):
        now, truth = datetime.now(UTC), judges(world)
        told = heard(world, now)
        seeded = Bench(from_rows(), told, truth, now)
        every = Bench(from_rows(and_sources={slug for _, slug in told}), told, truth, now)
    return [
        *_usual(as_it_comes(seeded)),
        *_strained_figures("sources off, failing or old", under_strain(seeded, contradicted=False)),
        *_strained_figures("and wrong as often as believed", under_strain(seeded, contradicted=True)),
        *_strained_figures("the same, all sources switched on", under_strain(every, contradicted=True), target=False),
    ]


def _usual(found: list[Outcome]) -> list[Figure]:
    by = _by_consumer(found)
    means = {name: mean(each.overall for each in own) for name, own in by.items()}
    lowest = min(means, key=lambda name: means[name])
    return [
        (f"Quality as it comes ({len(found)} reports): facts right", _facts_right(found), ">= 95 %"),
        ("  lowest mean overall of a consumer", f"{means[lowest]:.3f} {lowest}", ">= 0.80"),
        *(
            (f"  {name}: overall, facts right", f"{means[name]:.3f}, {_facts_right(own)}", "")
            for name, own in by.items()
        ),
    ]


def _strained_figures(words: str, found: list[Outcome], *, target: bool = True) -> list[Figure]:
    rhos = {name: _rho(own) for name, own in _by_consumer(found).items()}
    lowest = min(rhos, key=lambda name: rhos[name])
    wanted = ">= 0.80" if target else ""
    return [
        (f"Quality, {words} ({len(found)}): rank correlation", f"{_rho(found):.3f}", wanted),
        ("  lowest of a consumer", f"{rhos[lowest]:.3f} {lowest}", wanted),
        ("  facts right, of those that are there", _facts_right(found), ""),
    ]


def _by_consumer(found: list[Outcome]) -> dict[str, list[Outcome]]:
    return {name: [each for each in found if each.consumer == name] for name in sorted({e.consumer for e in found})}


def _facts_right(found: list[Outcome]) -> str:
    return f"{mean(each.facts_right for each in found if each.facts_right is not None):.1%}"


def _rho(found: list[Outcome]) -> float:
    return rank_correlation((each.overall, each.share_right) for each in found)
