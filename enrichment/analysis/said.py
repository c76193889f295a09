"""Writing a body and its claims at once: a tree whose leaves say what bears them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from enrichment.analysis.grounding import Path, pointer_of
from enrichment.analysis.model import Claim, Support


@dataclass(frozen=True, slots=True)
class Said:
    """A leaf of a body, and its claim."""

    value: Any
    claim: Claim


def verbatim(value: Any, evidence: Iterable[str]) -> Said | None:
    return _said(value, evidence, Support.VERBATIM)


def inferred(sentence: str | None, evidence: Iterable[str]) -> Said | None:
    """The sentence; nothing where there is none, or nothing to cite for it."""
    cited = tuple(evidence)
    return _said(sentence, cited, Support.INFERRED) if cited else None


def derived(value: Any, how: str, evidence: Iterable[str]) -> Said | None:
    return _said(value, evidence, Support.DERIVED, how)


def _said(value: Any, evidence: Iterable[str], support: Support, how: str = "") -> Said | None:
    if value is None or value == "":
        return None
    return Said(value, Claim(evidence=tuple(dict.fromkeys(evidence)), support=support, how=how))


def everywhere(value: Any, evidence: Iterable[str]) -> Any:
    """A whole record said word for word: each leaf with the record's evidence."""
    cited = tuple(evidence)
    if isinstance(value, dict):
        return {name: everywhere(inner, cited) for name, inner in value.items()}
    if isinstance(value, list):
        return [everywhere(inner, cited) for inner in value]
    return verbatim(value, cited)


def unfold(tree: Any) -> tuple[Any, dict[str, Claim]]:
    """The body that a tree of `Said` leaves stands for, and its claims by JSON Pointer. Empty items of lists go."""
    claims: dict[str, Claim] = {}
    return _unfold(tree, (), claims), claims


def _unfold(tree: Any, at: Path, claims: dict[str, Claim]) -> Any:
    match tree:
        case Said():
            claims[pointer_of(at)] = tree.claim
            return tree.value
        case dict():
            return {name: _unfold(inner, (*at, name), claims) for name, inner in tree.items()}
        case list():
            there = [inner for inner in tree if inner is not None]
            return [_unfold(inner, (*at, index), claims) for index, inner in enumerate(there)]
        case _:
            return tree
