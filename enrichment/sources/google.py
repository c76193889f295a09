"""Google's results page about a company, by SerpApi's `google` engine: one query, spelled alike by all who ask it.

Two sources read it, and the second one within the hour is answered from SerpApi's cache, free there. `num` is no
parameter any more: about ten results come.
"""

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef
from enrichment.sources.serpapi import phrase, searched

BRINGS = frozenset({"organic_results", "knowledge_graph"})


async def results_page(company: CompanyRef, http: ProviderClient) -> bytes:
    """The page as it came: the name as a phrase, with the domain where it is known. Raises `SourceError`."""
    query = " ".join(part for part in (phrase(company.name), company.domain) if part)
    return await searched(http, {"engine": "google", "q": query, "gl": "us", "hl": "en"}, brings=BRINGS)
