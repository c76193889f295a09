"""Google's Knowledge Graph Search API: entities of the companies that the public knows, homonyms among them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.choices import pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.searching import Query
from enrichment.sandbox.world import Company, World

PRICE = Decimal("0.02")  # USD per search, as the documents count it; the real service is free
KINDS = ("Organization", "Corporation", "Thing")
STATES = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    403: ("PERMISSION_DENIED", "Method doesn't allow unregistered callers."),
    429: (
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'.",
    ),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
}
PER_DAY = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per day'."
CONTEXT = {"@vocab": "http://schema.org/", "goog": "http://schema.googleapis.com/", "kg": "http://g.co/kg"}


@dataclass(slots=True)
class GoogleEntities:
    """The one method there is."""

    def kind_of(self, _request: Request) -> str:
        return "google_knowledge_graph"

    def answer(self, request: Request, moment: Moment) -> Reply:
        refused = self.refusal_of(request)
        if refused is not None:
            return refused
        if not request.field("query") and not request.field("ids"):
            return self.refuse(400)
        limit = request.field("limit", "20")
        found = [] if request.field("ids") else entities(request, moment.world)
        shown = found[: int(limit) if limit.isdigit() else 20]
        content = {"@context": CONTEXT, "@type": "ItemList", "itemListElement": shown}
        return json_reply(content, charged=Decimal(0) if request.field("ids") else PRICE, takes=0.4)

    def refusal_of(self, request: Request) -> Reply | None:
        """The refusal that the key earns; None where it is good."""
        match request.field("key"):
            case "":
                return self.refuse(403)
            case keys.WRONG | keys.DELETED:
                return bad_key()
            case keys.RUN_OUT:
                return self.refuse(429, PER_DAY)
            case keys.HOURLY | keys.LIMITED:
                return self.refuse(429)
        return self.refuse(404) if request.path != "/v1/entities:search" else None

    def refuse(self, status: int, words: str = "") -> Reply:
        state, usual = STATES.get(status, ("INTERNAL", "Internal error encountered."))
        return json_reply({"error": {"code": status, "message": words or usual, "status": state}}, status, takes=0.2)

    def reset(self) -> None:
        """Google remembers nothing."""


def bad_key() -> Reply:
    """A wrong key is a bad request, not a 401."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "kgsearch.googleapis.com"},
    }
    message = "API key not valid. Please pass a valid API key."
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": [detail]}
    return json_reply({"error": error}, 400, takes=0.2)


def entities(request: Request, world: World) -> list[dict[str, Any]]:
    """Hits by score. A namesake of the asked company may well rank first."""
    wanted = set(request.all("types"))
    if wanted and not wanted & set(KINDS):
        return []
    query = Query.read(request.field("query"))
    meant = [company for company in query.companies(world) if is_known(company)]
    strays = [c for c in world if c not in meant and is_known(c) and query.stem_is_in(c.name)][:2]
    scored = [(900.0 - pick(100, "score", c.domain), c) for c in meant]
    scored += [(920.0 - pick(100, "score", c.domain), c) for c in strays]
    scored.sort(key=lambda pair: -pair[0])
    return [
        {"@type": "EntitySearchResult", "result": entity(company), "resultScore": score + 0.57}
        for score, company in scored
    ]


def is_known(company: Company) -> bool:
    """Who is on a stock exchange, and three of four others."""
    return bool(company.ticker or pick(4, "entity", company.domain))


def entity(company: Company) -> dict[str, Any]:
    """One entity; every sixth lacks its site, every fifth its article."""
    content: dict[str, Any] = {
        "@id": f"kg:/g/11{pick(10**8, 'kg', company.domain):08d}",
        "name": company.name,
        "@type": list(KINDS),
        "description": f"{company.industry} company",
    }
    if pick(6, "entity site", company.domain):
        content["url"] = f"https://www.{company.domain}/"
    if pick(5, "entity article", company.domain):
        page = f"https://en.wikipedia.org/wiki/{slug_of(company.name)}"
        content["detailedDescription"] = {"articleBody": company.overview, "url": page, "license": "CC BY-SA"}
        content["image"] = {"contentUrl": f"https://images.example/{slug_of(company.name)}.png", "url": page}
    return content
