"""How many companies an experiment takes, from how much runs differ anyway.

Planned when it starts, from the consumer's runs of the last 90 days; where there are too few of them, from its own
first companies. These are looked at without their variants, so that planning by them tells nothing of who is ahead and
spoils no verdict (J. Wittes, E. Brittain, Statistics in Medicine 9, 1990: the internal pilot study).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from statistics import fmean, stdev

from enrichment.models import Experiment, Report, Trial, WorkflowRun
from enrichment.rules import live
from enrichment.workflow.intervals import needed

HISTORY = timedelta(days=90)
MOST = 5_000  # runs that are looked at, newest first
PILOT = 30  # companies that a deviation is taken from; the usual number (R. H. Browne, Statistics in Medicine 14, 1995)
LEVEL, POWER = 0.95, 0.8

Valued = Iterable[tuple[Hashable, float]]


def from_history(experiment: Experiment, *, at: datetime) -> int | None:
    """Companies in all, by the consumer's past runs; None where these are on fewer than 30 companies."""
    runs = WorkflowRun.objects.filter(
        consumer=experiment.consumer.slug,
        origin=live.origin(),
        status__in=WorkflowRun.DONE,
        finished__gte=at - HISTORY,
    )
    costs = runs.order_by("-finished").values_list("company", "cost")[:MOST]
    reports = Report.objects.filter(run__in=runs).order_by("-generated_at").values_list("company", "quality")[:MOST]
    return _companies(
        experiment, ((c, float(cost)) for c, cost in costs), ((c, quality["overall"]) for c, quality in reports)
    )


def from_pilot(experiment: Experiment) -> int | None:
    """Companies in all, by its own runs so far; None while these are on fewer than 30 companies."""
    ended = Trial.objects.filter(variant__experiment=experiment).exclude(ended=None)
    rows = list(ended.values_list("company", "cost", "quality"))
    return _companies(experiment, ((c, float(cost)) for c, cost, _ in rows), ((c, value) for c, _, value in rows))


def _companies(experiment: Experiment, costs: Valued, qualities: Valued) -> int | None:
    deviations = _deviation(costs), _deviation(qualities)
    if None in deviations:
        return None
    variants = sorted(experiment.variants.all(), key=lambda variant: not variant.is_control)
    shares = [variant.share for variant in variants]
    steps = float(experiment.cost_step), experiment.quality_step
    level = level_for(len(variants) - 1)
    return max(
        needed(deviation or 0.0, step, shares, level=level, power=POWER)
        for deviation, step in zip(deviations, steps, strict=True)
    )


def level_for(comparisons: int) -> float:
    """The level of each of so many intervals at which all of them hold together in 95 % (Bonferroni)."""
    return 1 - (1 - LEVEL) / max(comparisons, 1)


def _deviation(values: Valued) -> float | None:
    """The standard deviation of companies' means; None for fewer than 30."""
    of_company: defaultdict[Hashable, list[float]] = defaultdict(list)
    for company, value in values:
        of_company[company].append(value)
    return stdev(map(fmean, of_company.values())) if len(of_company) >= PILOT else None
