"""Crunchbase: search, names and records, by two paths. A bad key is told in an array, other errors in objects.

The free key stands for a package without cards and without the search by domain.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.crunchbase_entities import cards, name_of, of_company, permalink_of, properties, uuid_of
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.searching import plain
from enrichment.sandbox.world import Company, World

PREFIXES = ("/v4/data/", "/api/v4/")
PRICE = Decimal("0.20")  # USD, the share of the licence for a record
PER_MINUTE = 200
MOST_INLINE = 100
MOST_NAMES = 25
UNAUTHORIZED = [{"status": 401, "code": "LA401", "message": "Unauthorized user_key"}]


@dataclass(slots=True)
class Crunchbase:
    """The data API, with what was asked within the last minute."""

    recent: deque[datetime] = field(default_factory=lambda: deque(maxlen=1000))

    def kind_of(self, request: Request) -> str:
        match steps_of(request):
            case ["entities", "organizations", _]:
                return "crunchbase_organization"
            case ["entities", "organizations", _, "cards", _]:
                return "crunchbase_card"
        return "crunchbase_search"

    def answer(self, request: Request, moment: Moment) -> Reply:
        key = key_of(request)
        if key in {"", keys.WRONG}:
            return self.refuse(401)
        if key == keys.LIMITED and self.is_over_limit(moment.at):
            return self.refuse(429)
        match request.method, steps_of(request):
            case "POST", ["searches", "organizations"]:
                return search(request, moment)
            case "GET", ["autocompletes"]:
                return autocompletes(request, moment.world)
            case "GET", ["entities", "organizations", name]:
                return record(name, request, moment)
            case "GET", ["entities", "organizations", name, "cards", card]:
                return card_page(name, card, request, moment)
        return self.refuse(404)

    def refuse(self, status: int) -> Reply:
        if status == 401:
            return json_reply(UNAUTHORIZED, 401, takes=0.2)
        return json_reply({"value": f"error {status}"}, status, takes=0.2)

    def reset(self) -> None:
        self.recent.clear()

    def is_over_limit(self, at: datetime) -> bool:
        """Whether this call is one too many within a minute."""
        while self.recent and at - self.recent[0] >= timedelta(minutes=1):
            self.recent.popleft()
        self.recent.append(at)
        return len(self.recent) > PER_MINUTE


def steps_of(request: Request) -> list[str]:
    """The path below either base."""
    prefix = next((prefix for prefix in PREFIXES if request.path.startswith(prefix)), "/")
    return request.path.removeprefix(prefix).strip("/").split("/")


def key_of(request: Request) -> str:
    return request.headers.get("x-cb-user-key") or request.field("user_key")


def bad(message: str) -> Reply:
    return json_reply({"value": message}, 400, takes=0.2)


def search(request: Request, moment: Moment) -> Reply:
    """Organizations by predicates of which `domain_eq` alone is played."""
    content = request.json()
    query = content.get("query") if isinstance(content, dict) else None
    wanted = query[0] if isinstance(query, list) and query and isinstance(query[0], dict) else {}
    if wanted.get("operator_id") != "domain_eq" or key_of(request) == keys.FREE:
        return bad("operator_id domain_eq is not available for field website_url")
    domains = wanted.get("values")
    asked = [str(name) for name in domains] if isinstance(domains, list) else []
    found = [company for name in asked for company in listed(moment.world) if is_at(company, name, moment.at)]
    fields = content.get("field_ids") or []
    entities = [{"uuid": uuid_of(c.domain), "properties": kept(properties(c, moment.at), fields)} for c in found]
    return json_reply({"count": len(entities), "entities": entities}, takes=0.4)


def is_at(company: Company, domain: str, at: datetime) -> bool:
    site = str(properties(company, at)["website_url"]).partition("//")[2].removeprefix("www.")
    return site.partition("/")[0] == domain


def listed(world: World) -> list[Company]:
    return [company for company in world if company.company_db.listed]


def kept(found: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    """What was asked for, and the identifier, which always comes."""
    return {name: value for name, value in found.items() if name in {*fields, "identifier"}}


def autocompletes(request: Request, world: World) -> Reply:
    """Organizations whose name begins with the words, or has them within."""
    wanted, limit = plain(request.field("query")), request.field("limit", "10")
    if not wanted or not limit.isdecimal() or int(limit) > MOST_NAMES:
        return bad("query must be given, and limit be at most 25")
    found = [company for company in listed(world) if wanted in plain(name_of(company))]
    entities = [
        {"facet_ids": ["company"], "identifier": of_company(c), "short_description": c.overview[:80]}
        for c in found[: int(limit)]
    ]
    return json_reply({"count": len(found), "entities": entities}, takes=0.3)


def called(name: str, world: World) -> Company | None:
    """The organization by UUID or permalink."""
    return next((c for c in listed(world) if name in {uuid_of(c.domain), permalink_of(c)}), None)


def record(name: str, request: Request, moment: Moment) -> Reply:
    company = called(name, moment.world)
    if company is None:
        return json_reply({"value": "Entity not found"}, 404, takes=0.2)
    asked = [card for card in request.field("card_ids").split(",") if card]
    known = cards(company, moment.at)
    if unknown := [card for card in asked if card not in known or key_of(request) == keys.FREE]:
        return bad(f"card_ids: {unknown[0]} is not part of your package")
    content: dict[str, Any] = {
        "properties": kept(properties(company, moment.at), request.field("field_ids").split(","))
    }
    if asked:
        content["cards"] = {card: known[card][:MOST_INLINE] for card in asked}
    return json_reply(content, charged=PRICE, takes=0.6)


def card_page(name: str, card: str, request: Request, moment: Moment) -> Reply:
    """The items of a card after a given one."""
    company = called(name, moment.world)
    items = cards(company, moment.at).get(card) if company else None
    if items is None:
        return json_reply({"value": "Entity not found"}, 404, takes=0.2)
    after, limit = request.field("after_id"), request.field("limit", "100")
    first = next((n + 1 for n, item in enumerate(items) if item["identifier"]["uuid"] == after), 0)
    return json_reply({"cards": {card: items[first : first + min(int(limit), MOST_INLINE)]}}, takes=0.4)
