"""Where sources disagree, or a person pinned what they do not say: kept and shown, never silently settled. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment.analysis import findings, values
from enrichment.analysis.hostile import is_hostile
from enrichment.analysis.model import FactItem, FactView, OtherClaim, Task
from enrichment.analysis.text import bag, normal

PINNED = "correction"  # the source of what a person pinned
MOST_OTHERS = 5  # of one conflict, most reliable first
# Two descriptions are two wordings, and a company goes by several names.
_WORDED = frozenset({"company_overview", "company_name"})
_STATE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One side of a conflict."""

    value: Any
    sources: tuple[str, ...]
    reliability: float
    observed_at: datetime
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What is shown, and what others say instead. `about` and `field`: of a record, say a person and their title."""

    dataset: str
    about: str
    field: str
    shown: Saying
    others: tuple[Saying, ...]

    @property
    def is_pinned(self) -> bool:
        return PINNED in self.shown.sources


def conflicts(task: Task) -> list[Conflict]:
    """Every conflict of the task's facts, by dataset, then by what it is about; hostile sides are left out."""
    found = [*_of_scalars(task), *_of_people(task)]
    return sorted(found, key=lambda each: (each.dataset, normal(each.about), each.field))


def _of_scalars(task: Task) -> Iterator[Conflict]:
    for fact in task.facts.values():
        if fact.kind == "scalar" and fact.dataset not in _WORDED and len(fact.items) > 1:
            shown = values.best_of(task, fact.dataset) or fact.items[0]
            rest = [item for item in fact.items if item is not shown]
            others = tuple(_saying(item) for item in rest if not _says_the_same(fact.dataset, item, shown))
            others = tuple(each for each in others if not is_hostile(each.value))
            if others and not is_hostile(shown.value):
                yield Conflict(
                    dataset=fact.dataset, about="", field="", shown=_saying(shown), others=others[:MOST_OTHERS]
                )


def _says_the_same(dataset: str, one: FactItem, other: FactItem) -> bool:
    """Whether one claim says no more than a part of the other, or is what the person pinned.

    "Legal" and "Legal services" do, "Lyon, FR" and "Lyon, France" do; "Portland, OR" and "Portland, ME" do not.
    """
    if not isinstance(one.value, str) or not isinstance(other.value, str):
        return bool(one.value == other.value)
    if dataset == "headquarters":
        return _is_one_place(one.value, other.value)
    told, known = bag(one.value), bag(other.value)
    return told <= known or known <= told


def _is_one_place(one: str, other: str) -> bool:
    city, _, rest = one.partition(",")
    other_city, _, other_rest = other.partition(",")
    states = {rest.strip(), other_rest.strip()}
    if normal(city) != normal(other_city):
        return False
    return len(states) == 1 or not all(_STATE.fullmatch(state) for state in states)


def _saying(item: FactItem) -> Saying:
    return Saying(
        value=item.value,
        sources=item.sources,
        reliability=item.reliability,
        observed_at=item.observed_at,
        evidence=item.evidence,
    )


def _of_people(task: Task) -> Iterator[Conflict]:
    """Titles: each person once, under the dataset that names them first."""
    told: set[tuple[str, str]] = set()
    for dataset in findings.PEOPLE:
        for item in _items(task.facts.get(dataset)):
            name = item.value.get("name")
            for field in dict.fromkeys(each.field for each in item.also):
                if isinstance(name, str) and (normal(name), field) not in told:
                    told.add((normal(name), field))
                    yield from _of_record(dataset, name, field, item)


def _items(fact: FactView | None) -> Iterator[FactItem]:
    yield from (item for item in (fact.items if fact else ()) if isinstance(item.value, dict))


def _of_record(dataset: str, about: str, field: str, item: FactItem) -> Iterator[Conflict]:
    against = tuple(each for each in item.also if each.field == field and not is_hostile(each.value))
    if not against or is_hostile(item.value):
        return
    said = {key for each in against for key in each.evidence}
    spoke = {source for each in against for source in each.sources}
    sources = tuple(source for source in item.sources if source not in spoke) or item.sources
    shown = Saying(
        value=item.value.get(field),
        sources=sources,
        reliability=item.reliability,
        observed_at=item.observed_at,
        evidence=tuple(key for key in item.evidence if key not in said),
    )
    yield Conflict(
        dataset=dataset, about=about, field=field, shown=shown, others=tuple(map(_other, against))[:MOST_OTHERS]
    )


def _other(each: OtherClaim) -> Saying:
    return Saying(
        value=each.value,
        sources=each.sources,
        reliability=each.reliability,
        observed_at=each.observed_at,
        evidence=each.evidence,
    )


def as_json(found: Conflict) -> dict[str, Any]:
    """As reports keep it and the API tells it; `about` and `field` are null for a value of the company itself."""
    return {
        "dataset": found.dataset,
        "about": found.about or None,
        "field": found.field or None,
        "pinned": found.is_pinned,
        "shown": _as_json(found.shown),
        "others": [_as_json(each) for each in found.others],
    }


def _as_json(said: Saying) -> dict[str, Any]:
    return {
        "value": said.value,
        "sources": list(said.sources),
        "reliability": round(said.reliability, 4),
        "observedAt": said.observed_at.isoformat(),
        "evidence": list(said.evidence),
    }
