"""Whether signals of several kinds stand together: each by a recent item of its own, from several sources. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from enrichment.analysis.model import EvidenceItem, SignalRuleView, Task
from enrichment.analysis.text import normal

MOST = 6  # witnesses of a signal that are tried, over its origin groups in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """An item that bears a signal. `group`: the sources that repeat each other; `same`: what makes it one item."""

    evidence: str
    group: str
    same: str
    day: date | None


Witnesses = Mapping[str, Sequence[Witness]]  # by signal, in the singular


def witness(task: Task, item: EvidenceItem, day: date | None) -> Witness:
    """The item as a witness; without a day of its own it is of the day on which it was published, else collected.

    What came from no source of ours, a caller's own results, stands together by its publisher.
    """
    at = item.published_at or item.collected_at
    return Witness(
        evidence=item.id,
        group=task.groups.get(item.source) or normal(item.publisher) or item.source,
        same=normal(item.title) or item.id,  # two feeds that bring one article are one witness
        day=day or (at.date() if at else None),
    )


def correlated(rule: SignalRuleView, found: Witnesses, *, as_of: date) -> tuple[str, ...] | None:
    """The evidence by which the rule holds, one item for each of its signals; None where it does not hold.

    No item bears two signals, each is at most `within_days` old, and together they come from `witnesses` origin groups.
    """
    wanted = sorted({singular(signal) for signal in rule.signals})
    tried = [_tried(found.get(signal, ()), rule, as_of) for signal in wanted]
    if not wanted or not all(tried):
        return None
    return next(_chosen(tried, (), rule.witnesses), None)


def singular(signal: str) -> str:
    return signal if signal == "layoffs" else signal.removesuffix("s")


def _tried(witnesses: Sequence[Witness], rule: SignalRuleView, as_of: date) -> list[Witness]:
    """The recent ones, one origin group after the other, newest first within each."""
    recent = [each for each in witnesses if each.day is not None and (as_of - each.day).days <= rule.within_days]
    recent.sort(key=lambda each: (each.day or date.min, each.evidence), reverse=True)
    turn: dict[str, int] = {}
    places = []
    for each in recent:
        turn[each.group] = turn.get(each.group, 0) + 1
        places.append((turn[each.group], each))
    return [each for _, each in sorted(places, key=lambda place: place[0])][:MOST]


def _chosen(left: Sequence[Sequence[Witness]], taken: tuple[Witness, ...], groups: int) -> Iterator[tuple[str, ...]]:
    if not left:
        if len({each.group for each in taken}) >= groups:
            yield tuple(each.evidence for each in taken)
        return
    for each in left[0]:
        if all(each.same != other.same for other in taken):
            yield from _chosen(left[1:], (*taken, each), groups)
