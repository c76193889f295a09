"""The vendor's context of a run: what the rep sells, from a report of its own inside the same cap."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from enrichment.analysis.engines import vendor_context_from
from enrichment.analysis.model import VendorContext
from enrichment.models import OWN_ANALYSIS, CacheEntry, Company, Report, ResearchRequest, WorkflowRun
from enrichment.planning.quote import Quote, estimate, quote
from enrichment.recording import wake_waiting
from enrichment.rules import Rules, live
from enrichment.rules.snapshot import Snapshot
from enrichment.workflow import strategies
from enrichment.workflow.asks import Matter, Seller
from enrichment.workflow.keys import Subject, engines_digest, report_type
from enrichment.workflow.plans import from_nano, plan_input
from enrichment.workflow.requests import attach, cached_report

CONSUMER = "vendor_context"


def subject_of(run: WorkflowRun, known: Rules) -> Subject | None:
    """What to ask of the run's vendor; None where the consumer wants no vendor context.

    An analysis of what a caller sent wants it where it is held: nothing is bought for that one.
    """
    rule = known.consumers.get(run.consumer)
    wanted = rule.vendor_context != "none" if rule else run.consumer == OWN_ANALYSIS
    if run.vendor_id is None or not wanted or CONSUMER not in known.consumers:
        return None
    return _subject(run.vendor_id, run.origin, run.rule_set_id, known)


def is_collected_first(run: WorkflowRun, known: Rules) -> bool:
    """Whether the run's report is to rest on the vendor's context, collected for it where it is not cached."""
    rule = known.consumers.get(run.consumer)
    return rule is not None and subject_of(run, known) is not None and rule.vendor_context == "fetch_first"


def _subject(vendor: int, origin: str, digest: str, known: Rules) -> Subject:
    return Subject(
        consumer=CONSUMER,
        company=vendor,
        strategy=known.consumers[CONSUMER].strategy,
        origin=origin,
        rules=digest,
        engines=engines_digest(known),
        providers=live.providers(origin),
    )


def _matter(vendor: Company, subject: Subject, known: Rules, *, cap: Decimal | None) -> Matter:
    return Matter(
        snapshot=Snapshot(subject.rules, known),
        consumer=known.consumers[CONSUMER],
        company=vendor,
        vendor=None,
        seller=Seller(),
        subject=subject,
        strategy=strategies.in_force(subject),
        cap=cap,
        not_before=None,
        refresh=False,
    )


def matter_for(matter: Matter) -> Matter | None:
    """The vendor's part of what is asked, where it is to be collected first; None where it is not."""
    known = matter.snapshot.rules
    if matter.vendor is None or matter.consumer.vendor_context != "fetch_first" or CONSUMER not in known.consumers:
        return None
    subject = _subject(matter.vendor.pk, matter.subject.origin, matter.snapshot.digest, known)
    return _matter(matter.vendor, subject, known, cap=matter.cap)


def quoted(matter: Matter, *, at: datetime) -> Quote | None:
    """What collecting the vendor's context would add; None where it is not wanted or is cached."""
    asked = matter_for(matter)
    if asked is None or cached_report(asked, at=at) is not None:
        return None
    return quote(plan_input(asked.wish, at=at))


def ensure(run: WorkflowRun, known: Rules, *, at: datetime) -> Decimal:
    """Start or join the run that collects the vendor's context, where that is to be done first and no cached one does.

    Returns the USD that it is expected to add: nothing where somebody else started it.
    """
    payer, matter = _missing(run, known, at=at)
    if payer is None or matter is None:
        return Decimal(0)
    child = attach(matter, {"user": payer.user}, parent=payer, bulk=run.is_bulk)
    WorkflowRun.objects.filter(pk=run.pk).update(vendor_run_id=child.run_id)
    run.vendor_run_id = child.run_id
    return Decimal(0) if child.joined else _expected(matter, at=at)


def expected(run: WorkflowRun, known: Rules, *, at: datetime) -> Decimal:
    """The USD that `ensure` would add now."""
    _, matter = _missing(run, known, at=at)
    if matter is None or WorkflowRun.objects.active().filter(work_key=matter.work_key).exists():
        return Decimal(0)
    return _expected(matter, at=at)


def _missing(run: WorkflowRun, known: Rules, *, at: datetime) -> tuple[ResearchRequest | None, Matter | None]:
    """Who pays for the run, and the vendor's part of it where that is to be collected."""
    subject = subject_of(run, known)
    payer = ResearchRequest.objects.payer(run.pk, at)
    if subject is None or payer is None or run.vendor is None or not is_collected_first(run, known):
        return payer, None
    kept = cached(subject, at=at)
    if kept is not None and kept.is_best_for(payer.cap):
        return payer, None
    return payer, _matter(run.vendor, subject, known, cap=None)


def _expected(matter: Matter, *, at: datetime) -> Decimal:
    return from_nano(estimate(plan_input(matter.wish, at=at)).cost)


def cached(subject: Subject, *, at: datetime) -> Report | None:
    """The vendor's cached report, whatever it was made under."""
    entries = CacheEntry.objects.fresh(at).filter(type=report_type(CONSUMER), key=subject.report_key)
    return Report.objects.filter(entry__in=entries).order_by("-generated_at").first()


def _any_cached(subject: Subject, *, at: datetime) -> Report | None:
    """The newest cached report on the vendor by the same rules, whoever asked for it and in whatever role."""
    entries = CacheEntry.objects.fresh(at).filter(type=report_type(CONSUMER), company=subject.company)
    rows = Report.objects.filter(entry__in=entries, origin=subject.origin, run__rule_set=subject.rules)
    return rows.order_by("-generated_at").first()


def report_for(run: WorkflowRun, known: Rules, *, at: datetime) -> Report | None:
    """The vendor's report that the run may use: written by the run that it waited for, or cached."""
    subject = subject_of(run, known)
    if subject is None:
        return None
    own = Report.objects.filter(run=run.vendor_run_id).order_by("-generated_at").first() if run.vendor_run_id else None
    return own or cached(subject, at=at) or (None if is_collected_first(run, known) else _any_cached(subject, at=at))


def context_of(report: Report | None) -> VendorContext | None:
    """What an analysis may use of the vendor's report."""
    return vendor_context_from(report.body) if report else None


def is_awaited(run_id: UUID | None) -> bool:
    """Whether the vendor's run is still under way."""
    return run_id is not None and WorkflowRun.objects.active().filter(pk=run_id).exists()


def wake_if_over(vendors: WorkflowRun) -> None:
    """Let runs that wait for the vendor's go on if it has ended, and so woke them, before they began to wait."""
    if not is_awaited(vendors.pk):
        wake_waiting(vendors.fill_key)
