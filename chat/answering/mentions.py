"""Passages of what was collected: where something stands, in the words in which it was found. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chat.answering.asked import About
from chat.answering.held import Held
from chat.answering.model import Said
from chat.answering.words import ago, day_of, text
from enrichment.door import FactItem, is_hostile

LONGEST = 300  # characters of a passage
MOST_READ = 20_000  # characters of an item that are searched
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(\d])|\n+| · ")
_WORD = re.compile(r"[^\W_]{2,}")


def passage(item: Mapping[str, Any], told: str) -> str:
    """The sentence of an item that has most words of `told`; its title, or its beginning, where none has any."""
    wanted = {word.casefold() for word in _WORD.findall(told)}
    title, best, most = text(item.get("title")), "", 0
    for sentence in _SENTENCE.split(str(item.get("text") or "")[:MOST_READ]):
        shared = len(wanted & {word.casefold() for word in _WORD.findall(sentence)})
        if shared > most:
            best, most = sentence, shared
    in_title = len(wanted & {word.casefold() for word in _WORD.findall(title)})
    return text(best if most > in_title else title or best or str(item.get("text") or ""), LONGEST)


def passages(held: Held, items: Sequence[FactItem], names: Sequence[str], *, dataset: str) -> list[Said]:
    """Where the names stand in what bears the claims, each as a quotation with its source and age."""
    rows = {key: held.known.evidence.get(key) for item in items for key in item.evidence}
    return [
        Said(text=told, evidence=(key,), support="verbatim", dataset=dataset)
        for key, row in rows.items()
        if row and (told := quoted(held, row, names))
    ]


def mentions(held: Held, about: About) -> list[Said]:
    """Where the words stand in anything that was collected, the best believed first."""
    rows = sorted(held.known.evidence.items(), key=lambda each: -_reliability(each[1]))
    found = [
        Said(text=told, evidence=(key,), support="verbatim")
        for key, row in rows
        if about.is_in([row.get("title"), row.get("text")]) and (told := quoted(held, row, about.words))
    ]
    return list({each.text: each for each in found}.values())


def quoted(held: Held, row: Mapping[str, Any], words: Sequence[str]) -> str:
    """“The words as they stand” (publisher, 3 days ago); "" where none of the words stand in the item."""
    told = passage(row, " ".join(words))
    lowered = told.casefold()
    if is_hostile(told) or not any(word.casefold() in lowered for word in words):
        return ""
    by = publisher(held, row)
    told_of = ", ".join(filter(None, (by, ago(day_of(row.get("publishedAt") or row.get("collectedAt")), held.now))))
    return f"“{told.rstrip('.')}” ({told_of})" if told_of else f"“{told.rstrip('.')}”"


def publisher(held: Held, row: Mapping[str, Any]) -> str:
    """Whom people know an item from: its publisher, else the source that gave it."""
    slug = str(row.get("source") or "")
    return text(row.get("publisher"), 60) or held.known.sources.get(slug, slug.replace("_", " ").capitalize())


def _reliability(row: Mapping[str, Any]) -> float:
    held = row.get("reliability")
    return float(held) if isinstance(held, int | float) else 0.0
