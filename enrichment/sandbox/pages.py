"""The pages of a company's site as HTML."""

from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape

from enrichment.sandbox.choices import days_before
from enrichment.sandbox.job_posts import board_page, is_linked
from enrichment.sandbox.linked_data import organization_block, products_block
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.technology_hints import HINTS
from enrichment.sandbox.world import Company

NAVIGATION = (("/about", "About"), ("/products", "Products"), ("/careers", "Careers"), ("/news", "News"))


def address(company: Company, path: str) -> str:
    """The full address of a page of the site."""
    www = "www." if company.site.canonical == "www" else ""
    return f"https://{www}{company.domain}{path}"


def layout(company: Company, path: str, title: str, body: str, *, blocks: str = "") -> str:
    """A whole page. Half of the links are relative, half are absolute, as on real sites."""
    hints = [HINTS[technology.name] for technology in company.stack("website") if technology.name in HINTS]
    links = [*NAVIGATION, *((page, name) for page, name in OPTIONAL.items() if has(company, page))]
    navigation = "".join(
        f'<a href="{address(company, href) if number % 2 else href}">{name}</a> '
        for number, (href, name) in enumerate(links)
    )
    headline = escape(company.site.tagline or company.overview)
    return f"""<!doctype html>
<html lang="{company.site.language}"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="description" content="{headline}">
<meta property="og:site_name" content="{escape(company.name)}"><meta property="og:title" content="{escape(title)}">
<meta property="og:description" content="{headline}"><meta property="og:url" content="{address(company, path)}">
<link rel="canonical" href="{address(company, path)}">
{"".join(hint.head for hint in hints)}
{blocks}</head><body><header><nav>{navigation}</nav></header>
{"".join(hint.body for hint in hints)}
<main>{body}</main>
{company.site.raw}
<footer><p>&copy; {escape(company.legal_name or company.name)}, {escape(company.headquarters)}</p>
<a href="https://www.linkedin.com/company/{slug_of(company.name)}">LinkedIn</a></footer></body></html>
"""


def points(items: Iterable[str]) -> str:
    """A bulleted list."""
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def section(name: str, heading: str, items: tuple[str, ...]) -> str:
    """A headed list; nothing where there are no items."""
    return f'<section id="{name}"><h2>{escape(heading)}</h2>{points(items)}</section>' if items else ""


def home(company: Company, _at: datetime) -> str:
    body = f"""<h1>{escape(company.site.tagline or company.name)}</h1><p class="lead">{escape(company.overview)}</p>
{section("why", f"Why {company.name}", company.value_propositions)}
{section("markets", "Who we serve", company.target_markets)}
{section("products", "What we offer", tuple(p.name for p in company.products if "website" in p.seen))}
{"<!-- filler -->" + " " * company.site.padding if company.site.padding else ""}"""
    title = f"{company.name} - {company.site.tagline}" if company.site.tagline else company.name
    return layout(company, "/", title, body, blocks=organization_block(company, address(company, "/")))


def about(company: Company, _at: datetime) -> str:
    people = company.staff("website")
    leaders = "".join(
        f'<div class="person"><h3>{escape(person.name)}</h3><p class="title">{escape(person.title)}</p></div>'
        for person in people
    )
    employees = company.site.employees or company.employees
    headquarters = company.site.headquarters or company.headquarters
    body = f"""<h1>About {escape(company.name)}</h1><p>{escape(company.overview)}</p>
<p>{escape(company.name)} was founded in {company.founded} and is headquartered in {escape(headquarters)}.
About {employees:,} people work here.</p>
{f'<section id="leadership"><h2>Leadership</h2>{leaders}</section>' if people else ""}"""
    return layout(company, "/about", f"About - {company.name}", body)


def products(company: Company, _at: datetime) -> str:
    shown = [product for product in company.products if "website" in product.seen]
    articles = "".join(
        f'<article class="product" id="{slug_of(p.name)}"><h2>{escape(p.name)}</h2>'
        f"<p>{escape(p.description)}</p></article>"
        for p in shown
    )
    if not shown:
        return ""
    body = f"<h1>Products</h1>{articles}"
    return layout(company, "/products", f"Products - {company.name}", body, blocks=products_block(company))


def careers(company: Company, at: datetime) -> str:
    """Open positions. The texts tell what the company runs on and struggles with."""
    jobs = "".join(
        f'<article class="job" id="{slug_of(job.title)}"><h3>{escape(job.title)}</h3>'
        f'<p class="place">{escape(job.location)}{f" - {escape(job.department)}" if job.department else ""}</p>'
        f'<p>Posted <time datetime="{days_before(at, job.days).date()}">{job.days} days ago</time></p>'
        f"<p>{escape(job.text)}</p></article>"
        for job in company.jobs
    )
    board = f'<p><a href="{board_page(company)}">All open positions</a></p>' if is_linked(company) else ""
    body = f"<h1>Careers at {escape(company.name)}</h1>{jobs or '<p>There are no open positions.</p>'}{board}"
    return layout(company, "/careers", f"Careers - {company.name}", body)


def news(company: Company, at: datetime) -> str:
    items = "".join(
        f'<article class="news"><h2><a href="{escape(item.url)}">{escape(item.title)}</a></h2>'
        f'<time datetime="{days_before(at, item.days, item.url).date()}">{item.days} days ago</time>'
        f"<p>{escape(item.text)}</p></article>"
        for item in company.news
        if "website" in item.seen
    )
    return layout(company, "/news", f"News - {company.name}", f"<h1>News</h1>{items or '<p>No news yet.</p>'}")


def pricing(company: Company, _at: datetime) -> str:
    return listing(company, "/pricing", "Pricing", company.pricing)


def customers(company: Company, _at: datetime) -> str:
    return listing(company, "/customers", f"Who works with {company.name}", company.customers)


def integrations(company: Company, _at: datetime) -> str:
    return listing(company, "/integrations", f"What {company.name} connects to", company.integrations)


def compare(company: Company, _at: datetime) -> str:
    headings = "".join(f"<h2>{escape(company.name)} vs {escape(rival)}</h2>" for rival in company.competitors)
    if not has(company, "/compare"):
        return ""
    return layout(
        company, "/compare", f"Compare - {company.name}", f"<h1>How {escape(company.name)} compares</h1>{headings}"
    )


def listing(company: Company, path: str, heading: str, items: tuple[str, ...]) -> str:
    """A page of points; nothing where there are none."""
    if not items:
        return ""
    return layout(company, path, f"{heading} - {company.name}", f"<h1>{escape(heading)}</h1>{points(items)}")


def extra_page(company: Company, path: str) -> str:
    """A page that the world file adds; empty if there is none at `path`."""
    page = next((page for page in company.site.pages if page.path == path), None)
    if page is None:
        return ""
    body = "".join(f"<p>{escape(text)}</p>" for text in page.paragraphs)
    return layout(
        company, path, f"{page.title} - {company.name}", f"<h1>{escape(page.title)}</h1>{body}{points(page.points)}"
    )


def has(company: Company, path: str) -> bool:
    """Whether the company has one of the optional pages. Only who sells software compares itself in public."""
    items = {
        "/pricing": company.pricing,
        "/customers": company.customers,
        "/integrations": company.integrations,
        "/compare": company.competitors,
    }
    return bool(items[path]) and (path != "/compare" or bool(company.pricing))


def sitemap(company: Company) -> str:
    paths = ("/", *(path for path, _ in NAVIGATION), *(path for path in OPTIONAL if has(company, path)))
    urls = "".join(f"<url><loc>{address(company, path)}</loc></url>" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


Render = Callable[[Company, datetime], str]
OPTIONAL = {"/pricing": "Pricing", "/customers": "Customers", "/integrations": "Integrations", "/compare": "Compare"}
PAGES: dict[str, Render] = {
    "/": home,
    "/about": about,
    "/products": products,
    "/careers": careers,
    "/news": news,
    "/pricing": pricing,
    "/customers": customers,
    "/integrations": integrations,
    "/compare": compare,
}
