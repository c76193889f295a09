"""What a signal rule would find at a company today: for whoever writes one."""

from dataclasses import dataclass
from datetime import date, datetime

from enrichment import rules
from enrichment.analysis.correlation import Witness, correlated, singular
from enrichment.analysis.model import SignalRuleView
from enrichment.analysis.opportunities import witnesses_of
from enrichment.models import Company, SignalRule
from enrichment.rules import live
from enrichment.workflow.briefing import all_on

MOST = 5  # items of a signal that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An item that bears a signal. `counts`: it is recent enough; `chosen`: the rule holds by it."""

    title: str
    url: str
    source: str
    group: str
    day: date | None
    counts: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A signal of the rule, and what bears it at the company."""

    signal: str
    seen: tuple[Seen, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    holds: bool
    why: str  # why it does not hold, in words; empty where it does
    found: tuple[Found, ...]


def preview(rule: SignalRule, company: Company, *, at: datetime) -> Preview:
    """Whether the rule holds at the company by what is known of it now, and what each of its signals rests on.

    Nobody's vendor is asked for, so no product counts as a competitor's.
    """
    known = rules.current().rules
    task = all_on(company, known, origin=live.origin(), at=at)
    there, items = witnesses_of(task), {item.id: item for item in task.evidence}
    view = SignalRuleView(
        name=rule.name,
        signals=frozenset(rule.signals),
        urgency=rule.urgency,
        action=rule.action,
        within_days=rule.within_days,
        witnesses=rule.witnesses,
    )
    chosen = correlated(view, there, as_of=at.date()) or ()

    def seen(each: Witness) -> Seen:
        item = items[each.evidence]
        return Seen(
            title=item.title or item.url or item.kind,
            url=item.url if item.url.startswith(("https://", "http://")) else "",
            source=known.sources[item.source].label if item.source in known.sources else item.source,
            group=each.group,
            day=each.day,
            counts=_is_recent(each, rule, at),
            chosen=each.evidence in chosen,
        )

    found = []
    for signal in rule.signals:
        borne = sorted(there.get(singular(signal), ()), key=lambda each: each.evidence not in chosen)
        found.append(Found(signal, tuple(seen(each) for each in borne[:MOST]), max(len(borne) - MOST, 0)))
    return Preview(holds=bool(chosen), why="" if chosen else _why(found, rule), found=tuple(found))


def _is_recent(each: Witness, rule: SignalRule, at: datetime) -> bool:
    return each.day is not None and (at.date() - each.day).days <= rule.within_days


def _why(found: list[Found], rule: SignalRule) -> str:
    absent = [each.signal for each in found if not each.seen]
    if absent:
        return f"Nothing bears {' and '.join(absent)}."
    old = [each.signal for each in found if not any(seen.counts for seen in each.seen)]
    if old:
        return f"What bears {' and '.join(old)} is older than {rule.within_days} days, or nobody knows how old."
    return f"The signals do not come from items of their own and from {rule.witnesses} origin groups."
