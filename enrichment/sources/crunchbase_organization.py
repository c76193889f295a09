"""A company's record at Crunchbase, by its own API: found by domain, else by name, then looked up with its cards.

`POST …/searches/organizations` with `domain_eq`, which a package may not include (400): then, and where no domain is
known, `GET …/autocompletes`. `GET …/entities/organizations/{id}` with cards; without them, where the package has none.
A card comes with at most 100 items, `…/cards/{card}?after_id=` brings further ones. The reply is a bundle of these.
An error's body is an object, an array or no JSON; a 429 does not say how long to wait. No price is published, and
calls are not counted but paced: what is booked is our share of the licence for a record that was found.
Keys of old packages use another path, which may be given beside the key, as `path`: `/api/v4`.
"""

import json
import re
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import BadReply, CompanyRef, Extraction, Refused, Reply, SourceError, Throttled, register
from enrichment.sources.crunchbase_entity import CARDS, FIELDS, Cards, Identifier, Properties, observations
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.firmographics import FIRMOGRAPHICS
from enrichment.sources.naming import is_theirs, same_name
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, each, object_in

HOST = "https://api.crunchbase.com"
WHO = "Crunchbase"
PATH = "/v4/data"
OLD_PATH = "/api/v4"
MOST_FOUND = 10
MOST_INLINE = 100  # items of a card that come with the record
MOST_PAGES = 2  # of further items of a card: 300 items are read
PACE = 10.0  # seconds to wait after a 429, which bears no headers; 200 calls a minute are allowed

_ID = re.compile(r"[A-Za-z0-9-]{1,200}")


class Entity(Lenient):
    uuid: Text = ""
    identifier: Object = {}
    properties: Object = {}

    @property
    def named(self) -> Identifier:
        return Identifier.model_validate(self.identifier)


class Entities(Lenient):
    entities: Objects = []


class Record(Lenient):
    properties: Object = {}
    cards: Object = {}


class Bundle(Lenient):
    """The reply of all exchanges. `others`: records of nearly this name that are not the company's."""

    others: Number = None
    record: Object = {}
    further: Object = {}


@register
class CrunchbaseOrganization:
    """Firmographics, funding, acquisitions, and who holds which office since when."""

    slug: ClassVar[str] = "crunchbase_organization"
    provider: ClassVar[str] = "crunchbase"
    gives: ClassVar[frozenset[str]] = FIRMOGRAPHICS | {
        "decision_makers",
        "key_contacts",
        "growth_signals",
        "budget_indicators",
    }

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle, without a record where none is the company's. Raises `SourceError`."""
        ids = await _by_domain(company.domain, http) if company.domain else None
        found, others = (ids[:1], 0) if ids is not None else await _by_name(company, http)
        record = await _record(found[0], http) if found else {}
        further = {card: await _further(found[0], card, record, http) for card in CARDS} if record else {}
        kept = {card: items for card, items in further.items() if items}
        return json.dumps({"others": others, "record": record, "further": kept}).encode()

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the record says; one that is not the company's after all is dropped."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        others = min(int(bundle.others or 0), MOST_FOUND) if (bundle.others or 0) > 0 else 0
        record = Record.model_validate(bundle.record)
        said = Properties.model_validate(record.properties)
        name = said.named.value
        if not name or not is_theirs(name, said.domain, company):
            return Extraction(dropped=others + bool(name))
        cards = Cards.model_validate(
            {card: _items(record.cards, card) + _items(bundle.further, card) for card in CARDS}
        )
        seen = tuple(observations(said, cards, company, fetched_at=reply.fetched_at))
        return Extraction(observations=seen, records=1, dropped=others, name=name, domain=said.domain)


async def _by_domain(domain: str, http: ProviderClient) -> list[str] | None:
    """Ids of the organizations with that web site; None where the package cannot be asked so."""
    wanted = {"type": "predicate", "field_id": "website_url", "operator_id": "domain_eq", "values": [domain]}
    order = [{"field_id": "rank_org", "sort": "asc", "nulls": "last"}]
    asked = {"field_ids": ["identifier", "website_url"], "query": [wanted], "order": order, "limit": MOST_FOUND}
    url = f"{_base(http)}/searches/organizations"
    response = await answered(http.post(url, json=asked, headers=_authorization(http)))
    if response.status == 400:
        return None
    return [entity.uuid for entity in _entities(response) if _ID.fullmatch(entity.uuid)]


async def _by_name(company: CompanyRef, http: ProviderClient) -> tuple[list[str], int]:
    """The permalink of the one organization of that name, and how many others came; none of several alike."""
    params = {"query": company.name, "collection_ids": "organizations", "limit": str(MOST_FOUND)}
    url = f"{_base(http)}/autocompletes"
    hits = _entities(await answered(http.get(url, params=params, headers=_authorization(http))))
    names = (company.name, *company.aliases)
    alike = [hit.named for hit in hits if any(same_name(hit.named.value, name) for name in names)]
    ids = [found.permalink for found in alike if _ID.fullmatch(found.permalink)]
    chosen = ids[:1] if len(ids) == 1 or company.domain else []  # with a domain, the record tells whose it is
    return chosen, len(hits) - len(chosen)


async def _record(name: str, http: ProviderClient) -> dict[str, Any]:
    """The record with its cards, or without where the package has none of them; {} where it is gone."""
    url, params = f"{_base(http)}/entities/organizations/{name}", {"field_ids": ",".join(FIELDS)}
    for cards in ({"card_ids": ",".join(CARDS)}, {}):
        response = await answered(http.get(url, params=params | cards, headers=_authorization(http)), buys=True)
        if response.status == 404:
            return {}
        if response.status != 400:
            break
    content = _content(response, buys=True)
    if "properties" not in content:
        raise BadReply(f"{WHO} answered JSON that is no record")
    return content


async def _further(name: str, card: str, record: dict[str, Any], http: ProviderClient) -> list[dict[str, Any]]:
    """The items of a card beyond those that came with the record."""
    last = _items(record.get("cards"), card)
    found: list[dict[str, Any]] = []
    for _ in range(MOST_PAGES):
        after = _uuid(last[-1]) if len(last) >= MOST_INLINE else ""
        if not after:
            break
        params = {"limit": str(MOST_INLINE), "after_id": after}
        url = f"{_base(http)}/entities/organizations/{name}/cards/{card}"
        content = _content(await answered(http.get(url, params=params, headers=_authorization(http))))
        last = _items(content.get("cards"), card)
        found += last
    return found


def _uuid(item: dict[str, Any]) -> str:
    uuid = Entity.model_validate(item).uuid or Entity.model_validate(item).named.uuid
    return uuid if _ID.fullmatch(uuid) else ""


def _items(cards: Any, card: str) -> list[dict[str, Any]]:
    return Cards.model_validate({card: cards.get(card)}).model_dump()[card] if isinstance(cards, dict) else []


def _entities(response: Response) -> list[Entity]:
    content = _content(response)
    if "entities" not in content:
        raise BadReply(f"{WHO} answered JSON that is no result of a search", paid=False)
    return list(each(Entity, Entities.model_validate(content).entities))


def _content(response: Response, *, buys: bool = False) -> dict[str, Any]:
    if not 200 <= response.status < 300:
        raise _refusal(response, buys=buys)
    return object_in(response.body, who=WHO, paid=buys)


def _refusal(response: Response, *, buys: bool) -> SourceError:
    error = error_of(response, who=WHO, buys=buys)
    if isinstance(error, Throttled):
        return Throttled(str(error), retry_after=error.retry_after or PACE)
    return error


def _base(http: ProviderClient) -> str:
    return HOST + (OLD_PATH if http.credentials.get("path") == OLD_PATH else PATH)


def _authorization(http: ProviderClient) -> dict[str, str]:
    return {"X-cb-user-key": http.credentials.get("api_key", "")}


async def reached(http: ProviderClient) -> None:
    """Ask for one name, to see whether the key is good. Raises `SourceError`."""
    params = {"query": "crunchbase", "collection_ids": "organizations", "limit": "1"}
    response = await answered(http.get(f"{_base(http)}/autocompletes", params=params, headers=_authorization(http)))
    if response.status == 404:
        raise Refused(f"{WHO} does not have this path: keys of old packages use {OLD_PATH}")
    _entities(response)
