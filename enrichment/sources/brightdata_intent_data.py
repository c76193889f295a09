"""What a company's people are reading up on, by the Crunchbase records that Bright Data stores: Bombora's topics.

Unconfirmed: Bright Data sells nothing called intent data. What stands here is the part of its Crunchbase records that
holds Bombora's weekly topics, the same record that the company database collects, so the two are one witness.
"""

from typing import ClassVar

from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.brightdata_crunchbase import CRUNCHBASE, extraction
from enrichment.sources.brightdata_stored import Filtered
from enrichment.sources.crunchbase import intent


@register
class BrightDataIntentData(Filtered):
    """Topics with their score and the weeks that they surge for."""

    slug: ClassVar[str] = "brightdata_intent_data"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = frozenset({"purchase_intent", "buying_signals"})
    dataset: ClassVar[str] = CRUNCHBASE
    field: ClassVar[str] = "bombora"

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The topics of the company's own record; records of other sites are dropped."""
        return extraction(reply, company, parts=(intent,))
