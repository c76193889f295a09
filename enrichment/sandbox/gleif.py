"""The register of legal entities (LEI): companies of size, their pension funds, and entities that are no more."""

from dataclasses import dataclass
from typing import Any

from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.searching import plain
from enrichment.sandbox.world import Company

OF_SIZE = 150  # employees from which on a company is taken to deal with banks that ask for an LEI


@dataclass(slots=True)
class Gleif:
    """The records, by the beginning of a legal name."""

    def kind_of(self, _request: Request) -> str:
        return "gleif_register"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.path != "/api/v1/lei-records":
            return self.refuse(404)
        wanted = plain(request.field("filter[entity.legalName]"))
        if not wanted:
            return self.refuse(400)
        found = [
            record
            for company in moment.world
            if is_registered(company) and plain(legal_name(company)).startswith(wanted)
            for record in records(company, moment)
        ]
        limit = int(request.field("page[size]", "15"))
        pages = {"currentPage": 1, "perPage": limit, "from": 1, "to": len(found), "total": len(found), "lastPage": 1}
        return json_reply({"meta": {"pagination": pages}, "links": {}, "data": found[:limit]}, takes=0.4)

    def refuse(self, status: int) -> Reply:
        return json_reply({"errors": [{"status": str(status), "title": "The request failed."}]}, status, takes=0.2)

    def reset(self) -> None:
        """The register remembers nothing."""


def is_registered(company: Company) -> bool:
    return bool(company.ticker) or company.employees >= OF_SIZE


def legal_name(company: Company) -> str:
    """As most registers write: in capitals."""
    return (company.legal_name or company.name).upper()


def records(company: Company, moment: Moment) -> list[dict[str, Any]]:
    """The company's own entry; for some, one that was merged into it, and its pension fund's."""
    found = [record(company, legal_name(company), "GENERAL", "ACTIVE", moment)]
    if not pick(3, "lei merged", company.domain):
        found.append(record(company, legal_name(company), "GENERAL", "INACTIVE", moment))
    if not pick(3, "lei fund", company.domain):
        found.append(record(company, f"{legal_name(company)} PENSION TRUST", "FUND", "ACTIVE", moment))
    return found


def record(company: Company, name: str, category: str, status: str, moment: Moment) -> dict[str, Any]:
    lei = lei_of(company.domain, name, status)
    code = company.country_code
    address = {
        "language": "en",
        "addressLines": ["1 Harbour Street"],
        "city": company.city.upper(),
        "region": f"{code}-{company.region}" if company.region else None,
        "country": code,
        "postalCode": None,
    }
    updated = days_before(moment.at, 30 + pick(300, "lei", company.domain), lei)
    entity = {
        "legalName": {"name": name, "language": "en"},
        "otherNames": [{"name": former, "type": "PREVIOUS_LEGAL_NAME"} for former in company.former_names],
        "legalAddress": address,
        "headquartersAddress": address,
        "jurisdiction": f"{code}-DE" if code == "US" else code,
        "category": category,
        "status": status,
        "creationDate": f"{company.founded}-01-01T00:00:00Z",
    }
    registration = {"lastUpdateDate": updated.strftime("%Y-%m-%dT%H:%M:%SZ"), "status": "ISSUED"}
    return {
        "type": "lei-records",
        "id": lei,
        "attributes": {"lei": lei, "entity": entity, "registration": registration, "bic": None},
    }


def lei_of(*parts: str) -> str:
    """Eighteen signs and the two check digits of ISO 17442."""
    body = digest("lei", *parts)[:18].upper()
    number = int("".join(str(int(sign, 36)) for sign in f"{body}00"))
    return f"{body}{98 - number % 97:02d}"
