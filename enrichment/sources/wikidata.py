"""A company's item in Wikidata, known by its official web site. CC0, no key.

`GET https://www.wikidata.org/w/api.php`: `wbsearchentities` by name, `wbgetentities` of what was found, and once more
for the labels of the items that its statements name. The reply is our own bundle, JSON of others, entity and labels;
of the item it keeps the statements that are read here. Errors come with status 200; the API wants one request at a
time, `maxlag`, and a User-Agent with a contact.

Uncertain in the wire format, so read tolerantly: the error's code for too many requests, unknown ids (`missing` or
404), and the numbers of the properties, which are well known but were not re-read one by one.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Extraction,
    KeyRejected,
    Refused,
    Reply,
    Throttled,
    register,
)
from enrichment.sources.exchange import answered, error_of, retry_after
from enrichment.sources.naming import words_of
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, each, object_in
from enrichment.sources.wikidata_record import profile
from enrichment.sources.wikidata_statements import NAMED, READ, Entity, chosen

WHO = "Wikidata"
API = "https://www.wikidata.org/w/api.php"
MOST_FOUND = 10
MOST_LABELS = 50
MAXLAG = 5  # seconds that its copies may be behind before it asks us to come later


class Hit(Lenient):
    id: Text = ""


class Bundle(Lenient):
    """The reply of all exchanges. `others`: items of nearly this name that are not the company."""

    others: Number = None
    entity: Object = {}
    labels: Object = {}


@register
class Wikidata:
    """One item: identity, size, seat, head, revenue, each with the day it was true where the item tells it."""

    slug: ClassVar[str] = "wikidata"
    provider: ClassVar[str] = "wikidata"
    gives: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "company_domain",
            "industry",
            "employee_count",
            "headquarters",
            "company_overview",
            "decision_makers",
            "budget_indicators",
        }
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle, without an item where none is the company's. Raises `SourceError`."""
        ids = await _search(company, http)
        entities = await _entities(http, ids, props="labels|descriptions|aliases|claims") if ids else {}
        item = chosen(company, [entities[name] for name in ids if name in entities])
        if item is None:
            return json.dumps({"others": len(entities), "entity": {}, "labels": {}}).encode()
        named = item.items_named()[:MOST_LABELS]
        found = await _entities(http, named, props="labels") if named else {}
        labels = {name: Entity.model_validate(entity).label for name, entity in found.items()}
        kept = _kept(entities[item.id])
        return json.dumps({"others": len(entities) - 1, "entity": kept, "labels": labels}).encode()

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the item says. An item that is not the company's after all is dropped."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        others = min(int(bundle.others or 0), MOST_FOUND)
        item = chosen(company, [bundle.entity])
        if item is None:
            return Extraction(dropped=others + bool(bundle.entity))
        labels = {name: label for name, label in bundle.labels.items() if isinstance(label, str)}
        return Extraction(
            observations=tuple(profile(item, labels, fetched_at=reply.fetched_at)),
            records=1,
            dropped=others,
            name=item.label or None,
            domain=item.domain,
        )


async def _search(company: CompanyRef, http: ProviderClient) -> list[str]:
    """Ids of the items that go by the company's name, else by a longer alias of its; best first."""
    names = [company.name, *(alias for alias in company.aliases if len(words_of(alias)) > 1)]
    for name in names[:2]:
        params = {"action": "wbsearchentities", "search": name, "type": "item", "limit": MOST_FOUND}
        reply = await _ask(http, params | {"language": "en", "uselang": "en"})
        if "search" not in reply:
            raise BadReply(f"{WHO} answered JSON that is no search result")
        hits = [hit.id for hit in each(Hit, Found.model_validate(reply).search) if _is_id(hit.id)]
        if hits:
            return list(dict.fromkeys(hits))[:MOST_FOUND]
    return []


class Found(Lenient):
    search: Objects = []


class Got(Lenient):
    entities: Object = {}


async def _entities(http: ProviderClient, ids: Iterable[str], *, props: str) -> dict[str, dict[str, Any]]:
    """The items by the id that was asked for; one that was merged into another comes under its old id too."""
    params = {"action": "wbgetentities", "ids": "|".join(ids), "props": props, "languages": "en"}
    got = Got.model_validate(await _ask(http, params)).entities
    found = {name: entity for name, entity in got.items() if isinstance(entity, dict) and "missing" not in entity}
    return found | {old: entity for entity in found.values() if (old := _merged_from(entity))}


def _merged_from(entity: Mapping[str, Any]) -> str:
    redirect = entity.get("redirects")
    old = redirect.get("from") if isinstance(redirect, dict) else None
    return old if isinstance(old, str) else ""


async def _ask(http: ProviderClient, params: Mapping[str, Any]) -> dict[str, Any]:
    response = await answered(http.get(API, params={**params, "format": "json", "maxlag": MAXLAG}))
    if response.status == 403:
        raise KeyRejected(f"{WHO} does not accept our User-Agent: set SALESINTEL_CONTACT to an address of yours")
    if response.status != 200:
        raise error_of(response, who=WHO)
    reply = object_in(response.body, who=WHO)
    error = reply.get("error")
    if error is None:
        return reply
    code = error.get("code") if isinstance(error, dict) else ""
    if code in {"maxlag", "ratelimited"}:
        raise Throttled(f"{WHO} asks us to come later", retry_after=retry_after(response) or float(MAXLAG))
    raise Refused(f"{WHO} does not accept this request")


def _kept(entity: dict[str, Any]) -> dict[str, Any]:
    """The item with those of its statements that are read: a large company's has hundreds."""
    claims = entity.get("claims")
    kept = {name: claims[name] for name in READ if name in claims} if isinstance(claims, dict) else {}
    return {name: entity[name] for name in NAMED if name in entity} | {"claims": kept}


def _is_id(text: str) -> bool:
    return text[:1] == "Q" and text[1:].isascii() and text[1:].isdigit() and len(text) <= 12
