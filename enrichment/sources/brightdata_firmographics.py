"""Firmographics of a company, by the LinkedIn pages that Bright Data stores: trade, size, seat, last round.

Unconfirmed: Bright Data sells nothing called firmographics. What stands here is a search of its LinkedIn companies; the
fields are those that its scraper delivers, and that the search returns the same is assumed.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.signals import money_in
from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.brightdata_search import hits_in, holds, named, searched
from enrichment.sources.dates import moment
from enrichment.sources.funding import Raised, round_rows
from enrichment.sources.naming import own_of, registrable
from enrichment.sources.reading import Lenient, Object, Text, Url, each
from enrichment.sources.sheet import Row, Sheet, head_count

COMPANIES = "gd_l1vikfnt1wgvvqz95w"
MOST = 5  # records: the company and its namesakes
LONGEST_OVERVIEW = 1_800  # characters: fits into one evidence with its label


class Funding(Lenient):
    last_round_date: Text = ""
    last_round_type: Text = ""
    last_round_raised: Text = ""


class Page(Lenient):
    """A company's page on LinkedIn: the fields that we use."""

    name: Text = ""
    url: Url = ""
    website: Text = ""
    about: Text = ""
    description: Text = ""
    industries: Text = ""
    company_size: Text = ""
    headquarters: Text = ""
    funding: Object = {}
    timestamp: Text = ""


@register
class BrightDataFirmographics:
    """Name, site, trade, band of size, seat, a paragraph and the last funding round."""

    slug: ClassVar[str] = "brightdata_firmographics"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "company_domain",
            "industry",
            "employee_count",
            "headquarters",
            "company_overview",
            "budget_indicators",
            "growth_signals",
        }
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`, in doubt where records may have been charged."""
        filters = [holds("website", company.domain)] if company.domain else []
        return await searched(http, COMPANIES, filters=[*filters, *named(company, "name")], most=MOST)

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the company's own page says; pages of namesakes are dropped and counted."""
        pages = [page for page in each(Page, hits_in(reply.body)) if page.name]
        own = own_of(pages, company)
        if own is None:
            return Extraction(records=len(pages), dropped=len(pages))
        at = moment(own.timestamp, fetched_at=reply.fetched_at)
        sheet = Sheet(title=f"{own.name} on LinkedIn", url=own.url, publisher="LinkedIn, by Bright Data", at=at)
        rows = [*_profile(own), *round_rows(_rounds(own, reply.fetched_at), fetched_at=reply.fetched_at)]
        return Extraction(
            observations=tuple(sheet.page(rows)),
            records=len(pages),
            dropped=len(pages) - 1,
            name=own.name,
            domain=registrable(own.website),
        )


def _profile(page: Page) -> Iterator[Row]:
    overview = (page.about or page.description)[:LONGEST_OVERVIEW].rstrip()
    lines = {
        "company_name": ("Name", page.name, page.name),
        "company_domain": ("Website", page.website, registrable(page.website)),
        "industry": ("Industry", page.industries, page.industries),
        "employee_count": ("Size", page.company_size, head_count(page.company_size)),
        "headquarters": ("Headquarters", page.headquarters, page.headquarters),
        "company_overview": ("About", overview, overview),
    }
    for dataset, (label, text, value) in lines.items():
        if value:
            yield dataset, f"{label}: {text}", value


def _rounds(page: Page, fetched_at: datetime) -> Iterator[Raised]:
    """The last round, named as Crunchbase names it, so that the two are one."""
    last = Funding.model_validate(page.funding)
    if last.last_round_type:
        dollars = money_in(last.last_round_raised)
        yield Raised(
            title=f"{last.last_round_type} - {page.name}",
            dollars=float(dollars) if dollars is not None else None,
            at=moment(last.last_round_date, fetched_at=fetched_at),
        )
