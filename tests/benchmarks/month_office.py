"""Two ways to work through a month of requests, in memory: with plans and caches, and by asking every source each time.

Whom to ask is the product's own decision: `planner_input` from the rules, `replay` for waves, fallbacks and replanning,
`usable_age` for what is fresh enough. What the tables would hold is held here: responses by company and source with
their sources' TTLs (a quarter for empty ones), reports by all that they depend on with their types' TTLs. A report is
kept unless something is missing and a source failed, and goes stale with the first response that takes the place of one
that it was made from and says something else. How often that is depends on the world, so both ends can be tried: every
answer that is fetched again is new, or none is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import prod

from enrichment.merging import decayed
from enrichment.models import Company
from enrichment.planning.model import Held, Offer, PlanInput
from enrichment.planning.replay import Answer, replay
from enrichment.rules import Rules
from enrichment.rules.model import Requirement
from enrichment.workflow.keys import report_type
from enrichment.workflow.plans import Wish, offer_of, planner_input, usable_age
from tests.benchmarks.month_world import Answers, Demand, World


@dataclass(frozen=True, slots=True)
class Response:
    """What a source answered, and until when that is used again."""

    source: str
    origin_group: str
    offers: tuple[Offer, ...]
    fetched: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A report that answers the same request again."""

    made_from: tuple[Response, ...]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Served:
    """How a request was answered."""

    cost: int  # nano-USD
    calls: int
    made_from: tuple[Response, ...]


@dataclass(slots=True)
class Office:
    """Whoever works through the month. `strategy` legacy keeps nothing between requests, but the companies' domains.

    `changes`: whether what is fetched again says something else than before.
    """

    rules: Rules
    world: World
    strategy: str = "enhanced"
    changes: bool = True
    responses: dict[int, dict[str, Response]] = field(default_factory=dict)
    reports: dict[tuple[int, str, str], Kept] = field(default_factory=dict)
    domains: set[int] = field(default_factory=set)
    _given_nothing: dict[tuple[str, str, bool], PlanInput] = field(default_factory=dict)
    _needs: dict[tuple[str, str], tuple[Requirement, ...]] = field(default_factory=dict)

    def serve(self, demand: Demand) -> Served:
        """Answer the request from a kept report, or by a run."""
        key = (demand.company, demand.consumer, demand.role)
        kept = self.reports.get(key)
        if kept is not None and self._is_usable(kept, demand):
            return Served(cost=0, calls=0, made_from=kept.made_from)
        answers = Answers(self.world, demand)
        held = self._held(demand)
        ended = replay(self._given(demand, held), answers)
        new = {source: self._response(source, demand, answers) for source in ended.asked if not answers[source].failed}
        used = {**{source: self.responses[demand.company][source] for source in held}, **new}
        self._learn(demand, used)
        if self.strategy == "enhanced":
            self._keep(key, demand, new, used, failed=len(new) < len(ended.asked))
        return Served(cost=ended.cost, calls=len(ended.asked), made_from=tuple(used.values()))

    def needs(self, demand: Demand) -> tuple[Requirement, ...]:
        """What the request's consumer and role want."""
        key = (demand.consumer, demand.role)
        if key not in self._needs:
            self._needs[key] = self.rules.requirements(demand.consumer, role=demand.role)
        return self._needs[key]

    # --- Planning -----------------------------------------------------------------------------------------------------

    def _given(self, demand: Demand, held: Mapping[str, Held]) -> PlanInput:
        knows = demand.company in self.domains or self.world.has_known_domain(demand.company)
        key = (demand.consumer, demand.role, knows)
        if key not in self._given_nothing:
            self._given_nothing[key] = self._input(*key)
        given = self._given_nothing[key]
        free = tuple(candidate for candidate in given.candidates if candidate.source not in held)
        return replace(given, held=tuple(held.values()), candidates=free)

    def _input(self, consumer: str, role: str, knows_domain: bool) -> PlanInput:
        rule = self.rules.consumers[consumer]
        wish = Wish(
            rules=self.rules,
            consumer=consumer,
            company=Company(domain="acme.example" if knows_domain else None),
            origin="live",
            role=role,
            budget=rule.max_cost,
            seconds=rule.max_wait.total_seconds(),
            strategy=self.strategy,
        )
        return planner_input(wish, held={}, unavailable={})

    def _held(self, demand: Demand) -> dict[str, Held]:
        return {
            source: Held(
                source=source,
                origin_group=response.origin_group,
                offers=response.offers,
                age=(demand.at - response.fetched).total_seconds(),
            )
            for source, response in sorted(self.responses.get(demand.company, {}).items())
            if response.expires > demand.at and self._is_fresh_enough(response, demand)
        }

    def _is_fresh_enough(self, response: Response, demand: Demand) -> bool:
        wanted = {need.dataset for need in self.needs(demand)}
        oldest = usable_age(self.rules.cells_by_source[response.source], wanted)
        return oldest is None or demand.at - response.fetched <= oldest

    # --- Keeping ------------------------------------------------------------------------------------------------------

    def _response(self, source: str, demand: Demand, answers: Mapping[str, Answer]) -> Response:
        rule, cells = self.rules.sources[source], self.rules.cells_by_source[source]
        gave = answers[source].gave
        return Response(
            source=source,
            origin_group=rule.origin_group,
            offers=tuple(offer_of(cells[dataset]) for dataset in sorted(gave)),
            fetched=demand.at,
            expires=demand.at + (rule.ttl if gave else rule.empty_ttl),
        )

    def _learn(self, demand: Demand, used: Mapping[str, Response]) -> None:
        if any(offer.dataset == "company_domain" for response in used.values() for offer in response.offers):
            self.domains.add(demand.company)

    def _keep(
        self,
        key: tuple[int, str, str],
        demand: Demand,
        new: Mapping[str, Response],
        used: Mapping[str, Response],
        *,
        failed: bool,
    ) -> None:
        self.responses.setdefault(demand.company, {}).update(new)
        reached = reliabilities(used.values())
        is_short = any(reached.get(need.dataset, 0.0) < need.threshold for need in self.needs(demand))
        if not (failed and is_short):
            ttl = self.rules.cache[report_type(demand.consumer)].ttl
            self.reports[key] = Kept(tuple(used.values()), demand.at + ttl)

    def _is_usable(self, kept: Kept, demand: Demand) -> bool:
        now = self.responses[demand.company]
        says_the_same = not self.changes or all(now[response.source] is response for response in kept.made_from)
        return kept.expires > demand.at and says_the_same


def reliabilities(
    made_from: Iterable[Response], *, at: datetime | None = None, half_lives: Mapping[str, timedelta] | None = None
) -> dict[str, float]:
    """Dataset → 1 − Π(1 − r) over origin groups; with `at` and half-lives, r as it has decayed by then."""
    best: dict[str, dict[str, float]] = {}
    for response in made_from:
        for offer in response.offers:
            value = offer.reliability
            if at is not None and half_lives is not None:
                value = decayed(value, age=at - response.fetched, half_life=half_lives[offer.dataset])
            groups = best.setdefault(offer.dataset, {})
            groups[response.origin_group] = max(groups.get(response.origin_group, 0.0), value)
    return {dataset: 1.0 - prod(1.0 - value for value in groups.values()) for dataset, groups in best.items()}
