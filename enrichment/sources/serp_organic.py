"""What Google's results say of a company: its own pages, and pages that compare it with others.

A result counts where it lies on the company's own domain, or where its title names the company in full. Rivals are read
from sentences of the kind "competitors of Acme Robotics include Bolt, Crane and Duct", nowhere else.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Evidence, Extraction, Observation, Reply, register
from enrichment.sources.google import results_page
from enrichment.sources.naming import Naming, naming, registrable, same_name, words_of
from enrichment.sources.reading import Lenient, Objects, Text, Url, each, object_in
from enrichment.sources.serpapi import WHO

MOST_RIVALS = 12
SHORTEST_OVERVIEW = 40  # characters

_TITLE = re.compile(r"\s+[|–—·-]\s+")
_RIVALS = re.compile(
    r"\b(?:competitors?|alternatives?|rivals?)\b[^.:]{0,80}?(?:\binclude|\bare\b|\bsuch as\b|:)\s*([^.:;]{3,200})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+")
_WORD = r"[A-Z0-9][\w.'’+-]*"
_CALLED = re.compile(rf"{_WORD}(?:\s+(?:{_WORD}|&|of|for|the|de|du|la)){{0,5}}")


class Result(Lenient):
    title: Text = ""
    link: Url = ""
    snippet: Text = ""

    @property
    def evidence(self) -> Evidence:
        host = registrable(self.link) or ""
        return Evidence(kind="page", title=self.title, url=self.link, text=self.snippet, publisher=host)


class Results(Lenient):
    organic_results: Objects = []


@register
class SerpOrganic:
    """Name, domain, a line about the company, and whom it is compared with."""

    slug: ClassVar[str] = "serp_organic"
    provider: ClassVar[str] = "serpapi"
    gives: ClassVar[frozenset[str]] = frozenset({"company_name", "company_domain", "company_overview", "competitors"})

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        return await results_page(company, http)

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the company's own pages and those that compare it say; what is about others is dropped and counted."""
        found = list(each(Result, Results.model_validate(object_in(reply.body, who=WHO)).organic_results))
        named = [each for each in found if naming(each.title, company) is Naming.FULLY]
        home = next((each for each in found if _is_home(each, company)), None)
        about = [each for each in found if each in named or (home and _host(each) == _host(home))]
        seen = [*(_own(home, company) if home else ()), *_rivals(about, company)]
        return Extraction(
            observations=tuple(seen),
            records=len(found),
            dropped=len(found) - len(about),
            name=_called(home, company) if home else None,
            domain=_host(home) if home else None,
        )


def _host(result: Result) -> str | None:
    return registrable(result.link)


def _is_home(result: Result, company: CompanyRef) -> bool:
    """Whether it is the company's home page: by its domain, else by a title that begins with its very name.

    Then the domain must hold the name's first word, for an encyclopedia's page on the company begins with it too.
    """
    host = _host(result)
    if host is None:
        return False
    if company.domain is not None:
        return host == company.domain
    words = words_of(company.name)
    is_named = same_name(_TITLE.split(result.title)[0], company.name)
    return is_named and bool(words) and words[0] in host.partition(".")[0]


def _called(home: Result, company: CompanyRef) -> str | None:
    """The company's name as its home page's title begins or ends with it."""
    parts = _TITLE.split(home.title)
    names = (company.name, *company.aliases)
    return next((part for part in (parts[0], parts[-1]) if any(same_name(part, name) for name in names)), None)


def _own(home: Result, company: CompanyRef) -> Iterator[Observation]:
    evidence, host, name = (home.evidence,), _host(home), _called(home, company)
    if name:
        yield Observation(dataset="company_name", value=name, evidence=evidence)
    if host:
        yield Observation(dataset="company_domain", value=host, evidence=evidence)
    if len(home.snippet) >= SHORTEST_OVERVIEW:
        yield Observation(dataset="company_overview", value=home.snippet, evidence=evidence)


def _rivals(about: list[Result], company: CompanyRef) -> Iterator[Observation]:
    """Companies that a sentence about this one calls its competitors, each once."""
    told: dict[tuple[str, ...], Observation] = {}
    own = (company.name, *company.aliases)
    for result in about:
        for sentence in _RIVALS.finditer(result.snippet):
            for part in _BETWEEN.split(sentence[1]):
                called = part.strip(" .…")
                if _CALLED.fullmatch(called) and not any(same_name(called, name) for name in own):
                    seen = Observation(dataset="competitors", value=called, evidence=(result.evidence,))
                    told.setdefault(words_of(called), seen)
    yield from list(told.values())[:MOST_RIVALS]
