"""What a company runs on, as its pages and its job texts give away. Pure."""

from collections.abc import Iterable, Iterator

from enrichment.sources.base import CompanyRef, Observation
from enrichment.sources.naming import same_name
from enrichment.sources.sheet import Row, Sheet
from enrichment.sources.site import Site, SitePage
from enrichment.sources.site_hiring import Job, jobs_of
from enrichment.sources.usage import technology_rows
from enrichment.technologies import Page, Technology, in_page, in_text


def technologies(site: Site) -> Iterator[Observation]:
    """Technologies of the pages' markup and of the job texts, each once a page or job.

    Prose elsewhere is not searched: a page that says "integrates with Salesforce" does not say who uses Salesforce.
    """
    seen: set[str] = set()
    for page in site.pages:
        yield from page.sheet.page(_rows(_shown(page, seen), site))
    yield from named_in(jobs_of(site), site.company)


def named_in(jobs: Iterable[Job], company: CompanyRef) -> Iterator[Observation]:
    """Technologies of job texts, each once a job."""
    for job in jobs:
        for known in in_text(f"{job.title}. {job.text}"):
            if not _is_own(known, company):
                yield from _named(known, job)


def _named(known: Technology, job: Job) -> Iterator[Observation]:
    """A technology that the job's text names; where it has another name there, an evidence that says both."""
    rows = list(technology_rows(known.name))
    if known.name in job.evidence.text:
        for dataset, _, value in rows:
            yield Observation(dataset=dataset, value=value, evidence=(job.evidence,), observed_at=job.at)
    else:
        sheet = Sheet(title=job.title, url=job.url, publisher="", at=job.at, kind="job")
        yield from sheet.page(
            (dataset, f"The position {job.title} names {line}", value) for dataset, line, value in rows
        )


def _shown(page: SitePage, seen: set[str]) -> Iterator[Technology]:
    """What this page shows and no earlier page did."""
    for known in in_page(
        Page(html=page.html, scripts=tuple(page.view.sources), metas=page.view.metas, headers=page.headers)
    ):
        if known.name not in seen:
            seen.add(known.name)
            yield known


def _rows(found: Iterator[Technology], site: Site) -> Iterator[Row]:
    for known in found:
        if not _is_own(known, site.company):
            for dataset, line, value in technology_rows(known.name):
                yield dataset, f"The page's code shows {line}", value


def _is_own(known: Technology, company: CompanyRef) -> bool:
    """Whether the company makes it: that it is on its own site says nothing of its needs."""
    own = (company.name, *company.aliases)
    return any(same_name(maker, name) for maker in (known.vendor, known.name) if maker for name in own)
