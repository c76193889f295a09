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
from enrichment.sources.reading import object_in
from enrichment.sources.site import Bundle, Site
from enrichment.sources.site_reading import GIVES, said_by
from enrichment.sources.visit import Visit, check_domain


@register
class CompanyWebsite:
    """At most eight pages of the site that robots.txt allows."""

    slug: ClassVar[str] = "company_website"
    provider: ClassVar[str] = "company_website"
    gives: ClassVar[frozenset[str]] = GIVES

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
        return said_by(Site.of(bundle, company, reply.fetched_at))
