"""Reads what a caller found about a company: search results of any engine, as observations like those of sources.

Pure. The same readers read them as read bought answers; what a result does not say of this company is left out.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from enrichment import technologies
from enrichment.analysis.credibility import credibility, host_of
from enrichment.sources import articles
from enrichment.sources.base import CompanyRef, Evidence, Observation, Reply
from enrichment.sources.naming import Naming, naming, registrable
from enrichment.sources.posts import distinct, said_by
from enrichment.sources.serp_linkedin import SerpLinkedin
from enrichment.sources.serp_organic import SerpOrganic
from enrichment.sources.site_hiring import Job
from enrichment.sources.usage import technology_rows

SOURCE = "your_results"  # what reports call the source of such items
SHORTEST_LABEL = 4  # letters of a domain by which a name in a text is known for the company's
_JOB_PAGE = re.compile(r"/(?:jobs?|careers?|stellen(?:angebote)?|vacanc(?:y|ies)|positions?)/[^/]", re.IGNORECASE)
_JOB_TAIL = re.compile(r"\s+(?:[|–—·@-]|at|bei|chez)\s+.*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_USES = re.compile(
    r"\b(?:uses?|using|runs? on|built (?:on|with)|powered by|relies on|standardi[sz]ed on|migrat\w+ to|moved to|"
    r"adopt\w+|rolled out|deploy\w+|customers? of)\s+(.{2,160})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One result. All text is untrusted."""

    title: str
    url: str
    text: str = ""
    publisher: str = ""
    at: datetime | None = None

    @property
    def whole(self) -> str:
        return f"{self.title}. {self.text}"


@lru_cache(maxsize=16)  # whoever asks how far it is asks again and again
def observations(results: tuple[Given, ...], company: CompanyRef) -> tuple[Observation, ...]:
    """All that the results say of the company, whichever names they call it by where its domain says so."""
    company = _called(results, company)
    posts = [each for each in results if _is_post(each, company)]
    rest = [each for each in results if each not in posts]
    reply = Reply(body=_as_reply(rest), fetched_at=datetime.min.replace(tzinfo=UTC))
    news = [_article(each) for each in rest if _is_news(each, company)]
    return (
        *SerpOrganic().extract(reply, company).observations,
        *SerpLinkedin().extract(reply, company).observations,
        *articles.read(news, company, under=articles.GIVES).observations,
        *said_by(distinct(map(_job, posts)), company),
        *_usage(rest, company),
    )


def _called(results: Sequence[Given], company: CompanyRef) -> CompanyRef:
    """The company with what results call it where its domain says so: "Acme Corp" of acmecorp.com."""
    label = (company.domain or "").split(".")[0].replace("-", "")
    if len(label) < SHORTEST_LABEL:
        return company
    found = dict.fromkeys(name for each in results for name in _names_like(label, each.whole[:1_000]))
    return CompanyRef(name=company.name, domain=company.domain, aliases=(*company.aliases, *found)[:10])


def _names_like(label: str, text: str) -> Iterator[str]:
    """Up to four words in a row, the first with a capital, that make the label when they are written together."""
    words = list(_WORD.finditer(text))
    for place, first in enumerate(words):
        if not first[0][:1].isupper() or not label.startswith(first[0].casefold()):
            continue
        written = ""
        for word in words[place : place + 4]:
            written += word[0].casefold()
            if written == label:
                yield " ".join(text[first.start() : word.end()].split())
                break


def _as_reply(results: Sequence[Given]) -> bytes:
    found = [{"title": each.title, "link": each.url, "snippet": each.text} for each in results]
    return json.dumps({"organic_results": found}).encode()


def _kind(given: Given, company: CompanyRef) -> str:
    return credibility(given.url, given.publisher, own=company.domain).kind


def _is_about(given: Given, company: CompanyRef) -> bool:
    return naming(given.whole, company) is Naming.FULLY or _kind(given, company) == "own"


def _is_post(given: Given, company: CompanyRef) -> bool:
    """Whether it is a job post of the company's: at a job board, or below its own pages on jobs."""
    kind = _kind(given, company)
    is_at = kind == "jobs" or (kind == "own" and _JOB_PAGE.search(given.url) is not None)
    return is_at and (_is_about(given, company) or naming(given.url.replace("/", " "), company) is not Naming.NOT)


def _job(given: Given) -> Job:
    title = _JOB_TAIL.sub("", given.title).strip() or given.title
    return Job(title=title[:200], url=given.url, text=given.text, at=given.at)


def _is_news(given: Given, company: CompanyRef) -> bool:
    """Whether it tells of something that happened: the company's own pages only where they are dated."""
    kind = _kind(given, company)
    if kind in ("social", "database", "reference", "code", "jobs") or host_of(given.url) == "":
        return False
    return kind != "own" or given.at is not None


def _article(given: Given) -> articles.Article:
    publisher = given.publisher or host_of(given.url)
    return articles.Article(title=given.title, url=given.url, publisher=publisher, text=given.text, at=given.at)


def _page(given: Given) -> Evidence:
    """The result as the reader of search results cites it, so that one result is one item."""
    publisher = registrable(given.url) or ""
    return Evidence(kind="page", title=given.title, url=given.url, text=given.text, publisher=publisher)


def _usage(results: Sequence[Given], company: CompanyRef) -> Iterator[Observation]:
    """Technologies in sentences of the kind "Acme runs on Kubernetes and uses Azure AD", about the company alone."""
    for each in results:
        if not _is_about(each, company):
            continue
        for sentence in _SENTENCE.split(each.whole):
            uses = _USES.search(sentence)
            if uses is None or naming(sentence[: uses.start()], company) is Naming.NOT:
                continue
            for technology in technologies.in_text(uses[1]):
                evidence = _page(each)
                for dataset, _, record in technology_rows(technology.name):
                    yield Observation(dataset=dataset, value=record, evidence=(evidence,))
