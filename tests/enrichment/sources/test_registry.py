"""The sources exist, and say what they give as the sandbox's world answers them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from enrichment.egress import Egress
from enrichment.sandbox.server import SandboxServer
from enrichment.sources.base import CompanyRef, Registry, Reply, registry
from tests.enrichment.sources.contract import answer_of

CREDENTIALS = {
    "serpapi": {"api_key": "good"},
    "snov": {"client_id": "id", "client_secret": "good"},
    "brightdata": {"api_key": "good"},
    "apollo": {"api_key": "good"},
    "clearbit": {"api_key": "good"},
    "crunchbase": {"api_key": "good"},
    "builtwith": {"api_key": "good"},
    "google": {"api_key": "good"},
}
ACME = CompanyRef(name="Acme Corp", domain="acmecorp.com", aliases=("Acme",))
OKTA = CompanyRef(name="Okta", domain="okta.com", aliases=("Okta Inc",))
LISTED_ONLY = {"sec_edgar"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def test_the_sources_of_this_version_register_themselves():
    found = {slug: source.provider for slug, source in registry.sources.items()}

    assert found == {
        "serp_jobs": "serpapi",
        "serp_knowledge_graph": "serpapi",
        "serp_linkedin": "serpapi",
        "serp_news": "serpapi",
        "serp_organic": "serpapi",
        "google_knowledge_graph": "google",
        "snov_company": "snov",
        "snov_contacts": "snov",
        "brightdata_company_db": "brightdata",
        "brightdata_firmographics": "brightdata",
        "brightdata_intent_data": "brightdata",
        "brightdata_linkedin_jobs": "brightdata",
        "brightdata_people_db": "brightdata",
        "brightdata_web_scraping": "brightdata",
        "apollo_organization": "apollo",
        "apollo_contacts": "apollo",
        "clearbit_company": "clearbit",
        "crunchbase_organization": "crunchbase",
        "brightdata_technographics": "brightdata",
        "builtwith_technographics": "builtwith",
        "company_website": "company_website",
        "sec_edgar": "sec",
        "wikidata": "wikidata",
        "job_boards": "job_boards",
        "gleif_register": "gleif",
        "hacker_news": "hacker_news",
        "gdelt_news": "gdelt",
        "google_news_rss": "google_news",
        "github_organization": "github",
    }


def test_two_sources_of_one_name_are_refused():
    twice = Registry()
    twice.add(registry.sources["serp_news"])

    with pytest.raises(ValueError, match="serp_news"):
        twice.add(registry.sources["serp_news"])


@pytest.mark.parametrize(
    ("slug", "missing"),
    [
        ("serp_news", {"business_challenges"}),
        ("google_knowledge_graph", set()),
        ("snov_company", set()),
        ("snov_contacts", set()),
        ("brightdata_company_db", set()),
        ("brightdata_firmographics", set()),
        ("brightdata_linkedin_jobs", set()),
        ("brightdata_web_scraping", {"industry"}),
        ("brightdata_intent_data", set()),
        ("apollo_organization", set()),
        ("apollo_contacts", set()),
        ("clearbit_company", set()),
        ("crunchbase_organization", set()),
        ("brightdata_technographics", set()),
        ("builtwith_technographics", set()),
        ("company_website", {"industry", "pricing_model", "integrations"}),
        ("wikidata", {"budget_indicators"}),
        ("job_boards", set()),
        ("gleif_register", set()),
        ("hacker_news", {"business_challenges"}),
        ("gdelt_news", {"business_challenges"}),
        ("google_news_rss", {"business_challenges"}),
        ("github_organization", set()),
        ("sec_edgar", {"growth_signals", "business_challenges"}),
    ],
)
async def test_a_source_answers_in_the_sandbox(sandbox: SandboxServer, slug: str, missing: set[str]):
    source, company = registry.sources[slug], OKTA if slug in LISTED_ONLY else ACME
    async with Egress(user_agent="salesintel/0.1 (+https://salesintel.example/)") as egress:
        http = egress.client(
            provider=source.provider,
            base_url=f"{sandbox.url}/{{host}}",
            trusted=True,
            credentials=CREDENTIALS.get(source.provider, {}),
        )
        body = await answer_of(source, company, http)

    extraction = source.extract(Reply(body=body, fetched_at=datetime.now(UTC)), company)

    assert source.gives - {observation.dataset for observation in extraction.observations} == missing
