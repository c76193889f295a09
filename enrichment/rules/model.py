"""A rule set's content as frozen values; what is live (credentials, switches, limits, budgets) is not in it."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from pydantic import BaseModel, ConfigDict

COMPLEXITY = {"simple": 1.0, "moderate": 0.9, "complex": 0.75}
FRESHNESS = {"high": timedelta(days=1), "medium": timedelta(days=7), "low": None}


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatasetRule(Frozen):
    slug: str
    label: str
    kind: str
    group: str
    threshold: float
    half_life: timedelta


class SourceRule(Frozen):
    slug: str
    label: str
    provider: str
    cost: Decimal
    charged: str
    max_records: int
    expected_records: float
    needs: tuple[str, ...]
    latency: timedelta
    timeout: timedelta
    origin_group: str
    ttl: timedelta
    empty_ttl: timedelta

    @property
    def worst_price(self) -> Decimal:
        """USD that one call may cost at most."""
        return self.cost * (self.max_records if self.charged == "record" else 1)


class Cell(Frozen):
    dataset: str
    source: str
    priority: int
    reliability: float
    fill_rate: float
    freshness_needed: str
    extraction_complexity: str

    @property
    def chance(self) -> float:
        """Probability in [0, 1] of a usable value: the fill rate, lowered by how hard it is to read."""
        return self.fill_rate * COMPLEXITY[self.extraction_complexity]

    @property
    def max_age(self) -> timedelta | None:
        """Age beyond which an answer no longer serves this dataset; None: as long as it is kept."""
        return FRESHNESS[self.freshness_needed]


class Requirement(Frozen):
    dataset: str
    required: bool
    weight: float
    threshold: float


class ConsumerRule(Frozen):
    slug: str
    label: str
    objective: str
    strategy: str
    vendor_context: str
    max_cost: Decimal | None
    max_wait: timedelta
    requirements: tuple[Requirement, ...]


class RoleRule(Frozen):
    slug: str
    long_name: str
    label: str
    focus: str
    talking_points: tuple[str, ...]
    recommendations: tuple[str, ...]
    extra_datasets: tuple[str, ...]
    voice: str = ""  # here and below: absent in rule sets of before
    contact_order: tuple[str, ...] = ()
    emphasis: tuple[str, ...] = ()


class RedundancyRuleView(Frozen):
    consumer: str | None
    skip: str
    because_of: tuple[str, ...]
    mode: str


class SignalRuleRow(Frozen):
    name: str
    signals: tuple[str, ...]
    urgency: str
    action: str
    within_days: int = 36_500
    witnesses: int = 1


class PublisherRow(Frozen):
    domain: str
    score: float
    why: str


class CacheRule(Frozen):
    ttl: timedelta
    serve_stale_for: timedelta


class EngineRule(Frozen):
    slug: str
    kind: str
    model: str
    priority: int


class Prompt(Frozen):
    version: int
    text: str


class Rules(Frozen):
    """All that a plan, a merge or a report depends on, besides what was found."""

    datasets: dict[str, DatasetRule]
    sources: dict[str, SourceRule]
    cells: tuple[Cell, ...]
    consumers: dict[str, ConsumerRule]
    roles: dict[str, RoleRule]
    redundancies: tuple[RedundancyRuleView, ...]
    signals: tuple[SignalRuleRow, ...]
    cache: dict[str, CacheRule]
    engines: tuple[EngineRule, ...]
    prompts: dict[str, Prompt]
    publishers: tuple[PublisherRow, ...] = ()
    barred_engines: tuple[str, ...] = ()  # left out by edits of the rules; who is switched on or off is live

    @cached_property
    def cells_by_source(self) -> dict[str, dict[str, Cell]]:
        """Source slug → dataset slug → cell."""
        found: dict[str, dict[str, Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.source, {})[cell.dataset] = cell
        return found

    def role(self, name: str) -> RoleRule | None:
        """The role of that short or long name, in any case."""
        wanted = name.strip().lower()
        return next((r for r in self.roles.values() if wanted in (r.slug.lower(), r.long_name.lower())), None)

    def requirements(self, consumer: str, *, role: str = "", require: tuple[str, ...] = ()) -> tuple[Requirement, ...]:
        """What the consumer needs, with the role's extra datasets and those that the caller requires, by slug."""
        needs = {need.dataset: need for need in self.consumers[consumer].requirements}
        extra = self.roles[role].extra_datasets if role in self.roles else ()
        for slug in extra:
            if slug not in needs:
                needs[slug] = Requirement(
                    dataset=slug, required=False, weight=1.0, threshold=self.datasets[slug].threshold
                )
        for slug in require:
            known = needs.get(slug)
            needs[slug] = Requirement(
                dataset=slug,
                required=True,
                weight=known.weight if known else 1.0,
                threshold=known.threshold if known else self.datasets[slug].threshold,
            )
        return tuple(needs[slug] for slug in sorted(needs))
