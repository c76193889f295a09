from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from enrichment.companies import Ambiguous, absorb, find, register, resolve, search
from enrichment.models import Company, CompanyAlias
from tests.benchmarks import bench_lookup

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed() -> dict[str, Company]:
    """Companies as a register of listed ones spells them."""
    names = {
        "Alphabet Inc.": "GOOGL", "ALPHABET ENERGY CORP": "ALEN", "Meta Platforms, Inc.": "META",
        "Meta Materials Inc.": "MMAT", "3M CO": "MMM", "COCA COLA CO": "KO", "COCA-COLA CONSOLIDATED, INC.": "COKE",
        "JPMORGAN CHASE & CO": "JPM", "SMITH A O CORP": "AOS", "MICROSOFT CORP": "MSFT", "MICROSTRATEGY Inc": "MSTR",
        "FORD MOTOR CO": "F", "Berkshire Hathaway Inc.": "BRK-B", "Agilent Technologies, Inc.": "A",
    }  # fmt: skip
    return {name: register(name, ticker=ticker) for name, ticker in names.items()}


@pytest.mark.parametrize(
    ("query", "name", "why"),
    [
        ("Alphabet", "Alphabet Inc.", "name"),
        ("alphabet inc", "Alphabet Inc.", "name"),
        ("3M", "3M CO", "name"),
        ("Coca-Cola", "COCA COLA CO", "name"),
        ("CocaCola", "COCA COLA CO", "name"),
        ("Meta", "Meta Platforms, Inc.", "known"),
        ("JPMorgan", "JPMORGAN CHASE & CO", "known"),
        ("J.P. Morgan", "JPMORGAN CHASE & CO", "known"),
        ("micros", "MICROSOFT CORP", "prefix"),
        ("A. O. Smith", "SMITH A O CORP", "words"),
        ("Mircosoft", "MICROSOFT CORP", "similar"),
        ("BRK.B", "Berkshire Hathaway Inc.", "ticker"),
        ("KO", "COCA COLA CO", "ticker"),
        ("MSFT", "MICROSOFT CORP", "ticker"),
    ],
)
def test_the_company_that_people_mean_comes_first(listed: dict[str, Company], query: str, name: str, why: str) -> None:
    best = search(query)[0]

    assert (best.company, best.why) == (listed[name], why)


def test_scores_fall_and_stay_between_0_and_1(listed: dict[str, Company]) -> None:
    scores = [candidate.score for candidate in search("Coca Cola")]

    assert scores[0] == 0.97
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("query", ["acmecorp.com", "https://www.acmecorp.com/en", "acmecorp", "ACMECORP"])
def test_a_company_is_found_by_its_domain_and_what_that_is_called(acme_trio: list[Company], query: str) -> None:
    best = search(query)[0]

    assert best.company == acme_trio[0]
    assert best.score >= 0.9


def test_a_name_is_found_while_its_legal_form_is_being_typed(acme_trio: list[Company]) -> None:
    assert search("acme c")[0].company.name == "Acme Corp"


def test_each_company_is_listed_once_however_many_of_its_names_match() -> None:
    company = register("Acme Corp", "acmecorp.com", aliases=["Acme", "Acme Holdings", "ACME Corporation"])

    assert [candidate.company for candidate in search("acme")] == [company]


def test_a_merged_company_shows_as_the_one_it_became(acme_corp: Company) -> None:
    absorb(resolve("Northwind Traders"), into=acme_corp, learned_from="person")

    assert [candidate.company for candidate in search("Northwind")] == [acme_corp]


def test_no_more_are_listed_than_asked_for(acme_trio: list[Company]) -> None:
    assert len(search("acme", limit=2)) == 2


@pytest.mark.parametrize(
    "query", ["", "   ", "zzzqqq", "\x00", "%", "_", '"', "'; DROP TABLE", "\ud800", "a" * 5000, "*"]
)
def test_what_matches_nothing_finds_nothing(acme_trio: list[Company], query: str) -> None:
    assert search(query) == []


def test_other_scripts_are_found_by_their_beginning() -> None:
    company = register("株式会社日立製作所", "hitachi.example")

    assert [candidate.company for candidate in search("日立")] == [company]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("ОАО Яндекс", "Yandeks"),
        ("Gazprom", "Газпром"),
        ("Газпром", "gazprm"),
        ("株式会社トヨタ自動車", "Toyota Jidosha"),
        ("삼성전자", "samseongjeonja"),
        ("腾讯", "TengXun"),
        ("Ελληνικά Πετρέλαια", "Ellinika Petrelaia"),
    ],
)
def test_a_name_of_another_script_is_found_in_latin_letters_and_the_other_way_round(name: str, query: str) -> None:
    company = register(name, "company.example")

    assert [candidate.company for candidate in search(query)] == [company]


@pytest.mark.parametrize(("name", "query"), [("Bayerische Motoren Werke AG", "BMW"), ("Meta Platforms", "Facebook")])
def test_a_company_is_found_by_another_name_that_everybody_knows(name: str, query: str) -> None:
    company = register(name, "company.example")

    [found] = search(query)
    assert (found.company, found.why) == (company, "known")


def test_what_sounds_the_same_is_asked_back_rather_than_certain() -> None:
    company = register("ОАО Яндекс", "yandex.example")

    found = find("Yandeks")

    assert isinstance(found, Ambiguous)
    assert [candidate.company for candidate in found.candidates] == [company]


@pytest.mark.django_db(transaction=True)
def test_names_that_are_known_already_get_their_latin_spelling_and_lose_it_again() -> None:
    company = register("Яндекс", "yandex.example")
    migration = import_module("enrichment.migrations.0037_names_in_latin_letters")
    with connection.schema_editor() as editor:
        migration.forget(apps, editor)
    without = list(company.aliases.filter(learned_from="spelling"))
    with connection.schema_editor() as editor:
        migration.spell(apps, editor)

    assert without == []
    assert [alias.key for alias in company.aliases.filter(learned_from="spelling")] == ["yandeks"]


def test_the_trigram_index_follows_changes_and_deletions(acme_corp: Company) -> None:
    alias = CompanyAlias.objects.create(
        company=acme_corp, kind="name", key="zephyrical works", value="Zephyrical Works"
    )
    assert [found.company for found in search("Zephyrcial Works")] == [acme_corp]

    alias.key = "obsidional works"
    alias.save()
    assert search("Zephyrcial Works") == []
    assert [found.company for found in search("Obsidoinal Works")] == [acme_corp]
    assert [found.company for found in search("Works")] == [acme_corp]

    alias.delete()
    assert search("Obsidoinal Works") == []


@pytest.mark.postgres
def test_misspelt_names_are_found_without_the_extension(listed: dict[str, Company]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX enrichment_alias_trigrams")

    assert search("Mircosoft")[0].company == listed["MICROSOFT CORP"]


@pytest.mark.django_db(transaction=True)
def test_the_indexes_can_be_taken_away_and_made_again_over_what_is_there() -> None:
    company = register("Zephyrical Works", "zephyrical.example")
    migration = import_module("enrichment.migrations.0003_company_search")

    with connection.schema_editor() as editor:
        migration.unmake(apps, editor)
    with connection.schema_editor() as editor:
        migration.make(apps, editor)

    assert search("Zephyrcial Works")[0].company == company


def test_invented_companies_are_found_by_every_way_of_asking() -> None:
    figures = bench_lookup.generated(500)

    assert float(figures[1][1].rstrip("%")) >= 95


@pytest.mark.skipif(bench_lookup.real_data() is None, reason="SALESINTEL_REAL_DATA names no folder with real lists")
def test_the_listed_companies_are_found_by_their_common_names() -> None:
    folder = bench_lookup.real_data()
    assert folder is not None

    first, wrong, _, speed = bench_lookup.sp500(folder)

    print(first, wrong, speed)  # noqa: T201 - the figures of issue 2, for the note
    assert float(first[1].rstrip("%")) >= 95
    assert wrong[1].startswith("0.0%")
