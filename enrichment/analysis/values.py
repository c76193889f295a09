"""A task's facts read back as typed values: records, texts and names, whatever they are of.

Facts come from sources and are untrusted: fields of a wrong type are read as absent, texts are tidied and cut, and a
record that talks to machines is left out. Order is by reliability, best first, then as the facts have it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from enrichment.analysis.hostile import is_hostile, talks_to_machines
from enrichment.analysis.model import FactItem, Task
from enrichment.analysis.text import leaves, normal, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One item of a fact."""

    dataset: str
    value: Mapping[str, Any]
    evidence: tuple[str, ...]
    reliability: float

    def text(self, key: str, longest: int = 300) -> str:
        """The field as one line; empty where it is no text."""
        value = self.value.get(key)
        return tidy(value, longest) if isinstance(value, str) else ""


def records(task: Task, *datasets: str) -> Iterator[Record]:
    """The datasets' items that are records, apart from hostile ones; a dataset that was not found gives none."""
    for dataset in datasets:
        fact = task.facts.get(dataset)
        for item in fact.items if fact else ():
            if isinstance(item.value, dict) and not is_hostile(item.value):
                yield Record(dataset=dataset, value=item.value, evidence=item.evidence, reliability=item.reliability)


def words_of(task: Task, dataset: str) -> list[tuple[str, tuple[str, ...]]]:
    """The strings of a list dataset with their evidence, hostile ones left out."""
    fact = task.facts.get(dataset)
    return [
        (tidy(item.value, 300), item.evidence)
        for item in (fact.items if fact else ())
        if isinstance(item.value, str) and item.value.strip() and not talks_to_machines(item.value)
    ]


def scalar(task: Task, dataset: str, longest: int = 300) -> tuple[str, tuple[str, ...]] | None:
    """The winning text of a scalar dataset with its evidence; None where there is none, or a hostile one."""
    item = best_of(task, dataset)
    if item is None or not isinstance(item.value, str) or not item.value.strip() or talks_to_machines(item.value):
        return None
    if dataset in _SHORT and not is_name(tidy(item.value), longest=120):
        return None
    return tidy(item.value, longest), item.evidence


def best_of(task: Task, dataset: str) -> FactItem | None:
    """What is shown of a scalar: the most reliable claim, or one nearly as reliable that the company bears out itself.

    A claim of where the company sits is borne out by its own pages, and by the places of its open posts. What a person
    pinned stands.
    """
    fact = task.facts.get(dataset)
    items = fact.items if fact else ()
    if not items or dataset != "headquarters" or "correction" in items[0].sources:
        return items[0] if items else None
    near = [item for item in items if item.reliability >= items[0].reliability - _NEARLY]
    return max(near, key=lambda item: (_own_words(task, item), item.reliability))


_NEARLY = 0.1  # of reliability, within which the company's own word decides


def _own_words(task: Task, item: FactItem) -> int:
    """How many kinds of the company's own items bear the place out: its pages, its open posts."""
    kinds = {each.kind for each in task.evidence if each.id in item.evidence} & {"page"}
    city = normal(str(item.value).partition(",")[0])
    posts = any(normal(record.text("location").partition(",")[0]) == city for record in records(task, "hiring_trends"))
    return len(kinds) + posts


_SHORT = frozenset({"company_name", "industry", "headquarters"})
# Fields of records that hold a name, whichever dataset they are of.
_NAMES = frozenset({"name", "title", "location", "department", "category", "product", "system", "topic", "publisher"})


def texts_of(dataset: str, value: Any) -> Iterator[str]:
    """The texts in a fact's value that may bear a sentence: what should be a name and has no form of one does not."""
    if isinstance(value, dict):
        for field, inner in value.items():
            if field not in _NAMES or not isinstance(inner, str) or is_name(tidy(inner), longest=150):
                yield from leaves(inner)
    elif dataset not in _SHORT or not isinstance(value, str) or is_name(tidy(value), longest=120):
        yield from leaves(value)


# Names hold none of these; an address, a formula, a list of settings and markup do.
_NO_NAME = re.compile(r"[<>{}\[\]|=\\]|://|www\.|:\s|[.!?] [A-Z]|^[=@]|\$\(")


def is_name(text: str, *, longest: int) -> bool:
    """Whether the text could be what somebody or something is called, as far as its form goes."""
    return 0 < len(text) <= longest and not text.endswith((".…", "…")) and _NO_NAME.search(text) is None


def day_of(record: Record) -> date | None:
    """The record's date; None where it has none that can be read."""
    try:
        return date.fromisoformat(record.text("date")[:10])
    except ValueError:
        return None


def evidence_of(same: list[Record]) -> tuple[str, ...]:
    """The evidence of several records, each id once, in order."""
    return tuple(dict.fromkeys(key for record in same for key in record.evidence))


def name_in(same: list[Record], key: str, longest: int) -> str:
    """The first record's field that has the form of a name."""
    return next((text for record in same if is_name(text := record.text(key), longest=longest)), "")


def first_in(same: list[Record], key: str) -> str:
    return next((text for record in same if (text := record.text(key))), "")
