"""Prunes what ended runs leave behind, in small batches: steps, events, raw plan input; and responses long run out.

With the steps goes what a caller sent to be analysed, for both serve a retry. Announcements go with their notices and
deliveries, unless one is still to be delivered. Callers' names for their requests go, and counts of requests.

Companies that were made of a name somebody typed go when no source ever knew them and nothing hangs on them.

With a response go the evidence and the observations that were read from it; the facts are made anew of the rest. Never
touched: runs under way and what they bought, the two ledgers, requests, reports, and the event that tells a run's end.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from enrichment import throttling
from enrichment.companies.known import known
from enrichment.companies.private import unused
from enrichment.models import (
    OWN_ANALYSIS,
    Announcement,
    CacheEntry,
    CallerMaterial,
    Company,
    Report,
    ResearchRequest,
    Retention,
    RunEvent,
    StepRun,
    WebhookDelivery,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.workflow import trends
from enrichment.workflow.erasing import remerge
from salesintel.daily import DailyPruner

BATCH = 500  # rows in one transaction
BATCHES = {Retention.What.RESPONSES.value: 20}  # each with dozens of items, and with facts to make anew
A_DAY = timedelta(days=1)
TYPED_FOR = timedelta(days=30)  # a company that was only typed waits so long for somebody to ask for it
What = Retention.What


def prune() -> Counter[str]:
    """Prune all that is older than the rules allow; kind → rows."""
    pruned: Counter[str] = Counter()
    while found := prune_batch():
        pruned.update(found)
    _note(pruned)
    return pruned


def _note(pruned: Counter[str]) -> None:
    """Note what a day's pruning came to, for whoever answers for it."""
    at = database_now()
    for what in Retention.objects.exclude(keep=None).values_list("what", flat=True):
        Retention.objects.filter(what=what).update(pruned_at=at, pruned=pruned[what])


def prunable() -> Counter[str]:
    """How many rows `prune` would take, by kind."""
    return Counter({what: count for what, rows in _rows(database_now()) if (count := rows.count())})


def prune_batch() -> Counter[str]:
    """Prune one batch of one kind; empty where nothing is left to prune. One transaction."""
    for what, rows in _rows(database_now()):
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[: BATCHES.get(what, BATCH)])
        if pks:
            _prune(what, rows.filter(pk__in=pks))
            return Counter({what: len(pks)})
    return Counter()


def _rows(now: datetime) -> list[tuple[str, QuerySet[Any]]]:
    """What may go now, by kind; a kind without a rule, or whose rule says for ever, stays."""
    limits = dict(Retention.objects.exclude(keep=None).values_list("what", "keep"))
    rows = [(what, _of(what, now - keep)) for what, keep in limits.items()]
    if (keep := limits.get(What.STEPS)) is not None:
        rows.append(("material", CallerMaterial.objects.filter(request__run__in=_ended_before(now - keep))))
    return [
        *rows,
        ("reports of nobody", _of_nobody(now)),
        ("companies of nobody", _only_typed(now)),
        ("counts of requests", throttling.outdated(now)),
        ("counts of routes", trends.outdated(now.date())),
    ]


def _of_nobody(now: datetime) -> QuerySet[Report]:
    """Reports on what callers sent whose requests are gone, with the account say: they are nobody's any more."""
    return Report.objects.filter(consumer=OWN_ANALYSIS, requests=None, generated_at__lt=now - A_DAY)


def _only_typed(now: datetime) -> QuerySet[Company]:
    """Companies of which nothing is known but a name, and that no row but those of their names points to."""
    typed = Company.objects.filter(Q(unconfirmed=True) | ~Q(provisional_key=None), created__lt=now - TYPED_FOR)
    return unused(typed.exclude(pk__in=known(typed).values("pk")))


def _ended_before(at: datetime) -> QuerySet[WorkflowRun]:
    return WorkflowRun.objects.exclude(status__in=WorkflowRun.ACTIVE).filter(finished__lt=at)


def _of(what: str, at: datetime) -> QuerySet[Any]:
    runs = _ended_before(at)
    match what:
        case What.RESPONSES:
            return CacheEntry.objects.filter(expires_at__lt=at).exclude(calls__run__in=WorkflowRun.objects.active())
        case What.STEPS:
            return StepRun.objects.filter(run__in=runs)
        case What.KEYS:
            ended = ResearchRequest.objects.exclude(status=ResearchRequest.Status.ATTACHED)
            return ended.filter(created__lt=at).exclude(idempotency_key=None)
        case What.EVENTS:
            return RunEvent.objects.filter(run__in=runs).exclude(kind="finished")
        case What.DELIVERIES:
            under_way = WebhookDelivery.objects.pending().filter(endpoint__enabled=True)
            return Announcement.objects.filter(at__lt=at).exclude(deliveries__in=under_way)
    return runs.exclude(plan_input=None)


@transaction.atomic
def _prune(what: str, rows: QuerySet[Any]) -> None:
    if what == What.PLANS:
        rows.update(plan_input=None)
    elif what == What.KEYS:
        rows.update(idempotency_key=None)
    elif what == What.RESPONSES:
        companies = set(rows.values_list("company", flat=True))
        list(Company.objects.select_for_update(no_key=True).filter(pk__in=companies).order_by("pk"))
        rows.delete()
        remerge(companies)
    else:
        rows.delete()


class Pruner(DailyPruner):
    """Prunes once a day, and notes with each rule how much went."""

    def batch(self) -> Counter[str]:
        return prune_batch()

    def note(self, pruned: Counter[str]) -> None:
        _note(pruned)
