"""Organizations of Crunchbase's own API: the record that the company database was collected from.

What is not known is missing, never null.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrichment.sandbox.bands import DATABASE_BANDS
from enrichment.sandbox.brightdata_records import first_sentence, industries_of
from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.places import REGIONS, region_in_full
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Article, Person, Round

BOUGHT = ("Beacon Works", "Tidewater Labs", "Copperleaf Systems")


def uuid_of(*parts: object) -> str:
    name = digest("crunchbase", *parts)
    return f"{name[:8]}-{name[8:12]}-4{name[13:16]}-8{name[17:20]}-{name[20:32]}"


def permalink_of(company: Company) -> str:
    return company.company_db.slug or slug_of(company.name)


def name_of(company: Company) -> str:
    return company.company_db.name or company.name


def identifier(name: str, kind: str, *, permalink: str = "", **more: str) -> dict[str, Any]:
    link = permalink or slug_of(name)
    return {"uuid": uuid_of(kind, link), "value": name, "permalink": link, "entity_def_id": kind} | more


def of_company(company: Company) -> dict[str, Any]:
    found = identifier(name_of(company), "organization", permalink=permalink_of(company))
    return found | {"uuid": uuid_of(company.domain)}


def properties(company: Company, at: datetime) -> dict[str, Any]:
    """Every property that is known; the caller keeps those that were asked for."""
    view = company.company_db
    total = sum(item.usd or 0 for item in company.rounds)
    website = view.website or f"https://{'www.' if company.site.canonical == 'www' else ''}{company.domain}"
    found = {
        "identifier": of_company(company),
        "short_description": view.about or first_sentence(company.overview),
        "description": view.about or company.overview,
        "website": {"value": website},
        "website_url": website,
        "founded_on": {"value": f"{company.founded}-01-01", "precision": "year"},
        "num_employees_enum": band_of(view.employees or company.employees),
        "operating_status": "active",
        "ipo_status": "public" if company.ticker else "private",
        "categories": [identifier(tag, "category") for tag in industries_of(company)],
        "location_identifiers": places(company),
        "legal_name": company.legal_name,
        "phone_number": company.phone,
        "stock_symbol": company.ticker.partition(":")[2],
        "funding_total": money(total) if total else None,
        "num_funding_rounds": len(company.rounds),
        "rank_org": 1000 + pick(90_000, company.domain),
        "updated_at": days_before(at, view.days, company.domain).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {name: value for name, value in found.items() if value not in ("", None, [], 0)}


def band_of(employees: int) -> str:
    """`260` -> `c_00251_00500`; above the last top `c_10001_max`."""
    low = 1
    for top in DATABASE_BANDS:
        if employees <= top:
            return f"c_{low:05}_{top:05}"
        low = top + 1
    return "c_10001_max"


def places(company: Company) -> list[dict[str, Any]]:
    """City, region and country; a seat that the database has wrong is wrong here too."""
    city, _, rest = (company.company_db.headquarters or company.headquarters).partition(", ")
    region = region_in_full(rest) if rest in REGIONS else ""
    country = company.country if region or not rest else rest
    named = (("city", city), ("region", region), ("country", country))
    return [identifier(name, "location", location_type=kind) for kind, name in named if name]


def money(usd: int) -> dict[str, Any]:
    return {"value": usd, "currency": "USD", "value_usd": usd}


def cards(company: Company, at: datetime) -> Mapping[str, list[dict[str, Any]]]:
    """Every card with all of its items, newest first; the caller cuts them."""
    rounds = sorted(company.rounds, key=lambda item: item.days)
    people = [p for p in company.people if "company_db" in p.seen or news_of(p, company)]
    return {
        "raised_funding_rounds": [funding_round(item, company, at) for item in rounds],
        "acquirer_acquisitions": acquisitions(company, at),
        "jobs": [job(person, company, at) for person in people],
        "founders": [{"identifier": identifier(p.name, "person")} for p in people if "ounder" in p.title],
    }


def funding_round(item: Round, company: Company, at: datetime) -> dict[str, Any]:
    """One round; an undisclosed one has no `money_raised`."""
    found: dict[str, Any] = {
        "identifier": identifier(f"{item.title} - {name_of(company)}", "funding_round"),
        "announced_on": days_before(at, item.days).date().isoformat(),
        "investment_type": slug_of(item.title).replace("-", "_"),
    }
    return found | ({"money_raised": money(item.usd)} if item.usd else {})


def acquisitions(company: Company, at: datetime) -> list[dict[str, Any]]:
    """Large companies buy one now and then; whom, and when, only Crunchbase knows."""
    if company.employees < 2_000:
        return []
    bought = BOUGHT[pick(len(BOUGHT), "bought", company.domain)]
    day = days_before(at, 90 + pick(900, "bought when", company.domain)).date().isoformat()
    return [
        {
            "identifier": identifier(f"{bought} acquired by {name_of(company)}", "acquisition"),
            "acquiree_identifier": identifier(bought, "organization"),
            "acquirer_identifier": of_company(company),
            "announced_on": {"value": day, "precision": "day"},
        }
    ]


def job(person: Person, company: Company, at: datetime) -> dict[str, Any]:
    """A post: since the news of it, else for a year or more."""
    told = news_of(person, company)
    days = told.days if told else 400 + pick(2_000, "since", company.domain, person.name)
    return {
        "identifier": identifier(f"{person.name} - {person.title} @ {name_of(company)}", "job"),
        "person_identifier": identifier(person.name, "person"),
        "organization_identifier": of_company(company),
        "title": person.title,
        "started_on": {"value": days_before(at, days).date().isoformat(), "precision": "day" if told else "month"},
        "is_current": True,
    }


def news_of(person: Person, company: Company) -> Article | None:
    """What the news told of somebody who took the post."""
    return next((a for a in company.news if a.signal == "leadership" and person.name in a.title), None)
