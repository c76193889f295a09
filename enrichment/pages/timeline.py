"""A trace as rows of a timeline: where each span begins, how long it is, how it ended and what it cost. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from enrichment.pages.words import State, call_state, label_of, moment, span, usd

WIDTH = 100.0  # units of the drawing
NOTICED = 0.05  # seconds; a shorter wait is none
LEAST = 0.8  # units; a span shorter than this is still seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One span. `x` and `width` are decimal texts, in hundredths of the whole."""

    label: str
    depth: int
    state: State
    x: str
    width: str
    took: str
    cost: str  # "" where it cost nothing
    detail: str
    note: str  # what followed from it, "" if nothing
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    rows: list[Row]
    total: str
    money: str  # all of it, the vendor's context included


def timeline(trace: Mapping[str, Any], *, labels: Mapping[str, str], now: datetime) -> Timeline:
    """The trace's spans in order, the root left out. `labels`: source slug → what people call it.

    A span that has not ended reaches until `now`.
    """
    spans = list(_flat(trace, now=now.timestamp(), depth=-1))
    first = min((begin for begin, _, _, _ in spans if begin), default=0.0)
    whole = max(max((begin + seconds for begin, seconds, _, _ in spans if begin), default=0.0) - first, 0.001)
    rows = [_row(begin - first, seconds, each, depth, whole, labels) for begin, seconds, each, depth in spans[1:]]
    return Timeline(rows, span(whole), usd(_money(trace)))


def _money(trace: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(child["cost"] or 0) for child in trace.get("children", ())), Decimal(0))


Flat = tuple[float, float, Mapping[str, Any], int]  # begin (seconds since the epoch), length, the span, depth


def _flat(each: Mapping[str, Any], *, now: float, depth: int) -> Iterator[Flat]:
    started = moment(each.get("started"))
    begin = started.timestamp() if started else 0.0
    seconds = each.get("seconds")
    if seconds is None:
        seconds = max(now - begin, 0.0) if begin else 0.0
    yield (begin, seconds, each, depth)
    for child in each.get("children", ()):
        yield from _flat(child, now=now, depth=depth + 1)


def _row(
    offset: float, seconds: float, each: Mapping[str, Any], depth: int, whole: float, labels: Mapping[str, str]
) -> Row:
    x = min(max(offset / whole * WIDTH, 0.0), WIDTH - LEAST)
    name = str(each["name"])
    label = labels.get(name) or str(each.get("label") or label_of(name))
    cost = each.get("cost")
    is_paid = cost is None or float(cost) > 0
    return Row(
        label=label,
        depth=min(max(depth, 0), 3),
        state=call_state(each["status"]),
        x=f"{x:.2f}",
        width=f"{min(max(seconds / whole * WIDTH, LEAST), WIDTH - x):.2f}",
        took=span(seconds),
        cost=usd(cost) if is_paid else "",
        detail=" ".join(filter(None, (str(each.get("detail") or ""), _waited(each)))),
        note=_note(each, labels),
        is_paid=is_paid,
    )


def _waited(each: Mapping[str, Any]) -> str:
    wait = each.get("wait") or 0.0
    return f"Waited {span(wait)} for its turn." if wait >= NOTICED else ""


def _note(each: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    others = [labels.get(slug) or label_of(slug) for slug in each.get("fallback", ())]
    return f"so {' and '.join(others)} {'was' if len(others) == 1 else 'were'} asked" if others else ""
