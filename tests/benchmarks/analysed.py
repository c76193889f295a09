"""Tasks as runs of the sandbox give them to an engine: collected over HTTP, merged, with their vendor's context."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enrichment import rules
from enrichment.analysis.model import Task
from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.sandbox import world
from enrichment.workflow import vendor
from enrichment.workflow.briefing import task_for
from enrichment.workflow.requests import Ask, Seller, request_research
from tests.benchmarks.stage import Stage
from tests.driving import drive_on

ROLES = ("AE", "SE", "CSM", "BDR")


@dataclass(frozen=True, slots=True)
class Analysed:
    """What one run's report was written from, and the domain whose truth the world knows."""

    task: Task
    domain: str


def tasks(
    stage: Stage, prospects: Sequence[world.DemoCompany], vendors: Sequence[world.DemoCompany]
) -> Iterator[Analysed]:
    """The task of a brief on each prospect, for the vendors and the roles in turn; then those of the vendors' own."""
    for place, prospect in enumerate(prospects):
        yield _brief(stage, prospect, vendors[place % len(vendors)], ROLES[place % len(ROLES)])
    known, at = rules.current().rules, database_now()
    for run in WorkflowRun.objects.filter(consumer=vendor.CONSUMER).order_by("created"):
        yield Analysed(task_for(run, known, vendor=None, at=at), run.company.domain or "")


def _brief(stage: Stage, prospect: world.DemoCompany, seller: world.DemoCompany, role: str) -> Analysed:
    """Raises `RuntimeError` for a run that ends without an answer: what it has is no report's."""
    request = request_research(
        Ask(
            consumer="customer_intelligence",
            company=prospect.name,
            company_domain=prospect.domain,
            vendor=seller.name,
            vendor_domain=seller.domain,
            seller=Seller(name="Taylor", role=role, segment="Mid-Market", region="EMEA"),
        ),
        user=stage.user,
    )
    drive_on()
    request.refresh_from_db()
    if request.run is None or request.status != ResearchRequest.Status.ANSWERED:
        raise RuntimeError(f"The research of {prospect.name} ended as {request.status}.")
    known, at = rules.load(request.run.rule_set_id), database_now()
    context = vendor.context_of(vendor.report_for(request.run, known, at=at))
    return Analysed(task_for(request.run, known, vendor=context, at=at), prospect.domain)
