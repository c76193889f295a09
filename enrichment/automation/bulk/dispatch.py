"""Lines are started within the bulk's budget, and taken back when they end; a piece at every tick of the watchdog.

Money: a line is started with a cap of its own, its worst price, which is held in the bulk's row in the transaction that
chooses it. Its request keeps within that cap (the ledger reserves every call), and what it did not spend goes back when
it ends. So the sum of what is held and spent never passes the bulk's budget, however many dispatchers and workers there
are. A line that does not fit waits for what others give back; the last ones get what is left.

Crashes: each attempt of a line has one request, by a constraint. Whoever finds a line that was chosen and has none asks
for it again, and gets the very same.
"""

import logging
import time
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from enrichment.automation.bulk import pricing, telling
from enrichment.companies import AmbiguousCompany, IdentityError
from enrichment.hop import is_away
from enrichment.killpoints import reach
from enrichment.models import Bulk, BulkLine, ResearchRequest
from enrichment.models.fields import usd
from enrichment.workflow import answers
from enrichment.workflow.cancelling import cancel
from enrichment.workflow.requests import Ask, RequestError, Seller, Unaffordable, request_research
from salesintel.logs import told
from salesintel.narrowed import certain

logger = logging.getLogger(__name__)

PIECE = 0.4  # seconds of one tick
UNDER_WAY = 64  # lines of one bulk that are started and have not ended: enough that no worker waits for the next tick
State = BulkLine.State


@dataclass(slots=True)
class Dispatcher:
    """Prices, starts and ends lines of every bulk; those that came first, first."""

    last: UUID | None = field(default=None)

    def tick(self) -> int:
        """A piece of work for each bulk that has any; returns how many lines were started."""
        started, until = 0, time.monotonic() + PIECE
        todo = Bulk.objects.filter(status__in=[Bulk.Status.QUOTING, Bulk.Status.RUNNING]).order_by("created")
        for bulk in self._after_the_last(list(todo.select_related("vendor", "user"))):
            self.last = bulk.pk
            try:
                started += _piece(bulk, until)
            except Exception as error:  # whatever is wrong with one, the others are owed their turn
                if is_away(error):
                    raise
                logger.error("bulk %s failed, and is tried again: %s", bulk.pk, told(error))
            if time.monotonic() > until:
                break
        return started

    def _after_the_last(self, bulks: list[Bulk]) -> list[Bulk]:
        """In turns: a bulk of a thousand lines does not keep one of ten from its first."""
        places = [place for place, bulk in enumerate(bulks) if bulk.pk == self.last]
        return bulks[places[0] + 1 :] + bulks[: places[0] + 1] if places else bulks


def _piece(bulk: Bulk, until: float) -> int:
    if bulk.status == Bulk.Status.QUOTING:
        pricing.price(bulk, seconds=max(until - time.monotonic(), 0))
        return 0
    return advance(bulk, until=until)


def advance(bulk: Bulk, *, until: float | None = None) -> int:
    """Take back what has ended, start what fits; returns how many lines were started.

    `until`: the monotonic time at which to leave the rest to the next tick.
    """
    started = 0
    while True:
        take_back(bulk)
        chosen = choose(bulk)
        started += len(chosen)
        waiting = bulk.lines.filter(state=State.WORKING, request=None).select_related("company").order_by("rank")
        if chosen:
            reach("after_choose")
        for line in waiting:
            start(bulk, line)
            if until is not None and time.monotonic() > until:
                return started
        if not chosen:
            _close(bulk)
            return started


# --- Choosing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def choose(bulk: Bulk) -> list[BulkLine]:
    """Hold money for the next lines, as far as it reaches; they are `WORKING` from now on."""
    row = Bulk.objects.select_for_update(no_key=True).get(pk=bulk.pk)
    if row.status != Bulk.Status.RUNNING:
        return []
    under_way = row.lines.filter(state=State.WORKING).count()
    ready = row.lines.filter(state=State.READY).order_by("rank", "line")
    extra = _extra(row)
    chosen: list[BulkLine] = []
    left = row.left
    for line in ready[: max(UNDER_WAY - under_way, 0)]:
        cap = _cap(line, left, extra, is_alone=not (under_way or chosen))
        if cap is None:
            break
        line.state, line.held, line.reason = State.WORKING, cap, ""
        line.attempt += 1
        left = None if left is None else left - cap
        chosen.append(line)
    BulkLine.objects.bulk_update(chosen, ["state", "held", "reason", "attempt"])
    Bulk.objects.filter(pk=row.pk).update(held=F("held") + usd(sum((line.held for line in chosen), Decimal(0))))
    if not chosen and not under_way and left == 0:
        _skip(ready.filter(worst__gt=0), "The budget of this bulk is used up.")
    return chosen


def _cap(line: BulkLine, left: Decimal | None, extra: Decimal, *, is_alone: bool) -> Decimal | None:
    """USD that the line may cost; None where it is to wait for what others give back."""
    if left is None:
        return Decimal(0)  # nothing is held: the consumer's own limit holds
    most = line.worst + extra if line.worst else Decimal(0)
    if most <= left:
        return most
    return left if is_alone and left else None


def _extra(bulk: Bulk) -> Decimal:
    """USD of the vendor's context: whichever line starts first pays for it, so each may until one has ended."""
    is_there = bulk.lines.filter(state__in=[State.DONE, State.PARTIAL], cost__gt=0).exists()
    return Decimal(0) if is_there else Decimal(bulk.extra.get("worst", 0))


def _skip(lines: QuerySet[BulkLine], why: str) -> None:
    lines.update(state=State.SKIPPED, reason=why, ended=timezone.now())


# --- Starting ---------------------------------------------------------------------------------------------------------


def start(bulk: Bulk, line: BulkLine) -> None:
    """Ask for the line's research, once; what cannot be asked for ends the line and gives its money back."""
    try:
        request = request_research(_ask(bulk, line), user=bulk.user, behind=line)
    except Unaffordable as error:
        _end(line, State.SKIPPED, str(error))
        return
    except AmbiguousCompany as error:
        meant = [each.company.pk for each in error.candidates]
        BulkLine.objects.filter(pk=line.pk, state=State.WORKING).update(candidates=meant)
        _end(line, State.AMBIGUOUS, str(error))
        return
    except (RequestError, IdentityError) as error:
        _end(line, State.FAILED, str(error))
        return
    reach("after_ask")
    linked = BulkLine.objects.filter(pk=line.pk, state=State.WORKING, request=None)
    if not linked.update(request=request, company=request.company_id):
        _leave(line, request)


def _leave(line: BulkLine, request: ResearchRequest) -> None:
    """The line was started by another dispatcher, with this very request, or cancelled while we asked."""
    if BulkLine.objects.filter(pk=line.pk, request=request).exists():
        return
    cancel(request)
    request.refresh_from_db()
    cost = usd(request.spent + request.reserved)
    BulkLine.objects.filter(pk=line.pk).update(cost=F("cost") + cost)
    Bulk.objects.filter(pk=line.bulk_id).update(spent=F("spent") + cost)


def _ask(bulk: Bulk, line: BulkLine) -> Ask:
    known = line.company
    return Ask(
        consumer=bulk.consumer,
        company=known.name if known else line.name or line.domain,
        company_domain=known.reference if known else line.domain or None,
        vendor=bulk.vendor.name if bulk.vendor else None,
        vendor_domain=bulk.vendor.reference if bulk.vendor else None,
        seller=Seller(**bulk.seller),
        max_cost=None if bulk.cap is None else line.held,
        require=tuple(bulk.require),
    )


# --- Ending -----------------------------------------------------------------------------------------------------------


def take_back(bulk: Bulk) -> int:
    """Note what became of lines whose requests have ended, and free what they did not spend; returns how many."""
    ended = bulk.lines.filter(state=State.WORKING, request__isnull=False)
    ended = ended.exclude(request__status=ResearchRequest.Status.ATTACHED).select_related(
        "request__report", "request__run"
    )
    lines = list(ended.defer(*_UNREAD))
    for line in lines:
        state, reason = _outcome(line)
        _end(line, state, reason)
    return len(lines)


_UNREAD = tuple(f"request__report__{name}" for name in ("body", "statements", "evidence", "withheld", "conflicts"))


def _outcome(line: BulkLine) -> tuple[str, str]:
    request = certain(line.request, ResearchRequest)  # only such lines are looked at
    report = request.report
    if request.status == ResearchRequest.Status.ANSWERED and report is not None:
        lacking = [gap["label"] for gap in report.gaps if gap.get("required")]
        return (State.PARTIAL, f"Missing: {', '.join(lacking)}."[:600]) if lacking else (State.DONE, "")
    if request.status == ResearchRequest.Status.CANCELLED:
        return State.CANCELLED, "It was cancelled."
    return State.FAILED, answers.error_of(request)[:600]


@transaction.atomic
def _end(line: BulkLine, state: str, reason: str) -> None:
    """The line ends, once: its money is freed and what it spent is booked, in one commit."""
    bulk = Bulk.objects.select_for_update(no_key=True).get(pk=line.bulk_id)
    row = BulkLine.objects.select_for_update(of=("self",), no_key=True).select_related("request").get(pk=line.pk)
    if row.state != State.WORKING:
        return  # another dispatcher was quicker
    # What is still reserved, say for a call in doubt, may yet be charged: it counts as spent.
    cost = row.request.spent + row.request.reserved if row.request else Decimal(0)
    Bulk.objects.filter(pk=bulk.pk).update(held=F("held") - usd(row.held), spent=F("spent") + usd(cost))
    BulkLine.objects.filter(pk=row.pk).update(
        state=state, reason=reason[:600], held=0, cost=F("cost") + usd(cost), ended=timezone.now()
    )
    reach("inside_end")


@transaction.atomic
def _close(bulk: Bulk) -> None:
    """The bulk is over when nothing of it waits or is under way; whose it is hears of that."""
    row = Bulk.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=bulk.pk)
    if row.status != Bulk.Status.RUNNING or row.lines.filter(state__in=[State.READY, State.WORKING]).exists():
        return
    now = timezone.now()
    Bulk.objects.filter(pk=row.pk).update(status=Bulk.Status.COMPLETED, finished=now)
    telling.completed(row, at=now)
