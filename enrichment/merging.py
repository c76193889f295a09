"""What several sources said, folded into values by reliability, and when two of them say the same. Pure."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one source said of one dataset; for a list or records, one word or record of it."""

    dataset: str
    source: str
    origin_group: str
    value: Any
    reliability: float  # of the source for this dataset, when new
    observed_at: datetime
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """What others say of one field of a record instead: another title of the same person."""

    field: str
    value: Any
    reliability: float
    observed_at: datetime
    sources: tuple[str, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One value with everything that bears it."""

    value: Any
    reliability: float
    observed_at: datetime
    sources: tuple[str, ...]
    evidence: tuple[int, ...]
    also: tuple[Also, ...] = ()


def decayed(reliability: float, *, age: timedelta, half_life: timedelta) -> float:
    """Reliability of something said `age` ago: r × 2^(−age / half-life). Without half-life only the new counts."""
    if half_life <= timedelta(0):
        return reliability if age <= timedelta(0) else 0.0
    return reliability * 2 ** (-max(age, timedelta(0)) / half_life)


def combined(claims: Sequence[Claim], *, at: datetime, half_life: timedelta) -> float:
    """1 − Π(1 − r) over origin groups, each with its best claim: 0.9 and 0.8 of two groups, new, give 0.98."""
    best: dict[str, float] = {}
    for claim in claims:
        value = decayed(claim.reliability, age=at - claim.observed_at, half_life=half_life)
        best[claim.origin_group] = max(best.get(claim.origin_group, 0.0), value)
    return 1 - prod(sorted(1 - value for value in best.values()))  # sorted, for products of floats depend on the order


def merge(claims: Sequence[Claim], *, kind: str, at: datetime, half_life: timedelta) -> list[Merged]:
    """Fold claims of one dataset into values, most reliable first, ties by age and then by source.

    A scalar's first value is the fact, the others are what sources said instead; a list's values are all of it.
    Records that speak of the same thing become one, with fields of the most reliable source first. Pure.
    """
    ranked = sorted(claims, key=_rank)
    clusters: list[list[Claim]] = []
    for claim in ranked:
        home = next((each for each in clusters if same(claim.dataset, each[0].value, claim.value, kind=kind)), None)
        if home is None:
            clusters.append([claim])
        else:
            home.append(claim)
    merged = [_fold(cluster, kind=kind, at=at, half_life=half_life) for cluster in clusters]
    return sorted(merged, key=lambda m: (-round(m.reliability, 9), -m.observed_at.timestamp(), m.sources))


def _rank(claim: Claim) -> tuple[Any, ...]:
    """Best first; complete, so that the order in which claims came in changes nothing."""
    best = (-claim.reliability, -claim.observed_at.timestamp())
    return (*best, claim.source, claim.origin_group, canonical(claim.value), claim.evidence)


def _fold(cluster: Sequence[Claim], *, kind: str, at: datetime, half_life: timedelta) -> Merged:
    value = cluster[0].value
    if kind == "records":
        value = {}
        for claim in cluster:
            value = {**claim.value, **value}
    return Merged(
        value=value,
        reliability=combined(cluster, at=at, half_life=half_life),
        observed_at=max(claim.observed_at for claim in cluster),
        sources=tuple(dict.fromkeys(claim.source for claim in cluster)),
        evidence=tuple(dict.fromkeys(item for claim in cluster for item in claim.evidence)),
        also=tuple(_also(cluster, value, at=at, half_life=half_life)) if kind == "records" else (),
    )


# Fields of records in which sources contradict each other; elsewhere one says more than the other.
CONTESTED = {"decision_makers": ("title",), "key_contacts": ("title",)}
_TITLE_WORDS = {"vp": "vice president", "svp": "senior vice president", "evp": "executive vice president",
                "sr": "senior", "jr": "junior", "mgr": "manager", "dir": "director",
                "ceo": "chief executive officer", "cto": "chief technology officer", "cfo": "chief financial officer",
                "cio": "chief information officer", "coo": "chief operating officer",
                "ciso": "chief information security officer"}  # fmt: skip
_FILLERS = frozenset({"of", "the", "and", "for", "at", "in"})


def _also(cluster: Sequence[Claim], value: Any, *, at: datetime, half_life: timedelta) -> Iterator[Also]:
    """What of `cluster`, best claim first, says something else than `value` in a contested field; alike ones as one."""
    for field in CONTESTED.get(cluster[0].dataset, ()):
        groups: list[list[Claim]] = []
        for claim in cluster:
            said = claim.value.get(field)
            if not isinstance(said, str) or not said.strip() or same_title(said, value.get(field)):
                continue
            home = next((group for group in groups if same_title(group[0].value[field], said)), None)
            if home is None:
                groups.append([claim])
            else:
                home.append(claim)
        for group in groups:
            yield Also(
                field=field,
                value=group[0].value[field],
                reliability=combined(group, at=at, half_life=half_life),
                observed_at=max(claim.observed_at for claim in group),
                sources=tuple(dict.fromkeys(claim.source for claim in group)),
                evidence=tuple(dict.fromkeys(item for claim in group for item in claim.evidence)),
            )


def same_title(one: Any, other: Any) -> bool:
    """Whether one title says no more than a part of the other: "VP, IT" and "Vice President of IT Operations" do."""
    told, known = _title_words(one), _title_words(other)
    return told <= known or known <= told


def _title_words(title: Any) -> frozenset[str]:
    words = (_TITLE_WORDS.get(word, word) for word in _words(title if isinstance(title, str) else "").split())
    return frozenset(" ".join(words).split()) - _FILLERS


def same(dataset: str, one: Any, other: Any, *, kind: str) -> bool:
    """Whether two values say the same of that dataset, spelling and rounding aside."""
    if kind == "records":
        return record_key(dataset, one) == record_key(dataset, other)
    if dataset == "employee_count":
        return _overlap(one, other)
    return _words(one) == _words(other)


def _overlap(one: Any, other: Any) -> bool:
    """Whether two head-counts {low, high} can both be right; a tenth apart is still the same."""
    unknown = float("inf")
    low, high = (one["low"], one["high"] or unknown), (other["low"], other["high"] or unknown)
    return bool(low[0] * 0.9 <= high[1] and high[0] * 0.9 <= low[1])


KEY_FIELDS = {
    "decision_makers": ("name",),
    "key_contacts": ("name",),
    "tech_stack": ("name",),
    "products": ("name",),
    "competitive_usage": ("product",),
    "integration_needs": ("system",),
    "business_challenges": ("challenge",),
    "budget_indicators": ("indicator",),
    "purchase_intent": ("topic",),
    "hiring_trends": ("title", "location"),
}


def record_key(dataset: str, record: Any) -> str:
    """What tells one record from another: a person's name, an article's headline, a job's title and place."""
    fields = KEY_FIELDS.get(dataset, ("headline",))
    words = [_words(record.get(name) or "") for name in fields]
    return "|".join(words) if any(words) else canonical(record)


def _words(value: Any) -> str:
    """`value` for comparison: no accents, case, punctuation or spacing; C, C# and C++ stay three."""
    if not isinstance(value, str):
        return canonical(value)
    plain = unicodedata.normalize("NFKD", value).casefold()
    return re.sub(r"([^\w+#]|_|(?<!\w)[+#])+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def canonical(value: Any) -> str:
    """`value` as the one text that every equal value has."""
    return json.dumps(value, sort_keys=True)
