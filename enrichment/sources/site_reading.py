"""All that the pages of a company's own site say, whoever fetched them. Pure."""

from enrichment.sources.base import Extraction
from enrichment.sources.naming import registrable
from enrichment.sources.site import Site
from enrichment.sources.site_hiring import hiring
from enrichment.sources.site_offer import headlines, offer
from enrichment.sources.site_profile import name_of, profile
from enrichment.sources.site_technologies import technologies
from enrichment.sources.site_terms import terms

GIVES = frozenset(
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
        "pricing_model",
        "customers",
        "integrations",
    }
)


# On pages that only a visit that follows the home page's links comes to.
BY_LINKS = frozenset({"pricing_model", "customers", "integrations"})


def said_by(site: Site) -> Extraction:
    """What the pages say, in words, in JSON-LD, and between the lines."""
    found = [reading(site) for reading in (profile, technologies, hiring, headlines, offer, terms)]
    return Extraction(
        observations=tuple(observation for observations in found for observation in observations),
        records=len(site.pages),
        name=name_of(site),
        domain=registrable(site.pages[0].url) if site.pages else None,
    )
