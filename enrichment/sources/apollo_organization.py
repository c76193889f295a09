"""A company as Apollo knows it: `GET /organizations/enrich?domain=`, one credit for an organization, none for none.

Who is not found is answered 200 with an empty object or with `organization` missing or null, which the documents do
not say in one place; all three are read so. Uncertain too: head-count growth, taken as a share (0.12 is 12 %).
`primary_phone`, `account` and whatever else may come as `{}` are not read.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.signals import money_in
from enrichment.sources.apollo import BASE, PUBLISHER, WHO, authorization, refusal
from enrichment.sources.base import CompanyRef, Extraction, Refused, Reply, register
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered
from enrichment.sources.firmographics import FIRMOGRAPHICS, Firm, exactly, firm_rows
from enrichment.sources.funding import Raised, round_rows, sum_rows
from enrichment.sources.naming import is_theirs, registrable
from enrichment.sources.places import seat
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Texts, Url, each, object_in
from enrichment.sources.sheet import Row, Sheet
from enrichment.sources.usage import TECHNOLOGY, technology_rows

LEAST_GROWTH, MOST_GROWTH = 0.05, 5.0  # shares: less is no sign, more is no share


class Round(Lenient):
    """`amount` is written "40M", `currency` "$"."""

    date: Text = ""
    type: Text = ""
    amount: Text = ""
    currency: Text = ""

    @property
    def dollars(self) -> float | None:
        found = money_in(f"${self.amount}") if self.amount and self.currency in {"$", "USD", ""} else None
        return float(found) if found is not None else None


class Technology(Lenient):
    name: Text = ""
    category: Text = ""


class Organization(Lenient):
    name: Text = ""
    primary_domain: Text = ""
    website_url: Text = ""
    linkedin_url: Url = ""
    industry: Text = ""
    estimated_num_employees: Number = None
    city: Text = ""
    state: Text = ""
    country: Text = ""
    short_description: Text = ""
    seo_description: Text = ""
    annual_revenue: Number = None
    total_funding: Number = None
    funding_events: Objects = []
    technology_names: Texts = []
    current_technologies: Objects = []
    organization_headcount_twelve_month_growth: Number = None

    @property
    def domain(self) -> str | None:
        return registrable(self.primary_domain) or registrable(self.website_url)


class Enriched(Lenient):
    organization: Object = {}


@register
class ApolloOrganization:
    """Firmographics, technologies, funding and growth of one company."""

    slug: ClassVar[str] = "apollo_organization"
    provider: ClassVar[str] = "apollo"
    gives: ClassVar[frozenset[str]] = FIRMOGRAPHICS | TECHNOLOGY | {"growth_signals", "budget_indicators"}

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The organization's bytes. Raises `SourceError`, in doubt where a credit may have been taken."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        url, params = f"{BASE}/organizations/enrich", {"domain": company.domain}
        response = await answered(http.get(url, params=params, headers=authorization(http)), buys=True)
        if not 200 <= response.status < 300:
            raise refusal(response, buys=True)
        object_in(response.body, who=WHO)
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What is said of the company; an organization of another domain was paid for, and is dropped."""
        found = Enriched.model_validate(object_in(reply.body, who=WHO)).organization
        organization = Organization.model_validate(found)
        if not organization.name:
            return Extraction()
        if not is_theirs(organization.name, organization.domain, company):
            return Extraction(records=1, dropped=1)
        sheet = Sheet(title=f"{organization.name} at Apollo", url=organization.linkedin_url, publisher=PUBLISHER)
        said = [*firm_rows(_firm(organization)), *_growth(organization)]
        rows = [*said, *_money(organization, reply.fetched_at), *_technologies(organization)]
        observations = tuple(sheet.page(rows))
        return Extraction(observations=observations, records=1, name=organization.name, domain=organization.domain)


def _firm(organization: Organization) -> Firm:
    return Firm(
        name=organization.name,
        domain=organization.domain,
        industry=organization.industry,
        employees=exactly(organization.estimated_num_employees),
        headquarters=seat(organization.city, organization.state, organization.country),
        overview=organization.short_description or organization.seo_description,
    )


def _growth(organization: Organization) -> Iterator[Row]:
    growth = organization.organization_headcount_twelve_month_growth or 0.0
    if LEAST_GROWTH <= growth <= MOST_GROWTH:
        line = f"Head-count grew by {growth:.0%} within twelve months"
        yield "growth_signals", line, {"headline": line, "signal_type": "hiring"}


def _money(organization: Organization, fetched_at: datetime) -> Iterator[Row]:
    rounds = (_raised(item, organization, fetched_at) for item in each(Round, organization.funding_events) if item.type)
    yield from round_rows(rounds, fetched_at=fetched_at)
    yield from sum_rows("Total funding", organization.total_funding)
    yield from sum_rows("Yearly revenue", organization.annual_revenue)


def _raised(item: Round, organization: Organization, fetched_at: datetime) -> Raised:
    at = moment(item.date, fetched_at=fetched_at)
    return Raised(title=f"{item.type} - {organization.name}", dollars=item.dollars, at=at)


def _technologies(organization: Organization) -> Iterator[Row]:
    used = {item.name: item.category for item in each(Technology, organization.current_technologies) if item.name}
    used = dict.fromkeys(organization.technology_names, "") | used
    for name, category in used.items():
        for dataset, line, value in technology_rows(name, category):
            yield dataset, f"Uses {line}", value
