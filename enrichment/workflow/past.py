"""Past runs as situations: what each was to find, what was held and who could be asked; under any rules."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min
from pydantic import ValidationError

from enrichment.models import OWN_ANALYSIS, DataConsumer, Report, WorkflowRun
from enrichment.planning.codec import input_from_json
from enrichment.planning.model import Candidate, Held, Need, Objective, PlanInput, Strategy, Unavailable
from enrichment.rules.model import Requirement, Rules
from enrichment.workflow.plans import candidate, nano, offer_of, redundancies, usable_age

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Which runs: the `last` so many that ended, at most 1,000, begun in [since, until), of the consumer or of all."""

    last: int = 200
    since: datetime | None = None
    until: datetime | None = None
    consumer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A run as it was when it was planned for the first time. Its payer's cap is not known: that is a person's."""

    run: UUID
    consumer: str
    company: int
    name: str  # of the company
    role: str
    require: tuple[str, ...]
    at: datetime
    strategy: str  # in force then: enhanced or legacy
    was_known: bool  # a report on the company had been written before
    given: PlanInput

    @property
    def mentioned(self) -> frozenset[str]:
        """Sources that it says something of: held, possible, or why not."""
        given = self.given
        spoken_of: tuple[Held | Candidate | Unavailable, ...] = (*given.held, *given.candidates, *given.unavailable)
        return frozenset(each.source for each in spoken_of)


def situations(past: Past, *, origin: str) -> list[Situation]:
    """The runs of that origin, newest first, that were planned and whose plan's input is kept. Two queries."""
    runs = WorkflowRun.objects.exclude(status__in=WorkflowRun.ACTIVE).exclude(plan_input=None).filter(origin=origin)
    if past.since is not None:
        runs = runs.filter(created__gte=past.since)
    if past.until is not None:
        runs = runs.filter(created__lt=past.until)
    if past.consumer is not None:
        runs = runs.filter(consumer=past.consumer)
    fields = ("pk", "consumer", "company_id", "company__name", "role", "require", "created", "strategy", "plan_input")
    rows = list(runs.order_by("-created", "-pk").values(*fields)[: min(max(past.last, 0), MOST)])
    known = _known_since({row["company_id"] for row in rows}, origin)
    return [found for row in rows if (found := _situation(row, known)) is not None]


def _known_since(companies: Collection[int], origin: str) -> dict[int, datetime]:
    """When the first report on each company was written."""
    reports = Report.objects.filter(company__in=companies, origin=origin).exclude(consumer=OWN_ANALYSIS).order_by()
    return dict(reports.values_list("company").annotate(Min("generated_at")))


def _situation(row: Mapping[str, Any], known: Mapping[int, datetime]) -> Situation | None:
    try:
        given = input_from_json(row["plan_input"])
    except ValidationError:
        return None  # another version's
    return Situation(
        run=row["pk"],
        consumer=row["consumer"],
        company=row["company_id"],
        name=row["company__name"],
        role=row["role"],
        require=tuple(row["require"]),
        at=row["created"],
        strategy=row["strategy"],
        was_known=row["company_id"] in known and known[row["company_id"]] < row["created"],
        given=given,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One set of rules to see situations under. `today`: sources that cannot be asked now, and why.

    A situation's own word on who could be asked goes first; `today` speaks for sources that were no part of it, and
    for those that an edit switched on.
    """

    rules: Rules
    today: Mapping[str, str]
    switched_on: frozenset[str] = frozenset()
    strategies: Mapping[str, str] = field(default_factory=dict)  # consumer → strategy that an edit gave it
    _candidates: dict[frozenset[str], dict[str, Candidate]] = field(default_factory=dict)

    def needs(self, consumer: str, *, role: str = "", require: Iterable[str] = ()) -> tuple[Requirement, ...]:
        wanted = tuple(slug for slug in require if slug in self.rules.datasets)
        return self.rules.requirements(consumer, role=role, require=wanted)

    def of(self, past: Situation) -> PlanInput | None:
        """What the run would be planned from under these rules; None where they have no such consumer."""
        if past.consumer not in self.rules.consumers:
            return None
        needs = self.needs(past.consumer, role=past.role, require=past.require)
        wanted = frozenset(need.dataset for need in needs)
        held = tuple(self._held(past.given.held, wanted))
        mentioned = past.mentioned - self.switched_on
        unavailable = {each.source: each.why for each in past.given.unavailable if each.source in mentioned}
        unavailable |= {slug: why for slug, why in self.today.items() if slug not in mentioned}
        return self._input(past.consumer, needs, past.given.known, held, unavailable, self._strategy(past))

    def _input(
        self,
        consumer: str,
        needs: tuple[Requirement, ...],
        known: frozenset[str],
        held: tuple[Held, ...],
        unavailable: Mapping[str, str],
        strategy: Strategy,
    ) -> PlanInput:
        rule = self.rules.consumers[consumer]
        possible = self._possible(frozenset(need.dataset for need in needs))
        ruled_out = {*unavailable, *(response.source for response in held)}
        return PlanInput(
            needs=tuple(
                Need(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in needs
            ),
            candidates=tuple(possible[slug] for slug in sorted(possible.keys() - ruled_out)),
            known=known,
            held=held,
            redundancies=redundancies(self.rules, consumer),
            unavailable=tuple(Unavailable(source=s, why=unavailable[s]) for s in sorted(unavailable)),
            budget=nano(rule.max_cost),
            deadline=rule.max_wait.total_seconds(),
            objective=Objective(rule.objective),
            strategy=strategy,
        )

    def _possible(self, wanted: frozenset[str]) -> dict[str, Candidate]:
        if wanted not in self._candidates:
            rules = self.rules
            self._candidates[wanted] = {
                slug: candidate(rules, rules.sources[slug], wanted) for slug in rules.cells_by_source
            }
        return self._candidates[wanted]

    def _held(self, held: tuple[Held, ...], wanted: frozenset[str]) -> Iterator[Held]:
        """What was held and still would be: young enough, of a source that counts, with today's figures."""
        for response in held:
            source = self.rules.sources.get(response.source)
            cells = self.rules.cells_by_source.get(response.source)
            if source is None or cells is None:
                continue
            age = timedelta(seconds=response.age)
            bound = usable_age(cells, wanted)
            if age > (source.ttl if response.offers else source.empty_ttl) or (bound is not None and age > bound):
                continue
            offers = tuple(offer_of(cells[o.dataset]) for o in response.offers if o.dataset in cells)
            yield Held(source=source.slug, origin_group=source.origin_group, offers=offers, age=response.age)

    def _strategy(self, past: Situation) -> Strategy:
        strategy = self.strategies.get(past.consumer, past.strategy)
        if strategy == DataConsumer.Strategy.HYBRID:
            return Strategy.LEGACY if past.was_known else Strategy.ENHANCED
        return Strategy(strategy)
