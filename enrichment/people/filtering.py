"""What a source said, without the people who are not to be collected."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from enrichment.people.blocked import Blocked, readable
from enrichment.people.known import DATASETS
from enrichment.sources.base import Evidence, Extraction, Observation
from salesintel.privacy.masking import masked

PROFILE = "profile"  # the kind of evidence that is about one person

LONGEST = 256 * 1024  # bytes; takes a sixth of a second, while the company's row is locked


@dataclass(frozen=True, slots=True)
class Filtered:
    """What may be kept of an answer, and whether its bytes may."""

    extraction: Extraction
    body: bytes  # empty where it names somebody


def tidied(extraction: Extraction) -> Extraction:
    """The answer without mail addresses and telephone numbers in running text, where nobody looks for them.

    Those of people stay where they belong: in their own records, and in the profiles that bear them.
    """
    seen = extraction.observations
    return replace(extraction, observations=tuple(one if one.dataset in DATASETS else _tidied(one) for one in seen))


def _tidied(seen: Observation) -> Observation:
    items = tuple(
        item if item.kind == PROFILE else replace(item, title=masked(item.title), text=masked(item.text))
        for item in seen.evidence
    )
    return replace(seen, value=_masked_in(seen.value), evidence=items)


def _masked_in(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return value if name == "url" else masked(value)
    if isinstance(value, dict):
        return {key: _masked_in(part, key) for key, part in value.items()}
    return value


def filtered(extraction: Extraction, body: bytes, blocked: Blocked, *, everybody: Blocked) -> Filtered:
    """The answer without whoever is blocked: what was left out is counted in `dropped`.

    Its bytes are kept only if they name nobody of `everybody`, the whole list: an answer on one company may have
    records of another one's people, which its extractor leaves out.
    """
    if not everybody:
        return Filtered(extraction, body)
    kept = tuple(_kept(extraction.observations, blocked))
    dropped = len(extraction.observations) - len(kept)
    left = replace(extraction, observations=kept, dropped=extraction.dropped + dropped)
    return Filtered(left, b"" if kept != extraction.observations or names_in(body, everybody) else body)


def names_in(body: bytes, blocked: Blocked) -> bool:
    """Whether a response names one of them. One that is too long or too deep to be looked through counts as if so."""
    if len(body) > LONGEST:
        return True
    try:
        return blocked.names_in(readable(body))
    except RecursionError:
        return True


def _kept(observations: tuple[Observation, ...], blocked: Blocked) -> Iterator[Observation]:
    for seen in observations:
        if blocked.names_in(seen.value):
            continue
        items = tuple(_masked(item, blocked) for item in seen.evidence if not _is_theirs(item, blocked))
        if items or not seen.evidence:  # what nothing bears any more is not kept either
            yield seen if items == seen.evidence else replace(seen, evidence=items)


def _is_theirs(item: Evidence, blocked: Blocked) -> bool:
    return blocked.names_in(item.title) or blocked.names_in(item.url)


def _masked(item: Evidence, blocked: Blocked) -> Evidence:
    return replace(item, text=blocked.masked(item.text), publisher=blocked.masked(item.publisher))
