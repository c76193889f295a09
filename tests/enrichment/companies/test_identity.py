from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from enrichment.companies import (
    Ambiguous,
    AmbiguousCompany,
    Found,
    NotACompany,
    Unknown,
    absorb,
    find,
    learn_alias,
    register,
    resolve,
)
from enrichment.models import Company

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["acmecorp.com", "https://www.acmecorp.com/en", "ACMECORP.COM.", "jo@acmecorp.com"])
def test_every_spelling_of_its_domain_finds_a_company(acme_trio: list[Company], text: str) -> None:
    assert find(text) == Found(acme_trio[0], "domain")


@pytest.mark.parametrize("text", ["Acme Corp", "ACME CORP.", "acme, corp"])
def test_its_name_with_its_legal_form_is_certain_beside_others_of_that_brand(
    acme_trio: list[Company], text: str
) -> None:
    assert find(text) == Found(acme_trio[0], "name")


def test_a_bare_brand_of_three_companies_asks_which(acme_trio: list[Company]) -> None:
    result = find("Acme")

    assert isinstance(result, Ambiguous)
    assert {candidate.company for candidate in result.candidates} == set(acme_trio)
    assert result.candidates[0].company == acme_trio[0]


def test_a_bare_brand_that_all_three_are_called_by_asks_which() -> None:
    for name, domain in (("Acme Corp", "acmecorp.com"), ("Acme Industries", "acme-ind.com")):
        register(name, domain, aliases=["Acme"])

    assert isinstance(find("Acme"), Ambiguous)
    assert isinstance(find("Acme Corp"), Found)


def test_the_domain_settles_which(acme_trio: list[Company]) -> None:
    assert find("Acme", domain="www.acme-ind.com") == Found(acme_trio[1], "domain")


def test_a_number_settles_which_where_no_domain_is_known(acme_trio: list[Company]) -> None:
    nameless = resolve("Acme Tools")

    assert find("Acme", nameless.reference) == Found(nameless, "number")


def test_the_number_of_a_company_that_was_absorbed_means_the_one_it_became(acme_corp: Company) -> None:
    provisional = resolve("Acme Tools")
    absorb(provisional, into=acme_corp, learned_from="test")

    assert find("Acme", f"#{provisional.pk}") == Found(acme_corp, "number")


def test_a_number_of_nobody_is_refused(acme_corp: Company) -> None:
    with pytest.raises(NotACompany, match="#999999"):
        resolve("Acme", domain="#999999")


def test_a_number_in_the_place_of_the_name_is_no_name(acme_corp: Company) -> None:
    assert find(acme_corp_number := f"#{acme_corp.pk}") == Found(acme_corp, "number")
    assert find(acme_corp_number, "acmecorp.com") == Found(acme_corp, "domain")


@pytest.mark.parametrize("text", ["#new", "#NEW", "＃new", "# new", "#0", "#999999", "#007"])
def test_nobody_is_called_by_what_stands_for_a_company(text: str) -> None:
    with pytest.raises(NotACompany, match="leads to no company"):
        resolve(text)


def test_a_name_may_begin_with_a_number() -> None:
    assert resolve("#1 Cochran").name == "#1 Cochran"


def test_a_bare_name_is_certain_beside_companies_with_names_of_their_own() -> None:
    apple = register("Apple Inc.", "apple.com")
    register("Apple Hospitality REIT, Inc.", "applehospitalityreit.com")

    assert find("Apple") == Found(apple, "name")


def test_the_form_of_another_country_asks_back(acme_corp: Company) -> None:
    result = find("Acme GmbH")

    assert isinstance(result, Ambiguous)
    assert [candidate.company for candidate in result.candidates] == [acme_corp]


def test_another_form_of_the_same_country_is_the_same_company(acme_corp: Company) -> None:
    assert find("Acme Inc.") == Found(acme_corp, "name")


def test_a_name_without_its_spaces_is_the_same_company() -> None:
    bank = register("JPMorgan Chase & Co.", "jpmorganchase.com")

    assert find("J.P. Morgan Chase") == Found(bank, "name")


def test_the_beginning_of_a_name_asks_back() -> None:
    meta = register("Meta Platforms, Inc.", "meta.com")

    result = find("Meta")

    assert isinstance(result, Ambiguous)
    assert [candidate.company for candidate in result.candidates] == [meta]


def test_the_same_words_in_another_order_ask_back() -> None:
    bank = register("SCHWAB CHARLES CORP", ticker="SCHW")

    result = find("Charles Schwab Corporation")

    assert isinstance(result, Ambiguous)
    assert [candidate.company for candidate in result.candidates] == [bank]


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("Meta Platforms, Inc.", "Facebook"),
        ("International Business Machines", "IBM"),
        ("Pengrove Analytics", "Pengrove Anaytics"),
    ],
)
def test_a_former_or_misspelt_name_of_a_known_company_asks_back(known: str, asked: str) -> None:
    company = register(known, "known.example")

    result = find(asked)

    assert isinstance(result, Ambiguous)
    assert [candidate.company for candidate in result.candidates] == [company]


@pytest.mark.parametrize("asked", ["Pengrove Foundation", "Delta Dental", "Pengrave Robotics"])
def test_a_name_that_only_resembles_makes_a_new_company(asked: str) -> None:
    register("Pengrove Analytics", "pengrove.example")
    register("Delta Air Lines", "delta.example")

    assert find(asked) == Unknown(asked)


def test_what_an_editor_said_settles_a_bare_name(acme_trio: list[Company]) -> None:
    learn_alias(acme_trio[1], "Acme", learned_from="person")

    assert find("Acme") == Found(acme_trio[1], "name")


def test_a_name_that_somebody_typed_once_makes_no_other_ambiguous(acme_corp: Company) -> None:
    resolve("Acme Group")

    assert find("Acme") == Found(acme_corp, "name")


def test_a_known_company_goes_before_a_provisional_one_of_the_same_name() -> None:
    resolve("Northwind")
    known = register("Northwind Inc", "northwind.example")

    assert find("Northwind") == Found(known, "name")


def test_reading_writes_nothing() -> None:
    assert find("Nobody Knows Ltd") == Unknown("Nobody Knows Ltd")
    assert Company.objects.count() == 0


def test_an_unknown_name_becomes_one_provisional_company() -> None:
    first = resolve("Northwind Traders")
    again = resolve("  northwind TRADERS, Inc. ")

    assert first == again
    assert first.is_provisional
    assert first.name == "Northwind Traders"


def test_an_unknown_domain_becomes_a_company_that_takes_the_first_name_it_is_given() -> None:
    company = resolve("https://northwind.example/about")
    learn_alias(company, "Northwind Traders", learned_from="company_website")

    assert not company.is_provisional
    assert find("Northwind Traders") == Found(company, "name")
    assert Company.objects.get().name == "Northwind Traders"


def test_a_provisional_company_takes_the_domain_that_a_caller_gives() -> None:
    provisional = resolve("Northwind Traders")

    known = resolve("Northwind Traders", domain="northwind.example")

    assert known == provisional
    assert Company.objects.get().domain == "northwind.example"


def test_an_ambiguous_name_is_told_with_its_candidates(acme_trio: list[Company]) -> None:
    with pytest.raises(AmbiguousCompany) as told:
        resolve("Acme")

    assert {candidate.company for candidate in told.value.candidates} == set(acme_trio)
    assert Company.objects.count() == 3


@pytest.mark.parametrize("text", ["", "  ", "\x00", "10.0.0.1", "http://[::1]/", "co.uk", "jo@gmail.com"])
def test_what_is_no_company_makes_none(text: str) -> None:
    with pytest.raises(NotACompany):
        resolve(text)

    assert Company.objects.count() == 0


def test_a_domain_that_is_none_is_refused_beside_a_good_name(acme_corp: Company) -> None:
    with pytest.raises(NotACompany):
        resolve("Acme Corp", domain="not a domain")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["Northwind Traders", "northwind.example"])
def test_however_many_ask_at_once_one_company_is_made(text: str) -> None:
    def ask(_: int) -> int:
        try:
            return resolve(text).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(ask, range(24)))

    assert len(made) == 1
    assert Company.objects.count() == 1


# --- Domains that no unknown company may have -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "domain", "words"),
    [
        ("gmail.com", None, "anybody has a mailbox"),
        ("Northwind", "gmail.com", "anybody has a mailbox"),
        ("Northwind", "linkedin.com", "not this company's own domain"),
        ("Apple", "xn--80ak6aa92e.com", "look like Latin ones"),
        ("Northwind", "10.0.0.1", "an IP address"),
        ("Northwind", "co.uk", "an ending under which many register"),
    ],
)
def test_a_domain_that_is_nobodys_own_makes_no_company(text: str, domain: str | None, words: str) -> None:
    with pytest.raises(NotACompany) as told:
        resolve(text, domain=domain)

    assert words in str(told.value)
    assert Company.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "domain"), [("Yahoo", "yahoo.com"), ("LinkedIn", "linkedin.com"), ("github.com", None)]
)
def test_a_provider_is_a_company_by_its_own_name(text: str, domain: str | None) -> None:
    assert resolve(text, domain=domain).domain is not None
