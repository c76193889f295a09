"""How the waves of a run went so far, as its standing steps have it."""

from collections.abc import Sequence
from typing import Any

from enrichment import doubts
from enrichment.models import StepRun, WorkflowRun
from enrichment.permits import Why
from enrichment.recording import Kind, Outcome

ANSWERED = (Kind.ANSWERED, Kind.EMPTY, Kind.REUSED)


def note(step: StepRun, outcomes: Sequence[Outcome]) -> None:
    """Add to what the wave has. A source that was not asked because nobody wanted it then may be asked later."""
    kept = [known for known in step.result["outcomes"] if known["kind"] != Kind.WAITING]
    new = [
        {"source": o.source, "kind": o.kind, "words": o.words, "why": o.why}
        for o in outcomes
        if o.why is not Why.NOBODY
    ]
    step.result = {**step.result, "outcomes": kept + new}
    StepRun.objects.filter(pk=step.pk).update(result=step.result)


def outcomes_of(run: WorkflowRun) -> dict[str, dict[str, Any]]:
    """How each source that this run asked ended, the last word of each."""
    found = {}
    for step in run.steps.standing().filter(name="collect"):
        for outcome in step.result["outcomes"]:
            found[outcome["source"]] = outcome
    return found


def unanswered(run: WorkflowRun) -> list[str]:
    """Sources of its waves that gave no answer: they failed, were refused, or were not asked any more."""
    wanted = [source for step in run.steps.standing().filter(name="collect") for source in step.result["sources"]]
    found = outcomes_of(run)
    return [source for source in dict.fromkeys(wanted) if found.get(source, {}).get("kind") not in ANSWERED]


def passed_over(run: WorkflowRun) -> set[str]:
    """Sources that were paused when the run planned, and that it did not ask later either."""
    found = {slug for step in run.steps.standing() for slug in step.result.get("paused", ())}
    return found - set(outcomes_of(run))


def asked(run: WorkflowRun) -> dict[str, str]:
    """Sources that this run asked already, and how that ended; those that are held are not looked up here."""
    words = {Kind.ANSWERED: "it was asked just now", Kind.EMPTY: "it was asked just now and knows nothing"}
    again = doubts.to_be_asked_again(run.pk)
    return {
        source: words.get(outcome["kind"], outcome["words"] or "it was asked just now")
        for source, outcome in outcomes_of(run).items()
        if source not in again
    }


def next_wave(run: WorkflowRun) -> int:
    """The number of the wave that comes next; those that were set aside keep theirs, for their calls have them too."""
    last: int | None = run.steps.order_by("-wave").values_list("wave", flat=True).first()
    return (last or 0) + 1
