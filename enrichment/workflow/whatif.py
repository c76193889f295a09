"""What edited rules would have meant for past runs. Buys nothing, saves nothing.

    effect = what_if({"sources": {"snov_contacts": {"cost": "0.20"}}}, Past(last=200, consumer="profile"))
    effect.replanned.before.cost, effect.replanned.after.cost   # USD, over all runs
    effect.replayed.share                                       # of the runs, in [0, 1]

Edits are rows as `enrichment.rules.edits` spells them, as a mapping. Today's rules are *before*, the edited ones are
*after*; what a run was made under plays no part, so nothing but the edits tells the two apart. Two results:

- *re-planned*: every run's stored plan input (what was to be found, what was held, who could be asked), planned under
  both rules. What the plans expect to cost and to take, and how reliable they expect to become; fallbacks left aside.
- *replayed*: runs whose every answer is recorded that either rules would ask for, run once more on those answers, wave
  by wave. What they would really have cost, found and been worth. Answers are the run's own, else what the source said
  of the company about that time. Reliabilities are by the rules and decay with age; sources that contradict each other
  are not told from those that agree.

The budget is the consumer's own `max_cost`, for a caller's cap is nobody else's business. What edits do to the plan of
a company that nobody asked for needs no past: `enrichment.workflow.effects`.

Raises `InvalidEdit`, whose `errors` name the place of each mistake.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from enrichment import rules
from enrichment.models import Origin, RulesVersion
from enrichment.planning.model import PlanInput
from enrichment.planning.outlook import Promise, promise
from enrichment.planning.replay import Unrecorded
from enrichment.rules import live
from enrichment.rules.edits import Edits, edited
from enrichment.workflow.comparing import Change, Comparison, F, Outcome, Outlook
from enrichment.workflow.past import Lens, Past, Situation, situations
from enrichment.workflow.plans import from_nano, unreachable
from enrichment.workflow.recorded import archive
from enrichment.workflow.replaying import replayed

LAST_RUNS = Past()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfConsumer:
    """One consumer's runs, re-planned."""

    consumer: str
    label: str
    comparison: Comparison[Outlook]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Runs that could be replayed, apart from those that could not."""

    comparison: Comparison[Outcome]
    share: float  # of the re-planned runs, in [0, 1]; 0 without any
    lacking: Mapping[str, int]  # source → runs that were not replayed since its answer is not recorded, most first


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The two results, apart; `left_out` are runs whose consumer is gone."""

    replanned: Comparison[Outlook]
    by_consumer: tuple[OfConsumer, ...]  # by slug; consumers with runs only
    replayed: Replayed
    left_out: int
    is_sandbox: bool


def what_if(edits: Mapping[str, Any], past: Past = LAST_RUNS) -> WhatIf:
    """Compare today's rules and the edited ones over past runs of today's origin. At most 13 queries."""
    both = _Both.of(edits)
    runs = situations(past, origin=both.origin)
    pairs = [(run, before, after) for run in runs if (before := both.before.of(run)) and (after := both.after.of(run))]
    changes = [_replanned(run, both.promise(before), both.promise(after)) for run, before, after in pairs]
    return WhatIf(
        replanned=Comparison.of(changes, Outlook),
        by_consumer=tuple(_of_consumer(slug, changes, both) for slug in sorted({c.consumer for c in changes})),
        replayed=_replays(pairs, both),
        left_out=len(runs) - len(pairs),
        is_sandbox=both.origin == Origin.SANDBOX,
    )


class _Both:
    """Today's rules and the edited ones, as lenses; plans are made once for equal inputs."""

    def __init__(self, before: Lens, after: Lens, origin: str) -> None:
        self.before, self.after, self.origin = before, after, origin
        self._promises: dict[PlanInput, Promise] = {}

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "_Both":
        edits, version, at = Edits.parse(given), RulesVersion.now(), timezone.now()
        known, origin = rules.current(version).rules, live.origin(version)
        changed = edited(known, edits)
        strategies = {s: edit.strategy for s, edit in edits.consumers.items() if "strategy" in edit.changes}
        before = Lens(rules=known, today=unreachable(known, origin, at))
        after = Lens(
            rules=changed,
            today=unreachable(changed, origin, at, switched_on=edits.switched_on),
            switched_on=edits.switched_on,
            strategies=strategies,
        )
        return cls(before, after, origin)

    def promise(self, given: PlanInput) -> Promise:
        ageless = replace(given, held=tuple(replace(response, age=0.0) for response in given.held))
        if ageless not in self._promises:
            self._promises[ageless] = promise(ageless)
        return self._promises[ageless]


def _outlook(plan: Promise) -> Outlook:
    return Outlook(cost=from_nano(plan.price), seconds=plan.seconds, reliability=plan.reliability, met=plan.met)


def _moved(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sources that only the later one asks, and that only the earlier one does."""
    return tuple(sorted({*after} - {*before})), tuple(sorted({*before} - {*after}))


def _change(
    run: Situation, before: F, after: F, asked_before: tuple[str, ...], asked_after: tuple[str, ...]
) -> Change[F]:
    asked, dropped = _moved(asked_before, asked_after)
    return Change(
        run=run.run,
        company=run.name,
        consumer=run.consumer,
        at=run.at,
        before=before,
        after=after,
        asked=asked,
        dropped=dropped,
    )


def _replanned(run: Situation, before: Promise, after: Promise) -> Change[Outlook]:
    return _change(run, _outlook(before), _outlook(after), before.sources, after.sources)


def _of_consumer(slug: str, changes: list[Change[Outlook]], both: _Both) -> OfConsumer:
    mine = [change for change in changes if change.consumer == slug]
    label = both.before.rules.consumers[slug].label
    return OfConsumer(consumer=slug, label=label, comparison=Comparison.of(mine, Outlook))


def _replays(pairs: list[tuple[Situation, PlanInput, PlanInput]], both: _Both) -> Replayed:
    held = archive([run for run, _, _ in pairs], origin=both.origin)
    changes: list[Change[Outcome]] = []
    lacking: Counter[str] = Counter()
    known, changed = both.before.rules, both.after.rules
    for run, given_before, given_after in pairs:
        try:
            before = replayed(run, given_before, held.of(run, known), rules=known, priced_by=known)
            after = replayed(run, given_after, held.of(run, changed), rules=changed, priced_by=known)
        except Unrecorded as missing:
            lacking[missing.source] += 1
            continue
        changes.append(_change(run, before.outcome, after.outcome, before.asked, after.asked))
    return Replayed(
        comparison=Comparison.of(changes, Outcome),
        share=len(changes) / len(pairs) if pairs else 0.0,
        lacking=dict(sorted(lacking.items(), key=lambda each: (-each[1], each[0]))),
    )
