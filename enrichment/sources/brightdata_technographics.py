"""What a company runs on, by the Crunchbase records that Bright Data stores: BuiltWith's and Siftery's findings.

The same record that the company database collects, so the two are one witness.
"""

from typing import ClassVar

from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.brightdata_crunchbase import CRUNCHBASE, extraction
from enrichment.sources.brightdata_stored import Filtered
from enrichment.sources.crunchbase import technologies


@register
class BrightDataTechnographics(Filtered):
    """Technologies in use, products among them, and systems that something new would have to work with."""

    slug: ClassVar[str] = "brightdata_technographics"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = frozenset({"tech_stack", "competitive_usage", "integration_needs"})
    dataset: ClassVar[str] = CRUNCHBASE
    field: ClassVar[str] = "builtwith_tech"

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the company's own record lists; records of other sites are dropped."""
        return extraction(reply, company, parts=(technologies,))
