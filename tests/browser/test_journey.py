"""A rep's way from the login to the evidence behind a line, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from enrichment.models import ResearchRequest, WorkflowRun
from salesintel.accounts import keys
from salesintel.accounts.models import User
from tests import factories
from tests.browser.conftest import log_in, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_from_login_to_evidence_to_another_role(size, scheme, open_page, worker, sandbox):
    page = open_page(size, scheme=scheme)
    log_in(page)
    assert overflow(page) == 0

    page.locator("#id_company").press_sequentially("acmecorp", delay=20)
    expect(page.locator("[role=option]").first).to_contain_text("acmecorp.com")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_company_domain")).to_have_value("acmecorp.com")
    expect(page.locator("#quote")).to_contain_text("Expected")

    page.click("text=Start research")
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]+/$"))
    expect(page.locator("#open-brief")).to_be_visible(timeout=30_000)
    expect(page.locator("#live")).to_have_text("The brief is ready.")
    assert overflow(page) == 0

    page.click("#open-brief")
    expect(page.locator("h1")).to_have_text("Acme Corp")
    expect(page.locator(".sandbox")).to_contain_text("SANDBOX")
    contents = page.get_by_role("navigation", name="On this page")
    if size == "phone":
        contents.locator("summary").press("Enter")
    contents.get_by_role("link", name="Why now").press("Enter")
    expect(page.locator("#now-title")).to_be_in_viewport()
    expect(contents.locator("[aria-current]")).to_have_text("Why now")
    if size == "desktop":
        expect(contents).to_be_in_viewport()  # it stays in sight
    assert overflow(page) == 0

    page.locator("a[data-evidence]").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".source").first).to_be_visible()
    link = drawer.locator("a[target=_blank]").first
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()

    bought = len(sandbox.calls())
    page.click(".tab:has-text('SE')")
    page.locator("#open-brief").click(timeout=30_000)
    expect(page.locator(".tab[aria-pressed=true]")).to_have_text("SE")
    assert len(sandbox.calls()) == bought
    assert WorkflowRun.objects.filter(consumer="customer_intelligence").count() == 2


@pytest.fixture
def brief(product, open_page):
    """A page that shows a brief made for the test."""
    rep = User.objects.get(username="rep")
    asked = factories.answered(rep)
    page = open_page()
    log_in(page)
    page.goto(f"/requests/{asked.pk}/brief/")
    return page


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def test_a_brief_prints_on_one_page(brief):
    assert pages_of(brief.pdf(format="A4", prefer_css_page_size=True)) == 1


def test_an_overfull_brief_prints_on_one_page_too(product, open_page):
    long = "A long sentence that goes on and on about access, onboarding and audits in many places. " * 5
    body = {
        **{name: value * 15 if isinstance(value, list) else value for name, value in factories.BODY.items()},
        "customer": {**factories.BODY["customer"], "description": long},
        "talking_points": [long] * 12,
        "competitor_context": {
            "known_usage": ["Azure AD"] * 60, "pain_points": [long[:280]] * 40,
            "positioning_advantage": long, "objection_handling": [long] * 12,
        },
        "tech_stack": {name: ["Kubernetes"] * 60 for name in ("frontend", "backend", "infrastructure", "security")},
    }  # fmt: skip
    gaps = [{**factories.GAP, "label": f"Dataset {n}"} for n in range(15)]
    asked = factories.answered(User.objects.get(username="rep"), report_values={"body": body, "gaps": gaps})
    page = open_page()
    log_in(page)
    page.goto(f"/requests/{asked.pk}/brief/")

    assert pages_of(page.pdf(format="A4", prefer_css_page_size=True)) == 1
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) == 0


def test_the_slash_key_leads_to_the_search_and_the_theme_is_remembered(brief):
    brief.click("#theme")
    assert brief.evaluate("document.documentElement.dataset.theme") == "dark"

    brief.keyboard.press("/")

    expect(brief.locator("#id_company")).to_be_focused()
    assert brief.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_refresh_is_quoted_when_its_menu_opens(brief):
    brief.click("text=Refresh …")

    expect(brief.locator(".menu__body .quote")).to_contain_text("At most")
    brief.keyboard.press("Escape")
    expect(brief.locator(".menu__body")).to_be_hidden()


def test_without_scripts_a_brief_is_read_and_its_sources_are_on_the_page(product, open_page):
    asked = factories.answered(User.objects.get(username="rep"))
    page = open_page(scripts=False)
    log_in(page)
    page.goto(f"/requests/{asked.pk}/brief/")

    page.locator("a[data-evidence]").first.click()

    assert page.url.endswith("#source-1")
    expect(page.locator("#source-1")).to_be_in_viewport()


def test_on_a_phone_without_scripts_the_menu_opens_and_a_list_is_read_as_cards(product, open_page):
    keys.make(user=User.objects.get(username="rep"), name="CRM", scopes=["read"])
    page = open_page("phone", scripts=False)
    log_in(page)
    assert page.locator(".top").bounding_box()["height"] < 64  # one row

    page.get_by_role("button", name="Menu").press("Enter")
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="API keys").click()

    page.set_viewport_size({"width": 320, "height": 700})
    expect(page.get_by_role("link", name="Revoke")).to_be_in_viewport()
    assert page.locator(".scroll").evaluate("frame => frame.scrollWidth - frame.clientWidth") == 0
    assert overflow(page) == 0


def test_the_page_of_the_api_is_dark_for_whom_all_is_dark(product, open_page):
    page = open_page("phone", scheme="dark")

    page.goto("/api/docs/")  # under the same policy as every page: what it refuses is a complaint

    expect(page.locator(".opblock").first).to_be_visible(timeout=30_000)  # a megabyte of script first
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(28, 32, 34)"
    assert overflow(page) == 0


def test_an_ambiguous_company_is_chosen_by_a_button(product, open_page):
    page = open_page("phone")
    log_in(page)
    page.fill("#id_company", "Acme")
    page.keyboard.press("Escape")
    page.click("text=Start research")

    page.locator(".choice", has_text="acme-ind.com").click()

    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]+/$"))
    expect(page.locator("h1")).to_have_text("Acme Industries")
    page.click("#cancel")
    expect(page.locator("#progress")).to_contain_text("It was cancelled.")
    assert ResearchRequest.objects.get().status == "cancelled"


HOSTILE = [
    "<script>window.broken = 1</script>", "<img src=x onerror='window.broken=1'>", "<svg/onload=window.broken=1>",
    '"><script>window.broken=1</script>', "'-window.broken=1-'", "{{ 7*7 }}",
    "<a href='javascript:window.broken=1'>x</a>",
]  # fmt: skip


def test_hostile_words_are_shown_and_never_run(product, open_page):
    body = {
        **factories.BODY,
        "talking_points": HOSTILE,
        "news_signals": [{"headline": text, "source": text, "insight": text} for text in HOSTILE],
        "target_contacts": [{"name": text, "title": text, "email": text} for text in HOSTILE],
    }
    items = {
        f"e{n}": factories.item(title=text, text=text, publisher=text, url="javascript:window.broken=1")
        for n, text in enumerate(HOSTILE)
    }
    asked = factories.answered(User.objects.get(username="rep"), report_values={"body": body, "evidence": items})
    page = open_page()
    log_in(page)

    page.goto(f"/requests/{asked.pk}/brief/")
    for link in page.locator("main a[data-evidence]").all()[:12]:
        link.click()
        page.keyboard.press("Escape")

    assert page.evaluate("window.broken") is None
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("main script, main img").count() == 0
