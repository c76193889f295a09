"""The life of an experiment: draft, running, and over, for its time, its data, a guard rail or a person.

A run under way keeps its variant whatever becomes of the experiment; who asks after its end gets the rules of today.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import ceil

from django.db import transaction
from django.db.models import Avg, Count, Sum
from django.db.models.functions import Coalesce

from enrichment import rules, spending
from enrichment.models import AnalysisEngine, Experiment, Notice, RulesVersion, Trial, Variant
from enrichment.models.clock import database_now
from enrichment.models.fields import usd
from enrichment.rules import Rules
from enrichment.rules.contradictions import contradictions
from enrichment.rules.edits import Edits, InvalidEdit
from enrichment.rules.trials import arms, changed
from enrichment.workflow.sizing import from_history, from_pilot
from enrichment.workflow.verdict import LEAST
from salesintel.accounts.models import User
from salesintel.history import sign

LOOK_EVERY = 10.0  # seconds
VENDOR_CONTEXT = "vendor_context"  # the consumer that `workflow.vendor` asks for, which cannot be imported from here

Status = Experiment.Status


class CannotStart(Exception):
    """`problems`: one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


# --- What can be started ----------------------------------------------------------------------------------------------


def problems(variants: Sequence[Variant], known: Rules) -> list[str]:
    """What keeps these variants of one experiment from being tried by the rules `known`, one sentence each."""
    found = []
    if sum(variant.is_control for variant in variants) != 1 or len(variants) < 2:
        found.append("Give one control, and at least one variant with changes.")
    if sum(variant.share or 0 for variant in variants) > 100:
        found.append("The shares add up to more than 100 per cent.")
    if len({variant.label for variant in variants}) < len(variants):
        found.append("Two variants have the same label.")
    for variant in variants:
        found += [f"{variant.label}: {words}" for words in _of_variant(variant, known)]
    return found


def _of_variant(variant: Variant, known: Rules) -> list[str]:
    if variant.is_control:
        return ["The control has the rules of today: no changes, no strategy."] if _changes(variant) else []
    if not isinstance(variant.changes, dict):
        return ['Give changes as an object, say {"sources": {"snov_contacts": {"enabled": false}}}.']
    try:
        Edits.parse(variant.changes)  # before the strategy is put among them
        after = changed(known, variant.all_changes)
    except InvalidEdit as error:
        return [f"{place}: {' '.join(words)}" for place, words in error.errors.items()]
    on_already = sorted(variant.switched_on & known.sources.keys())
    if on_already:
        # A switch of today's must stop a source for everybody; only what is off anyway is an experiment's to switch on.
        return [f"sources.{on_already[0]}.enabled: it is switched on already; leave that out."]
    return [] if after != known else ["It changes nothing."]


def _changes(variant: Variant) -> bool:
    return bool(variant.changes or variant.strategy)


def warnings(experiment: Experiment, known: Rules) -> list[str]:
    """What the variants' rules contradict that today's do not, for the runs that take part; one sentence each."""
    today, found = set(contradictions(_concerned(known, experiment))), []
    for variant in experiment.variants.exclude(is_control=True):
        try:
            after = changed(known, variant.all_changes)
        except InvalidEdit:
            continue  # said where it is edited
        if after.prompts != known.prompts and not _reads_prompts():
            found.append(f"{variant.label}: no engine that reads a prompt is ready; the built-in one reads none.")
        found += [
            f"{variant.label}: {words}" for words in contradictions(_concerned(after, experiment)) if words not in today
        ]
    return found


def _reads_prompts() -> bool:
    """Whether a model is ready to write."""
    rows = AnalysisEngine.objects.filter(enabled=True).exclude(kind=AnalysisEngine.Kind.BUILTIN)
    return any(row.is_ready for row in rows)


def _concerned(known: Rules, experiment: Experiment) -> Rules:
    """The rules with nobody but the experiment's consumer, and the vendor's context where that is collected for it."""
    rule = known.consumers[experiment.consumer.slug]
    wanted = {rule.slug} | ({VENDOR_CONTEXT} if rule.vendor_context != "none" else set())
    kept = {slug: each for slug, each in known.consumers.items() if slug in wanted}
    return known.model_copy(update={"consumers": kept})


# --- Begin and end ----------------------------------------------------------------------------------------------------


@transaction.atomic
def start(experiment: Experiment, *, by: User | None = None) -> None:
    """Let requests take part from its first moment on. Raises `CannotStart`."""
    row, at = _locked(experiment), database_now()
    snapshot = rules.current()
    found = [] if row.status == Status.DRAFT else [f"It is {row.get_status_display()} already."]
    if row.ends <= at:
        found.append("Its end is over; give a later one.")
    other = Experiment.objects.running().filter(consumer=row.consumer_id).first()
    if other is not None and not found:
        found.append(f"“{other}” runs for {row.consumer} already; two at a time would mix what they find.")
    found += problems(list(row.variants.all()), snapshot.rules)
    if found:
        raise CannotStart(found)
    arms(row, snapshot)  # stores the rule sets before anybody waits for them
    row.base_id = snapshot.digest
    row.starts = max(row.starts or at, at)
    row.started = at
    row.planned = from_history(row, at=at)
    _become(row, Status.RUNNING, "", by)


@transaction.atomic
def stop(experiment: Experiment, *, why: str, by: User | None = None) -> bool:
    """Stop it; False where it does not run. Who asks from now on gets the rules of today."""
    row = _locked(experiment)
    if row.status != Status.RUNNING:
        return False
    _be_over(row, Status.STOPPED, why, by=by)
    return True


def _locked(experiment: Experiment) -> Experiment:
    return Experiment.objects.select_for_update(no_key=True).get(pk=experiment.pk)


def _be_over(row: Experiment, status: str, why: str, *, by: User | None = None) -> None:
    row.finished = database_now()
    _become(row, status, why, by)


def _become(row: Experiment, status: str, why: str, by: User | None) -> None:
    row.status, row.why = status, why[:300]
    sign(row, by=by, why=(why or str(status))[:100])
    row.save()
    RulesVersion.bump()  # so that every process draws lots, or no more


# --- Looking after it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sofar:
    """Means over the ended runs of one variant."""

    runs: int
    companies: int
    cost: Decimal  # USD a run
    quality: float
    coverage: float


def so_far(experiment: Experiment) -> dict[int, Sofar]:
    """Variant → its means; without ended runs a variant is absent. One query."""
    ended = Trial.objects.filter(variant__experiment=experiment).exclude(ended=None).order_by()
    rows = ended.values("variant").annotate(
        runs=Count("pk"),
        companies=Count("company", distinct=True),
        paid=Coalesce(Sum("cost"), usd(0)),
        mean_quality=Avg("quality"),
        mean_coverage=Avg("coverage"),
    )
    return {
        row["variant"]: Sofar(
            runs=row["runs"],
            companies=row["companies"],
            cost=row["paid"] / row["runs"],
            quality=row["mean_quality"],
            coverage=row["mean_coverage"],
        )
        for row in rows
    }


@transaction.atomic
def look(pk: int) -> None:
    """End the experiment where a guard rail was passed, its time is over, or it has the data that it needs."""
    row = Experiment.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None or row.status != Status.RUNNING:
        return
    variants, found, at = list(row.variants.all()), so_far(row), database_now()
    told = next((words for v in variants if (words := _passed(row, v, found.get(v.pk)))), "")
    if told:
        _be_over(row, Status.STOPPED, told)
        _tell(row, f"Experiment “{row}” was stopped: {told}", at)
    elif row.ends <= at:
        _be_over(row, Status.ENDED, "Its time was over.")
        _tell(row, f"Experiment “{row}” ended: its time was over.", at)
    elif row.planned is None:
        if (planned := from_pilot(row)) is not None:
            Experiment.objects.filter(pk=row.pk).update(planned=planned)
    elif all(v.pk in found and found[v.pk].companies >= wanted(row, v, variants) for v in variants):
        _be_over(row, Status.ENDED, "It has the data that it needs.")
        _tell(row, f"Experiment “{row}” ended: it has the data that it needs.", at)


def wanted(experiment: Experiment, variant: Variant, variants: Sequence[Variant]) -> int:
    """How many companies the variant needs, of those that were planned in all."""
    total = sum(each.share for each in variants)
    return max(ceil((experiment.planned or 0) * variant.share / total), LEAST)


def _passed(row: Experiment, variant: Variant, found: Sofar | None) -> str:
    """The guard rail that the variant passed, in words; the control has the rules of today and passes none."""
    if found is None or variant.is_control or found.runs < row.rails_after:
        return ""
    if row.highest_cost is not None and found.cost > row.highest_cost:
        return f"{variant} cost {found.cost:.4f} USD a run over {found.runs} runs, more than {row.highest_cost:f}."
    if row.lowest_quality is not None and found.quality < row.lowest_quality:
        return f"{variant} had a mean quality of {found.quality:.2f}, below {row.lowest_quality:.2f}."
    if row.lowest_coverage is not None and found.coverage < row.lowest_coverage:
        return f"{variant} found {found.coverage:.0%} of what is needed, less than {row.lowest_coverage:.0%}."
    return ""


@transaction.atomic
def check(pk: int) -> None:
    """Stop the experiment where its variants make no rules any more: a row that they change may have been deleted."""
    row = Experiment.objects.running().select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        return
    known = rules.current().rules
    try:
        for variant in row.variants.exclude(is_control=True):
            changed(known, variant.all_changes)
    except InvalidEdit as error:
        why = f"Its changes fit the rules no more. {error}"
        _be_over(row, Status.STOPPED, why)
        _tell(row, f"Experiment “{row}” was stopped: {why}", database_now())


def _tell(row: Experiment, words: str, at: datetime) -> None:
    spending.tell(Notice.Kind.EXPERIMENT, key=f"experiment:{row.pk}", text=words, now=at)


@dataclass(slots=True)
class Referee:
    """Looks at what runs every few seconds: what nobody asks for any more ends, too."""

    next_at: float = field(default=float("-inf"))

    def tick(self) -> None:
        if time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + LOOK_EVERY
        for pk in Experiment.objects.running().values_list("pk", flat=True):
            look(pk)
            check(pk)
