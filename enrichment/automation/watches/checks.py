"""Checks of watched companies: begun once a slot, asked for as any research, compared with what was known before.

A check is a row that is unique for its watch and slot, made in the transaction that moves the watch on to its next
slot. So it begins once however many workers look, and what was missed while nobody looked is not made up for. It is
asked for once, by a constraint: whoever finds one without a request asks again, and gets the very same.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from enrichment import rules
from enrichment.announcing import announce
from enrichment.automation.watches import differing, looking, ranking
from enrichment.automation.watches.differing import Change, Look, differences, to_json
from enrichment.automation.watches.keeping import NotNow
from enrichment.automation.watches.schedule import next_slot, zone
from enrichment.companies import IdentityError, canonical
from enrichment.hop import is_away
from enrichment.models import Origin, ResearchRequest, Watch, WatchChange, WatchCheck
from enrichment.rules import live
from enrichment.workflow import answers
from enrichment.workflow.requests import Ask, RequestError, Seller, request_research
from salesintel import audit
from salesintel.logs import told

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two looks for what is due
PIECE = 10  # watches that are looked at in one tick
ANEW, YOUNGEST, OLDEST = timedelta(0), timedelta(hours=1), timedelta(days=7)
Status = WatchCheck.Status


@dataclass(slots=True)
class Watcher:
    """Begins checks that are due, and notes what became of those under way."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> int:
        """A piece of it; returns how many checks were begun."""
        if time.monotonic() < self.due:
            return 0
        self.due = time.monotonic() + EVERY
        found = sum(begin(watch) is not None for watch in Watch.objects.due(timezone.now())[:PIECE])
        waiting = WatchCheck.objects.filter(status=Status.WAITING).order_by("began")
        ended = ~Q(request__status=ResearchRequest.Status.ATTACHED) | Q(request=None)
        for check in waiting.filter(ended).select_related("watch__company", "watch__vendor", "watch__user")[:PIECE]:
            try:
                go_on(check)
            except Exception as error:  # whatever is wrong with one, the others are owed their turn
                if is_away(error):
                    raise
                logger.error("check %s failed, and is tried again: %s", check.pk, told(error))
        return found


# --- Beginning --------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(watch: Watch) -> WatchCheck | None:
    """The check of the slot that is due, and the watch moved on to its next; None where somebody else began it."""
    now = timezone.now()
    row = Watch.objects.select_for_update(skip_locked=True, no_key=True).due(now).filter(pk=watch.pk).first()
    if row is None:
        return None
    slot = row.next_at
    row.next_at = next_slot(row.every, row.cron, row.time_zone, after=now, key=row.pk)
    Watch.objects.filter(pk=row.pk).update(next_at=row.next_at)
    return _made(row, slot, now)


@transaction.atomic
def check_now(watch: Watch) -> WatchCheck:
    """Look at once, besides the schedule. Raises `NotNow` while a look is under way."""
    row = Watch.objects.select_for_update(no_key=True).get(pk=watch.pk)
    if row.checks.filter(status=Status.WAITING).exists():
        raise NotNow("A check is under way; wait for it to end.")
    now = timezone.now()
    check = _made(row, now, now)
    if check is None:
        raise NotNow("A check began at this very moment; wait for it to end.")
    audit.record("check", row)
    return check


def _made(watch: Watch, slot: datetime, now: datetime) -> WatchCheck | None:
    is_busy = watch.checks.filter(status=Status.WAITING).exists()
    skipped = {"status": Status.SKIPPED, "reason": "The check before it was still under way.", "ended": now}
    check, is_new = WatchCheck.objects.get_or_create(
        watch=watch, slot=slot, defaults={"began": now, **(skipped if is_busy else {})}
    )
    return check if is_new else None


# --- Asking -----------------------------------------------------------------------------------------------------------


def go_on(check: WatchCheck) -> None:
    """Ask for a check that has no request yet; note what became of one whose request has ended."""
    if check.request_id is None:
        ask(check)
    elif ResearchRequest.objects.filter(pk=check.request_id).exclude(status=ResearchRequest.Status.ATTACHED).exists():
        finish(check)


def ask(check: WatchCheck) -> None:
    """Ask for the research of a check, once; what cannot be asked for ends the check."""
    watch = check.watch
    try:
        request = request_research(_ask(watch, timezone.now()), user=watch.user, behind=check)
    except (RequestError, IdentityError) as error:
        ended = {"status": Status.FAILED, "reason": str(error)[:600], "ended": timezone.now()}
        WatchCheck.objects.filter(pk=check.pk, status=Status.WAITING).update(**ended)
        return
    WatchCheck.objects.filter(pk=check.pk, request=None).update(request=request)


def _ask(watch: Watch, now: datetime) -> Ask:
    company, vendor = canonical(watch.company), watch.vendor
    return Ask(
        consumer=watch.consumer,
        company=company.name,
        company_domain=company.reference,
        vendor=vendor.name if vendor else None,
        vendor_domain=vendor.reference if vendor else None,
        seller=Seller(role=watch.role),
        max_cost=cap_of(watch, now),
        max_age=_age(watch, now),
    )


def cap_of(watch: Watch, now: datetime) -> Decimal | None:
    """USD that the check may cost: nothing where only free sources are asked, never more than is left of the month."""
    if watch.free_only:
        return Decimal(0)
    if watch.monthly_cost is None:
        most: Decimal | None = watch.max_cost
        return most
    first = now.astimezone(zone(watch.time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = watch.checks.filter(slot__gte=first).aggregate(sum=Sum("cost"))["sum"] or Decimal(0)
    left: Decimal = max(watch.monthly_cost - spent, Decimal(0))
    return left if watch.max_cost is None else Decimal(min(left, watch.max_cost))


def _age(watch: Watch, now: datetime) -> timedelta:
    """How old an answer may be that the check uses: an hour where asking is free, else half the time between checks.

    The sandbox minds nobody asking: there a check always looks anew, so that who tries it sees what changed.
    """
    if live.origin() == Origin.SANDBOX:
        return ANEW
    if watch.free_only:
        return YOUNGEST
    first = next_slot(watch.every, watch.cron, watch.time_zone, after=now, key=watch.pk)
    second = next_slot(watch.every, watch.cron, watch.time_zone, after=first, key=watch.pk)
    return min(max((second - first) / 2, YOUNGEST), OLDEST)


# --- Comparing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def finish(check: WatchCheck) -> None:
    """Note what changed since the last look, in one commit with what is known from now on and who is told of it."""
    watch = (
        Watch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company", "user")
        .get(pk=check.watch_id)
    )
    row = (
        WatchCheck.objects.select_for_update(of=("self",), no_key=True).select_related("request__run").get(pk=check.pk)
    )
    request, now = row.request, timezone.now()
    if row.status != Status.WAITING or request is None:
        return
    ended: dict[str, Any] = {"ended": now, "cost": request.spent + request.reserved}
    if request.status != ResearchRequest.Status.ANSWERED:
        ended |= {"status": Status.FAILED, "reason": answers.error_of(request)[:600]}
        WatchCheck.objects.filter(pk=row.pk).update(**ended)
        return
    known = rules.current().rules
    before, after = looking.last_look(watch), looking.look_at(watch, known, at=now)
    kinds = looking.datasets_of(watch, known)
    changes = differences(before, after, kinds=kinds, company=watch.company.name)
    _keep(watch, row, changes, emphasis=known.roles[watch.role].emphasis if watch.role in known.roles else (), at=now)
    remembered = to_json(differing.remembered(before, after, changes, kinds=kinds))
    sources = looking.sources_to_keep(before, after)
    Watch.objects.filter(pk=watch.pk).update(seen=remembered, seen_sources=sources, last_checked=now)
    WatchCheck.objects.filter(pk=row.pk).update(**ended, status=Status.CHECKED, changes=len(changes))
    if changes:
        _announce(watch, row, request, changes, before)


def _keep(watch: Watch, check: WatchCheck, changes: list[Change], *, emphasis: tuple[str, ...], at: datetime) -> None:
    origin = answers.origin_of(check.request) if check.request else ""
    WatchChange.objects.bulk_create(
        WatchChange(
            watch=watch,
            check_of=check,
            company=watch.company,
            kind=change.kind,
            dataset=change.dataset,
            origin=origin,
            what=change.what[:300],
            old=change.old.value if change.old else None,
            new=change.new.value if change.new else None,
            evidence={
                "old": list(change.old.evidence) if change.old else [],
                "new": list(change.new.evidence) if change.new else [],
            },
            score=ranking.score(change, emphasis=emphasis),
            at=at,
        )
        for change in changes
    )


def _announce(watch: Watch, check: WatchCheck, request: ResearchRequest, changes: list[Change], before: Look) -> None:
    company = watch.company
    announce(
        watch.user,
        "watch.changed",
        {
            "watchId": str(watch.pk),
            "company": {"id": company.pk, "name": company.name, "domain": company.domain},
            "changes": len(changes),
            "datasets": sorted({change.dataset for change in changes}),
            "since": before.at.isoformat() if before.at else None,
            "requestId": str(request.pk),
            "totalCost": float(request.spent),
            "sandbox": answers.origin_of(request) == "sandbox",
            "statusEndpoint": f"/api/v1/watches/{watch.pk}/changes",
        },
        once=f"watch:{check.pk}",
    )
