"""A company's own site: which pages are asked for, and what is read from them."""

import json
import time
from typing import Any

import pytest

from enrichment.egress import Egress
from enrichment.sources.base import CompanyRef, Refused, SourceError, Throttled, Unavailable
from enrichment.sources.company_website import CompanyWebsite
from tests.enrichment.local_server import Answer, Asked, LocalServer
from tests.enrichment.sources.contract import ACME, AT, Reply, SourceContract, answer_of, recorded

KINDS = ["home", "about", "careers", "news", "products", "pricing", "customers", "integrations"]
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(text: str, **headers: str) -> Answer:
    return Answer(body=text.encode(), headers=HTML | headers)


def site(pages: dict[str, Answer | str]) -> Any:
    """A server's answers by path below /acme.example; 404 elsewhere."""

    def told(asked: Asked) -> Answer:
        found = pages.get(asked.path.removeprefix("/acme.example"))
        return page(found) if isinstance(found, str) else found or Answer(status=404, headers=HTML)

    return told


def said(html: str, kind: str = "home", company: CompanyRef = ACME) -> dict[str, list[Any]]:
    """What one page says, by dataset."""
    url = "https://acme.example/" + ("" if kind == "home" else kind)
    bundle = {"pages": [{"kind": kind, "url": url, "status": 200, "headers": {}, "html": html}]}
    found: dict[str, list[Any]] = {}
    for o in CompanyWebsite().extract(Reply(body=json.dumps(bundle).encode(), fetched_at=AT), company).observations:
        found.setdefault(o.dataset, []).append(o.value)
    return found


class TestCompanyWebsite(SourceContract):
    slug = "company_website"
    reply = "company_website.json"
    empty = b'{"pages": []}'
    reply_type = "text/html"

    def before(self, asked: Asked) -> Answer | None:
        return Answer(status=404) if asked.path.endswith("/robots.txt") else None

    async def test_a_full_reply_arrives_and_says_something(self, http, server):
        pages = json.loads(recorded(self.reply))["pages"]
        server.told = site({p["url"].removeprefix("https://acme.example"): p["html"] for p in pages})

        body = await answer_of(self.source, ACME, http)

        found = self.read(body)
        assert [p["kind"] for p in json.loads(body)["pages"]] == KINDS
        assert (found.name, found.domain, found.records) == ("Acme Robotics", "acme.example", 8)

    async def test_robots_txt_is_asked_first_and_obeyed(self, http, server):
        robots = Answer(body=b"User-agent: SalesIntel\nDisallow: /about\n\nUser-agent: *\nDisallow: /")
        server.told = site(
            {"/robots.txt": robots, "/": "<p>home</p>", "/about": "<p>about</p>", "/news": "<p>news</p>"}
        )

        body = await answer_of(self.source, ACME, http)

        assert server.asked[0].path == "/acme.example/robots.txt"
        assert [p["kind"] for p in json.loads(body)["pages"]] == ["home", "news"]
        assert not any(asked.path.endswith("/about") for asked in server.asked)

    async def test_a_site_that_admits_nobody_is_asked_nothing_and_says_nothing(self, http, server):
        server.told = site({"/robots.txt": Answer(body=b"User-agent: *\nDisallow: /"), "/": "<p>home</p>"})

        body = await answer_of(self.source, ACME, http)

        assert json.loads(body) == {"pages": []}
        assert len(server.asked) == 1

    async def test_a_robots_txt_that_is_out_of_order_forbids_the_visit(self, http, server):
        server.told = site({"/robots.txt": Answer(status=503), "/": "<p>home</p>"})

        with pytest.raises(Unavailable):
            await answer_of(self.source, ACME, http)

        assert len(server.asked) == 1

    async def test_at_most_eight_pages_are_asked_for(self, http, server):
        names = ("about", "jobs", "press", "products", "pricing", "customers", "integrations", "blog")
        links = "".join(f"<a href='/{name}'>{name}</a>" for name in names)
        server.told = lambda asked: Answer(status=404) if "robots" in asked.path else page(links)

        body = await answer_of(self.source, ACME, http)

        assert len(json.loads(body)["pages"]) == 8
        assert len(server.asked) == 9

    async def test_pages_are_found_by_the_links_words_and_only_on_the_same_host(self, http, server):
        home = "<a href='/en/people'>Careers</a><a href='https://jobs.evil.example/careers'>Jobs</a>"
        server.told = site({"/": home, "/en/people": "<p>jobs</p>"})

        body = await answer_of(self.source, ACME, http)

        urls = [p["url"] for p in json.loads(body)["pages"]]
        assert urls == ["https://acme.example/", "https://acme.example/en/people"]
        assert not any("evil" in asked.path for asked in server.asked)

    async def test_a_redirect_of_the_home_page_is_followed_and_told(self, http, server):
        def told(asked: Asked) -> Answer:
            if asked.path.endswith("robots.txt"):
                return Answer(status=404)
            there = asked.path.startswith("/www.acme.example")
            return (
                page("<p>home</p>") if there else Answer(status=301, headers={"Location": "https://www.acme.example/"})
            )

        server.told = told

        body = await answer_of(self.source, ACME, http)

        assert json.loads(body)["pages"][0]["url"] == "https://www.acme.example/"

    async def test_a_redirect_inward_is_refused(self, http, server):
        inward = Answer(status=302, headers={"Location": "http://169.254.169.254/latest/"})
        server.told = site({"/": inward})

        with pytest.raises(Refused):
            await answer_of(self.source, ACME, http)

        assert len(server.asked) == 2

    async def test_a_page_that_hangs_does_not_cost_the_others(self, server):
        slow = Answer(body=b"late", headers=HTML, wait=30)
        server.told = site({"/": "<p>home</p>", "/about": "<p>about</p>", "/news": slow})
        async with Egress(user_agent="salesintel/0.1") as egress:
            http = egress.client(provider="w", base_url=server.base_url, trusted=True, deadline=1.0)
            began = time.monotonic()

            body = await answer_of(self.source, ACME, http)

        assert [p["kind"] for p in json.loads(body)["pages"]] == ["home", "about"]
        assert time.monotonic() - began < 15  # of the 30 that the page would take

    async def test_a_site_without_a_home_page_is_an_empty_answer(self, http, server):
        server.told = site({"/": Answer(status=403, headers=HTML)})

        assert json.loads(await answer_of(self.source, ACME, http)) == {"pages": []}

    async def test_what_is_no_html_is_no_page(self, http, server):
        server.told = site({"/": Answer(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"})})

        assert json.loads(await answer_of(self.source, ACME, http)) == {"pages": []}

    async def test_a_refused_permit_is_told_as_it_was_raised(self, server):
        class Twice:
            left = 3

            async def exchange(self) -> None:
                self.left -= 1
                if self.left < 0:
                    raise PermissionError("no more")

        server.told = site({"/": "<p>home</p>"})
        async with Egress(user_agent="salesintel/0.1") as egress:
            http = egress.client(provider="w", base_url=server.base_url, trusted=True, deadline=2.0, permits=Twice())

            with pytest.raises(PermissionError):
                await answer_of(self.source, ACME, http)

    @pytest.mark.parametrize("domain", [None, "", "localhost", "127.0.0.1", "co.uk"])
    async def test_without_a_domain_nothing_is_asked(self, http, server: LocalServer, domain):
        with pytest.raises(Refused):
            await answer_of(self.source, CompanyRef(name="Acme", domain=domain), http)

        assert server.asked == []

    async def test_the_whole_visit_keeps_to_one_deadline(self, server):
        server.told = lambda asked: Answer(body=b"<p>x</p>", headers=HTML, wait=0.6)  # each of them in time
        async with Egress(user_agent="salesintel/0.1") as egress:
            http = egress.client(provider="w", base_url=server.base_url, trusted=True, deadline=1.0)

            with pytest.raises(SourceError):
                await answer_of(self.source, ACME, http)

    async def test_a_site_that_throttles_its_robots_txt_is_left_alone(self, http, server):
        server.told = site({"/robots.txt": Answer(status=429)})

        with pytest.raises(Throttled):
            await answer_of(self.source, ACME, http)


def test_json_ld_says_who_the_company_is():
    found = TestCompanyWebsite().read(recorded("company_website.json")).observations

    values = {o.dataset: o.value for o in found}
    assert values["company_name"] == "Acme Robotics"
    assert values["industry"] == "Robotics"
    assert values["employee_count"] == {"low": 201, "high": 500}
    assert values["headquarters"] == "Boston, MA"


def test_words_say_it_where_json_ld_does_not():
    found = said(
        "<title>Beta | Bots</title><p>Beta Bots is headquartered in Turin, Italy. More than 1,200+ employees build "
        "bots there, for every kind of kitchen that one could think of.</p>",
        kind="about",
    )

    assert found["company_name"] == ["Beta"]
    assert found["employee_count"] == [{"low": 1200, "high": None}]
    assert found["headquarters"] == ["Turin, Italy"]


@pytest.mark.parametrize(
    ("stated", "size"),
    [
        ('"1,500"', {"low": 1500, "high": 1500}),
        ("500", {"low": 500, "high": 500}),
        ('{"minValue": 10, "maxValue": 50}', {"low": 10, "high": 50}),
        ('{"value": "70"}', {"low": 70, "high": 70}),
        ('{"minValue": 10000}', {"low": 10000, "high": None}),
    ],
)
def test_head_counts_come_in_several_forms(stated: str, size: dict[str, int]):
    block = f'{{"@type": "Organization", "name": "Beta", "numberOfEmployees": {stated}}}'

    assert said(f'<script type="application/ld+json">{block}</script>')["employee_count"] == [size]


def test_a_position_has_its_place_department_and_date():
    found = TestCompanyWebsite().read(recorded("company_website.json")).observations

    jobs = [o.value for o in found if o.dataset == "hiring_trends"]
    assert jobs == [
        {
            "title": "Senior Platform Engineer",
            "location": "Boston, MA",
            "department": "Engineering",
            "url": "https://acme.example/careers/platform",
            "date": "2026-09-20",
        },
        {"title": "Head of Finance", "location": "Remote", "url": "https://acme.example/careers"},
    ]


def test_a_posting_in_json_ld_is_a_position():
    posting = {
        "@type": "JobPosting",
        "title": "Data Engineer",
        "datePosted": "2026-09-30",
        "description": "&lt;p&gt;You will run Snowflake.&lt;/p&gt;",
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Lyon", "addressCountry": "FR"}},
    }

    found = said(f'<script type="application/ld+json">{json.dumps(posting)}</script>', kind="careers")

    assert found["hiring_trends"] == [
        {"title": "Data Engineer", "location": "Lyon, FR", "url": "https://acme.example/careers", "date": "2026-09-30"}
    ]
    assert found["tech_stack"] == [{"name": "Snowflake", "group": "analytics", "category": "Data warehouse"}]


def test_challenges_are_the_companys_own_sentences_as_found():
    found = TestCompanyWebsite().read(recorded("company_website.json")).observations

    challenges = [o for o in found if o.dataset == "business_challenges"]
    assert [o.value["challenge"] for o in challenges] == [
        "Deployments are slowed down by manual work in nine systems.",
        "Our planning still relies on spreadsheets that nobody trusts.",
    ]
    assert all(o.value["challenge"] in o.evidence[0].text for o in challenges)


def test_troubles_on_a_product_page_are_the_customers():
    text = "<h2>Acme Picker</h2><p>Do you struggle with manual picking that slows every shift down?</p>"

    assert "business_challenges" not in said(text, kind="products")


def test_a_product_that_a_page_says_it_integrates_with_is_not_in_use():
    text = "<h1>Integrations</h1><p>Acme works with Salesforce, Slack and Azure AD out of the box.</p>"

    assert "tech_stack" not in said(text, kind="products")


def test_a_companys_own_product_on_its_site_is_not_its_need():
    html = '<script src="https://cdn.segment.com/analytics.js"></script>'

    assert "competitive_usage" in said(html)
    assert "competitive_usage" not in said(html, company=CompanyRef(name="Twilio Inc.", domain="twilio.com"))


def test_a_technology_of_another_name_in_the_text_has_both_in_its_evidence():
    text = (
        "<h3>Platform Engineer</h3><p>You will run our clusters of K8s in three regions, day and night, all year.</p>"
    )
    bundle = {"pages": [{"kind": "careers", "url": "https://acme.example/jobs", "html": text}]}

    found = CompanyWebsite().extract(Reply(body=json.dumps(bundle).encode(), fetched_at=AT), ACME)

    tech = next(o for o in found.observations if o.dataset == "tech_stack")
    assert tech.value["name"] == "Kubernetes"
    assert "Kubernetes" in tech.evidence[0].text


def test_hidden_and_executable_text_is_not_read():
    html = (
        "<script>var x = '<p>Headquartered in Hell.</p>'</script><style>p{}</style><template><h2>Why us</h2></template>"
    )

    assert set(said(html + "<p>Hello</p>")) == {"company_domain"}


def test_prices_are_the_lines_that_name_a_sum_or_what_is_charged_for():
    html = "<h1>Pricing</h1><h2>Team</h2><p>$49 per user / month</p><h2>Group</h2><p>Talk to us.</p>"
    more = "<ul><li>Start: free for three cards</li><li>Reports</li><li>Sign: 0.80 EUR per signature</li></ul>"

    assert said(html + more, kind="pricing")["pricing_model"] == [
        "Team: $49 per user / month",
        "Start: free for three cards",
        "Sign: 0.80 EUR per signature",
    ]


def test_a_price_on_a_page_that_is_not_about_prices_is_none_of_the_company_s():
    assert "pricing_model" not in said(
        "<h2>What it cost us</h2><ul><li>$2 per user and month</li></ul>", kind="products"
    )


def test_customers_are_those_of_their_own_page_or_of_a_section_that_says_so():
    trusted = (
        "<h2>Trusted by</h2><ul><li>Moorhen Foods</li><li>See all stories</li></ul><h2>Team</h2><ul><li>Ana</li></ul>"
    )

    assert said(trusted)["customers"] == ["Moorhen Foods"]
    assert said("<h1>Stories</h1><ul><li>Parcelwren</li></ul>", kind="customers")["customers"] == ["Parcelwren"]


def test_integrations_are_names_and_no_sentences():
    html = "<h1>Connect</h1><ul><li>Salesforce</li><li>We connect to whatever you have.</li><li>learn how</li></ul>"

    assert said(html, kind="integrations")["integrations"] == ["Salesforce"]
