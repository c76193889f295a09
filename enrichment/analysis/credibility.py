"""How far whoever published an item is to be believed, with the reasons in words.

Pure. What is thought of a publisher before anything was measured comes from `data/credibility.toml`; what was measured
(`Standing`) and what an admin says (`PublisherView`) are handed in. A score ranks and displays: it changes no fact and
no plan. `merge` has the reliabilities of the matrix, which are of sources, and are measured.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from enrichment.analysis.model import PublisherView, Task
from enrichment.analysis.text import normal
from enrichment.naming.domains import registrable_domain

_RAW: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "credibility.toml").read_text(encoding="utf-8")
)
_MARKS, _ENDINGS, _MEASURED = _RAW["marks"], _RAW["endings"], _RAW["measured"]
_IMITATED = ("register", "wire", "press")  # kinds whose names are worth imitating
_SHORTEST_IMITATED = 7  # characters: shorter names are one letter away from many honest ones
_SWAPS = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How often others spoke of what a publisher said, and agreed; each other origin group counts once a fact."""

    agreed: int = 0
    contradicted: int = 0

    @property
    def compared(self) -> int:
        return self.agreed + self.contradicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Credibility:
    """A score in [0, 1], its band (high, good, fair, doubtful), the kind of publisher, and why, in sentences."""

    score: float
    band: str
    kind: str
    label: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    slug: str
    label: str
    score: float
    why: str


_KINDS = {slug: _Kind(slug, raw["label"], raw["score"], raw["why"]) for slug, raw in _RAW["kinds"].items()}


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", normal(name))


def _first_label(domain: str) -> str:
    return (registrable_domain(domain) or domain).split(".")[0]


_BY_DOMAIN = {domain: _KINDS[slug] for slug, raw in _RAW["kinds"].items() for domain in raw.get("domains", ())}
_BY_SUFFIX = {end: _KINDS[slug] for slug, raw in _RAW["kinds"].items() for end in raw.get("suffixes", ())}
_BY_NAME = {_squeezed(_first_label(domain)): kind for domain, kind in _BY_DOMAIN.items()} | {
    _squeezed(name): _KINDS[slug] for slug, raw in _RAW["kinds"].items() for name in raw.get("names", ())
}
_WORTH_IMITATING: dict[str, str] = {
    label: domain
    for slug in _IMITATED
    for domain in _RAW["kinds"][slug].get("domains", ())
    if len(label := _first_label(domain)) >= _SHORTEST_IMITATED
}


# --- One publisher ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """The host of an http or https address in small letters, without www; "" for anything else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return ""
    return (host or "").rstrip(".").removeprefix("www.")


def publisher_of(url: str) -> str:
    """The domain that a publisher is known by: the registrable one, else the host; "" where there is no address."""
    host = host_of(url)
    if host.endswith(f".{_RAW['sandbox']}"):
        return host
    return (registrable_domain(host) or host) if host else ""


def credibility(
    url: str = "",
    publisher: str = "",
    *,
    own: str | None = None,
    said: PublisherView | None = None,
    standing: Standing | None = None,
) -> Credibility:
    """How far an item at `url`, by `publisher` in its own words, is to be believed.

    `own` is the domain of the company that it is about; `said` an admin's row for the publisher, which settles it.
    Measured: (prior · s + agreed) ÷ (prior + compared), the mean of a Beta prior worth `prior` statements at the score
    s of its kind, once enough was compared.
    """
    if said is not None:
        return _told(said.score, _KINDS["unknown"], ("An admin says so" + (f": {said.why}" if said.why else "."),))
    kind, extra = _kind_of(url, publisher, own)
    marks = [*extra, *_marks_of(url, kind)]
    score = kind.score + sum(_MARKS[mark.name].get("change", 0.0) for mark in marks)
    score = min([score, *(_MARKS[mark.name]["most"] for mark in marks if "most" in _MARKS[mark.name])])
    measured = _measured(score, standing)
    score = score if measured is None else measured[0]
    reasons = (kind.why, *(mark.words for mark in marks), *([measured[1]] if measured else ()))
    return _told(score, kind, reasons)


def as_json(judged: Credibility) -> dict[str, Any]:
    """As reports keep it and the API tells it."""
    return {
        "score": judged.score,
        "band": judged.band,
        "kind": judged.kind,
        "publisher": judged.label,
        "reasons": list(judged.reasons),
    }


def _told(score: float, kind: _Kind, reasons: tuple[str, ...]) -> Credibility:
    score = round(min(max(score, 0.0), 1.0), 2)
    band = next(name for name, least in _RAW["bands"] if score >= least)
    return Credibility(score=score, band=band, kind=kind.slug, label=kind.label, reasons=reasons)


def _measured(score: float, standing: Standing | None) -> tuple[float, str] | None:
    if standing is None or standing.compared < _MEASURED["needed"]:
        return None
    prior = _MEASURED["prior"]
    words = f"Of {standing.compared} comparisons with what others say of this company, {standing.agreed} agree."
    return (prior * score + standing.agreed) / (prior + standing.compared), words


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something about an address that speaks for or against it, by its name in the file."""

    name: str
    imitated: str = ""

    @property
    def words(self) -> str:
        return str(_MARKS[self.name]["why"]).replace("{name}", self.imitated)


def _kind_of(url: str, publisher: str, own: str | None) -> tuple[_Kind, list[_Mark]]:
    host = host_of(url)
    if not host:
        named = _BY_NAME.get(_squeezed(publisher)) if publisher else None
        if named is not None:
            return named, [_Mark("unopened")]
        return _KINDS["unknown" if publisher else "record"], []
    if own and (host == own or host.endswith(f".{own}")):
        return _KINDS["own"], []
    found = _known(host)
    if found is not None and found.slug == "aggregator" and (named := _BY_NAME.get(_squeezed(publisher))):
        return named, [_Mark("passed_on", host)]
    return found or _KINDS["unknown"], []


def _known(host: str) -> _Kind | None:
    """By the longest known end of the host; a sandbox host by the name of the real one."""
    if host.endswith(f".{_RAW['sandbox']}"):
        return _BY_NAME.get(_squeezed(host.removesuffix(f".{_RAW['sandbox']}")))
    labels = host.split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels) - 1))
    found = next((_BY_DOMAIN[end] for end in ends if end in _BY_DOMAIN), None)
    return found or next((kind for end, kind in _BY_SUFFIX.items() if f".{host}".endswith(end)), None)


def _marks_of(url: str, kind: _Kind) -> Iterator[_Mark]:
    host = host_of(url)
    if not host:
        return
    if url.startswith("http://"):
        yield _Mark("no_https")
    if kind.slug == "own":
        return
    if _is_number(host):
        yield _Mark("number")
    if any(host.endswith(f".{end}") for end in _ENDINGS["hosting"]) and kind.slug == "unknown":
        yield _Mark("hosted")
    if kind.slug != "unknown":
        return
    if any(label.startswith("xn--") for label in host.split(".")):
        yield _Mark("punycode")
    if any(host.endswith(end) for end in _ENDINGS["cheap"]):
        yield _Mark("cheap_ending")
    if imitated := _imitated(host):
        yield _Mark("look_alike", imitated)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _imitated(host: str) -> str:
    """The well-known domain that an unknown host is spelt to be taken for; "" for none."""
    if host.endswith(f".{_RAW['sandbox']}"):
        return ""
    domain = registrable_domain(host) or host
    label = domain.split(".")[0]
    read = label.translate(_SWAPS).replace("rn", "m").replace("vv", "w")
    is_cheap = any(host.endswith(end) for end in _ENDINGS["cheap"])
    for known, real in _WORTH_IMITATING.items():
        words = label.split("-")
        is_same = label == known and is_cheap
        if is_same or (label != known and (read == known or known in words or _is_one_off(label, known))):
            return real
        if f"{known}." in host.removesuffix(domain):  # bloomberg.com.reads-well.net
            return real
    return ""


def _is_one_off(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two swapped, make one of the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


# --- Items on a company ----------------------------------------------------------------------------------------------


class Judge:
    """Judges items on one company: its own site, the admin's rows, and what was measured of publishers."""

    def __init__(
        self,
        own: str | None,
        publishers: Iterable[PublisherView] = (),
        standings: Mapping[str, Standing] | None = None,
    ) -> None:
        self._own = own
        self._rows = {row.domain: row for row in publishers}
        self._standings = standings or {}
        self._known: dict[tuple[str, str], Credibility] = {}

    def of(self, url: str, publisher: str) -> Credibility:
        if (url, publisher) not in self._known:
            self._known[url, publisher] = credibility(
                url,
                publisher,
                own=self._own,
                said=self._said(url),
                standing=self._standings.get(publisher_of(url)),
            )
        return self._known[url, publisher]

    def _said(self, url: str) -> PublisherView | None:
        """The admin's row for the address: that of its own host before those of what the host belongs to."""
        labels = host_of(url).split(".")
        ends = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._rows[end] for end in ends if end in self._rows), None)


def standings(task: Task, groups: Mapping[str, str]) -> dict[str, Standing]:
    """Domain → how its statements on this company stand against what other origin groups said of the same.

    `groups`: source → origin group. A value that sources of another group bear as well agrees once for each of them; a
    scalar for which another group says something else is contradicted once for each. Of lists and records nothing is
    contradicted: what one has and another lacks is no quarrel. What is said by nobody else counts for nothing.
    """
    found: dict[str, Standing] = {}
    published = {item.id: publisher_of(item.url) for item in task.evidence}
    for fact in task.facts.values():
        told = [{groups.get(source, source) for source in item.sources} for item in fact.items]
        for place, item in enumerate(fact.items):
            others = set().union(*(told[other] for other in range(len(told)) if other != place)) - told[place]
            agreed = len(told[place]) - 1
            contradicted = len(others) if fact.kind == "scalar" else 0
            for domain in {published.get(key, "") for key in item.evidence} - {""}:
                before = found.get(domain, Standing())
                found[domain] = replace(
                    before, agreed=before.agreed + agreed, contradicted=before.contradicted + contradicted
                )
    return found
