"""The runs that an experiment counts: from the moment when the lot brings one about to what it came to.

What counts is a run that its company's lot brought about: not one whose caller named a strategy, nor one that the
control would have answered with a report of before.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction

from enrichment import rules
from enrichment.models import Experiment, Report, Trial, Variant, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.rules.trials import Arm
from enrichment.workflow.clock import clock_of
from enrichment.workflow.experiments import look

Status, DONE = WorkflowRun.Status, WorkflowRun.DONE


def switched_on(run: WorkflowRun) -> frozenset[str]:
    """Sources that the run asks although they are switched off: while its experiment runs. No query without one."""
    if run.variant_id is None:
        return frozenset()
    row = Variant.objects.filter(pk=run.variant_id, experiment__status=Experiment.Status.RUNNING).first()
    return row.switched_on if row else frozenset()


def begin(run: WorkflowRun, arm: Arm) -> None:
    """Count the run, unless others that count had data of another origin. In the caller's transaction."""
    others = Trial.objects.filter(variant__experiment__slug=arm.experiment).exclude(run=None)
    if others.exclude(run__origin=run.origin).exists():
        return
    Trial.objects.create(variant_id=arm.variant, run=run, company_id=run.company_id, began=database_now())


def end(run: WorkflowRun, status: str, *, cost: Decimal, at: datetime) -> None:
    """Note what a variant's run came to, if it counts and ends for the first time. In the caller's transaction.

    What was cancelled, or answered by another run's report, says nothing of its variant and does not count.
    """
    trial = Trial.objects.filter(run=run, ended=None).select_related("variant__experiment").first()
    if trial is None:
        return
    report = Report.objects.filter(run=run).order_by("-generated_at").only("quality", "datasets").first()
    if status == Status.CANCELLED or (report is None and status in DONE):
        trial.delete()
        return
    experiment = trial.variant.experiment
    trial.ended, trial.cost = at, cost
    trial.seconds = max((at - clock_of(run)).total_seconds(), 0.0)
    if report is not None and status in DONE:
        trial.quality = report.quality["overall"]
        trial.coverage = coverage(report.datasets, experiment)
        trial.is_complete = status == Status.COMPLETED
    trial.save()
    transaction.on_commit(partial(look, experiment.pk), robust=True)  # the referee looks again if this fails


def coverage(found: Sequence[str], experiment: Experiment) -> float:
    """Share of what the consumer needed when the experiment started that was found, by weight."""
    if experiment.base_id is None:
        return 0.0
    needs = rules.load(experiment.base_id).consumers[experiment.consumer.slug].requirements
    total = sum(need.weight for need in needs)
    return round(sum(need.weight for need in needs if need.dataset in found) / total, 4) if total else 0.0
