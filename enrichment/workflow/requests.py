"""Who asked for what: a request is answered from the cache, joins the run that is under way, or starts one."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, QuerySet, TextField
from django.utils import timezone

from enrichment import budgets, rules
from enrichment.cache import LONG_AGO
from enrichment.models import BulkLine, LeaseLost, Report, ResearchRequest, WatchCheck, WorkflowRun
from enrichment.models.cache import usable
from enrichment.models.clock import database_now
from enrichment.planning.solver import best_plan
from enrichment.planning.useful import cheapest_useful_price
from enrichment.rules.edits import Edits, edited
from enrichment.workflow import pauses, taking_part, tasks
from enrichment.workflow.asks import (
    Ask,
    BudgetSpent,
    IdempotencyMismatch,
    InvalidAsk,
    Matter,
    RequestError,
    Seller,
    Unaffordable,
    understand,
)
from enrichment.workflow.cancelling import cancel
from enrichment.workflow.plans import from_nano, plan_input
from enrichment.workflow.rendering import LARGE
from salesintel.accounts.models import User
from salesintel.prepared import Gap, Prepared

# --- Asking -----------------------------------------------------------------------------------------------------------


def request_research(
    ask: Ask, *, user: User, idempotency_key: str | None = None, behind: BulkLine | WatchCheck | None = None
) -> ResearchRequest:
    """Grant the ask: at once from the cache, else by a run that is under way or is started now.

    The same key of the same user gives the same request, and so does the same attempt of a line, and the same check:
    `behind` is whose work it is, which waits for what people ask. Raises `RequestError` and `AmbiguousCompany`.
    """
    earlier = _earlier(ask, user, idempotency_key) if behind is None else _asked_behind(behind, user)
    if earlier is not None:
        return earlier
    at = timezone.now()
    matter = understand(ask, at=at, by=user)
    identity = {"user": user, "idempotency_key": idempotency_key, "body_hash": ask.body_hash}
    identity |= _behind(behind) if behind is not None else {}
    report = cached_report(matter, at=at)
    try:
        if report is not None:
            return _answered(matter, report, identity, at=at)
        _refuse_what_cannot_be_afforded(ask, matter, user, at=at)
        return attach(matter, identity, meanwhile=expired_report(matter, at=at), bulk=behind is not None)
    except IntegrityError:
        earlier = _earlier(ask, user, idempotency_key) if behind is None else _asked_behind(behind, user)
        if earlier is None:
            raise
        return earlier  # the same key, or attempt, at the same moment


def request_under(
    ask: Ask, *, edits: Mapping[str, Any], user: User, idempotency_key: str | None = None
) -> ResearchRequest:
    """Grant the ask by edited rules, which are kept as a rule set of their own: nobody else's ask is answered by it.

    Money is held, spent and ledgered as for any request. Raises what `request_research` raises, and `InvalidEdit`.
    """
    earlier = _earlier(ask, user, idempotency_key)
    if earlier is not None:
        return earlier
    at = timezone.now()
    matter = understand(ask, at=at, by=user, in_experiment=False)
    snapshot = rules.snapshot.store(edited(matter.snapshot.rules, Edits.parse(edits)))
    matter = replace(matter, snapshot=snapshot, subject=replace(matter.subject, rules=snapshot.digest))
    identity = {"user": user, "idempotency_key": idempotency_key, "body_hash": ask.body_hash}
    report = cached_report(matter, at=at)
    if report is not None:
        return _answered(matter, report, identity, at=at)
    _refuse_what_cannot_be_afforded(ask, matter, user, at=at)
    return attach(matter, identity)


def _earlier(ask: Ask, user: User, key: str | None) -> ResearchRequest | None:
    if key is None:
        return None
    found = ResearchRequest.objects.visible_to(user).filter(idempotency_key=key).first()
    if found is not None and found.body_hash != ask.body_hash:
        raise IdempotencyMismatch(f"The Idempotency-Key “{key}” was used before, with another body.")
    return found


def _asked_behind(behind: BulkLine | WatchCheck, user: User) -> ResearchRequest | None:
    """What was asked for that attempt or check already, whatever was known of its company then."""
    return ResearchRequest.objects.visible_to(user).filter(**_behind(behind)).first()


def _behind(behind: BulkLine | WatchCheck) -> dict[str, Any]:
    if isinstance(behind, BulkLine):
        return {"bulk_line": behind, "attempt": behind.attempt}
    return {"watch_check": behind, "attempt": 1}


def cached_report(matter: Matter, *, at: datetime) -> Report | None:
    """The report that answers it for nothing: made by the same rules, fresh, and none that its cap could better."""
    return _kept_report(matter, matter.subject.report_key, fresh_at=at)


def expired_report(matter: Matter, *, at: datetime) -> Report | None:
    """The report that is shown while it is renewed: expired no longer ago than its policy allows, else as above.

    None for who asked for an age. Whoever asked pays for the renewal, as without it: they are spared the wait alone.
    """
    policy = matter.snapshot.rules.cache.get(matter.subject.report_type)
    if policy is None or not policy.serve_stale_for or matter.not_before is not None:
        return None
    return _kept_report(matter, matter.subject.report_key, fresh_at=at - policy.serve_stale_for)


def _kept() -> "QuerySet[Report]":
    kept = usable(Gap("at", DateTimeField()), not_before=Gap("since", DateTimeField()), entry="entry__")
    rows = Report.objects.filter(kept, entry__type=Gap("type", TextField()), entry__key=Gap("key", TextField()))
    return rows.select_related("entry").defer(*LARGE).order_by("-generated_at")[:1]


KEPT = Prepared(_kept)


def _kept_report(matter: Matter, key: str, *, fresh_at: datetime) -> Report | None:
    since = matter.not_before or LONG_AGO
    report = KEPT.first(at=fresh_at, since=since, type=matter.subject.report_type, key=key)
    return report if report is not None and report.is_best_for(matter.cap) else None


def _row(matter: Matter, identity: dict[str, Any], **more: Any) -> ResearchRequest:
    return ResearchRequest.objects.create(
        **identity,
        consumer=matter.consumer.slug,
        company=matter.company,
        vendor=matter.vendor,
        seller=asdict(matter.seller),
        strategy=matter.subject.strategy,
        require=list(matter.subject.require),
        not_before=matter.not_before,
        cap=matter.cap,
        **more,
    )


def _answered(matter: Matter, report: Report, identity: dict[str, Any], *, at: datetime) -> ResearchRequest:
    return _row(
        matter,
        identity,
        status=ResearchRequest.Status.ANSWERED,
        from_cache=True,
        report=report,
        saved=report.worth,
        answered=at,
    )


def _refuse_what_cannot_be_afforded(ask: Ask, matter: Matter, user: User, *, at: datetime) -> None:
    """Raise `Unaffordable` when the caller's own cap buys no required dataset and one is missing.

    `BudgetSpent` where it is a budget of the admin's that leaves too little; who joins a run pays nothing, and may.
    """
    wish = matter.wish
    room = budgets.room(user=user.pk, consumer=matter.consumer.slug, at=at)
    binds = room is not None and (wish.budget is None or room.left < wish.budget)
    if ask.max_cost is None and not binds:
        return
    limit = room.left if room is not None and binds else wish.budget
    given = plan_input(replace(wish, budget=limit), at=at)
    plan = best_plan(given)
    if plan.calls or plan.required_shortfall == 0:
        return
    least = cheapest_useful_price(given)
    needed = None if least is None else from_nano(least)
    if needed is None or limit is None or needed <= limit:
        return
    if room is None or not binds:
        words = f"{limit:f} USD buy no required dataset; the cheapest plan costs up to {needed:f} USD."
        raise Unaffordable(words, needed=needed)
    if not WorkflowRun.objects.active().filter(work_key=matter.work_key).exists():
        words = (
            f"A budget leaves {room.left.normalize() + 0:f} USD until {room.resets:%d %B %Y %H:%M} UTC, which buy no"
            f" required dataset; the cheapest plan costs up to {needed:f} USD."
        )
        raise BudgetSpent(words, needed=needed, left=room.left, resets=room.resets)


def attach(
    matter: Matter,
    identity: dict[str, Any],
    *,
    parent: ResearchRequest | None = None,
    meanwhile: Report | None = None,
    bulk: bool = False,
) -> ResearchRequest:
    """Join the active run of this work, else start it; the bell rings when that is committed.

    `meanwhile` is the request's report until the run has a better one. `bulk` work gives way to people's; a run that
    was bulk work is a person's from the moment one joins.
    """
    while True:
        try:
            with transaction.atomic():
                run, started = _active_or_new(matter, bulk=bulk)
                told = {"parent": parent, "report": meanwhile, "saved": meanwhile.worth if meanwhile else Decimal(0)}
                request = _row(matter, identity, run=run, joined=not started, **told)
                if started:
                    transaction.on_commit(partial(tasks.ring, run.pk))
                else:
                    if run.is_bulk and not bulk:
                        _hurry(run)
                    pauses.turn(run, database_now())  # it may have rested until somebody wanted it
                return request
        except _Raced:
            continue  # somebody started the same run between our look and our insert


class _Raced(Exception):
    pass


def _hurry(run: WorkflowRun) -> None:
    """A person waits for the run now, and so for the one that it waits for."""
    WorkflowRun.objects.filter(pk__in=[run.pk, run.vendor_run_id]).update(is_bulk=False)


def _active_or_new(matter: Matter, *, bulk: bool) -> tuple[WorkflowRun, bool]:
    active = WorkflowRun.objects.active().select_for_update(no_key=True).filter(work_key=matter.work_key).first()
    if active is not None:
        return active, False
    try:
        with transaction.atomic():
            run = _new_run(matter, bulk=bulk)
            if matter.arm is not None and not _is_answered_by_today(matter):
                taking_part.begin(run, matter.arm)
            return run, True
    except IntegrityError as error:
        raise _Raced from error


def _is_answered_by_today(matter: Matter) -> bool:
    """Whether the rules of today have the report that a variant's run is to write.

    Were the company the control's, there would be no run: to count this one would make variants look cheap in their
    first days, when they write again from what is held.
    """
    return bool(matter.ordinary) and _kept_report(matter, matter.ordinary, fresh_at=timezone.now()) is not None


def _new_run(matter: Matter, *, bulk: bool) -> WorkflowRun:
    return WorkflowRun.objects.create(
        consumer=matter.consumer.slug,
        company=matter.company,
        vendor=matter.vendor,
        role=matter.subject.role,
        segment=matter.subject.segment,
        region=matter.subject.region,
        strategy=matter.strategy,
        require=list(matter.subject.require),
        origin=matter.subject.origin,
        work_key=matter.work_key,
        report_key=matter.subject.report_key,
        rule_set_id=matter.snapshot.digest,
        variant_id=matter.arm.variant if matter.arm else None,
        not_before=matter.not_before,
        is_bulk=bulk,
        wake_at=database_now(),
    )


__all__ = [
    "Ask",
    "BudgetSpent",
    "IdempotencyMismatch",
    "InvalidAsk",
    "LeaseLost",
    "RequestError",
    "Seller",
    "Unaffordable",
    "attach",
    "cancel",
    "request_research",
]
