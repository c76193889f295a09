"""Every company's own web site, with the habits of real ones: redirects, robots, hints of technology, sloppy markup."""

from dataclasses import dataclass

from enrichment.sandbox.messages import Headers, Moment, Reply, Request, text_reply
from enrichment.sandbox.pages import PAGES, extra_page, sitemap
from enrichment.sandbox.technology_hints import HINTS
from enrichment.sandbox.world import Company

TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(slots=True)
class Sites:
    """The web servers of all companies."""

    def kind_of(self, _request: Request) -> str:
        return "company_website"

    def answer(self, request: Request, moment: Moment) -> Reply:
        company = moment.world.by_domain(request.host)
        if company is None or not company.site.up:
            return unresolved(request.host)
        elsewhere = redirect_of(request, company)
        if elsewhere:
            return text_reply("", 301, headers=(("location", elsewhere),), kind_of_text="html", takes=0.3)
        if request.path == "/robots.txt":
            return text_reply(company.site.robots, takes=0.3)
        if request.path == "/sitemap.xml":
            return text_reply(sitemap(company), kind_of_text="xml", takes=0.3)
        return page_reply(company, request.path.rstrip("/") or "/", moment)

    def refuse(self, status: int) -> Reply:
        return error_page(status)

    def reset(self) -> None:
        """A web site remembers nothing."""


def unresolved(host: str) -> Reply:
    """What stands for a name that no resolver knows."""
    headers: Headers = (("x-sandbox-error", "unresolved"),)
    return text_reply(f"cannot resolve {host}\n", 502, headers=headers, takes=0.3)


def redirect_of(request: Request, company: Company) -> str:
    """The address that the request is sent on to; empty if it is answered here."""
    site = company.site
    home = host_of(company)
    if site.canonical != "both" and request.host != home:
        return f"https://{home}{request.path}"
    return site.redirects.get(request.path.rstrip("/") or "/", "")


def host_of(company: Company) -> str:
    """The host name that the site answers under."""
    return f"www.{company.domain}" if company.site.canonical == "www" else company.domain


def page_reply(company: Company, path: str, moment: Moment) -> Reply:
    render = PAGES.get(path)
    body = "" if path in company.site.hidden else (render(company, moment.at) if render else extra_page(company, path))
    if not body:
        return error_page(404)
    return text_reply(body, kind_of_text="html", headers=hint_headers(company), takes=0.4)


def hint_headers(company: Company) -> Headers:
    """The headers by which the site's technologies show. One server header: the first one listed is in front."""
    headers: dict[str, str] = {}
    for technology in company.stack("website"):
        for name, value in HINTS[technology.name].headers if technology.name in HINTS else ():
            headers.setdefault(name, value)
    return tuple(headers.items())


def error_page(status: int) -> Reply:
    title = TITLES.get(status, "Service Unavailable" if status == 503 else "Internal Server Error")
    page = f"<!doctype html><html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>"
    return text_reply(page, status, kind_of_text="html", takes=0.3)
