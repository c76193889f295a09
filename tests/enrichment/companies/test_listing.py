import pytest
from django.core.management import call_command

from enrichment.companies import AmbiguousCompany, Listing, find, register, register_all, resolve
from enrichment.companies.identity import Found
from enrichment.models import Company, CompanyAlias

pytestmark = pytest.mark.django_db


def test_a_company_is_registered_once_however_often_it_is_listed() -> None:
    first = register("Acme Corp", "https://www.acmecorp.com", "ACM", ["Acme Inc"])
    rows = CompanyAlias.objects.count()

    again = register("Acme Corporation", "acmecorp.com", "ACM", ["Acme Inc"])

    assert again == first
    assert (Company.objects.count(), CompanyAlias.objects.count()) == (1, rows)


def test_a_name_that_somebody_edited_stays() -> None:
    company = register("Acme Corp", "acmecorp.com")
    Company.objects.filter(pk=company.pk).update(name="Acme Corporation")

    register("Acme Corp", "acmecorp.com")

    assert Company.objects.get().name == "Acme Corporation"


def test_one_company_may_have_several_tickers() -> None:
    company, _ = register_all(
        [Listing(name="Alphabet Inc.", tickers=("GOOGL", "GOOG")), Listing(name="Okta", tickers=("OKTA",))]
    )

    assert register("Alphabet Inc. Class C", ticker="goog") == company


def test_listed_companies_of_one_name_stay_two() -> None:
    one, other = register_all(
        [Listing(name="Liberty Inc", tickers=("LBA",)), Listing(name="Liberty Corp", tickers=("LBB",))]
    )

    assert one != other


def test_a_share_class_is_not_a_ticker_of_its_own() -> None:
    one, other = register("AT&T Inc.", ticker="T-PC"), register("Tutor Perini Corp", ticker="TPC")

    assert one != other
    assert register("AT&T Inc.", ticker="T.PC") == one


def test_a_name_alone_is_the_company_that_bears_it() -> None:
    okta = register("Okta, Inc.", "okta.com")

    assert register("Okta") == okta


def test_a_company_listed_by_name_alone_is_provisional() -> None:
    company = register("Northwind Traders")

    assert resolve("Northwind Traders") == company
    assert company.is_provisional


@pytest.mark.parametrize(("name", "domain"), [("", None), ("\x00", None), ("Acme", "not a domain"), ("Acme", "co.uk")])
def test_a_listing_without_a_name_or_with_a_false_domain_is_refused(name: str, domain: str | None) -> None:
    with pytest.raises(ValueError, match="has no name, or a domain that is none"):
        register(name, domain)

    assert Company.objects.count() == 0


def test_the_demo_world_is_seeded_once() -> None:
    call_command("seed_demo")
    companies, aliases = Company.objects.count(), CompanyAlias.objects.count()

    call_command("seed_demo")

    assert companies >= 20
    assert (Company.objects.count(), CompanyAlias.objects.count()) == (companies, aliases)


def test_the_demo_asks_which_acme_and_knows_acme_corp_and_okta() -> None:
    call_command("seed_demo")

    with pytest.raises(AmbiguousCompany) as told:
        resolve("Acme")
    assert {candidate.company.domain for candidate in told.value.candidates} == {
        "acmecorp.com",
        "acme-ind.com",
        "acmesol.io",
    }
    assert resolve("Acme Corp") == resolve("https://acmecorp.com/en")
    assert isinstance(find("Okta"), Found)
