"""How far a bulk is, and what its quote says: counts, money and time from its rows, in the wire's shape."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from enrichment.automation.bulk.dispatch import UNDER_WAY
from enrichment.automation.bulk.telling import ENDED, NEVER, REFUSED
from enrichment.models import Bulk, BulkLine, Company

State, Found, Status = BulkLine.State, BulkLine.Found, Bulk.Status
CANDIDATES = 5  # that a line is shown
PROBLEMS = 50  # refused lines that an answer names; all of them are in the results


def told(bulk: Bulk) -> dict[str, Any]:
    """The body of `/bulk/{id}`. Four queries, however many lines it has."""
    figures = _figures(bulk)
    counts = {state: figures.pop(f"state_{state}") for state in State.values}
    now = timezone.now()
    return {
        "id": str(bulk.pk),
        "label": bulk.label,
        "status": bulk.status,
        "consumer": bulk.consumer,
        "vendor": bulk.vendor.name if bulk.vendor else None,
        "role": bulk.seller.get("role", ""),
        "order": bulk.order,
        "columns": bulk.columns,
        "lines": sum(counts.values()),
        "counts": counts,
        "quote": _quote(bulk, figures) if bulk.status != Status.QUOTING else None,
        "progress": _percent(counts),
        "maxCost": _number(bulk.cap),
        "spent": float(bulk.spent),
        "held": float(bulk.held),
        "estimatedCompletion": _iso(estimated_end(bulk, counts, figures, now)),
        "problems": problems(bulk.lines.filter(state__in=REFUSED)[:PROBLEMS]),
        "createdAt": bulk.created.isoformat(),
        "startedAt": _iso(bulk.started),
        "finishedAt": _iso(bulk.finished),
        "statusEndpoint": f"/api/v1/bulk/{bulk.pk}",
        "resultsEndpoint": f"/api/v1/bulk/{bulk.pk}/results",
    }


def brief(bulk: Bulk) -> dict[str, Any]:
    """One bulk as a list of bulks shows it; needs no query."""
    return {
        "id": str(bulk.pk),
        "label": bulk.label,
        "status": bulk.status,
        "consumer": bulk.consumer,
        "lines": getattr(bulk, "lines_in_all", None),
        "maxCost": _number(bulk.cap),
        "spent": float(bulk.spent),
        "createdAt": bulk.created.isoformat(),
        "finishedAt": _iso(bulk.finished),
        "statusEndpoint": f"/api/v1/bulk/{bulk.pk}",
    }


def problems(lines: Iterable[BulkLine]) -> list[dict[str, Any]]:
    """Lines that were refused, why, and which companies may be meant; two queries."""
    found = list(lines)
    meant = candidates(found)
    return [
        {
            "line": line.line,
            "name": line.name,
            "domain": line.domain,
            "state": line.state,
            "reason": line.reason,
            "candidates": [
                {"id": each.pk, "name": each.name, "domain": None if each.unconfirmed else each.domain}
                for each in meant[line.line]
            ],
        }
        for line in found
    ]


def candidates(lines: Sequence[BulkLine]) -> dict[int, list[Company]]:
    """Line → companies that may be meant, best first; one query."""
    known = Company.objects.in_bulk({pk for line in lines for pk in line.candidates[:CANDIDATES]})
    return {line.line: [known[pk] for pk in line.candidates[:CANDIDATES] if pk in known] for line in lines}


def _figures(bulk: Bulk) -> dict[str, Any]:
    priced = ~Q(state__in=[*NEVER, State.UNREAD])
    by_state = {f"state_{state}": Count("pk", filter=Q(state=state)) for state in State.values}
    by_kind = {f"found_{kind}": Count("pk", filter=priced & Q(found=kind)) for kind in Found.values}
    return bulk.lines.aggregate(
        **by_state,
        **by_kind,
        all_expected=Sum("expected", filter=priced),
        all_worst=Sum("worst", filter=priced),
        all_seconds=Sum("seconds", filter=priced),
        longest=Max("seconds", filter=priced),
        left_seconds=Sum("seconds", filter=Q(state__in=[State.READY, State.WORKING])),
        worked_off=Count("pk", filter=Q(state__in=[State.DONE, State.PARTIAL, State.FAILED])),
    )


def _quote(bulk: Bulk, figures: dict[str, Any]) -> dict[str, Any]:
    """What all lines come to, the vendor's context once; `seconds` where enough workers are there."""
    extra = {name: Decimal(bulk.extra.get(name, 0)) for name in ("expected", "worst")}
    expected = (figures["all_expected"] or Decimal(0)) + extra["expected"]
    worst = (figures["all_worst"] or Decimal(0)) + extra["worst"]
    return {
        "known": figures["found_known"],
        "cached": figures["found_cached"],
        "new": figures["found_new"],
        "expectedCost": float(expected),
        "worstCost": float(worst),
        "seconds": round(_seconds(figures["all_seconds"], figures["longest"]), 1),
        "withinBudget": bulk.cap is None or worst <= bulk.cap,
        "vendorContext": {name: float(amount) for name, amount in extra.items()} if bulk.extra else None,
    }


def _seconds(in_all: float | None, longest: float | None) -> float:
    """With as many under way as there may be; never less than the longest line takes."""
    return max((in_all or 0.0) / UNDER_WAY, longest or 0.0)


def _percent(counts: dict[str, int]) -> int:
    """Of the lines that are worked off."""
    ended = sum(counts[state] for state in ENDED)
    todo = ended + counts[State.READY] + counts[State.WORKING]
    return 100 if not todo else int(100 * ended / todo)


def estimated_end(bulk: Bulk, counts: dict[str, int], figures: dict[str, Any], now: datetime) -> datetime | None:
    """When it will be over at its pace so far; by its quote while no line has ended. None unless it runs."""
    if bulk.status != Status.RUNNING or bulk.started is None:
        return None
    left = counts[State.READY] + counts[State.WORKING]
    elapsed = (now - bulk.started).total_seconds()
    if figures["worked_off"] and elapsed > 0:
        return now + timedelta(seconds=left * elapsed / figures["worked_off"])
    return now + timedelta(seconds=_seconds(figures["left_seconds"], figures["longest"]))


def with_lines(bulks: Iterable[Bulk]) -> list[Bulk]:
    """The bulks with how many lines each has; one query for all of them."""
    found = list(bulks)
    counts = dict(BulkLine.objects.filter(bulk__in=found).order_by().values_list("bulk").annotate(count=Count("pk")))
    for bulk in found:
        bulk.lines_in_all = counts.get(bulk.pk, 0)  # type: ignore[attr-defined]
    return found


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
