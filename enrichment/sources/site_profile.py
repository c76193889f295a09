"""Who a company says it is, on its own site. Pure."""

import re
from collections.abc import Iterator

from enrichment.sources.base import Observation
from enrichment.sources.linked_data import employees_of, place_of
from enrichment.sources.naming import registrable
from enrichment.sources.sheet import Row, head_count
from enrichment.sources.site import Site, SitePage

LONGEST_OVERVIEW = 1_800
SHORTEST_OVERVIEW = 60  # characters; a shorter description is a slogan

_STAFF = re.compile(
    r"[^.!?]{0,150}?\b(\d[\d,]{0,8}(?:\s?-\s?\d[\d,]{0,8})?\+?)\s+(?:employees|people\s+work|colleagues|team\s+members|staff)\b[^.!?]{0,80}[.!?]?",
    re.IGNORECASE,
)
_SEAT = re.compile(
    r"\bheadquarter(?:s|ed)\s+(?:is\s+|are\s+)?in\s+([A-Z][^.;:!?()]{1,60}?)(?=[.;:!?()]|\s+(?:and|with|since)\s|$)"
)
_SEPARATOR = re.compile(r"\s+[|–—-]\s+|: ")


def profile(site: Site) -> Iterator[Observation]:
    """Name, domain, industry, size, seat and overview: from JSON-LD where stated, else from the pages' words."""
    if not site.pages:
        return
    home = site.pages[0]
    domain = registrable(home.url)
    yield from home.sheet.page([("company_domain", f"Site: {domain}", domain)] if domain else [])
    stated = set()
    for observation in _stated(site):
        stated.add(observation.dataset)
        yield observation
    for observation in _worded(site):
        if observation.dataset not in stated:
            stated.add(observation.dataset)
            yield observation


def name_of(site: Site) -> str | None:
    """The name that the site gives itself: in JSON-LD, as `og:site_name`, or at the side of its title."""
    if site.organization:
        return site.organization[0].name
    if not site.pages:
        return None
    view = site.pages[0].view
    return view.metas.get("og:site_name") or _SEPARATOR.split(view.title)[0] or None


def _stated(site: Site) -> Iterator[Observation]:
    if site.organization is None:
        return
    organization, page = site.organization
    size, seat = employees_of(organization), place_of(organization.address)
    overview = organization.description[:LONGEST_OVERVIEW].rstrip()
    rows: list[Row] = [("company_name", f"Name: {organization.name}", organization.name)]
    if organization.industry:
        rows.append(("industry", f"Industry: {organization.industry}", organization.industry))
    if size:
        rows.append(("employee_count", f"Employees: {_span(size)}", size))
    if seat:
        rows.append(("headquarters", f"Address: {seat}", seat))
    if len(overview) >= SHORTEST_OVERVIEW:
        rows.append(("company_overview", overview, overview))
    yield from page.sheet.page(rows)


def _span(size: dict[str, int | None]) -> str:
    low, high = size["low"], size["high"]
    return f"{low}+" if high is None else (str(low) if low == high else f"{low}-{high}")


def _worded(site: Site) -> Iterator[Observation]:
    name = name_of(site)
    if name:
        yield from site.pages[0].sheet.page([("company_name", f"Name: {name}", name)])
    for page in site.of_kind("about", "home"):
        yield from page.sheet.page(_read(page))


def _read(page: SitePage) -> Iterator[Row]:
    paragraphs = [text for section in page.sections for text in section.paragraphs]
    overview = next(
        (text for text in paragraphs if len(text) >= 2 * SHORTEST_OVERVIEW), page.view.metas.get("description", "")
    )
    if len(overview) >= SHORTEST_OVERVIEW:
        yield "company_overview", overview[:LONGEST_OVERVIEW], overview[:LONGEST_OVERVIEW].rstrip()
    text = " ".join(paragraphs)[:20_000]
    staff = _STAFF.search(text)
    if staff and (size := head_count(staff[1])):
        yield "employee_count", staff[0].strip(), size
    seat = _SEAT.search(text)
    if seat:
        yield "headquarters", seat[0], seat[1].strip()
