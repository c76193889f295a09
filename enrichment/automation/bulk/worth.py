"""What a line is worth, and what it may cost: the plan that it would have, made once for all lines that are alike."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from enrichment.models.fields import rounded_up
from enrichment.planning import reach
from enrichment.planning.model import PlanInput
from enrichment.planning.problem import Problem
from enrichment.planning.quote import quote
from enrichment.planning.solver import best_plan
from enrichment.workflow.engine_price import EnginePrice
from enrichment.workflow.plans import from_nano


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """USD, seconds, and the value: the share of the wanted quality that the plan is expected to add, 0 to 1.

    value = Σ w × (min(t, r') − min(t, r)) / Σ w × t

    over the datasets that the consumer needs, with their weight w, their threshold t, the reliability r that what is
    held has already, and r' that the plan expects: weighted missing quality, as far as any source can fill it. Lines
    are started by value ÷ expected cost, greatest first, what costs nothing before all others; so a budget that does
    not reach for all of them buys the most quality. A company whose technologies (w 1, t 0.8) are known at 0.5 and
    can be had at 0.9 for 0.25 USD adds 0.3 of 0.8: value 0.375, and 1.5 per USD.
    """

    value: float = 0.0
    expected: Decimal = Decimal(0)
    worst: Decimal = Decimal(0)
    seconds: float = 0.0


@dataclass(slots=True)
class Pricer:
    """Prices plan inputs; how old a held answer is makes no difference, so that a thousand new companies are one."""

    engine: EnginePrice
    known: dict[PlanInput, Worth] = field(default_factory=dict)

    def worth(self, given: PlanInput) -> Worth:
        alike = replace(given, held=tuple(replace(each, age=0.0) for each in given.held))
        if alike not in self.known:
            self.known[alike] = self._worth(alike)
        return self.known[alike]

    def _worth(self, given: PlanInput) -> Worth:
        priced = quote(given)
        return Worth(
            value=value_of(given),
            expected=rounded_up(from_nano(priced.expected_cost) + self.engine.expected),
            worst=rounded_up(from_nano(priced.worst_cost) + self.engine.worst),
            seconds=priced.expected_seconds,
        )


def value_of(given: PlanInput) -> float:
    """The value of the best plan, as `Worth` has it."""
    problem = Problem(given)
    held = reach.reliabilities(problem, 0)
    now = {need.dataset: held[place] for place, need in enumerate(problem.needs)}
    then = {each.dataset: each.reliability for each in best_plan(given).expectations}
    wanted = sum(need.weight * need.threshold for need in given.needs)
    added = sum(
        need.weight * (min(need.threshold, then.get(need.dataset, 0.0)) - min(need.threshold, now[need.dataset]))
        for need in given.needs
    )
    return max(added / wanted, 0.0) if wanted else 0.0
