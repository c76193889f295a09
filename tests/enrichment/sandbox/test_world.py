"""The world is consistent: what is written in one place of a file agrees with the others."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from enrichment.sandbox.bands import contact_band, database_band
from enrichment.sandbox.choices import days_before
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.technology_hints import HINTS
from enrichment.sandbox.world import BadWorld, Company, World, companies, load
from enrichment.sandbox.world.loading import FOLDER, company_from

EVERY = pytest.mark.parametrize("company", load().companies, ids=lambda company: company.domain)


def site_text(company: Company) -> str:
    pages = " ".join(text for page in company.site.pages for text in (*page.paragraphs, *page.points))
    return " ".join((company.overview, pages, *(job.text for job in company.jobs)))


def told_errors(company: Company, source: str, dataset: str) -> str:
    return " ".join(error.says for error in company.errors if (error.source, error.dataset) == (source, dataset))


def test_the_first_thirty_have_stories_and_stand_before_the_others(world: World) -> None:
    stories = [company_from(path) for path in sorted((FOLDER / "companies").glob("*.toml"))]
    first = world.companies[: len(stories)]

    assert len(stories) == 30
    assert list(first) == stories
    assert len({company.industry for company in first}) >= 20
    assert len({company.country for company in first}) >= 12


def test_no_two_companies_share_a_domain(world: World) -> None:
    assert len({company.domain for company in world}) == len(world.companies)


def test_the_prospect_of_the_documents_has_its_story(world: World) -> None:
    truth = world.truth("acmecorp.com")

    assert truth.employee_count == {"low": 500, "high": 500}
    assert truth.headquarters == "San Francisco, CA"
    assert truth.funding_usd == (50_000_000, 28_000_000, 9_000_000)
    assert {"name": "Alicia Tran", "title": "VP, Infrastructure"} in truth.decision_makers
    assert "Acme Corp raises $50M Series C for European expansion" in [item["headline"] for item in truth.recent_news]
    assert "Azure AD" in [item["name"] for item in truth.tech_stack]
    assert "IAM Architect" in [item["title"] for item in truth.hiring_trends]


def test_three_companies_are_known_as_acme(world: World) -> None:
    namesakes = [company.domain for company in world if "Acme" in company.aliases]

    assert sorted(namesakes) == ["acme-ind.com", "acmecorp.com", "acmesol.io"]


def test_the_vendor_sells_what_the_documents_recommend(world: World) -> None:
    truth = world.truth("okta.com")

    names = {product["name"] for product in truth.products}
    assert {"Workforce Identity Cloud", "Lifecycle Management", "Customer Identity Cloud", "Adaptive MFA"} <= names
    assert {"Microsoft Entra ID", "Ping Identity", "CyberArk"} <= set(truth.competitors)


def test_the_demo_knows_all_but_the_company_that_is_met_by_name(world: World) -> None:
    known = {company.domain for company in companies()}

    assert {company.domain for company in world} - known == {"zephyrgrid.io"}


def test_the_demo_gives_the_bare_ticker() -> None:
    tickers = {company.domain: company.ticker for company in companies()}

    assert (tickers["okta.com"], tickers["acmecorp.com"]) == ("OKTA", None)


@EVERY
def test_mail_addresses_belong_to_the_company(company: Company) -> None:
    assert [p.email for p in company.people if p.email and not p.email.endswith(f"@{company.domain}")] == []


@EVERY
def test_every_technology_that_the_site_shows_leaves_a_hint(company: Company) -> None:
    assert [t.name for t in company.stack("website") if t.name not in HINTS] == []


@EVERY
def test_technologies_of_job_texts_stand_in_a_job_text(company: Company) -> None:
    texts = " ".join(job.text for job in company.jobs)

    assert [t.name for t in company.stack("jobs") if t.name not in texts] == []


@EVERY
def test_challenges_stand_in_a_text_that_a_reader_finds(company: Company) -> None:
    assert [sentence for sentence in company.challenges if sentence not in site_text(company)] == []


@EVERY
def test_articles_are_in_the_past_and_each_has_its_own_address(company: Company) -> None:
    addresses = [article.url for article in company.news]

    assert len(set(addresses)) == len(addresses)
    assert all(article.days >= 1 for article in company.news)


@EVERY
def test_a_wrong_size_is_written_down_as_an_error(company: Company) -> None:
    in_db = company.company_db.employees or company.employees
    in_contacts = company.contacts.employees or company.employees
    on_site = company.site.employees or company.employees

    if database_band(in_db) != database_band(company.employees):
        assert database_band(in_db) in told_errors(company, "company_db", "employee_count")
    if contact_band(in_contacts) != contact_band(company.employees):
        assert contact_band(in_contacts) in told_errors(company, "contacts", "employee_count")
    if on_site != company.employees:
        assert str(on_site) in told_errors(company, "website", "employee_count")


@EVERY
def test_a_wrong_place_is_written_down_as_an_error(company: Company) -> None:
    if company.company_db.headquarters:
        assert company.company_db.headquarters == told_errors(company, "company_db", "headquarters")
    if company.contacts.city:
        assert company.contacts.city == told_errors(company, "contacts", "headquarters")


@EVERY
def test_who_has_left_and_is_still_listed_is_written_down_as_an_error(company: Company) -> None:
    for person in company.people:
        for witness in person.seen if person.left is not None else ():
            assert person.name in told_errors(company, witness, "decision_makers")


@EVERY
def test_what_is_no_longer_used_and_still_shown_is_written_down_as_an_error(company: Company) -> None:
    for technology in company.technologies:
        for witness in technology.seen if technology.dropped else ():
            assert technology.name in told_errors(company, witness, "tech_stack")


@EVERY
def test_customers_of_a_vendor_are_companies_of_the_world(company: Company, world: World) -> None:
    names = {other.name for other in world}

    assert set(company.customers) <= names


def test_profile_addresses_are_not_shared(world: World) -> None:
    slugs = [person.slug or slug_of(person.name) for company in world for person in company.people]

    assert len(set(slugs)) == len(slugs)
    assert [slug for slug in slugs if not re.fullmatch(r"[\w-]+", slug)] == []


def test_truth_leaves_out_who_and_what_has_gone(world: World) -> None:
    truth = world.truth("acmecorp.com")

    assert truth.former_people == ("Victor Petrosyan",)
    assert "Victor Petrosyan" not in [person["name"] for person in truth.decision_makers]
    assert truth.former_technologies == ("Marketo",)
    assert "Marketo" not in [item["name"] for item in truth.tech_stack]


def test_truth_knows_other_companies_news_that_name_it(world: World) -> None:
    mentions = world.truth("acmecorp.com").mentions

    assert mentions == ("Tamarack Retail Group offers suppliers accounts by Acme Corp",)


def test_truth_of_an_unknown_domain_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        world.truth("nowhere.example")


def test_a_liar_keeps_names_and_changes_what_can_be_checked(world: World) -> None:
    true, false = world.truth("acmecorp.com"), world.liar.truth("acmecorp.com")

    assert false.company_name == true.company_name
    assert false.employee_count != true.employee_count
    assert false.headquarters == "Atlantis, Mu"
    assert not {p["name"] for p in false.decision_makers} & {p["name"] for p in true.decision_makers}
    assert not {a["headline"] for a in false.recent_news} & {a["headline"] for a in true.recent_news}


def test_dates_move_with_today() -> None:
    today = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    then, next_day = days_before(today, 5, "a"), days_before(today + timedelta(days=1), 5, "a")

    assert then.date().isoformat() == "2026-11-16"
    assert next_day - then == timedelta(days=1)


def test_dates_are_never_in_the_future() -> None:
    early = datetime(2026, 11, 21, 0, 1, tzinfo=UTC)

    assert days_before(early, 0, "a") == early


@pytest.mark.parametrize(
    ("employees", "database", "contacts"),
    [
        (1, "1-10", "Self"),
        (10, "1-10", "1-10"),
        (85, "51-100", "51-200"),
        (260, "251-500", "201-500"),
        (500, "251-500", "201-500"),
        (501, "501-1000", "501-1000"),
        (10_001, "10001+", "10001+"),
    ],
)
def test_sizes_fall_into_the_bands_of_each_provider(employees: int, database: str, contacts: str) -> None:
    assert (database_band(employees), contact_band(employees)) == (database, contacts)


def test_a_misspelt_key_of_a_world_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('name = "Odd"\ndomain = "odd.example"\nemploees = 3\n')

    with pytest.raises(BadWorld, match=r"odd\.toml[\s\S]*emploees"):
        company_from(path)


def test_companies_are_found_with_and_without_www(world: World) -> None:
    assert world.by_domain("WWW.acmecorp.com.") == world.by_domain("acmecorp.com")
    assert world.by_domain("shop.acmecorp.com") is None


def test_a_company_outside_north_america_has_its_country_in_its_address(world: World) -> None:
    polar = next(company for company in world if company.domain == "polarpay.fi")

    assert polar.headquarters == "Helsinki, Finland"
    assert replace(polar, region="XY").headquarters == "Helsinki, XY"
