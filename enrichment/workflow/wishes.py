"""What a run wants planned, with the money and the time that it has left."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.rules import Rules
from enrichment.workflow import taking_part
from enrichment.workflow.clock import collecting_left
from enrichment.workflow.plans import Wish


def wish_of(run: WorkflowRun, known: Rules, at: datetime) -> Wish:
    """What the run would have planned now."""
    money, seconds = _money_left(run, at), collecting_left(run, known, at)
    return replace(unlimited(run, known), strategy=run.strategy, budget=money, seconds=seconds)


def unlimited(run: WorkflowRun, known: Rules) -> Wish:
    """What it would have planned were money and time no matter, and nobody's strategy another than to plan."""
    return Wish(
        rules=known,
        consumer=run.consumer,
        company=run.company,
        origin=run.origin,
        role=run.role,
        require=tuple(run.require),
        not_before=run.not_before,
        bought_by=run.pk,
        switched_on=taking_part.switched_on(run),
    )


def _money_left(run: WorkflowRun, at: datetime) -> Decimal | None:
    """USD that whoever pays may still commit."""
    payer = ResearchRequest.objects.payer(run.pk, at)
    return payer.left if payer else Decimal(0)
