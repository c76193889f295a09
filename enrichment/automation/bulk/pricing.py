"""A bulk is priced: which company each line means, what is there already, what the rest would cost. Buys nothing.

No company is made of a name that nobody confirmed: lines that mean one unheard of keep their own words until they are
started.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from enrichment import companies, rules
from enrichment.automation.bulk.worth import Pricer, Worth
from enrichment.models import Bulk, BulkLine, CacheEntry, Company, Report, RulesVersion
from enrichment.models.cache import usable
from enrichment.naming.spelling import name_key
from enrichment.planning.model import Held
from enrichment.planning.quote import quote
from enrichment.rules import live
from enrichment.workflow import strategies, vendor
from enrichment.workflow.asks import Matter, Seller
from enrichment.workflow.engine_price import engine_price
from enrichment.workflow.keys import Subject, engines_digest
from enrichment.workflow.plans import from_nano, held_for, plan_input, planner_input, unreachable
from enrichment.workflow.requests import cached_report

logger = logging.getLogger(__name__)

PIECE = 50  # lines that are priced in one transaction
NAMED = 3  # candidates that an ambiguous line is told of
State, Found = BulkLine.State, BulkLine.Found
DOUBT = "Give the domain of the one you mean, or #new for another company: {}."
COLUMNS = ("state", "found", "reason", "candidates", "key", "company", "value", "expected", "worst", "seconds")


def price(bulk: Bulk, *, seconds: float) -> bool:
    """Price lines for about so long; returns whether all are priced now. Whoever goes on does so where this ended."""
    until = time.monotonic() + seconds
    desk: Desk | None = None
    while True:
        lines = list(bulk.lines.filter(state=State.UNREAD)[:PIECE])
        if not lines:
            _close(bulk, desk)
            return True
        if desk is not None and time.monotonic() > until:
            return False
        desk = desk or Desk(bulk, timezone.now())
        desk.price(lines)
        _keep(bulk, lines)


@transaction.atomic
def _keep(bulk: Bulk, lines: Sequence[BulkLine]) -> None:
    """Store the prices of lines that nobody has priced meanwhile: those may have been started since, or called off."""
    Bulk.objects.select_for_update(no_key=True).get(pk=bulk.pk)
    waiting = set(
        bulk.lines.filter(pk__in=[line.pk for line in lines], state=State.UNREAD).values_list("pk", flat=True)
    )
    BulkLine.objects.bulk_update([line for line in lines if line.pk in waiting], COLUMNS)


def reprice(bulk: Bulk, lines: Sequence[BulkLine]) -> None:
    """Price these lines anew and store it: what was found meanwhile is worth no second look."""
    desk = Desk(bulk, timezone.now())
    desk.weigh(lines)
    BulkLine.objects.bulk_update(lines, ("found", "value", "expected", "worst", "seconds"))


def rank(bulk: Bulk) -> None:
    """Put the lines that are ready into the order in which they are to be started."""
    lines = list(bulk.lines.filter(state=State.READY))
    if bulk.order == Bulk.Order.VALUE:
        lines.sort(key=_by_value)
    for place, line in enumerate(lines, 1):
        line.rank = place
    BulkLine.objects.bulk_update(lines, ["rank"], batch_size=500)


def _by_value(line: BulkLine) -> tuple[float, int]:
    """Greatest value per expected USD first; what costs nothing before all others, what adds nothing after them."""
    if not line.expected:
        return float("-inf"), line.line
    return -line.value / float(line.expected), line.line


def _close(bulk: Bulk, desk: "Desk | None") -> None:
    """All lines are priced: put them in order, and wait for the caller's go."""
    desk = desk or Desk(bulk, timezone.now())
    rank(bulk)
    quoting = Bulk.objects.filter(pk=bulk.pk, status=Bulk.Status.QUOTING)
    quoting.update(status=Bulk.Status.QUOTED, extra=desk.of_the_vendor())


class Desk:
    """Prices lines of one bulk by the rules of this moment; what they share is looked up once."""

    def __init__(self, bulk: Bulk, at: datetime) -> None:
        version = RulesVersion.now()
        self.bulk, self.at = bulk, at
        self.snapshot = rules.current(version)
        self.seller = Seller(**bulk.seller)
        self.consumer = self.snapshot.rules.consumers[bulk.consumer]
        origin = live.origin(version)
        self.subject = Subject(
            consumer=bulk.consumer,
            company=0,
            vendor=bulk.vendor_id,
            role=self.seller.role,
            segment=self.seller.segment,
            region=self.seller.region,
            strategy=self.consumer.strategy,
            require=tuple(bulk.require),
            origin=origin,
            rules=self.snapshot.digest,
            engines=engines_digest(self.snapshot.rules, version),
            providers=live.providers(origin, version),
        )
        self.pricer = Pricer(engine_price())
        taken = bulk.lines.exclude(key="").exclude(state=State.DUPLICATE).values_list("key", "line")
        self.lines_by_key: dict[str, int] = dict(taken)

    @cached_property
    def away(self) -> dict[str, str]:
        return unreachable(self.snapshot.rules, self.subject.origin, self.at)

    def price(self, lines: Sequence[BulkLine]) -> None:
        """Fill in which company each of the lines means and what it would cost. Writes nothing."""
        asked = [(line.name or line.domain, line.domain or None) for line in lines]
        for line, found in zip(lines, companies.find_many(asked, by=self.bulk.user), strict=True):
            self._identify(line, found)
        self.weigh([line for line in lines if line.state == State.READY])

    # --- Which company ------------------------------------------------------------------------------------------------

    def _identify(self, line: BulkLine, found: companies.Resolution) -> None:
        read, line.state, line.reason, line.candidates = line.reason, State.READY, "", []
        match found:
            case companies.Found(company=company):
                line.company, line.key, line.found = company, f"#{company.pk}", Found.KNOWN
            case companies.Ambiguous(candidates=candidates):
                named = ", ".join(f"{each.company.name} ({each.company.reference})" for each in candidates[:NAMED])
                line.state, line.reason = State.AMBIGUOUS, DOUBT.format(named)[:600]
                line.candidates = [each.company.pk for each in candidates]
            case companies.Unknown(name="", domain=None):
                text = line.domain or line.name
                words = f"“{text[:100]}” is neither a company's name nor its domain." if text else read
                line.state, line.reason = State.INVALID, words or "The line is blank."
            case companies.Unknown(name=name, domain=domain):
                line.key, line.found = (domain or name_key(name))[:300], Found.NEW
        if line.state == State.READY:
            first = self.lines_by_key.setdefault(line.key, line.line)
            if first != line.line:
                line.state, line.reason = State.DUPLICATE, f"The same company as line {first}."

    # --- What it costs ------------------------------------------------------------------------------------------------

    def weigh(self, lines: Sequence[BulkLine]) -> None:
        """Fill in what the lines are worth and what they would cost."""
        known = [line.company_id for line in lines if line.company_id]
        answered, holding = self._answered(known), self._holding(known)
        for line in lines:
            if line.company_id in answered:
                worth = Worth()
                line.found = Found.CACHED
            else:
                worth = self._worth(line, is_holding=line.company_id in holding)
            line.value, line.seconds = worth.value, worth.seconds
            line.expected, line.worst = worth.expected, worth.worst

    def _answered(self, known: Iterable[int]) -> set[int]:
        """Companies with a report that answers the line for nothing."""
        keys = {self.subject.with_company(pk).report_key: pk for pk in known}
        kept = usable(self.at, not_before=None, entry="entry__")
        rows = Report.objects.filter(kept, best_under=None, entry__type=self.subject.report_type, entry__key__in=keys)
        return {keys[key] for key in rows.values_list("entry__key", flat=True)}

    def _holding(self, known: Iterable[int]) -> set[int]:
        """Companies of which any response is held."""
        fresh = CacheEntry.objects.fresh(self.at).filter(company__in=known, origin=self.subject.origin)
        return set(fresh.exclude(source="").values_list("company_id", flat=True))

    def _worth(self, line: BulkLine, *, is_holding: bool) -> Worth:
        domain = line.key if "." in line.key else None  # the key of a name has no punctuation
        company = line.company or Company(name=line.name or line.key, domain=domain)
        wish = replace(self._matter(company).wish, budget=None)
        held: dict[str, Held] = held_for(wish, at=self.at) if is_holding else {}
        return self.pricer.worth(planner_input(wish, held=held, unavailable=self.away))

    def _matter(self, company: Company) -> Matter:
        subject = self.subject.with_company(company.pk or 0)
        return Matter(
            snapshot=self.snapshot,
            consumer=self.consumer,
            company=company,
            vendor=self.bulk.vendor,
            seller=self.seller,
            subject=subject,
            strategy=strategies.in_force(subject),
            cap=None,
            not_before=None,
            refresh=False,
        )

    def of_the_vendor(self) -> dict[str, str]:
        """What collecting the vendor's context adds, once for all lines; empty where it is not wanted or is there."""
        if self.bulk.vendor is None:
            return {}
        asked = vendor.matter_for(self._matter(self.bulk.vendor))
        if asked is None or cached_report(asked, at=self.at) is not None:
            return {}
        priced, engine = quote(plan_input(replace(asked.wish, budget=None), at=self.at)), self.pricer.engine
        return {
            "expected": f"{from_nano(priced.expected_cost) + engine.expected:f}",
            "worst": f"{from_nano(priced.worst_cost) + engine.worst:f}",
        }
