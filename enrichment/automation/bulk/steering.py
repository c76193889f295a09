"""Start, pause, resume, cancel and retry a bulk. Each is refused in words where it does not fit the bulk's state."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from enrichment.automation.bulk import pricing
from enrichment.automation.bulk.dispatch import take_back
from enrichment.automation.bulk.model import InvalidBulk, NotNow
from enrichment.models import Bulk, BulkLine, ResearchRequest
from enrichment.models.fields import rounded_up, usd
from enrichment.workflow import pauses
from enrichment.workflow.cancelling import cancel as cancel_request

State, Status = BulkLine.State, Bulk.Status
AGAIN = (State.FAILED, State.SKIPPED, State.CANCELLED, State.READY)  # ready: mended after the end


@transaction.atomic
def start(bulk: Bulk) -> None:
    """Begin with what was quoted: from now on money is spent. Raises `NotNow`."""
    row = _locked(bulk)
    if row.status == Status.QUOTING:
        raise NotNow("It is still being priced. Look at the quote first.")
    if row.status != Status.QUOTED:
        raise NotNow("It was started already.")
    Bulk.objects.filter(pk=row.pk).update(status=Status.RUNNING, started=timezone.now())


@transaction.atomic
def pause(bulk: Bulk) -> None:
    """Start no further line, and buy nothing more for those under way. Raises `NotNow`."""
    row = _locked(bulk)
    if row.status != Status.RUNNING:
        raise NotNow("It is not running: only what runs can be paused.")
    Bulk.objects.filter(pk=row.pk).update(status=Status.PAUSED)
    for request in _under_way(row):
        _unless_over(pauses.pause, request)


@transaction.atomic
def resume(bulk: Bulk) -> None:
    """Go on with a paused bulk. Raises `NotNow`."""
    row = _locked(bulk)
    if row.status != Status.PAUSED:
        raise NotNow("It is not paused.")
    Bulk.objects.filter(pk=row.pk).update(status=Status.RUNNING)
    for request in _under_way(row):
        _unless_over(pauses.resume, request)


def cancel(bulk: Bulk) -> None:
    """Start nothing more, and leave what is under way; what was bought is kept. Raises `NotNow`."""
    with transaction.atomic():
        row = _locked(bulk)
        if row.is_over:
            raise NotNow("It is over already.")
        now = timezone.now()
        Bulk.objects.filter(pk=row.pk).update(status=Status.CANCELLED, finished=now)
        waiting = row.lines.filter(state__in=[State.READY, State.UNREAD])
        waiting.update(state=State.CANCELLED, reason="It was cancelled.", ended=now)
        # Locked first: one that gets its request at this moment is under way, and frees its money when it ends.
        asked = row.lines.select_for_update(no_key=True).filter(state=State.WORKING, request=None)
        held = dict(asked.values_list("pk", "held"))
        freed = sum(held.values(), Decimal(0))
        row.lines.filter(pk__in=held).update(state=State.CANCELLED, reason="It was cancelled.", ended=now, held=0)
        Bulk.objects.filter(pk=row.pk).update(held=F("held") - usd(freed))
    for request in _under_way(row):
        cancel_request(request)
    take_back(row)


@transaction.atomic
def retry(bulk: Bulk, *, max_cost: Decimal | None = None, partial: bool = False) -> int:
    """Work off again what failed, was left out or cancelled, and with `partial` what has gaps; nothing is bought twice.

    `max_cost` is the new limit in USD for all of it, what was spent included. Returns how many lines. Raises `NotNow`
    and `InvalidBulk`.
    """
    row = _locked(bulk)
    if not row.is_over:
        raise NotNow("It is not over yet.")
    if max_cost is not None:
        _raise_cap(row, max_cost)
    wanted = [*AGAIN, State.PARTIAL] if partial else AGAIN
    lines = list(row.lines.filter(state__in=wanted).exclude(key=""))
    if not lines:
        raise NotNow("No line failed, was left out or was cancelled.")
    for line in lines:
        line.state, line.reason, line.request, line.ended = State.READY, "", None, None
    BulkLine.objects.bulk_update(lines, ["state", "reason", "request", "ended"], batch_size=500)
    pricing.reprice(row, lines)
    pricing.rank(row)
    Bulk.objects.filter(pk=row.pk).update(status=Status.RUNNING, finished=None)
    return len(lines)


def _raise_cap(row: Bulk, max_cost: Decimal) -> None:
    if not (max_cost.is_finite() and row.spent + row.held <= max_cost < 10**6):
        spent = row.spent + row.held
        raise InvalidBulk({"maxCost": [f"Give at least the {spent:f} USD that were spent, and less than 1,000,000."]})
    row.cap = rounded_up(max_cost)
    Bulk.objects.filter(pk=row.pk).update(cap=row.cap)


def _locked(bulk: Bulk) -> Bulk:
    return Bulk.objects.select_for_update(of=("self",), no_key=True).select_related("vendor").get(pk=bulk.pk)


def _under_way(bulk: Bulk) -> Iterable[ResearchRequest]:
    return ResearchRequest.objects.filter(bulk_lines__bulk=bulk, bulk_lines__state=State.WORKING)


def _unless_over(steer: Callable[[ResearchRequest], None], request: ResearchRequest) -> None:
    with suppress(pauses.NotNow):  # it ended meanwhile
        steer(request)
