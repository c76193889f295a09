"""Records of the company database, in the field names of its Crunchbase collection."""

from datetime import datetime
from typing import Any

from enrichment.sandbox.bands import database_band
from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.profiles import profile_url, slug_of
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Person, Round, Technology

COMPANIES = "gd_l1vijqt9jfj7olije"


def company_record(company: Company, at: datetime) -> dict[str, Any]:
    """One record: what the database has, errors included. A field that it lacks is null or left out."""
    return {
        **identity(company, at),
        **size_and_place(company),
        **technology(company),
        **money(company, at),
        **staff(company),
        **market(company, at),
    }


def identity(company: Company, at: datetime) -> dict[str, Any]:
    view = company.company_db
    name = view.name or company.name
    slug = view.slug or slug_of(company.name)
    return {
        "id": slug,
        "name": name,
        "legal_name": company.legal_name or None,
        "url": f"https://www.crunchbase.com/organization/{slug}",
        "uuid": digest("uuid", company.domain)[:32],
        "type": "company",
        "cb_rank": 1000 + pick(90_000, company.domain),
        "about": view.about or first_sentence(company.overview),
        "full_description": view.about or company.overview,
        "industries": [{"id": slug_of(tag), "value": tag} for tag in industries_of(company)],
        "operating_status": "active",
        "company_type": "for_profit",
        "ipo_status": "public" if company.ticker else "private",
        "stock_symbol": company.ticker or None,
        "website": view.website or f"https://{'www.' if company.site.canonical == 'www' else ''}{company.domain}/",
        "timestamp": days_before(at, view.days, company.domain).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }


def industries_of(company: Company) -> tuple[str, ...]:
    return company.company_db.industries or company.industries or (company.industry,)


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text


def size_and_place(company: Company) -> dict[str, Any]:
    view = company.company_db
    headquarters = view.headquarters or company.headquarters
    places = [part.strip() for part in headquarters.split(",")]
    return {
        "founded_date": f"{company.founded}-01-01",
        "num_employees": database_band(view.employees or company.employees),
        # The collection delivers a name here at times and a code at others.
        "country_code": company.country_code if pick(2, "country", company.domain) else company.country,
        "region": company.region or None,
        "address": f"{headquarters}, {company.country}",
        "location": [
            {"name": place, "permalink": slug_of(place)} for place in dict.fromkeys((*places, company.country))
        ],
        "headquarters_regions": [{"id": slug_of(company.country), "value": company.country}],
        "contact_email": f"info@{company.domain}",
        "contact_phone": company.phone or None,
        "social_media_links": [f"https://www.linkedin.com/company/{slug_of(company.name)}"],
    }


def technology(company: Company) -> dict[str, Any]:
    stack = company.stack("company_db")
    return {
        "active_tech_count": len(stack),
        "builtwith_num_technologies_used": len(stack),
        "builtwith_tech": [built_with(item) for item in stack] or None,
        "technology_highlights": {"builtwith_num_technologies_used": len(stack)},
        "siftery_products": [
            {"title": item.name, "status": "not_using" if item.dropped else "using"} for item in stack[:3]
        ],
    }


def built_with(item: Technology) -> dict[str, Any]:
    return {
        "name": item.name,
        "num_companies_using": f"{1000 + pick(900_000, item.name):,}",
        "technology_category": [item.category],
    }


def money(company: Company, at: datetime) -> dict[str, Any]:
    if not company.rounds:
        return {"funding_rounds": None, "funding_rounds_list": [], "investors": [], "num_investors": 0}
    rounds = sorted(company.rounds, key=lambda item: item.days)
    total = sum(item.usd or 0 for item in rounds)
    investors = tuple(dict.fromkeys(name for item in rounds for name in item.investors))
    return {
        "funding_rounds": {
            "num_funding_rounds": len(rounds),
            "value": dollars(total),
            "last_funding_at": days_before(at, rounds[0].days).date().isoformat(),
            "last_funding_type": slug_of(rounds[0].title).replace("-", "_"),
        },
        "funding_rounds_list": [funding_round(item, company, at) for item in rounds],
        "financials_highlights": {
            "funding_total": dollars(total),
            "num_funding_rounds": len(rounds),
            "num_investors": len(investors),
        },
        "investors": [{"id": slug_of(name), "type": "organization", "value": name} for name in investors],
        "num_investors": len(investors),
    }


def dollars(usd: int) -> dict[str, Any]:
    return {"value": usd, "currency": "USD", "value_usd": usd}


def funding_round(item: Round, company: Company, at: datetime) -> dict[str, Any]:
    """One round; an undisclosed one has no `money_raised`."""
    content: dict[str, Any] = {
        "announced_on": days_before(at, item.days).date().isoformat(),
        "id": f"{slug_of(company.name)}-{slug_of(item.title)}",
        "uuid": digest("round", company.domain, item.title)[:32],
        "title": f"{item.title} - {company.name}",
        "image_id": None,
    }
    return content | ({"money_raised": dollars(item.usd)} if item.usd else {})


def staff(company: Company) -> dict[str, Any]:
    people = company.staff("company_db")
    founders = [person for person in people if "founder" in person.title.casefold()]
    return {
        "founders": [{"id": slug_of(p.name), "type": "person", "value": p.name} for p in founders],
        "current_employees": [employee(person) for person in people],
        "contacts": [
            {
                "name": person.name,
                "linkedin_id": profile_url(person).rstrip("/").rpartition("/")[2],
                "job_title": person.title,
                "departments": [],
                "levels": [],
            }
            for person in people
        ],
        "num_contacts": len(people),
        "num_employee_profiles": len(people),
    }


def employee(person: Person) -> dict[str, Any]:
    return {"name": person.name, "title": person.title, "permalink": slug_of(person.name), "image": None}


def market(company: Company, at: datetime) -> dict[str, Any]:
    products = [product for product in company.products if "company_db" in product.seen]
    news = [article for article in company.news if "company_db" in article.seen]
    return {
        "products_and_services": [
            {"product_name": product.name, "product_description": product.description} for product in products
        ],
        "similar_companies": [
            {"name": name, "link": f"https://www.crunchbase.com/organization/{slug_of(name)}"}
            for name in company.competitors
        ],
        "news": [
            {
                "date": days_before(at, article.days, article.url).date().isoformat(),
                "title": article.title,
                "publisher": article.publisher,
                "url": article.url,
                "organization": company.name,
            }
            for article in news
        ],
        "num_news": len(news),
        "bombora": [
            {"topic": t.topic, "category": t.category, "score": t.score, "weeks_surging": t.weeks}
            for t in company.topics
        ],
        "bombora_last_updated": days_before(at, 7).date().isoformat() if company.topics else None,
        "leadership_hire": [
            leadership_hire(company, a.title, a.url, a.days, at) for a in company.news if is_hire(a.signal)
        ],
        "layoff": [],
        "acquired_by": None,
        "monthly_visits": 1000 + pick(5_000_000, "visits", company.domain),
    }


def is_hire(signal: str) -> bool:
    return signal == "leadership"


def leadership_hire(company: Company, label: str, link: str, days: int, at: datetime) -> dict[str, Any]:
    return {
        "key_event_date": days_before(at, days).date().isoformat(),
        "uuid": digest("hire", company.domain, link)[:32],
        "label": label,
        "link": link,
    }
