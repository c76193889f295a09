"""Organizations and people in Apollo's field names. People are obfuscated in a search and whole in a match."""

from datetime import datetime
from typing import Any

from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.places import region_in_full
from enrichment.sandbox.profiles import profile_url, slug_of
from enrichment.sandbox.world import Company, World
from enrichment.sandbox.world.model import Person, Round, Technology

STATUS = {"valid": "verified", "unknown": "unverified", "not_valid": "unavailable"}


def listed(domain: str, world: World) -> Company | None:
    """The company at the domain, if Apollo has it: nine of ten."""
    company = world.by_domain(domain)
    if company is None:
        return None
    said = company.apollo.listed
    return company if (bool(pick(10, "apollo", company.domain)) if said is None else said) else None


def organization(company: Company, at: datetime) -> dict[str, Any]:
    """One organization; a company without a telephone has an empty object for it."""
    view, phone = company.apollo, {"number": company.phone, "source": "Owler", "sanitized_number": company.phone}
    return {
        "id": organization_id(company),
        "name": company.name,
        "website_url": f"http://www.{company.domain}",
        "blog_url": None,
        "angellist_url": None,
        "linkedin_url": f"http://www.linkedin.com/company/{slug_of(company.name)}",
        "twitter_url": None,
        "facebook_url": None,
        "crunchbase_url": None,
        "primary_domain": company.domain,
        "primary_phone": phone if company.phone else {},
        "phone": company.phone or None,
        "linkedin_uid": str(pick(90_000_000, "uid", company.domain)),
        "founded_year": company.founded,
        "publicly_traded_symbol": company.ticker.partition(":")[2] or None,
        "publicly_traded_exchange": company.ticker.partition(":")[0].lower() or None,
        "languages": [],
        "industry": (view.industry or company.industry).lower(),
        "industries": [tag.lower() for tag in company.industries or (company.industry,)],
        "keywords": [product.name.lower() for product in company.products],
        "estimated_num_employees": view.employees or company.employees,
        "city": view.city or company.city,
        "state": region_in_full(company.region) or None,
        "country": company.country,
        "short_description": company.overview,
        **technology(company),
        **money(company, at),
        "organization_headcount_twelve_month_growth": round(0.03 * len(company.jobs), 3) if company.jobs else None,
    }


def organization_id(company: Company) -> str:
    return digest("apollo", company.domain)[:24]


def technology(company: Company) -> dict[str, Any]:
    stack = [item for item in company.technologies if is_known(item, company)]
    return {
        "technology_names": [item.name for item in stack],
        "current_technologies": [
            {"uid": slug_of(item.name).replace("-", "_"), "name": item.name, "category": item.category}
            for item in stack
        ],
        "departmental_head_count": {"engineering": company.employees // 4, "sales": company.employees // 8},
    }


def is_known(item: Technology, company: Company) -> bool:
    """Three of four that a site or a database shows, and none that is no longer used."""
    shown = bool(item.seen & {"website", "company_db"}) and not item.dropped
    return shown and bool(pick(4, "apollo", company.domain, item.name))


def money(company: Company, at: datetime) -> dict[str, Any]:
    rounds = sorted(company.rounds, key=lambda item: item.days)
    total = sum(item.usd or 0 for item in rounds)
    if not rounds:
        return {"total_funding": None, "total_funding_printed": None, "funding_events": []}
    return {
        "total_funding": total or None,
        "total_funding_printed": printed(total) if total else None,
        "latest_funding_round_date": iso(days_before(at, rounds[0].days)),
        "latest_funding_stage": rounds[0].title,
        "funding_events": [event(item, company, at) for item in rounds],
    }


def event(item: Round, company: Company, at: datetime) -> dict[str, Any]:
    return {
        "id": digest("event", company.domain, item.title)[:24],
        "date": iso(days_before(at, item.days)),
        "news_url": None,
        "type": item.title,
        "investors": ", ".join(item.investors),
        "amount": printed(item.usd) if item.usd else None,
        "currency": "$",
    }


def printed(usd: int) -> str:
    """`28_000_000` -> `28M`."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if usd >= size:
            return f"{usd / size:g}{unit}"
    return str(usd)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT00:00:00.000+00:00")


def staff(company: Company) -> tuple[Person, ...]:
    """Four of five people who are there, and whom the world says to be listed still."""
    return tuple(p for p in company.people if p.name in company.apollo.former or is_met(p, company))


def is_met(person: Person, company: Company) -> bool:
    return person.left is None and bool(pick(5, "apollo", company.domain, person.name))


def person_id(person: Person, company: Company) -> str:
    return digest("apollo person", company.domain, person.name)[:24]


def obfuscated(person: Person, company: Company, at: datetime) -> dict[str, Any]:
    """One hit of a search: no full name, no address, no profile."""
    return {
        "id": person_id(person, company),
        "first_name": person.first,
        "last_name_obfuscated": f"{person.last[:2]}***{person.last[-1:]}",
        "title": person.title,
        "last_refreshed_at": days_before(at, 30, person.name).strftime("%Y-%m-%dT%H:%M:%S.000+00:00"),
        "has_email": bool(person.email),
        "has_city": True,
        "has_state": bool(company.region),
        "has_country": True,
        "has_direct_phone": "Maybe: please request direct dial via people/bulk_match",
        "organization": {"name": company.name, "has_industry": True, "has_phone": bool(company.phone)},
    }


def matched(person: Person, company: Company, at: datetime) -> dict[str, Any]:
    """Somebody whole, with where they work."""
    return {
        "id": person_id(person, company),
        "first_name": person.first,
        "last_name": person.last,
        "name": person.name,
        "linkedin_url": profile_url(person).rstrip("/").replace("https:", "http:"),
        "title": person.title,
        "headline": f"{person.title} at {company.name}",
        "photo_url": None,
        "email": person.email or None,
        "email_status": STATUS[person.email_status] if person.email else "unavailable",
        "extrapolated_email_confidence": None,
        "organization_id": organization_id(company),
        "employment_history": [
            {
                "id": digest("post", company.domain, person.name)[:24],
                "current": True,
                "organization_id": organization_id(company),
                "organization_name": company.name,
                "title": person.title,
                "start_date": None,
                "end_date": None,
            }
        ],
        "city": company.city,
        "state": region_in_full(company.region) or None,
        "country": company.country,
        "departments": [],
        "seniority": "c_suite" if person.title.startswith("Chief") else "senior",
        "organization": organization(company, at),
    }
