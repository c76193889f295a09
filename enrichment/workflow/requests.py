"""Who asked for what: a request is answered from the cache, joins the run that is under way, or starts one."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrichment import cache, companies, events, rules
from enrichment.events import News
from enrichment.models import Company, LeaseLost, Report, ResearchRequest, RulesVersion, WorkflowRun
from enrichment.models.cache import usable
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.models.fields import rounded_up
from enrichment.planning.solver import cheapest_plan
from enrichment.planning.useful import cheapest_useful_price
from enrichment.rules import live
from enrichment.rules.model import ConsumerRule, Rules
from enrichment.rules.snapshot import Snapshot
from enrichment.workflow import tasks
from enrichment.workflow.keys import Subject, engines_digest
from enrichment.workflow.plans import Wish, from_nano, plan_input
from enrichment.workflow.rendering import LARGE
from salesintel.accounts.models import User

# --- Errors -----------------------------------------------------------------------------------------------------------
# RequestError
# ├── InvalidAsk            a field's value is not possible; `errors` by field
# ├── IdempotencyMismatch   the key was used before, with another body
# └── Unaffordable          the cap is below the cheapest plan; `needed` USD


class RequestError(Exception):
    """The ask cannot be granted; nothing was started."""


class InvalidAsk(RequestError):
    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(words)}" for name, words in errors.items()))
        self.errors = errors


class IdempotencyMismatch(RequestError):
    pass


class Unaffordable(RequestError):
    def __init__(self, message: str, *, needed: Decimal) -> None:
        super().__init__(message)
        self.needed = needed


# --- What is asked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The rep: name, role (long or short), segment, region. Only the request holds the name."""

    name: str = ""
    role: str = ""
    segment: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One ask. `company` and `vendor` are names, domains or URLs of any spelling; a domain settles ambiguity."""

    consumer: str
    company: str
    company_domain: str | None = None
    vendor: str | None = None
    vendor_domain: str | None = None
    seller: Seller = Seller()
    refresh: bool = False
    max_cost: Decimal | None = None
    max_age: timedelta | None = None
    require: tuple[str, ...] = ()
    strategy: str | None = None

    @property
    def body_hash(self) -> str:
        return cache.digest("ask", json.dumps(asdict(self), default=str, sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An ask, understood: its companies, its rules and its keys."""

    snapshot: Snapshot
    consumer: ConsumerRule
    company: Company
    vendor: Company | None
    seller: Seller
    subject: Subject
    cap: Decimal | None
    not_before: datetime | None
    refresh: bool

    @property
    def work_key(self) -> str:
        return self.subject.work_key(refresh=self.refresh, not_before=None if self.refresh else self.not_before)

    @property
    def wish(self) -> Wish:
        return Wish(
            rules=self.snapshot.rules,
            consumer=self.consumer.slug,
            company=self.company,
            origin=self.subject.origin,
            role=self.subject.role,
            require=self.subject.require,
            not_before=self.not_before,
            budget=self.cap,
            seconds=self.consumer.max_wait.total_seconds(),
        )


def understand(ask: Ask, *, at: datetime) -> Matter:
    """Resolve names, role and rules. Raises `InvalidAsk`, and `AmbiguousCompany` with the candidates."""
    version = RulesVersion.now()
    snapshot = rules.current(version)
    seller = checked(ask, snapshot.rules)
    consumer = snapshot.rules.consumers[ask.consumer]
    company = companies.resolve(ask.company, domain=ask.company_domain)
    vendor = companies.resolve(ask.vendor, domain=ask.vendor_domain) if ask.vendor else None
    origin = live.origin(version)
    subject = Subject(
        consumer=consumer.slug,
        company=company.pk,
        vendor=vendor.pk if vendor else None,
        role=seller.role,
        segment=seller.segment,
        region=seller.region,
        strategy=ask.strategy or consumer.strategy,
        require=tuple(sorted(set(ask.require))),
        origin=origin,
        rules=snapshot.digest,
        engines=engines_digest(snapshot.rules, version),
        providers=live.providers(origin, version),
    )
    return Matter(
        snapshot=snapshot,
        consumer=consumer,
        company=company,
        vendor=vendor,
        seller=seller,
        subject=subject,
        cap=consumer.max_cost if ask.max_cost is None else rounded_up(ask.max_cost),
        not_before=at if ask.refresh else (at - ask.max_age if ask.max_age is not None else None),
        refresh=ask.refresh,
    )


def checked(ask: Ask, known: Rules) -> Seller:
    """The ask's seller with the role's short name. Raises `InvalidAsk` that names every impossible value."""
    errors: dict[str, list[str]] = {}
    if ask.consumer not in known.consumers:
        errors["consumer"] = [f"“{ask.consumer}” is no consumer; choose one of {', '.join(sorted(known.consumers))}."]
    role = known.role(ask.seller.role) if ask.seller.role else None
    if ask.seller.role and role is None:
        names = ", ".join(f"{r.slug} ({r.long_name})" for r in known.roles.values())
        errors["role"] = [f"“{ask.seller.role}” is no role; choose one of {names}."]
    unknown = [slug for slug in ask.require if slug not in known.datasets]
    if unknown:
        errors["require"] = [f"“{unknown[0]}” is no dataset; choose from {', '.join(sorted(known.datasets))}."]
    if ask.strategy not in (None, "enhanced"):
        errors["strategy"] = [f"“{ask.strategy}” is no strategy of this version; leave it out or say enhanced."]
    if ask.max_cost is not None and not 0 <= ask.max_cost < 10**6:
        errors["maxCost"] = [f"{ask.max_cost} is not between 0 and 1,000,000 USD."]
    if not ask.company.strip():
        errors["company"] = ["Name a company, its domain or its URL."]
    if errors:
        raise InvalidAsk(errors)
    return replace(ask.seller, role=role.slug if role else "")


# --- Asking -----------------------------------------------------------------------------------------------------------


def request_research(ask: Ask, *, user: User, idempotency_key: str | None = None) -> ResearchRequest:
    """Grant the ask: at once from the cache, else by a run that is under way or is started now.

    The same key of the same user gives the same request. Raises `RequestError` and `AmbiguousCompany`.
    """
    earlier = _earlier(ask, user, idempotency_key)
    if earlier is not None:
        return earlier
    at = timezone.now()
    matter = understand(ask, at=at)
    identity = {"user": user, "idempotency_key": idempotency_key, "body_hash": ask.body_hash}
    report = cached_report(matter, at=at)
    try:
        if report is not None:
            return _answered(matter, report, identity, at=at)
        _refuse_what_cannot_be_afforded(ask, matter, at=at)
        return attach(matter, identity)
    except IntegrityError:
        earlier = _earlier(ask, user, idempotency_key)  # the same key, at the same moment
        if earlier is None:
            raise
        return earlier


def _earlier(ask: Ask, user: User, key: str | None) -> ResearchRequest | None:
    if key is None:
        return None
    found = ResearchRequest.objects.visible_to(user).filter(idempotency_key=key).first()
    if found is not None and found.body_hash != ask.body_hash:
        raise IdempotencyMismatch(f"The Idempotency-Key “{key}” was used before, with another body.")
    return found


def cached_report(matter: Matter, *, at: datetime) -> Report | None:
    """The report that answers it for nothing: made by today's rules, fresh, and none that its cap could better."""
    subject, kept = matter.subject, usable(at, not_before=matter.not_before, entry="entry__")
    rows = Report.objects.filter(kept, entry__type=subject.report_type, entry__key=subject.report_key)
    report = rows.select_related("entry").defer(*LARGE).order_by("-generated_at").first()
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
        saved=report.cost + report.reused,
        answered=at,
    )


def _refuse_what_cannot_be_afforded(ask: Ask, matter: Matter, *, at: datetime) -> None:
    """Raise `Unaffordable` when the caller's own cap buys no required dataset and one is missing."""
    if ask.max_cost is None:
        return
    given = plan_input(matter.wish, at=at)
    plan = cheapest_plan(given)
    if plan.calls or plan.score.required_shortfall == 0:
        return
    needed = cheapest_useful_price(given)
    if needed is not None and from_nano(needed) > ask.max_cost:
        raise Unaffordable(
            f"{ask.max_cost:f} USD buy no required dataset; the cheapest plan costs up to {from_nano(needed):f} USD.",
            needed=from_nano(needed),
        )


def attach(matter: Matter, identity: dict[str, Any], *, parent: ResearchRequest | None = None) -> ResearchRequest:
    """Join the active run of this work, else start it; the bell rings when that is committed."""
    while True:
        try:
            with transaction.atomic():
                run, started = _active_or_new(matter)
                request = _row(matter, identity, run=run, joined=not started, parent=parent)
                if started:
                    transaction.on_commit(partial(tasks.ring, run.pk))
                return request
        except _Raced:
            continue  # somebody started the same run between our look and our insert


class _Raced(Exception):
    pass


def _active_or_new(matter: Matter) -> tuple[WorkflowRun, bool]:
    active = WorkflowRun.objects.active().select_for_update(no_key=True).filter(work_key=matter.work_key).first()
    if active is not None:
        return active, False
    try:
        with transaction.atomic():
            return _new_run(matter), True
    except IntegrityError as error:
        raise _Raced from error


def _new_run(matter: Matter) -> WorkflowRun:
    return WorkflowRun.objects.create(
        consumer=matter.consumer.slug,
        company=matter.company,
        vendor=matter.vendor,
        role=matter.subject.role,
        segment=matter.subject.segment,
        region=matter.subject.region,
        strategy=matter.subject.strategy,
        require=list(matter.subject.require),
        origin=matter.subject.origin,
        work_key=matter.work_key,
        report_key=matter.subject.report_key,
        rule_set_id=matter.snapshot.digest,
        not_before=matter.not_before,
        wake_at=database_now(),
    )


# --- Changing one's mind ----------------------------------------------------------------------------------------------


@transaction.atomic
def cancel(request: ResearchRequest) -> None:
    """Detach the request; a run that nobody wants stops before its next paid call.

    What was asked on its behalf goes over to whoever pays for its run now; where nobody is left, it is detached too.
    """
    _detach(request)
    heir = ResearchRequest.objects.attached().filter(run=request.run_id).first() if request.run_id else None
    for child in request.children.attached():
        if heir is None:
            _detach(child)
        else:
            ResearchRequest.objects.filter(pk=child.pk).update(parent=heir.parent_id or heir.pk, user=heir.user_id)


def _detach(request: ResearchRequest) -> None:
    if request.run_id is None:
        return  # it was answered at once
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=request.run_id)
    changed = ResearchRequest.objects.filter(pk=request.pk, status=ResearchRequest.Status.ATTACHED).update(
        status=ResearchRequest.Status.CANCELLED, answered=timezone.now()
    )
    if changed and run.is_active and not run.requests.attached().exists():
        WorkflowRun.objects.filter(pk=run.pk).update(wake_at=DatabaseNow())
        told = News("warning", {"detail": "Cancelled: it stops before its next paid call."})
        events.append(run.pk, [told], at=timezone.now())
        if run.status != WorkflowRun.Status.RUNNING:
            transaction.on_commit(partial(tasks.ring, run.pk))


__all__ = [
    "Ask",
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
