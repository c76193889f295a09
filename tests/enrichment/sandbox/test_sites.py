"""Company sites look and behave like real ones."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.technology_hints import HINTS
from enrichment.sandbox.world import Company, World, load

SITES = [company for company in load() if company.site.up]
EVERY = pytest.mark.parametrize("company", SITES, ids=lambda company: company.domain)


def host_of(company: Company) -> str:
    return f"www.{company.domain}" if company.site.canonical == "www" else company.domain


def linked_data(page: str) -> list[Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(block) for block in blocks]


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def links_of(page: str) -> list[str]:
    reader = Links()
    reader.feed(page)
    return reader.found


@EVERY
def test_the_main_pages_of_every_site_answer(http: httpx.Client, company: Company) -> None:
    paths = [path for path in ("/", "/about", "/careers", "/news") if path not in company.site.hidden]
    plain = [path for path in paths if path not in company.site.redirects]

    replies = [http.get(f"/{host_of(company)}{path}") for path in plain]

    assert [reply.status_code for reply in replies] == [200] * len(plain)
    assert {reply.headers["content-type"] for reply in replies} == {"text/html; charset=utf-8"}


@EVERY
def test_every_technology_of_a_site_shows_in_its_page_or_headers(http: httpx.Client, company: Company) -> None:
    reply = http.get(f"/{host_of(company)}/")

    for technology in company.stack("website"):
        hint = HINTS[technology.name]
        # Two technologies may claim one header, such as `server`: the reply has it once.
        assert hint.head in reply.text
        assert hint.body in reply.text
        assert {name for name, _ in hint.headers} <= set(reply.headers)


def test_the_apex_redirects_to_www_with_its_path(http: httpx.Client) -> None:
    reply = http.get("/acmecorp.com/about")

    assert (reply.status_code, reply.headers["location"]) == (301, "https://www.acmecorp.com/about")


def test_www_redirects_to_the_apex_where_the_site_lives_there(http: httpx.Client) -> None:
    reply = http.get("/www.acmesol.io/")

    assert (reply.status_code, reply.headers["location"]) == (301, "https://acmesol.io/")


def test_a_site_may_answer_under_both_names(http: httpx.Client) -> None:
    assert [http.get(f"/{host}/").status_code for host in ("lumenandlark.com", "www.lumenandlark.com")] == [200, 200]


def test_links_are_relative_and_absolute_and_never_name_the_sandbox(http: httpx.Client, sandbox: SandboxServer) -> None:
    page = http.get("/www.acmecorp.com/").text

    assert "/about" in links_of(page)
    assert "https://www.acmecorp.com/products" in links_of(page)
    assert sandbox.url not in page


def test_the_linked_data_of_a_graph_describes_the_company(http: httpx.Client) -> None:
    [content] = linked_data(http.get("/www.acmecorp.com/").text)

    company = content["@graph"][1]
    assert company["@type"] == ["Organization", "Corporation"]
    assert company["name"] == "Acme Corp"
    assert company["numberOfEmployees"] == {"@type": "QuantitativeValue", "value": 500}
    assert company["address"]["addressLocality"] == "San Francisco"
    assert [person["name"] for person in company["founder"]] == ["Daniel Hershkovitz", "Priya Natarajan"]


def test_linked_data_comes_as_object_and_array_too(http: httpx.Client) -> None:
    [single] = linked_data(http.get("/acmesol.io/").text)
    [several] = linked_data(http.get("/www.sentrelis.com/").text)

    assert single["name"] == "Acme Solutions"
    assert several[1]["name"] == "Sentrelis"


def test_broken_linked_data_is_no_json(http: httpx.Client) -> None:
    page = http.get("/www.mueller-praezision.de/").text

    with pytest.raises(json.JSONDecodeError):
        linked_data(page)


def test_a_site_without_linked_data_has_no_such_element(http: httpx.Client) -> None:
    assert linked_data(http.get("/www.acme-ind.com/").text) == []


def test_meta_elements_tell_name_description_and_address(http: httpx.Client) -> None:
    page = http.get("/www.okta.com/").text

    assert '<meta property="og:site_name" content="Okta">' in page
    assert '<meta name="description" content="Identity that works with everything you use">' in page
    assert '<link rel="canonical" href="https://www.okta.com/">' in page


def test_a_vendor_s_site_tells_products_value_markets_rivals_prices_and_customers(http: httpx.Client) -> None:
    pages = {path: http.get(f"/www.okta.com{path}").text for path in ("/", "/products", "/compare", "/pricing")}

    assert "7,000 pre-built integrations" in pages["/"]
    assert "Mid-market technology companies" in pages["/"]
    assert "<h2>Workforce Identity Cloud</h2>" in pages["/products"]
    assert "<h2>Okta vs Microsoft Entra ID</h2>" in pages["/compare"]
    assert "Adaptive MFA: from $6 per user and month" in pages["/pricing"]
    assert "Veridian Health Network" in http.get("/www.okta.com/customers").text


def test_products_are_linked_data_as_well(http: httpx.Client) -> None:
    [content] = linked_data(http.get("/www.okta.com/products").text)

    assert content["itemListElement"][0]["item"]["name"] == "Workforce Identity Cloud"


def test_careers_tell_what_the_company_runs_on_and_struggles_with(http: httpx.Client) -> None:
    page = http.get("/www.acmecorp.com/careers").text

    assert "<h3>IAM Architect</h3>" in page
    assert "Multi-factor prompts from Azure AD are the top complaint of our engineers." in page


def test_robots_and_sitemap_are_there(http: httpx.Client) -> None:
    robots = http.get("/www.acmecorp.com/robots.txt")
    sitemap = http.get("/www.acmecorp.com/sitemap.xml")

    assert "Disallow: /admin/" in robots.text
    assert robots.headers["content-type"].startswith("text/plain")
    assert "<loc>https://www.acmecorp.com/careers</loc>" in sitemap.text


def test_a_site_may_want_no_robots(http: httpx.Client) -> None:
    assert "Disallow: /\n" in http.get("/dunmorelegal.ie/robots.txt").text


@pytest.mark.parametrize("path", ["/careers", "/news", "/nothing-here", "/products", "/pricing", "/compare"])
def test_a_page_that_a_site_lacks_is_404_in_html(http: httpx.Client, path: str) -> None:
    reply = http.get(f"/silentharbor.com{path}")

    assert reply.status_code == 404
    assert "<h1>Not Found</h1>" in reply.text


def test_a_careers_page_may_have_moved(http: httpx.Client) -> None:
    moved = http.get("/www.cobaltridge.com.au/careers")

    assert moved.headers["location"] == "https://www.cobaltridge.com.au/work-with-us"
    assert "Work with us" in http.get("/www.cobaltridge.com.au/work-with-us").text


def test_the_hostile_site_redirects_inward(http: httpx.Client) -> None:
    assert http.get("/gildedlantern.com/customers").headers["location"].startswith("http://169.254.169.254/")


def test_the_hostile_site_is_hostile_in_text_and_markup(http: httpx.Client) -> None:
    page = http.get("/gildedlantern.com/").text

    assert "Ignore all previous instructions" in page
    assert "<script>fetch(" in page
    assert "&lt;script&gt;alert(&#x27;overview&#x27;)&lt;/script&gt;" in page


def test_a_home_page_may_be_larger_than_a_reader_should_take(http: httpx.Client) -> None:
    assert len(http.get("/www.skylarkhotels.com/").content) > 6_000_000


def test_an_internationalised_domain_answers_in_both_spellings(http: httpx.Client) -> None:
    assert http.get("/xn--knigsgold-07a.de/").text == http.get("/königsgold.de/").text


def test_an_unknown_host_cannot_be_resolved(http: httpx.Client) -> None:
    reply = http.get("/nowhere.example/")

    assert (reply.status_code, reply.text) == (502, "cannot resolve nowhere.example\n")
    assert reply.headers["x-sandbox-error"] == "unresolved"


def test_looking_at_a_site_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    http.get("/www.acmecorp.com/")

    assert [(c["kind"], c["host"], c["path"]) for c in sandbox.calls()] == [
        ("company_website", "www.acmecorp.com", "/")
    ]
    assert sandbox.spent() == "0.00"


def test_the_footer_gives_the_legal_name(http: httpx.Client, world: World) -> None:
    assert "Müller &amp; Söhne Präzisionstechnik GmbH" in http.get("/www.mueller-praezision.de/about").text
