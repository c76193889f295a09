"""What a run that is not planned yet is expected to cost: what its driver would plan now."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from enrichment import rules
from enrichment.models import OWN_ANALYSIS, EngineCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.planning.quote import estimate
from enrichment.workflow import vendor
from enrichment.workflow.plans import from_nano, plan_input
from enrichment.workflow.wishes import wish_of

LAST = 20  # analyses whose time says how long the next one takes


@dataclass(frozen=True, slots=True)
class Estimate:
    """USD and seconds, as the run's plan expects them, what it would buy where an answer fails included."""

    cost: Decimal
    seconds: float


def estimate_of(run: WorkflowRun) -> Estimate:
    """By its plan; before that, by the plan that it would have. Writes nothing."""
    if run.estimated_cost is not None and run.estimated_seconds is not None:
        return Estimate(run.estimated_cost, run.estimated_seconds)
    known, at = rules.load(run.rule_set_id), database_now()
    if run.consumer == OWN_ANALYSIS:
        return Estimate(Decimal(0), _seconds_of_an_analysis())
    expects = estimate(plan_input(wish_of(run, known, at), at=at))
    return Estimate(from_nano(expects.cost) + vendor.expected(run, known, at=at), round(expects.seconds, 3))


def _seconds_of_an_analysis() -> float:
    """The mean of the last analyses, which are calls of runs; 0 where there was none."""
    ended = EngineCall.objects.filter(status=EngineCall.Status.OK, answered__isnull=False, run__isnull=False)
    ended = ended.order_by("-started")
    spans = [(end - begin).total_seconds() for begin, end in ended.values_list("started", "answered")[:LAST] if end]
    return round(fmean(spans), 3) if spans else 0.0
