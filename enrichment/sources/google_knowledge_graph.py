"""Who a company is, by Google's Knowledge Graph Search API: its name, its site, a paragraph. Identity and no more.

`GET https://kgsearch.googleapis.com/v1/entities:search`, the key in the query; no hit is an empty list. `resultScore`
is a rank and no likelihood, so a hit counts by its site, and by its name alone only where no site is known to us. A
wrong key answers 400. Uncertain in the wire format: 403 where the API is not switched on, texts as lists of languages
(we ask for one), a hit without a name.
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Evidence,
    Extraction,
    KeyRejected,
    Observation,
    QuotaExhausted,
    Reply,
    SourceError,
    register,
)
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.naming import own_of, registrable
from enrichment.sources.reading import Lenient, Object, Objects, Text, Url, each, object_in, plain

WHO = "Google's Knowledge Graph"
SEARCH = "https://kgsearch.googleapis.com/v1/entities:search"
KINDS = ("Organization", "Corporation")  # schema.org; a hit must be one of them
MOST_HITS = 10


def _one_language(value: object) -> object:
    """`[{"@language": "en", "@value": "Acme"}]` → `"Acme"`."""
    first = value[0] if isinstance(value, list) and value else value
    return first.get("@value") if isinstance(first, dict) else first


Localized = Annotated[Text, BeforeValidator(_one_language)]


class Article(Lenient):
    articleBody: Localized = ""
    url: Url = ""


class Entity(Lenient):
    name: Localized = ""
    description: Localized = ""
    url: Url = ""
    detailedDescription: Object = {}

    @property
    def website(self) -> str:
        return self.url

    @property
    def article(self) -> Article:
        return Article.model_validate(self.detailedDescription)


class Hit(Lenient):
    result: Object = {}


class Found(Lenient):
    itemListElement: Objects = []


@register
class GoogleKnowledgeGraph:
    """The company's name and site as Google knows them, with the first paragraph of its article."""

    slug: ClassVar[str] = "google_knowledge_graph"
    provider: ClassVar[str] = "google"
    gives: ClassVar[frozenset[str]] = frozenset({"company_name", "company_domain", "company_overview"})

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        kinds = [("types", kind) for kind in KINDS]
        return await searched(
            http, [("query", company.name), ("languages", "en"), ("limit", str(MOST_HITS)), *kinds], buys=True
        )

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the company's own entry states; those of namesakes are dropped and counted."""
        hits = each(Hit, Found.model_validate(object_in(reply.body, who=WHO)).itemListElement)
        entities = [entity for entity in each(Entity, [hit.result for hit in hits]) if entity.name]
        own = own_of(entities, company)
        if own is None:
            return Extraction(records=1, dropped=len(entities))
        return Extraction(
            observations=tuple(_stated(own)),
            records=1,
            dropped=len(entities) - 1,
            name=own.name,
            domain=registrable(own.url),
        )


async def searched(http: ProviderClient, params: list[tuple[str, str]], *, buys: bool = False) -> bytes:
    """A search's answer as it came. Raises `SourceError`."""
    key = ("key", http.credentials.get("api_key", ""))
    response = await answered(http.get(SEARCH, params=[*params, key]), buys=buys)
    if response.status != 200:
        raise _refusal(response)
    if not isinstance(object_in(response.body, who=WHO).get("itemListElement"), list):
        raise BadReply(f"{WHO} answered JSON that is no list of entities")
    return response.body


def _refusal(response: Response) -> SourceError:
    """What an error means: a wrong key is a bad request there, and the day's quota is told like a burst."""
    said = response.body[:2_000].decode("utf-8", "replace").lower()
    if response.status == 400 and ("api_key_invalid" in said or "api key" in said):
        return KeyRejected(f"{WHO} does not accept the key")
    if response.status == 429 and "per day" in said:
        return QuotaExhausted(f"{WHO}: the day's requests are used up")
    return error_of(response, who=WHO)


def _stated(entity: Entity) -> Iterator[Observation]:
    article = entity.article
    lines = (entity.name, entity.description, entity.url, article.articleBody)
    evidence = Evidence(
        kind="record",
        title=f"{entity.name} in Google's Knowledge Graph",
        url=article.url or entity.url,
        text=plain(" · ".join(line for line in lines if line)),
        publisher="Google",
    )
    values: dict[str, Any] = {
        "company_name": entity.name,
        "company_domain": registrable(entity.url),
        "company_overview": article.articleBody,
    }
    for dataset, value in values.items():
        if value:
            yield Observation(dataset=dataset, value=value, evidence=(evidence,))
