"""The four sources exist, and say what they give as the sandbox's world answers them."""

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
    "company_website": {},
}
ACME = CompanyRef(name="Acme Corp", domain="acmecorp.com", aliases=("Acme",))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def test_the_sources_of_this_version_register_themselves():
    found = {slug: source.provider for slug, source in registry.sources.items()}

    assert found == {
        "serp_news": "serpapi",
        "snov_contacts": "snov",
        "brightdata_company_db": "brightdata",
        "company_website": "company_website",
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
        ("snov_contacts", set()),
        ("brightdata_company_db", set()),
        ("company_website", {"industry"}),
    ],
)
async def test_a_source_answers_in_the_sandbox(sandbox: SandboxServer, slug: str, missing: set[str]):
    source = registry.sources[slug]
    async with Egress(user_agent="salesintel/0.1") as egress:
        http = egress.client(
            provider=source.provider,
            base_url=f"{sandbox.url}/{{host}}",
            trusted=True,
            credentials=CREDENTIALS[source.provider],
        )
        body = await answer_of(source, ACME, http)

    extraction = source.extract(Reply(body=body, fetched_at=datetime.now(UTC)), ACME)

    assert source.gives - {observation.dataset for observation in extraction.observations} == missing
