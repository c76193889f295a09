"""A company's own site, fetched by Bright Data: pages that show themselves to browsers alone.

One collection of its Fetch API, a record a page with its whole HTML, read as `company_website` reads a visit of our
own. robots.txt is asked first and obeyed: what it forbids to us is not had by another's hand either.

Unconfirmed: which data set stands for web scraping, and the shape of its records. Read are `url`, `final_url` and
`page_html`; the answer's headers, which tell technology too, are not among them.
"""

from typing import ClassVar
from urllib.parse import urlsplit

from enrichment.egress import ProviderClient
from enrichment.sources.base import (
    CompanyRef,
    Extraction,
    HostUnavailable,
    Refused,
    Reply,
    Unavailable,
    register,
)
from enrichment.sources.brightdata import records_in
from enrichment.sources.brightdata_collections import Collected, Collector
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Object, Url, each
from enrichment.sources.site import Bundle, Site
from enrichment.sources.site_reading import BY_LINKS, GIVES, said_by
from enrichment.sources.visit import Visit, check_domain

PAGES = "gd_m6gjtfmeh43we6cqc"
KINDS = {"": "home", "/about": "about", "/careers": "careers", "/news": "news", "/products": "products"}  # by path


class Asked(Lenient):
    url: Url = ""


class Fetched(Lenient):
    """One page. `input`: the address that was asked for; `final_url`: where it was found."""

    input: Object = {}
    url: Url = ""
    final_url: Url = ""
    page_html: str | None = None

    @property
    def kind(self) -> str:
        asked = Asked.model_validate(self.input).url or self.url
        return KINDS.get(urlsplit(asked).path.rstrip("/"), "")

    @property
    def found_at(self) -> str:
        return self.final_url or self.url


@register
class BrightDataWebScraping(Collector):
    """At most five pages of the site that robots.txt allows."""

    slug: ClassVar[str] = "brightdata_web_scraping"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = GIVES - BY_LINKS
    dataset: ClassVar[str] = PAGES

    async def inputs(self, company: CompanyRef, http: ProviderClient) -> list[dict[str, str]]:
        domain = check_domain(company.domain)
        try:
            allowed = await Visit.begin(http).allowed(f"https://{domain}{path or '/'}" for path in KINDS)
        except Unavailable as error:
            raise HostUnavailable(str(error), retry_after=error.retry_after) from error
        if not allowed:
            raise Refused("robots.txt allows no page of the company's site")
        return [{"url": url} for url in allowed]

    def is_asked(self, found: Collected, company: CompanyRef) -> bool | None:
        """By the address that was asked for."""
        url = Asked.model_validate(found.input).url
        return registrable(url) == company.domain if url else None

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the pages say; those that lead to another's site are dropped and counted."""
        fetched = [page for page in each(Fetched, records_in(reply.body)) if page.kind and page.page_html]
        own = [page for page in fetched if company.domain in (None, registrable(page.found_at))]
        pages = [{"kind": page.kind, "url": page.found_at, "html": page.page_html} for page in own]
        said = said_by(Site.of(Bundle(pages=pages), company, reply.fetched_at))
        return Extraction(
            observations=tuple(seen for seen in said.observations if seen.dataset in self.gives),
            records=len(fetched),
            dropped=len(fetched) - len(own),
            name=said.name,
            domain=said.domain,
        )
