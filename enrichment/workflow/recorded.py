"""What sources once answered, as the ledger and the cache have it: for runs that are replayed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from enrichment.models import CacheEntry, Observation, SourceCall
from enrichment.planning.replay import Answer
from enrichment.rules.model import Rules, SourceRule
from enrichment.workflow.past import Situation
from enrichment.workflow.plans import nano

Status = SourceCall.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One answer: what it said and when that was observed, by dataset; what it cost (nano-USD) and took."""

    observed: Mapping[str, datetime]
    cost: int
    records: int | None
    seconds: float | None  # None: not known, for another run's
    failed: bool = False

    def priced(self, rule: SourceRule, before: SourceRule | None) -> Answer:
        """The answer at the price of `rule`: what was charged where the price is as `before`."""
        same = before is not None and (rule.cost, rule.charged) == (before.cost, before.charged)
        seconds = rule.latency.total_seconds() if self.seconds is None else self.seconds
        cost = self.cost if same else self._at(rule)
        return Answer(gave=frozenset(self.observed), cost=cost, seconds=seconds, failed=self.failed)

    def _at(self, rule: SourceRule) -> int:
        unit = nano(rule.cost) or 0
        match rule.charged:
            case "record":
                return round(unit * (rule.expected_records if self.records is None else self.records))
            case "hit":
                return unit if self.observed else 0
            case _:
                return 0 if self.failed else unit


@dataclass(frozen=True, slots=True)
class Archive:
    """The answers that runs got, and those that are held on their companies."""

    own: dict[tuple[UUID, str], Recorded] = field(default_factory=dict)  # run, source
    others: dict[tuple[int, str], tuple[datetime, Recorded]] = field(default_factory=dict)  # company, source

    def of(self, past: Situation, rules: Rules) -> dict[str, Recorded]:
        """By source: what the run itself was answered, else what the source said of the company about that time.

        About that time: no further away, before or after, than the source's answers may be used again.
        """
        found = {}
        for slug in rules.cells_by_source:
            recorded = self.own.get((past.run, slug))
            if recorded is None and (past.company, slug) in self.others:
                fetched_at, other = self.others[past.company, slug]
                recorded = other if abs(fetched_at - past.at) <= rules.sources[slug].ttl else None
            if recorded is not None:
                found[slug] = recorded
        return found


def archive(runs: Collection[Situation], *, origin: str) -> Archive:
    """The answers on these runs' companies. Three queries, however many runs."""
    companies = {past.company for past in runs}
    observations = Observation.objects.filter(company__in=companies, origin=origin).order_by()
    observed: dict[int, dict[str, datetime]] = {}
    for entry, dataset, at in observations.values_list("entry", "dataset").annotate(Max("observed_at")):
        observed.setdefault(entry, {})[dataset] = at
    found = Archive()
    calls = SourceCall.objects.filter(run__in=[past.run for past in runs]).exclude(status=Status.INTENT)
    fields = ("run_id", "source", "status", "cost", "records", "entry_id", "started", "answered")
    for call in calls.order_by("started").values(*fields):
        _note(found.own, call, observed)
    entries = CacheEntry.objects.filter(company__in=companies, origin=origin).exclude(source="")
    for pk, company, source, at, paid in entries.values_list("pk", "company", "source", "fetched_at", "paid"):
        answer = Recorded(observed=observed.get(pk, {}), cost=nano(paid) or 0, records=None, seconds=None)
        found.others[company, source] = (at, answer)
    return found


def _note(
    own: dict[tuple[UUID, str], Recorded], call: Mapping[str, Any], observed: Mapping[int, dict[str, datetime]]
) -> None:
    """Add an attempt to those before it: what all of them cost and took, and how the last one ended."""
    key = (call["run_id"], call["source"])
    before = own.get(key)
    took = ((call["answered"] or call["started"]) - call["started"]) / timedelta(seconds=1)
    answered = call["status"] in (Status.OK, Status.EMPTY)
    own[key] = Recorded(
        observed=observed.get(call["entry_id"], {}) if answered else {},
        cost=(nano(call["cost"]) or 0) + (before.cost if before else 0),
        records=call["records"],
        seconds=took + ((before.seconds or 0.0) if before else 0.0),
        failed=not answered,
    )
