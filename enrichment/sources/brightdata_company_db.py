"""A company's record in Crunchbase, collected by Bright Data: discovery by keyword, its name."""

from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.brightdata_collections import Collector
from enrichment.sources.brightdata_crunchbase import CRUNCHBASE, extraction
from enrichment.sources.crunchbase import EVERYTHING

MOST_RECORDS = 5  # records a keyword may bring: the company and its namesakes


@register
class BrightDataCompanyDb(Collector):
    """Firmographics, technologies, funding, intent topics, products and rivals of one company."""

    slug: ClassVar[str] = "brightdata_company_db"
    provider: ClassVar[str] = "brightdata"
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
            "growth_signals",
            "buying_signals",
            "purchase_intent",
            "budget_indicators",
            "products",
            "competitors",
        }
    )
    dataset: ClassVar[str] = CRUNCHBASE
    settings: ClassVar[dict[str, str]] = {
        "type": "discover_new",
        "discover_by": "keyword",
        "limit_per_input": str(MOST_RECORDS),
    }

    async def inputs(self, company: CompanyRef, http: ProviderClient) -> list[dict[str, str]]:
        return [{"keyword": company.name}]

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the company's own record says; records of namesakes are dropped."""
        return extraction(reply, company, parts=EVERYTHING)
