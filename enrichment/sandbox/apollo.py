"""Apollo: a key in a header, parameters in the query of POSTs too, people obfuscated until they are matched.

What an account without credits is answered is not documented; here it is a 422 that says so.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.apollo_records import listed, matched, obfuscated, organization, person_id, staff
from enrichment.sandbox.choices import days_before, pick
from enrichment.sandbox.messages import Headers, Moment, Reply, Request, json_reply, text_reply
from enrichment.sandbox.profiles import profile_url
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Person

PREFIX = "/api/v1/"
ORGANIZATION_PRICE = Decimal("0.10")  # USD per organization that is found
PERSON_PRICE = Decimal("0.02")  # USD per person that is found
CREDITS = 4_000
LIMITS = {"minute": 200, "hourly": 400, "24-hour": 2000}
MOST_MATCHED = 10
INVALID = "Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate."
KINDS = {
    "users/api_profile": "apollo_profile",
    "usage_stats/credit_usage_stats": "apollo_credits",
    "organizations/enrich": "apollo_organization",
    "mixed_people/api_search": "apollo_search",
    "people/match": "apollo_match",
    "people/bulk_match": "apollo_contacts",
}


@dataclass(slots=True)
class Apollo:
    """The platform, with what was asked within the last minute and the credits that went."""

    recent: deque[datetime] = field(default_factory=lambda: deque(maxlen=1000))
    consumed: int = 0

    def kind_of(self, request: Request) -> str:
        return KINDS.get(path_of(request), "apollo")

    def answer(self, request: Request, moment: Moment) -> Reply:
        self.note(moment.at)
        return self.refusal_of(request) or self.answered(request, moment)

    def answered(self, request: Request, moment: Moment) -> Reply:
        match request.method, path_of(request):
            case "GET", "users/api_profile":
                return self.reply({"id": "5f0c", "is_logged_in": True, "email": "owner@sandbox.example"})
            case "POST", "usage_stats/credit_usage_stats":
                return self.credits(request, moment.at)
            case "GET", "organizations/enrich":
                return self.enrich(request, moment)
            case "POST", "mixed_people/api_search":
                return self.search(request, moment)
            case "POST", "people/match":
                return self.match(request, moment)
            case "POST", "people/bulk_match":
                return self.bulk_match(request, moment)
        return json_reply({"error": "Not found"}, 404, takes=0.2)

    def refuse(self, status: int) -> Reply:
        match status:
            case 401:
                return text_reply(INVALID, 401, takes=0.2)
            case 403:
                return self.out_of_scope("organizations/enrich")
            case 422:
                return json_reply({"error": "Invalid parameters"}, 422, takes=0.2)
            case 429:
                return throttled("people/match", LIMITS["hourly"], "hour")
        return json_reply({"message": "Internal server error"}, status, takes=0.2)

    def reset(self) -> None:
        self.recent.clear()
        self.consumed = 0

    def refusal_of(self, request: Request) -> Reply | None:
        """What the key earns; None where it is good for this call."""
        path = path_of(request)
        match request.headers.get("x-api-key", ""):
            case "" | keys.WRONG:
                return self.refuse(401)
            case keys.NARROW if path.startswith("usage_stats/"):
                return self.out_of_scope(path)
            case keys.FREE if path.startswith(("organizations/", "people/", "mixed_people/")):
                message = "This endpoint is only available to Apollo users on paid plans."
                return json_reply({"message": message}, 403, takes=0.2)
            case keys.RUN_OUT if path.startswith(("organizations/", "people/")):
                return json_reply({"error": "You have insufficient credits for this request."}, 422, takes=0.2)
            case keys.LIMITED if len(self.recent) > LIMITS["minute"]:
                return throttled(path, LIMITS["minute"], "minute")
        return None

    def note(self, at: datetime) -> None:
        """Count the call among those of the last minute."""
        while self.recent and at - self.recent[0] >= timedelta(minutes=1):
            self.recent.popleft()
        self.recent.append(at)

    def out_of_scope(self, path: str) -> Reply:
        words = f"This API key is not authorized to access api/v1/{path}. Use a master key or widen its scope."
        return json_reply({"error": words, "error_code": "API_INACCESSIBLE"}, 403, takes=0.2)

    def reply(self, content: dict[str, Any], *, charged: Decimal = Decimal("0.00"), takes: float = 0.3) -> Reply:
        return json_reply(content, headers=self.usage(), charged=charged, takes=takes)

    def usage(self) -> Headers:
        """How much of each window is used; a window without limit would have an empty limit and no usage."""
        used = len(self.recent)
        return tuple(
            pair
            for window, limit in LIMITS.items()
            for pair in (
                (f"x-rate-limit-{window}", str(limit)),
                (f"x-{window}-usage", str(used)),
                (f"x-{window}-requests-left", str(limit - used)),
            )
        )

    def credits(self, request: Request, at: datetime) -> Reply:
        left = 0 if request.headers.get("x-api-key") == keys.RUN_OUT else CREDITS - self.consumed
        unused = {"limit": 0, "consumed": 0, "left_over": 0}
        stats = {
            "lead_credit": {"limit": CREDITS, "consumed": CREDITS - left, "left_over": left},
            "direct_dial_credit": unused,
            "export_credit": unused,
        }
        cycle = {"start_date": days_before(at, 12).date().isoformat(), "end_date": at.date().isoformat()}
        return self.reply({"credit_usage_stats": stats, "current_credit_cycle": cycle})

    def enrich(self, request: Request, moment: Moment) -> Reply:
        """One organization; who is not found is told in one of three ways."""
        domain = request.field("domain")
        if not domain:
            return json_reply({"error": "Required parameter 'domain' missing"}, 422, takes=0.2)
        company = listed(domain, moment.world)
        if company is None:
            return self.reply(({}, {"organization": None}, {"organization": {}})[pick(3, "none", domain)])
        self.consumed += 1
        return self.reply({"organization": organization(company, moment.at)}, charged=ORGANIZATION_PRICE, takes=0.6)

    def search(self, request: Request, moment: Moment) -> Reply:
        """People of the organizations with these domains, obfuscated, free of charge, by pages."""
        page, size = request.field("page", "1"), request.field("per_page", "10")
        if not (page.isdecimal() and size.isdecimal() and 0 < int(size) <= 100 and 0 < int(page) <= 500):
            return json_reply({"error": "Invalid parameters"}, 422, takes=0.2)
        asked = (listed(domain, moment.world) for domain in request.all("q_organization_domains_list"))
        hits = [obfuscated(person, c, moment.at) for c in asked if c is not None for person in staff(c)]
        first = (int(page) - 1) * int(size)
        return self.reply({"total_entries": len(hits), "people": hits[first : first + int(size)]}, takes=0.5)

    def match(self, request: Request, moment: Moment) -> Reply:
        """One person; a vague question is answered 200 without one. `request_id` needs 64 bits."""
        content = request.json()
        given = dict(request.query) | (content if isinstance(content, dict) else {})
        (person,) = self.people((given,), moment)
        charged = PERSON_PRICE if person else Decimal("0.00")
        return self.reply({"person": person, "request_id": 9_007_199_254_740_993}, charged=charged, takes=0.6)

    def bulk_match(self, request: Request, moment: Moment) -> Reply:
        """Up to ten people; one that is not found is null among the matches."""
        content = request.json()
        details = content.get("details") if isinstance(content, dict) else None
        if not isinstance(details, list) or not 0 < len(details) <= MOST_MATCHED:
            return json_reply({"error": "Invalid parameters"}, 422, takes=0.2)
        matches = self.people(details, moment)
        found = sum(1 for match in matches if match)
        told = {
            "status": "success",
            "error_code": None,
            "error_message": None,
            "total_requested_enrichments": len(details),
            "unique_enriched_records": found,
            "missing_records": len(details) - found,
            "credits_consumed": found,
            "matches": matches,
        }
        return self.reply(told, charged=PERSON_PRICE * found, takes=0.8)

    def people(self, details: Iterable[Any], moment: Moment) -> list[dict[str, Any] | None]:
        everybody = [(p, c) for c in moment.world if listed(c.domain, moment.world) for p in staff(c)]
        found: list[dict[str, Any] | None] = []
        for given in details:
            fits = meant(given if isinstance(given, dict) else {})
            whom = next(((p, c) for p, c in everybody if fits(p, c)), None)
            found.append(matched(*whom, moment.at) if whom else None)
        self.consumed += sum(1 for person in found if person)
        return found


def path_of(request: Request) -> str:
    return request.path.removeprefix(PREFIX).strip("/")


def meant(given: dict[str, Any]) -> Callable[[Person, Company], bool]:
    """Whether somebody is who the details name: by id, profile or address, or by name and company."""

    def fits(person: Person, company: Company) -> bool:
        if given.get("id"):
            return bool(given["id"] == person_id(person, company))
        if given.get("linkedin_url"):
            slug = profile_url(person).rstrip("/").rpartition("/")[2]
            return str(given["linkedin_url"]).rstrip("/").endswith(f"/{slug}")
        if given.get("email"):
            return bool(given["email"] == person.email)
        name = given.get("name") or f"{given.get('first_name', '')} {given.get('last_name', '')}"
        return bool(name == person.name and given.get("domain") == company.domain)

    return fits


def throttled(path: str, limit: int, window: str) -> Reply:
    """429; for the search of people the message is itself JSON in a string."""
    said = f"The maximum number of api calls allowed for api/v1/{path} is {limit} times per {window}."
    message = json.dumps({"message": said}) if path == "mixed_people/api_search" else said
    return json_reply({"message": message}, 429, headers=(("retry-after", "24"),), takes=0.2)
