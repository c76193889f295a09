"""A month of requests, and a world that answers them: who asks for which company when, and what each source knows.

Everything is drawn from fixed seeds, and what is drawn for one thing does not depend on what else was asked. So two
ways of working through the month meet the same requests, the same knowledge and the same failures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from enrichment.planning.replay import Answer
from enrichment.rules import Rules
from enrichment.rules.model import SourceRule
from enrichment.workflow.plans import nano

COMPANIES = 2_000
REQUESTS = 20_000
ZIPF = 1.0  # the n-th most wanted company is asked for n**-1.0 times as often as the first
FREQUENT = 100  # companies whose requests count as frequent queries
FAILURES = 0.03  # of calls, after retries
DOMAINS_KNOWN = 0.5  # of companies, before the month begins
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
OPENS, CLOSES, SATURDAY = 9, 18, 5  # working hours, Monday to Friday


@dataclass(frozen=True, slots=True)
class Demand:
    """One request."""

    number: int
    at: datetime
    company: int  # rank, 0 is the most wanted
    consumer: str
    role: str

    @property
    def is_frequent(self) -> bool:
        return self.company < FREQUENT


def month_of(rules: Rules, *, requests: int = REQUESTS) -> list[Demand]:
    """The requests by time: at any moment of working hours, from any consumer and role, on companies by Zipf's law."""
    draw = Random("month")
    consumers, roles = sorted(rules.consumers), sorted(rules.roles)
    days = [day for day in (BEGIN + timedelta(days=number) for number in range(30)) if day.weekday() < SATURDAY]
    weights = [*accumulate((rank + 1) ** -ZIPF for rank in range(COMPANIES))]
    moments = sorted(draw.choice(days) + timedelta(hours=draw.uniform(OPENS, CLOSES)) for _ in range(requests))
    companies = draw.choices(range(COMPANIES), cum_weights=weights, k=requests)
    return [
        Demand(number, at, company, draw.choice(consumers), draw.choice(roles))
        for number, (at, company) in enumerate(zip(moments, companies, strict=True))
    ]


class World:
    """What each source says of each company, as likely as the matrix has it, all month long the same datasets."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.gave = cache(self._gave)

    def has_known_domain(self, company: int) -> bool:
        return Random(f"domain {company}").random() < DOMAINS_KNOWN

    def _gave(self, company: int, source: str) -> frozenset[str]:
        draw = Random(f"knows {company} {source}")
        cells = sorted(self.rules.cells_by_source[source].items())
        return frozenset(dataset for dataset, cell in cells if draw.random() < cell.chance)

    def answer(self, demand: Demand, source: SourceRule) -> Answer:
        """What the source answers to this request. A failed or an empty answer of one charged per call is paid, too."""
        draw = Random(f"fails {demand.number} {source.slug}")
        failed = draw.random() < FAILURES
        gave = frozenset() if failed else self.gave(demand.company, source.slug)
        price = nano(source.cost) or 0
        cost = price if gave or source.charged == "call" else 0
        return Answer(gave=gave, cost=cost, seconds=source.latency.total_seconds(), failed=failed)


class Answers(dict[str, Answer]):
    """The answers to one request, drawn as they are asked for."""

    def __init__(self, world: World, demand: Demand) -> None:
        super().__init__()
        self.world, self.demand = world, demand

    def __contains__(self, source: object) -> bool:
        return source in self.world.rules.sources

    def __missing__(self, source: str) -> Answer:
        self[source] = self.world.answer(self.demand, self.world.rules.sources[source])
        return self[source]

    def __iter__(self) -> Iterator[str]:
        return iter(self.world.rules.sources)
