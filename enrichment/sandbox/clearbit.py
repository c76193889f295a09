"""Clearbit's legacy company API: records of before it was closed. One look-up in six is queued at first."""

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.bands import contact_band
from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.places import region_in_full
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.world import Company, World

PRICE = Decimal("0.20")  # USD per look-up, as long as anybody can still buy one
FIND = "/v2/companies/find"
TYPES = {
    401: "auth_invalid",
    402: "over_quota",
    404: "unknown_record",
    422: "params_invalid",
    429: "rate_limit",
}


@dataclass(slots=True)
class Clearbit:
    """The company API, with the domains whose look-up is under way."""

    queued: set[str] = field(default_factory=set)

    def kind_of(self, _request: Request) -> str:
        return "clearbit_company"

    def answer(self, request: Request, moment: Moment) -> Reply:
        match key_of(request):
            case "" | keys.WRONG:
                return self.refuse(401)
            case keys.RUN_OUT:
                return self.refuse(402)
            case keys.LIMITED:
                return self.refuse(429)
        if request.path != FIND:
            return self.refuse(404)
        domain = request.field("domain")
        if "." not in domain:
            return self.refuse(422)
        company = listed(domain, moment.world)
        if company is None:
            return self.refuse(404)
        return self.queue(company) or json_reply(record(company), charged=PRICE, takes=0.4)

    def refuse(self, status: int) -> Reply:
        told = {"type": TYPES.get(status, "internal"), "message": f"Refused with status {status}."}
        return json_reply({"error": told}, status, takes=0.2)

    def reset(self) -> None:
        self.queued.clear()

    def queue(self, company: Company) -> Reply | None:
        """202 to the first look-up of one company in six; None to the next."""
        if company.domain in self.queued or pick(6, "queued", company.domain):
            return None
        self.queued.add(company.domain)
        return json_reply({}, 202, takes=0.2)


def key_of(request: Request) -> str:
    """A bearer key, or the user name of HTTP Basic."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.bearer
    try:
        return b64decode(given).decode("latin-1").partition(":")[0]
    except Error:
        return ""


def listed(domain: str, world: World) -> Company | None:
    company = world.by_domain(domain)
    if company is None:
        return None
    said = company.clearbit.listed
    return company if (pick(10, "clearbit", company.domain) > 2 if said is None else said) else None


def record(company: Company) -> dict[str, Any]:
    """One record. What is not known is null."""
    view = company.clearbit
    employees, city = view.employees or company.employees, view.city or company.city
    stack = [t for t in company.stack("website") if not t.dropped]
    return {
        "id": digest("clearbit", company.domain)[:32],
        "name": company.name,
        "legalName": company.legal_name or None,
        "domain": company.domain,
        "domainAliases": [],
        "category": {
            "sector": None,
            "industryGroup": None,
            "industry": company.industry,
            "subIndustry": None,
            "sicCode": None,
            "naicsCode": None,
        },
        "tags": list(company.industries),
        "description": company.overview,
        "foundedYear": company.founded,
        "location": f"{city}, {company.region or city}, {company.country}",
        "geo": {
            "city": city,
            "state": region_in_full(company.region) or None,
            "country": company.country,
            "countryCode": company.country_code,
        },
        "metrics": {
            "employees": employees,
            "employeesRange": contact_band(employees),
            "annualRevenue": None,
            "estimatedAnnualRevenue": revenue_band(employees),
            "raised": sum(item.usd or 0 for item in company.rounds) or None,
            "alexaUsRank": None,
        },
        "tech": [slug_of(item.name).replace("-", "_") for item in stack],
        "techCategories": [slug_of(item.category).replace("-", "_") for item in stack],
        "parent": {"domain": None},
        "ultimateParent": {"domain": None},
        "linkedin": {"handle": f"company/{slug_of(company.name)}"},
        "crunchbase": {"handle": None},
    }


def revenue_band(employees: int) -> str:
    """A guess from the head-count, as wide as such guesses are."""
    bands = ((10, "$0-$1M"), (50, "$1M-$10M"), (250, "$10M-$50M"), (1000, "$50M-$250M"), (5000, "$250M-$1B"))
    return next((words for top, words in bands if employees <= top), "$1B-$10B")
