"""What is held on a company, read so that nothing is said but what evidence bears. Pure.

Bodies and facts are collected text: whatever shape they have, nothing here raises.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, tzinfo
from typing import Any

from chat.answering.model import Answer, Missing, Part, Said
from chat.answering.words import ago, day_of, text
from enrichment.door import FactItem, Known, is_hostile, value_key

MOST_CITED = 8  # items that one statement cites
_WEAKER = {"": 0, "verbatim": 1, "derived": 2, "inferred": 3}


class Held:
    """`known`, as the families of answers read it. Days are those of `zone`: of whoever asks."""

    def __init__(self, known: Known, zone: tzinfo = UTC) -> None:
        self.known = known
        self.name = known.company.name
        self.vendor = known.vendor.name if known.vendor else ""
        self.zone = zone
        self.now = known.as_of.astimezone(zone)

    # --- The grounded body ---

    def rows(self, section: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The records of a list of the body, each with its pointer."""
        found = self.known.body.get(section)
        places = enumerate(found) if isinstance(found, list) else ()
        return [(f"/{section}/{place}", each) for place, each in places if isinstance(each, Mapping)]

    def leaves(self, *path: str) -> list[tuple[str, str]]:
        """The texts of a list of the body, each with its pointer."""
        found: Any = self.known.body
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        places = enumerate(found) if isinstance(found, list) else ()
        return [(f"/{'/'.join(path)}/{place}", each) for place, each in places if isinstance(each, str) and each]

    def field(self, *path: str) -> tuple[str, str]:
        """One text of the body with its pointer; ("", …) where there is none."""
        found: Any = self.known.body
        for step in path:
            found = found.get(step) if isinstance(found, Mapping) else None
        return text(found, 1_000), f"/{'/'.join(path)}"

    def said(self, told: str, *pointers: str, dataset: str = "") -> Said | None:
        """A sentence of grounded texts, as well borne as the weakest of them; None where one is not borne."""
        cited: dict[str, None] = {}
        support = "verbatim"
        for pointer in pointers:
            borne = self.known.statements.get(pointer)
            found = self._known_ids(borne.get("evidence", ()) if isinstance(borne, Mapping) else ())
            if not found or borne is None:
                return None
            cited |= dict.fromkeys(found)
            support = max(support, str(borne.get("support", "")), key=lambda each: _WEAKER.get(each, 0))
        if not told or not cited:
            return None
        return Said(text=told, evidence=tuple(cited)[:MOST_CITED], support=support, dataset=dataset)

    # --- Facts ---

    def items(self, dataset: str) -> tuple[FactItem, ...]:
        """The claims of a dataset that may be told: a scalar's first, all of a list."""
        fact = self.known.facts.get(dataset)
        if fact is None:
            return ()
        found = fact.items if isinstance(fact.value, list) else fact.items[:1]
        return tuple(item for item in found if (fact.corrected or self._cited(item)) and not is_hostile(item.value))

    def records(self, dataset: str, name: str) -> list[tuple[str, FactItem]]:
        """The records of a dataset by the text of a field; each name once, the best claim of it."""
        found: dict[str, tuple[str, FactItem]] = {}
        for item in self.items(dataset):
            named = text(item.value.get(name)) if isinstance(item.value, Mapping) else text(item.value)
            if named:
                found.setdefault(named.casefold(), (named, item))
        return list(found.values())

    def of_items(self, told: str, items: Sequence[FactItem], dataset: str, *, support: str = "verbatim") -> Said | None:
        """A sentence on claims. A person's correction needs no evidence: it is one."""
        if not told or not items:
            return None
        cited = tuple(dict.fromkeys(key for item in items for key in self._cited(item)))
        return Said(text=told, evidence=cited[:MOST_CITED], support=support if cited else "", dataset=dataset)

    def seen(self, item: FactItem) -> date | None:
        """When it was published, else when it was last observed."""
        dated = self.day(item.value.get("date")) if isinstance(item.value, Mapping) else None
        return dated or self.day(item.observed_at)

    def day(self, value: Any) -> date | None:
        """The day of a date or a moment; None for what is neither."""
        return day_of(value, self.zone)

    def cited(self, told: str, keys: Iterable[Any], dataset: str, *, support: str = "derived") -> Said | None:
        """A sentence on items by their ids; None where none of them is held."""
        found = self._known_ids(list(dict.fromkeys(keys)))
        return Said(text=told, evidence=found[:MOST_CITED], support=support, dataset=dataset) if found else None

    def newest(self, items: Iterable[FactItem]) -> str:
        """The age of the newest, in words."""
        days = [day for item in items if (day := self.seen(item))]
        return ago(max(days), self.now) if days else ""

    def ago(self, value: Any) -> str:
        return ago(self.day(value), self.now)

    def since(self, dataset: str, item: FactItem) -> date | None:
        """Since when it is known to us; None where nobody looked that up."""
        return self.day(self.known.first_seen.get((dataset, value_key(dataset, item.value))))

    def _cited(self, item: FactItem) -> tuple[str, ...]:
        return self._known_ids(item.evidence)

    def _known_ids(self, keys: Any) -> tuple[str, ...]:
        found = keys if isinstance(keys, list | tuple) else ()
        return tuple(key for key in found if isinstance(key, str) and key in self.known.evidence)

    # --- Answers ---

    def label(self, dataset: str) -> str:
        return self.known.labels.get(dataset, dataset.replace("_", " ").capitalize())

    def missing(self, datasets: Iterable[str]) -> tuple[Missing, ...]:
        """Those of which nothing is held."""
        why = "Nothing is held on it: nobody was asked yet, or no source knew."
        return tuple(
            Missing(dataset=slug, label=self.label(slug), why=why)
            for slug in dict.fromkeys(datasets)
            if not self.items(slug)
        )

    def answer(
        self,
        opening: str,
        *parts: Part | None,
        datasets: Iterable[str],
        lead: Said | None = None,
        nothing: str = "",
    ) -> Answer:
        """The answer of what there is; `nothing` is said instead of the opening where there is nothing."""
        told = tuple(each for each in parts if each is not None and each.said)
        is_bare = lead is None and not any(not each.is_ours for part in told for each in part.said)
        words = (nothing or f"Nothing is known yet of {self.name} on this.") if is_bare else opening
        return Answer(opening=words, lead=lead, parts=told, missing=self.missing(datasets))


def part(
    heading: str,
    said: Iterable[Said | None],
    most: int = 6,
    *,
    is_list: bool = True,
    further: Iterable[Said | None] = (),
) -> Part | None:
    """Statements under a heading, at most `most`, each text once; None where nothing is left.

    What is over, and then what is `further`, is told to whoever asks for more.
    """
    told, later = _each_once(said), _each_once(further)
    if not told:
        return None
    return Part(heading=heading, said=told[:most], is_list=is_list, rest=(*told[most:], *later))


def _each_once(said: Iterable[Said | None]) -> tuple[Said, ...]:
    found: dict[str, Said] = {}
    for each in said:
        if each is not None:
            found.setdefault(each.text, each)
    return tuple(found.values())


def texts(items: Iterable[FactItem], name: str) -> Iterator[str]:
    """A field of each record, where it is a text."""
    for item in items:
        if isinstance(item.value, Mapping) and (found := text(item.value.get(name))):
            yield found
