"""A company's own site: what it says of itself, in words, in JSON-LD, and between the lines. Free.

The reply is our own bundle, JSON `{"pages": [{kind, url, status, headers, html}]}`, so that everything the site said is
kept as it came and read again when the reading improves. No page (robots.txt forbids it, nothing is there) is an answer
too. JSON-LD is often broken and meta tags are advertising; both are read as claims of the site, no more.
"""

import json
from dataclasses import asdict
from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Extraction, HostUnavailable, Reply, Unavailable, register
from enrichment.sources.naming import registrable
from enrichment.sources.reading import object_in
from enrichment.sources.site import Bundle, Site
from enrichment.sources.site_hiring import hiring
from enrichment.sources.site_offer import headlines, offer
from enrichment.sources.site_profile import name_of, profile
from enrichment.sources.site_technologies import technologies
from enrichment.sources.visit import Visit, check_domain


@register
class CompanyWebsite:
    """At most six pages of the site that robots.txt allows."""

    slug: ClassVar[str] = "company_website"
    provider: ClassVar[str] = "company_website"
    gives: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "company_domain",
            "industry",
            "employee_count",
            "headquarters",
            "company_overview",
            "tech_stack",
            "competitive_usage",
            "integration_needs",
            "hiring_trends",
            "growth_signals",
            "business_challenges",
            "recent_news",
            "recent_activities",
            "products",
            "value_propositions",
            "target_markets",
        }
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle of pages. Raises `SourceError` where the home page cannot be had."""
        visit = Visit.begin(http)
        try:
            home = await visit.home(check_domain(company.domain))
        except Unavailable as error:
            raise HostUnavailable(str(error), retry_after=error.retry_after) from error
        pages = [home, *await visit.further(home)] if home else []
        return json.dumps({"pages": [asdict(page) for page in pages]}).encode()

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the pages say."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        site = Site.of(bundle, company, reply.fetched_at)
        found = [reading(site) for reading in (profile, technologies, hiring, headlines, offer)]
        return Extraction(
            observations=tuple(observation for observations in found for observation in observations),
            records=len(site.pages),
            name=name_of(site),
            domain=registrable(site.pages[0].url) if site.pages else None,
        )
