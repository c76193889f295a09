"""What changed between two looks at a company, and what only looks so. Pure.

A change is what a source says otherwise than it could have said before. So these are none:

- what a source says that had not been asked before: it may be as old as the company;
- what is missing because its source failed, was switched off, or answered without that dataset: an item is removed only
  when a source that named it answered anew, spoke of that dataset, and named it no more;
- the same in other words, another order, or by another source; and values that won because others aged;
- events that are older than the last look by more than three days: found late, not new;
- what a person corrected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from enrichment import merging
from enrichment.automation.watches.wording import same_story, same_wording
from enrichment.naming.spelling import folded
from enrichment.people.marks import name_key

PEOPLE = ("decision_makers", "key_contacts")
# What happens, rather than is: only ever added.
EVENTS: dict[str, str] = {
    "growth_signals": "headline",
    "buying_signals": "headline",
    "recent_activities": "headline",
    "recent_news": "headline",
    "business_challenges": "challenge",
    "hiring_trends": "title",
    "budget_indicators": "indicator",
    "purchase_intent": "topic",
}
# Lines of running text: the same in other words is the same.
WORDED = frozenset({"value_propositions", "target_markets", "pricing_model", "company_overview"})
LATE = timedelta(days=3)
MOST = 300  # items of one dataset that are compared
SEVERAL = 50  # changes of one check that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One claim of one dataset, as a fact has it: for a list or records, one word or record."""

    dataset: str
    value: Any
    sources: tuple[str, ...] = ()
    reliability: float = 0.0
    evidence: tuple[dict[str, Any], ...] = ()  # source, title, url, date: they outlive their responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was known at one moment: claims, best first in each dataset; when each source had answered last."""

    items: tuple[Item, ...] = ()
    sources: Mapping[str, datetime] = field(default_factory=dict)
    at: datetime | None = None
    corrected: frozenset[str] = frozenset()  # datasets that a person pinned


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `old` and `new` are items, None where there is none."""

    kind: str
    dataset: str
    what: str
    old: Item | None = None
    new: Item | None = None


def differences(before: Look, now: Look, *, kinds: Mapping[str, str], company: str) -> list[Change]:
    """What changed from one look to the next; `kinds`: dataset → scalar, list or records. At most fifty."""
    pair = _Pair(before, now, kinds, company)
    found = [*pair.events(), *pair.people()]
    for dataset in kinds:
        if dataset not in EVENTS and dataset not in PEOPLE and dataset not in now.corrected:
            found += pair.scalar(dataset) if kinds[dataset] == "scalar" else pair.listed(dataset)
    return found[:SEVERAL]


@dataclass(frozen=True, slots=True)
class _Pair:
    before: Look
    now: Look
    kinds: Mapping[str, str]
    company: str

    def of(self, look: Look, *datasets: str) -> list[Item]:
        return [item for item in look.items if item.dataset in datasets][:MOST]

    # --- What may count -----------------------------------------------------------------------------------------------

    def could_be_said(self, item: Item) -> bool:
        """Whether any source that says it had been asked before."""
        return any(source in self.before.sources for source in item.sources)

    def is_withdrawn(self, item: Item, datasets: Sequence[str]) -> bool:
        """Whether a source that named it answered anew, spoke of such things, and named it no more."""
        speaking = {source for other in self.of(self.now, *datasets) for source in other.sources}
        return any(source in speaking and self.answered_anew(source) for source in item.sources)

    def answered_anew(self, source: str) -> bool:
        earlier, later = self.before.sources.get(source), self.now.sources.get(source)
        return earlier is not None and later is not None and later > earlier

    # --- Events -------------------------------------------------------------------------------------------------------

    def events(self) -> Iterator[Change]:
        """News, signals, posts: told once each, by the dataset that says most of it."""
        told = self.of(self.before, *EVENTS)
        for dataset in EVENTS:
            for item in self.of(self.now, dataset):
                if any(self.is_same_event(item, other) for other in told):
                    continue
                told.append(item)
                if self.could_be_said(item) and self.is_recent(item):
                    signal = isinstance(item.value, dict) and item.value.get("signal_type")
                    kind = "signal" if signal else "news"
                    yield Change(kind=kind, dataset=dataset, what=text_of(item), new=item)

    def is_same_event(self, one: Item, other: Item) -> bool:
        if (link := _link(one)) and link == _link(other):
            return True
        if {one.dataset, other.dataset} & {"hiring_trends"} and one.dataset != other.dataset:
            return False
        if one.dataset == other.dataset == "hiring_trends":
            return merging.same(one.dataset, one.value, other.value, kind="records")
        return same_story(text_of(one), text_of(other), besides=self.company)

    def is_recent(self, item: Item) -> bool:
        """Whether it is dated since the last look, or not dated at all."""
        at = _date(item)
        return at is None or self.before.at is None or at >= self.before.at - LATE

    # --- People -------------------------------------------------------------------------------------------------------

    def people(self) -> Iterator[Change]:
        before, now = self.by_name(self.before), self.by_name(self.now)
        for key, item in now.items():
            if key not in before and self.could_be_said(item):
                yield Change(kind="person_came", dataset=item.dataset, what=text_of(item), new=item)
            elif key in before and self.has_new_title(before[key], item):
                what = f"{item.value.get('name')}: {before[key].value.get('title')} → {item.value.get('title')}"
                yield Change(kind="title_changed", dataset=item.dataset, what=what, old=before[key], new=item)
        for key, item in before.items():
            if key not in now and self.is_withdrawn(item, PEOPLE):
                yield Change(kind="person_left", dataset=item.dataset, what=text_of(item), old=item)

    def by_name(self, look: Look) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for item in self.of(look, *PEOPLE):
            name = item.value.get("name") if isinstance(item.value, dict) else None
            if isinstance(name, str) and (key := name_key(name)):
                found.setdefault(key, item)
        return found

    def has_new_title(self, old: Item, new: Item) -> bool:
        """Whether the title says something else, by a source that had said the other one."""
        said, says = old.value.get("title"), new.value.get("title")
        if not said or not says or merging.same_title(said, says):
            return False
        return any(source in old.sources and self.answered_anew(source) for source in new.sources)

    # --- What is ------------------------------------------------------------------------------------------------------

    def listed(self, dataset: str) -> Iterator[Change]:
        before, now = self.of(self.before, dataset), self.of(self.now, dataset)
        for item in now:
            if not any(self.is_same(dataset, item, other) for other in before) and self.could_be_said(item):
                yield Change(kind="added", dataset=dataset, what=text_of(item), new=item)
        for item in before:
            if not any(self.is_same(dataset, item, other) for other in now) and self.is_withdrawn(item, (dataset,)):
                yield Change(kind="removed", dataset=dataset, what=text_of(item), old=item)

    def scalar(self, dataset: str) -> Iterator[Change]:
        """The winning value, where nobody had claimed it before."""
        before, now = self.of(self.before, dataset), self.of(self.now, dataset)
        if not before or not now or any(self.is_same(dataset, now[0], other) for other in before):
            return
        if any(source in old.sources for old in before for source in now[0].sources):
            what = f"{text_of(before[0])} → {text_of(now[0])}"
            yield Change(kind="changed", dataset=dataset, what=what, old=before[0], new=now[0])

    def is_same(self, dataset: str, one: Item, other: Item) -> bool:
        if merging.same(dataset, one.value, other.value, kind=self.kinds[dataset]):
            return True
        said, says = text_of(one), text_of(other)
        if dataset in WORDED:
            return same_wording(said, says, besides=self.company)
        return self.kinds[dataset] == "scalar" and same_wording(said, says) and dataset != "employee_count"


def remembered(before: Look, now: Look, changes: Sequence[Change], *, kinds: Mapping[str, str]) -> list[Item]:
    """What the next look is compared with: what is known now, and what nobody took back though nobody says it now.

    So what comes again after its source was silent for a while is no news. Of scalars only what is claimed now counts:
    a value may well return.
    """
    gone = [change.old for change in changes if change.kind in ("person_left", "removed")]
    there = {_key(item) for item in now.items}
    spoken_of = {item.dataset for item in now.items}
    kept = [
        item
        for item in before.items
        if item not in gone
        and _key(item) not in there
        and (kinds.get(item.dataset) != "scalar" or item.dataset not in spoken_of)
    ]
    room = dict.fromkeys(kinds, MOST)
    found = []
    for item in (*now.items, *kept):
        if room.get(item.dataset, 0) > 0:
            room[item.dataset] -= 1
            found.append(item)
    return found


def _key(item: Item) -> tuple[str, str]:
    is_record = isinstance(item.value, dict)
    return item.dataset, merging.record_key(item.dataset, item.value) if is_record else folded(str(item.value))


def text_of(item: Item) -> str:
    """A value in one line: a headline, “Jane Doe, CTO”, a technology's name."""
    value = item.value
    if isinstance(value, dict):
        if {"low", "high"} <= value.keys():
            low, high = value["low"], value["high"]
            return f"{low}" if low == high else f"{low}–{high}" if high else f"{low}+"
        fields = (*dict.fromkeys((EVENTS.get(item.dataset, "name"), "name", "product", "system")), "title")
        parts = [str(value[name]) for name in dict.fromkeys(fields) if value.get(name)]
        return ", ".join(parts[:2])[:280] if parts else str(value)[:280]
    return str(value)[:280]


def _link(item: Item) -> str:
    """Where it can be read, without what only counts clicks."""
    url = item.value.get("url") if isinstance(item.value, dict) else None
    if not isinstance(url, str) or not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{(parts.hostname or '').removeprefix('www.')}{path}" if path else ""


def _date(item: Item) -> datetime | None:
    text = item.value.get("date") if isinstance(item.value, dict) else None
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at.astimezone() if at else None


def to_json(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The items as a watch keeps them: a flat list, of which an erasure takes those that name somebody."""
    return [
        {
            "dataset": item.dataset,
            "value": item.value,
            "sources": list(item.sources),
            "reliability": item.reliability,
            "evidence": list(item.evidence),
        }
        for item in items
    ]


def from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The same, read again."""
    return tuple(
        Item(
            dataset=row["dataset"],
            value=row["value"],
            sources=tuple(row["sources"]),
            reliability=row["reliability"],
            evidence=tuple(row["evidence"]),
        )
        for row in kept
    )
