"""What Google's results page shows of the world: pages about companies, a panel beside them, LinkedIn profiles."""

import re
from typing import Any

from enrichment.sandbox.bands import database_band
from enrichment.sandbox.choices import pick
from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.searching import Query, plain
from enrichment.sandbox.world import Company, World
from enrichment.sandbox.world.model import Person

PER_PAGE = 10
PROFILES = re.compile(r"\bsite:linkedin\.com/in\b")


def google_results(request: Request, moment: Moment) -> dict[str, Any]:
    """Results and, where the first company has one, its panel; an empty object where nothing was found."""
    asked, start = request.field("q"), request.field("start")
    query, world = Query.read(asked), moment.world
    found = profiles(query, world) if PROFILES.search(asked) else pages(query, asked, world)
    first = int(start) if start.isdigit() and len(start) < 5 else 0
    shown = found[first : first + PER_PAGE]
    if not shown:
        return {}
    content: dict[str, Any] = {"organic_results": [{"position": place, **row} for place, row in enumerate(shown, 1)]}
    panel = None if PROFILES.search(asked) or first else panel_of(query, asked, world)
    if panel:
        content["knowledge_graph"] = panel
    if len(found) > first + PER_PAGE:
        content["serpapi_pagination"] = {"current": first // PER_PAGE + 1, "next": f"{request.path}?start={first + 10}"}
    return content


def meant(query: Query, asked: str, world: World) -> tuple[Company, ...]:
    """The companies that the query names; those whose domain it holds alone, where it holds one."""
    owned = tuple(company for company in world if f" {company.domain}" in f" {asked.lower()}")
    return owned or query.companies(world)


# --- Pages ------------------------------------------------------------------------------------------------------------


def pages(query: Query, asked: str, world: World) -> list[dict[str, Any]]:
    """Each company's own pages, what others write about it, then a namesake's home page, as engines mix one in."""
    companies = meant(query, asked, world)
    rows = [row for company in companies for row in _of(company)]
    strays = [c for c in world if c not in companies and query.stem_is_in(c.name)]
    return rows + [_home(company) for company in strays[:2]]


def _home(company: Company) -> dict[str, Any]:
    tagline = company.site.tagline or company.industry
    row = {
        "title": f"{company.name} | {tagline}",
        "link": f"https://{company.domain}/",
        "displayed_link": f"https://{company.domain}",
        "snippet": company.overview,
        "source": company.name,
    }
    return {name: value for name, value in row.items() if name != "snippet" or pick(8, "snippet", company.domain)}


def _of(company: Company) -> list[dict[str, Any]]:
    rows = [_home(company)]
    about = {"title": f"About us - {company.name}", "link": f"https://{company.domain}/about", "source": company.name}
    rows.append({**about, "snippet": f"{company.name} was founded in {company.founded} in {company.city}."})
    if company.competitors:
        rivals = company.competitors[:4]
        listed = ", ".join(rivals[:-1]) + (" and " if len(rivals) > 1 else "") + rivals[-1]
        rows.append(
            {
                "title": f"Top {company.name} alternatives & competitors in this year",
                "link": f"https://compare.sandbox.example/{company.domain.partition('.')[0]}",
                "snippet": f"The best known competitors of {company.name} include {listed}. Compare their prices.",
                "source": "Compare",
            }
        )
    rows.append(
        {
            "title": f"{company.name} | LinkedIn",
            "link": f"https://www.linkedin.com/company/{company.domain.partition('.')[0]}",
            "snippet": f"{company.name} | {database_band(company.employees)} employees.",
            "source": "LinkedIn",
        }
    )
    return rows


# --- The panel --------------------------------------------------------------------------------------------------------


def panel_of(query: Query, asked: str, world: World) -> dict[str, Any] | None:
    """The panel of the first company; Google has one of two in three, and knows the head-count of few."""
    company = next(iter(meant(query, asked, world)), None)
    if company is None or not (company.ticker or pick(3, "panel", company.domain)):
        return None
    panel: dict[str, Any] = {
        "title": company.name,
        "type": f"{company.industry} company",
        "kgmid": f"/g/11{pick(10**8, 'kg', company.domain):08d}",
        "website": f"https://{company.domain}/",
        "description": company.overview,
        "source": {"name": "Wikipedia", "link": f"https://en.wikipedia.org/wiki/{company.name.replace(' ', '_')}"},
        "founded": f"{company.founded}, {company.city}",
        "headquarters": company.headquarters,
        "headquarters_links": [{"text": company.headquarters, "link": "https://www.google.com/search?q=x"}],
    }
    chief = next((p for p in company.people if p.left is None and re.search(r"\bCEO\b|Chief Executive", p.title)), None)
    if chief is not None:
        panel["ceo"] = chief.name
    if company.ticker:
        panel["stock_price"] = f"{company.ticker} (NASDAQ) $81.20 +0.40 (+0.5%)"
        panel["number_of_employees"] = f"{company.employees:,} (2025)"
    return panel


# --- Profiles ---------------------------------------------------------------------------------------------------------


def profiles(query: Query, world: World) -> list[dict[str, Any]]:
    """People of the companies that are named, as LinkedIn shows three of four; then one of a namesake."""
    companies = query.companies(world)
    rows = [row for company in companies for person in company.people if (row := _profile(person, company))]
    strays = [c for c in world if c not in companies and query.stem_is_in(c.name)]
    return rows + [row for c in strays[:1] for p in c.people[:1] if (row := _profile(p, c, always=True))]


def _profile(person: Person, company: Company, *, always: bool = False) -> dict[str, Any] | None:
    """As observed: dashes of any kind, a tail, a title that is cut; who has left is still shown for half a year."""
    if not always and (pick(4, "linkedin", person.name, company.domain) == 0 or (person.left or 0) > 180):
        return None
    dash = ("-", "–", "—")[pick(3, "dash", person.name)]
    title = f"{person.title[:24]}..." if len(person.title) > 38 else person.title
    tail = " | LinkedIn" if pick(2, "tail", person.name) else ""
    slug = person.slug or plain(person.name).replace(" ", "-")
    host = ("www", "de", "uk")[pick(3, "host", person.name)]
    return {
        "title": f"{person.name} {dash} {title} {dash} {company.name}{tail}",
        "link": f"https://{host}.linkedin.com/in/{slug}?trk=x",
        "snippet": f"{company.city} · {person.title} · {company.name}",
        "source": f"LinkedIn · {person.name}",
    }
