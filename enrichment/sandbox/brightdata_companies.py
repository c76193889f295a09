"""LinkedIn's pages of companies as Bright Data stores them."""

from typing import Any

from enrichment.sandbox.bands import CONTACT_BANDS, band
from enrichment.sandbox.brightdata_filters import fits
from enrichment.sandbox.choices import days_before, pick
from enrichment.sandbox.messages import Moment
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.world import Company

PAGES = "gd_l1vikfnt1wgvvqz95w"


def found(given: dict[str, Any], moment: Moment) -> list[dict[str, Any]]:
    """The pages that the filter takes."""
    held = (page_of(company, moment) for company in moment.world if is_held(company))
    return [page for page in held if fits(page, given)]


def is_held(company: Company) -> bool:
    """Whether the company's page was collected; by chance, seven of eight."""
    said = company.linkedin.listed
    return said if said is not None else bool(pick(8, "linkedin page", company.domain))


def page_of(company: Company, moment: Moment) -> dict[str, Any]:
    """One page as a record, as far as its owner keeps it up; fields that it lacks are null."""
    view, slug = company.linkedin, slug_of(company.name)
    size = band(view.employees or company.employees, CONTACT_BANDS)
    low, _, high = size.partition("-")
    last = min(company.rounds, key=lambda item: item.days, default=None)
    return {
        "id": slug,
        "company_id": str(100_000 + pick(9_000_000, "linkedin id", company.domain)),
        "name": company.name,
        "url": f"https://www.linkedin.com/company/{slug}",
        "website": f"https://{company.domain}" if pick(9, "linkedin site", company.domain) else None,
        "about": company.overview,
        "description": f"{company.name} | LinkedIn. {company.overview}",
        "slogan": company.site.tagline or None,
        "specialties": ", ".join(company.industries) or None,
        "industries": view.industry or company.industry,
        "organization_type": "Public Company" if company.ticker else "Privately Held",
        "company_size": f"{int(low.rstrip('+')):,}{f'-{int(high):,}' if high else '+'} employees",
        "employees_in_linkedin": round(company.employees * 0.9),
        "followers": 40 * company.employees,
        "founded": company.founded,
        "headquarters": company.headquarters,
        "locations": [f"{company.headquarters}, {company.country_code}"],
        "country_code": company.country_code,
        "crunchbase_url": f"https://www.crunchbase.com/organization/{slug}" if company.company_db.listed else None,
        "funding": {
            "last_round_date": days_before(moment.at, last.days).strftime("%Y-%m-%dT00:00:00.000Z"),
            "last_round_type": last.title,
            "rounds": len(company.rounds),
            "last_round_raised": f"US$ {last.usd / 1_000_000:.1f}M" if last.usd else None,
        }
        if last
        else None,
        "employees": None,
        "similar": [{"title": name, "subtitle": company.industry, "Links": None} for name in company.competitors],
        "timestamp": days_before(moment.at, 12, "linkedin", company.domain).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
