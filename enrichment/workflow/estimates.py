"""What a run that is not planned yet is expected to cost: what its driver would plan now."""

from dataclasses import dataclass
from decimal import Decimal

from enrichment import rules
from enrichment.models import WorkflowRun
from enrichment.models.clock import database_now
from enrichment.planning.solver import best_plan
from enrichment.workflow import vendor
from enrichment.workflow.plans import from_nano, plan_input
from enrichment.workflow.wishes import wish_of


@dataclass(frozen=True, slots=True)
class Estimate:
    """USD and seconds, as the run's plan expects them."""

    cost: Decimal
    seconds: float


def estimate_of(run: WorkflowRun) -> Estimate:
    """By its plan; before that, by the plan that it would have. Writes nothing."""
    if run.estimated_cost is not None and run.estimated_seconds is not None:
        return Estimate(run.estimated_cost, run.estimated_seconds)
    known, at = rules.load(run.rule_set_id), database_now()
    plan = best_plan(plan_input(wish_of(run, known, at), at=at))
    return Estimate(from_nano(plan.expected_price) + vendor.expected(run, known, at=at), round(plan.seconds, 3))
