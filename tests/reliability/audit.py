"""What must be true after every trial, whatever was killed: nothing lost, nothing bought twice, nothing told twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from enrichment.models import EngineCall, ResearchRequest, SourceCall, WorkflowRun
from tests.reliability.house import PAID, House

SEARCH = Decimal("0.02")  # USD
RECORDED = (SourceCall.Status.OK, SourceCall.Status.EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a trial found. `worst` is its worst figure, in words."""

    id: str
    trials: int
    violations: tuple[str, ...]
    worst: str

    def __str__(self) -> str:
        return f"{self.id}: {self.trials} trials, {len(self.violations)} violations, worst: {self.worst}"


def violations(house: House, *, failed: Sequence[ResearchRequest] = ()) -> list[str]:
    """Everything that is wrong now that all runs should have ended, well but for the `failed`."""
    return [
        *_lost(failed),
        *_repeated(),
        *_unledgered(house),
        *_unflagged(),
        *_misnumbered(),
        *_misbooked(),
    ]


def _lost(failed: Sequence[ResearchRequest]) -> Iterable[str]:
    for run in WorkflowRun.objects.exclude(status__in=WorkflowRun.DONE).exclude(requests__in=failed):
        yield f"run {run} did not end well: {run.error}"
    others = ResearchRequest.objects.exclude(pk__in=[request.pk for request in failed])
    for request in others.exclude(status=ResearchRequest.Status.ANSWERED):
        yield f"request for {request.company} is {request.status}"


def _repeated() -> Iterable[str]:
    """Calls that a run began after the same call's answer was recorded, for sources and for engines."""
    for call in SourceCall.objects.filter(status__in=RECORDED):
        again = SourceCall.objects.filter(run=call.run_id, source=call.source, started__gt=call.answered)
        if again.exists():
            yield f"{call.source} was asked again after its answer was recorded"
    for draft in EngineCall.objects.filter(status=EngineCall.Status.OK):
        if EngineCall.objects.filter(run=draft.run_id, started__gt=draft.answered).exists():
            yield f"run {draft.run_id} had its analysis written again"


def _unledgered(house: House) -> Iterable[str]:
    """Calls at the providers without a line, and money that they charged and nobody booked."""
    for source in PAID:
        lines = SourceCall.objects.filter(source=source).count()
        if house.asked(source) > lines:
            yield f"{source} was asked {house.asked(source)} times, the ledger has {lines} lines"
    calls = list(SourceCall.objects.all())
    booked = sum((call.cost for call in calls), Decimal(0))
    doubtful = sum((call.cost for call in calls if call.status == SourceCall.Status.IN_DOUBT), Decimal(0))
    # SerpApi does not count a search that is repeated within the hour; the ledger cannot know, and books its price.
    free = SEARCH * sum(not Decimal(call["charged_usd"]) for call in house.sandbox.calls(kind="serp_news"))
    if not booked - doubtful - free <= house.charged() <= booked:
        yield f"charged {house.charged()}, booked {booked}, of which {doubtful} in doubt and {free} for repeats"


def _unflagged() -> Iterable[str]:
    for call in SourceCall.objects.filter(status=SourceCall.Status.INTENT):
        yield f"{call.source} is still under way in the ledger"
    for call in SourceCall.objects.filter(status=SourceCall.Status.IN_DOUBT):
        told = call.run is not None and any(
            event.data.get("source") == call.source and event.data.get("status") == "in_doubt"
            for event in call.run.events.all()
        )
        if not told:
            yield f"{call.source} is in doubt, and nobody was told"


def _misnumbered() -> Iterable[str]:
    for run in WorkflowRun.objects.prefetch_related("events", "steps"):
        numbers = [event.seq for event in run.events.all()]
        if numbers != list(range(1, run.last_seq + 1)):
            yield f"events of {run}: {numbers}, last {run.last_seq}"
        ends = [event.seq for event in run.events.all() if event.kind == "finished"]
        if not run.is_active and ends != [run.last_seq]:
            yield f"{run} told its end at {ends} of {run.last_seq}"
        told = [e.data["source"] for e in run.events.all() if e.kind == "source_update" and "items" in e.data]
        if len(told) != len(set(told)):
            yield f"{run} told an answer twice: {told}"


def _misbooked() -> Iterable[str]:
    """Money still held, or sums that do not agree with the ledger's lines."""
    for request in ResearchRequest.objects.prefetch_related("calls", "engine_calls"):
        lines = [call.cost for call in request.calls.all()] + [call.cost or 0 for call in request.engine_calls.all()]
        if request.reserved or request.spent != sum(lines, Decimal(0)):
            yield f"request holds {request.reserved} and spent {request.spent}, its lines say {sum(lines)}"
    for run in WorkflowRun.objects.prefetch_related("calls", "engine_calls"):
        lines = [call.cost for call in run.calls.all()] + [call.cost or 0 for call in run.engine_calls.all()]
        if run.cost != sum(lines, Decimal(0)):
            yield f"run cost {run.cost}, its lines say {sum(lines)}"
