"""Which conversation this is: what an account's findings, and what the caller says, speak of.

Discovery, competitive, renewal, expansion or technical evaluation. Pure: weights, words and sentences come from
`data/intent.toml`; the built-in engine writes the result and grounding computes it again.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment.analysis import articles, findings
from enrichment.analysis.model import Task
from enrichment.analysis.needs import themes_of
from enrichment.analysis.opportunities import competing, competitor_of, products_field
from enrichment.analysis.phrases import phrase_for_role, quoted
from enrichment.analysis.text import holds, tidy

_RAW: dict[str, Any] = tomllib.loads((Path(__file__).parents[1] / "data" / "intent.toml").read_text(encoding="utf-8"))
KINDS: tuple[str, ...] = tuple(_RAW["kinds"])
LABELS: Mapping[str, str] = _RAW["labels"]
_SORT_OF_SIGNAL = {signal: sort for sort, signals in _RAW["signals"].items() for signal in signals}
_WORDS = [(row["kind"], row["weight"], re.compile(row["pattern"], re.IGNORECASE)) for row in _RAW["words"]]
_LONGEST = 2_000  # characters of a caller's words that are read
_ENOUGH = 1.0
_COMPARES = re.compile(r"\b(?:alternatives?|vs\.?|versus|compar\w+|competitors?|replace\w*|switch\w*)\b", re.IGNORECASE)
_TECHNICAL = re.compile(
    r"\b(?:api|sdk|integrat\w+|proof of concept|poc|migration|architecture|scim|saml|connector|deployment|benchmark)\b",
    re.IGNORECASE,
)
_TECHNICAL_POST = re.compile(
    r"\b(?:engineer\w*|architect\w*|developer|administrator|devops|sre|technical|integration)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding that speaks for a conversation, in words, with what bears it."""

    sort: str
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A kind of `KINDS`; confidence in (0, 1); the reasons for it, weightiest first; the role's way to go about it."""

    kind: str
    confidence: float
    because: tuple[Reason, ...]
    approach: str | None

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for reason in self.because for key in reason.evidence))


MOST_REASONS = 5


def intent(task: Task) -> Intent:
    """The conversation that most speaks for, by the sums of the weights of what was found and said.

    Confidence = its sum ÷ (the sums of all kinds + doubt): a rival in use (2.4) beside the base of discovery (0.5) and
    the doubt (1) makes competitive 0.62.
    """
    found = list(_counted(task))
    is_customer = any(reason.sort == "own" for reason, _ in found)
    weighed = [(reason, weights or _weights(reason.sort, is_customer=is_customer)) for reason, weights in found]
    sums = dict.fromkeys(KINDS, 0.0) | _RAW["base"]
    for _, weights in weighed:
        for kind, weight in weights.items():
            sums[kind] += weight
    kind = max(KINDS, key=lambda each: (round(sums[each], 6), -KINDS.index(each)))
    for_it = sorted((row for row in weighed if row[1].get(kind, 0.0) > 0), key=lambda row: -row[1][kind])
    return Intent(
        kind=kind,
        confidence=round(sums[kind] / (sum(sums.values()) + _RAW["doubt"]), 2),
        because=tuple(reason for reason, _ in for_it[:MOST_REASONS]),
        approach=_approach(task, kind),
    )


def of_words(text: str) -> str | None:
    """The conversation that a caller's words name; None where they name none. "They are up for renewal" → renewal."""
    found = _sums_of(text)
    best = max(KINDS, key=lambda kind: (round(found.get(kind, 0.0), 6), -KINDS.index(kind)))
    return best if found.get(best, 0.0) >= _ENOUGH else None


@lru_cache(maxsize=1024)
def _sums_of(text: str) -> dict[str, float]:
    read = tidy(text.replace("_", " "), _LONGEST)
    sums: dict[str, float] = {}
    for kind, weight, pattern in _WORDS:
        if pattern.search(read):
            sums[kind] = sums.get(kind, 0.0) + weight
    return sums


def _approach(task: Task, kind: str) -> str | None:
    vendor = task.vendor.name if task.vendor else task.vendor_name or "you"
    role = task.role.speaks_as if task.role else ""
    return phrase_for_role("intents", role, kind, company=task.company, vendor=vendor)


def _weights(sort: str, *, is_customer: bool) -> Mapping[str, float]:
    weights = {kind: weight for kind, weight in _RAW["findings"][sort].items() if kind != "with_own"}
    return weights | (_RAW["findings"][sort].get("with_own", {}) if is_customer else {})


Found = tuple[Reason, Mapping[str, float] | None]


def _counted(task: Task) -> Iterator[Found]:
    """The reasons, the first few of each sort; those whose words decide bring weights of their own."""
    counted: dict[str, int] = {}
    for sort, name, evidence in _found(task):
        counted[sort] = counted.get(sort, 0) + 1
        if counted[sort] <= _RAW["most"]:
            yield Reason(sort, _sentence(task, sort, name), evidence), None
    if (said := of_words(task.context)) is not None:
        yield Reason("said", _RAW["because"]["said"], ()), {said: _RAW["weight_of_words"]}


def _sentence(task: Task, sort: str, name: str) -> str:
    vendor = task.vendor.name if task.vendor else task.vendor_name or "the vendor"
    if sort == "own" and findings.usual(name) == findings.usual(vendor):
        sort = "own_by_name"
    rival = (competitor_of(name, task.vendor) if task.vendor else None) or name
    text = str(_RAW["because"][sort]).replace("{vendor}", vendor).replace("{rival}", rival)
    return text.replace("{name}", quoted(name))


def _found(task: Task) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(sort, name, evidence) of all that may speak for a conversation, strongest sorts first."""
    own = _own_in_use(task)
    yield from (("own", used.name, used.evidence) for used in own)
    yield from (("rival", used.name, used.evidence) for used in competing(task) if used not in own)
    for article in articles.found(task):
        if article.signal in _SORT_OF_SIGNAL and article.evidence:
            yield _SORT_OF_SIGNAL[article.signal], article.headline, article.evidence
    yield from (("system", system.name, system.evidence) for system in findings.integrations(task))
    yield from (("post", job.title, job.evidence) for job in findings.jobs(task) if _is_technical(task, job))
    for challenge in findings.challenges(task):
        if "integration" in themes_of(challenge.name):
            yield "challenge", challenge.name, challenge.evidence
    yield from ((_sort_of_topic(task, topic), topic.name, topic.evidence) for topic in findings.topics(task))


def _own_in_use(task: Task) -> list[findings.Named]:
    """The vendor's own products, or what goes by its name, among what the company runs."""
    return [used for used in findings.technologies(task) if findings.is_own(task, used.name)]


def _is_technical(task: Task, job: findings.Job) -> bool:
    """Whether a post is one of those who will try the vendor's products."""
    field = products_field(task)
    return bool(_TECHNICAL_POST.search(job.title) and (themes_of(job.title) & field or _TECHNICAL.search(job.title)))


def _sort_of_topic(task: Task, topic: findings.Named) -> str:
    names = [*task.vendor.competitors, task.vendor.name] if task.vendor else [task.vendor_name or ""]
    if _COMPARES.search(topic.name) or any(name and holds(topic.name, name) for name in names):
        return "topic_rival"
    return "topic_technical" if _TECHNICAL.search(topic.name) else "topic"
