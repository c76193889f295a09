"""An admin's way through the matrix: see what a change does, save it, see it used, take it back."""

import pytest
from playwright.sync_api import Page, expect

from enrichment.models import ChangeSet, DatasetSource
from salesintel.accounts.models import User
from tests.browser.conftest import SIZES, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]

GRID = "/admin/enrichment/datasetsource/grid/"


@pytest.fixture
def admin(product, client, open_page):
    """`admin("phone")`: a page of an admin who is logged in."""
    User.objects.create_superuser("chief", "chief@example.com", "correct horse")
    client.force_login(User.objects.get(username="chief"))

    def opened(size: str = "desktop", *, scheme: str = "light", scripts: bool = True) -> Page:
        page = open_page(size, scheme=scheme, scripts=scripts)
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": product}])
        page.goto(GRID)
        return page

    return opened


def cell(dataset: str, source: str, field: str) -> str:
    row = DatasetSource.objects.get(dataset__slug=dataset, source__slug=source)
    return f"[name=cell-{row.pk}-{field}]"


def test_an_admin_promotes_a_source_sees_the_effect_saves_sees_it_used_and_takes_it_back(admin, worker, sandbox):
    page = admin()
    for dataset in ("industry", "employee_count"):
        page.fill(cell(dataset, "company_website", "reliability"), "0.9")
        page.fill(cell(dataset, "company_website", "priority"), "1")

    profile = page.locator(".rules__effect", has_text="Company profile")
    expect(profile.locator("ins").first).to_have_text("Company's own site")
    expect(profile.locator("del").first).to_have_text("Bright Data company database")
    assert not ChangeSet.objects.exists()
    page.fill("[name=why]", "Sites say it first.")
    page.click("button[value=save]")
    expect(page.locator("body")).to_contain_text("Saved: 2 rows changed")

    change = page.locator("a", has_text="See or take it back").get_attribute("href")
    assert sources_of_a_run(page, "acmecorp.com")[0] == "Company's own site"

    page.goto(change)
    page.set_viewport_size(SIZES["phone"])
    assert overflow(page) == 0
    page.click("text=Take it all back")
    expect(page.locator("body")).to_contain_text("was taken back")
    assert sources_of_a_plan(page, "globex.com") == ["Bright Data company database"]
    page.goto(GRID)
    expect(page.locator(cell("industry", "company_website", "reliability"))).to_have_value("0.7")
    assert overflow(page) == 0


def fill_in(page: Page, company: str) -> None:
    page.fill("[name=company]", company)
    page.select_option("[name=consumer]", label="Company profile")


def sources_of_a_run(page: Page, company: str) -> list[str]:
    """Whom a run for the company's profile asked, in order, as its page tells when it is done."""
    page.goto("/")
    fill_in(page, company)
    page.get_by_role("button", name="Start research").click()
    expect(page.locator("#open-brief")).to_be_visible(timeout=60_000)
    return page.locator(".asked__name").all_inner_texts()


def sources_of_a_plan(page: Page, company: str) -> list[str]:
    """Whom the page of the plan says it would ask."""
    page.goto("/plan/")
    fill_in(page, company)
    page.get_by_role("button", name="Explain the plan").click()
    return page.locator("section[aria-labelledby=asked-title] li strong").all_inner_texts()
