"""Is every field of an answer accounted for: does it change what is read, or is it left out for a stated reason?"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from enrichment.sources.base import Extraction

Read = Callable[[bytes], Extraction]
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Account:
    """Paths of an answer's non-empty leaves, "Results[].Lookup": what is done with each."""

    used: frozenset[str]
    left_out: frozenset[str]
    lost: frozenset[str]
    share_used: float  # of leaves
    share_known: float  # of leaves that are used or left out knowingly


def account_of(body: bytes, read: Read, left_out: Mapping[str, str]) -> Account:
    """What `read` makes of each leaf. A path is used if another value in one of its leaves changes what is read.

    `left_out`: path, or the beginning of paths → reason.
    """
    tree = json.loads(body)
    before = read(body)
    places: dict[str, list[Place]] = {}
    for place in leaves(tree):
        places.setdefault(path_of(place), []).append(place)
    used = {path for path, found in places.items() if any(counts(tree, place, read, before) for place in found)}
    named = {path for path in places if any(is_within(path, name) for name in left_out)}
    total = sum(len(found) for found in places.values())
    return Account(
        used=frozenset(used),
        left_out=frozenset(named),
        lost=frozenset(places.keys() - used - named),
        share_used=sum(len(places[path]) for path in used) / total,
        share_known=sum(len(places[path]) for path in used | named) / total,
    )


def leaves(tree: Any, place: Place = ()) -> Iterator[Place]:
    """Where the values stand that are not empty: no null, no "", no list or object without one."""
    match tree:
        case dict():
            for key, value in tree.items():
                yield from leaves(value, (*place, key))
        case list():
            for number, value in enumerate(tree):
                yield from leaves(value, (*place, number))
        case None | "":
            return
        case _:
            yield place


def path_of(place: Place) -> str:
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def is_within(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))


def counts(tree: Any, place: Place, read: Read, before: Extraction) -> bool:
    """Whether another value there changes what is read."""
    return any(read(json.dumps(changed).encode()) != before for changed in others(tree, place))


def others(tree: Any, place: Place) -> Iterator[Any]:
    """The tree with other values at that place."""
    changed = deepcopy(tree)
    parent = changed
    for step in place[:-1]:
        parent = parent[step]
    for value in instead_of(parent[place[-1]]):
        parent[place[-1]] = value
        yield changed


def instead_of(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value * 0.9, value + 7, 10**13]
    return [f"{value}x", f"not {value}"]
