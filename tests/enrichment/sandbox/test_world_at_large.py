"""The world as a whole: many kinds of companies that agree with each other, and sources that do not."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from enrichment.sandbox.bands import CONTACT_BANDS, contact_band
from enrichment.sandbox.world import Company, World, load, rates_on_file
from enrichment.sandbox.world.loading import FOLDER, company_from
from enrichment.sandbox.world.rates import WITNESSES, knows, rates_of

EVERY = pytest.mark.parametrize("company", load().companies, ids=lambda company: company.domain)
VENDORS = [company for company in load() if len(company.products) > 1 and company.competitors and company.customers]
FURTHER = [company_from(path) for path in sorted((FOLDER / "further").glob("*.toml"))]
EVERY_FURTHER = pytest.mark.parametrize("company", FURTHER, ids=lambda company: company.domain)
EVERY_VENDOR = pytest.mark.parametrize("vendor", VENDORS, ids=lambda company: company.domain)
NAMED = re.compile(r"\b(?:names|hires) ((?:[A-Z][\w'-]+ ){2})")


# --- What there is ----------------------------------------------------------------------------------------------------


def test_there_are_many_trades_countries_sizes_and_ages(world: World) -> None:
    assert len(world.companies) >= 60
    assert len({company.industry for company in world}) >= 40
    assert len({company.country for company in world}) >= 20
    assert {contact_band(company.employees) for company in world} >= {contact_band(top) for top in CONTACT_BANDS[1:]}
    assert {company.founded // 50 for company in world} >= {37, 38, 39, 40}


def test_the_trio_of_the_documents_is_there(world: World) -> None:
    assert {"acmecorp.com", "acme-ind.com", "acmesol.io"} <= {company.domain for company in world}


def test_there_are_vendors_to_sell_for(world: World) -> None:
    assert len(VENDORS) >= 8
    assert "okta.com" in {vendor.domain for vendor in VENDORS}
    assert all(vendor.pricing and vendor.value_propositions and vendor.target_markets for vendor in VENDORS[1:])


@EVERY
def test_everything_of_ours_is_invented(company: Company) -> None:
    hosts = [urlsplit(article.url) for article in company.news]

    assert all(url.scheme not in {"http", "https"} or str(url.hostname).endswith(".example") for url in hosts)
    assert not company.phone or "555" in company.phone


def test_nobody_is_at_two_companies(world: World) -> None:
    names = [person.name for company in world for person in company.people]

    assert len(set(names)) == len(names)


def test_no_two_companies_but_the_trio_begin_alike(world: World) -> None:
    begin = [company.name.split()[0].casefold() for company in world if "Acme" not in company.aliases]

    assert len(set(begin)) == len(begin)


# --- What agrees ------------------------------------------------------------------------------------------------------


@EVERY_FURTHER
def test_money_that_the_news_tell_of_has_its_round(company: Company) -> None:
    rounds = {funding.days for funding in company.rounds}

    assert {article.days for article in company.news if article.signal == "funding"} <= rounds


@EVERY
def test_who_the_news_say_was_hired_is_there(company: Company) -> None:
    hired = {found[1].strip() for article in company.news for found in NAMED.finditer(f"{article.title} ")}

    assert {name for name in hired if name in article_names(company)} <= {person.name for person in company.people}


def article_names(company: Company) -> set[str]:
    """Names of two words after "names" or "hires" that are no title: "Chief Financial"."""
    titles = {word for person in company.people for word in person.title.split()}
    found = {match[1].strip() for article in company.news for match in NAMED.finditer(f"{article.title} ")}
    return {name for name in found if not set(name.split()) & titles}


@EVERY
def test_nothing_happened_before_the_company_was_founded(company: Company) -> None:
    age = (datetime.now(UTC).year - company.founded + 1) * 366

    assert company.founded <= datetime.now(UTC).year
    assert all(funding.days <= age for funding in company.rounds)
    assert all(job.days >= 1 for job in company.jobs)


@EVERY_VENDOR
def test_rivals_of_the_world_name_each_other(vendor: Company, world: World) -> None:
    rivals = [other for other in world if other.name in vendor.competitors]

    assert all(vendor.name in rival.competitors for rival in rivals)


@EVERY_VENDOR
def test_no_vendor_is_its_own_rival_or_customer(vendor: Company) -> None:
    assert not set(vendor.names) & {*vendor.competitors, *vendor.customers}


@pytest.mark.parametrize("vendor", [v for v in FURTHER if v in VENDORS], ids=lambda v: v.domain)
def test_a_customer_runs_what_the_vendor_sells(vendor: Company, world: World) -> None:
    customers = [company for company in world if company.name in vendor.customers]

    assert len(customers) == len(vendor.customers)
    for customer in customers:
        assert vendor.name in {technology.name for technology in customer.technologies if not technology.dropped}


def test_a_technology_is_of_one_group_wherever_it_is_used(world: World) -> None:
    groups = defaultdict(set)
    for company in world:
        for technology in company.technologies:
            groups[technology.name].add(technology.group)

    assert {name: found for name, found in groups.items() if len(found) > 1} == {}


# --- What each source knows -------------------------------------------------------------------------------------------


def test_the_rates_on_file_are_those_of_the_companies(world: World) -> None:
    measured = {
        witness: {name: share for name, share in rates.items() if share is not None}
        for witness, rates in rates_of(world).items()
    }

    assert rates_on_file() == measured


def test_no_source_knows_everything_and_no_two_know_the_same(world: World) -> None:
    known = [frozenset(company.domain for company in world if knows(company, witness)) for witness in WITNESSES]

    assert len(set(known)) == len(known)
    assert all(20 <= len(domains) < len(world.companies) for domains in known)


@pytest.mark.parametrize("witness", ["company_db", "contacts", "website"])
def test_sources_are_wrong_at_times_and_right_as_a_rule(witness: str) -> None:
    rates = rates_on_file()[witness]

    assert 0.05 <= rates["wrong_sizes"] <= 0.35
    assert rates["former_people"] <= 0.15


def test_some_sources_are_out_of_date() -> None:
    rates = rates_on_file()

    assert rates["company_db"]["former_technologies"] > 0
    assert rates["contacts"]["former_people"] > 0
