"""The list recognises whom it should, where it should, and tells nobody who is on it."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from enrichment.models import Company, DigestKey, OptOut
from enrichment.people import digests, optouts
from enrichment.people.optouts import Marks, NoMark, Why
from tests import factories


@pytest.fixture
def acme(db: None) -> Company:
    return factories.company()


def put(**marks: tuple[str, ...]) -> int:
    return optouts.add(Marks(**marks), why=Why.ASKED)


def test_a_name_counts_at_its_own_company(acme: Company) -> None:
    other = factories.company("Globex", "globex.com")

    put(names=("Jane Doe",), companies=("https://www.acmecorp.com/about",))

    assert optouts.blocked([acme.pk]).has_name("Jane Doe")
    assert not optouts.blocked([other.pk]).has_name("Jane Doe")


def test_a_company_is_known_by_its_name_and_by_its_other_names_too(acme: Company) -> None:
    factories.alias(acme, "Roadrunner Traps")

    put(names=("Jane Doe",), companies=("ACME Corporation",))
    put(names=("John Roe",), companies=("roadrunner traps inc",))

    blocked = optouts.blocked([acme.pk])
    assert blocked.has_name("Jane Doe")
    assert blocked.has_name("John Roe")


def test_a_mail_address_counts_everywhere(acme: Company) -> None:
    put(emails=("Jane@Acme.Example",))

    assert optouts.blocked([]).names_in("jane@acme.example")


def test_the_same_mark_is_on_the_list_once(acme: Company) -> None:
    assert put(emails=("jane@acme.example",)) == 1
    assert put(emails=("JANE@acme.example",)) == 0


def test_who_is_taken_off_is_collected_again(acme: Company) -> None:
    put(emails=("jane@acme.example",), names=("Jane Doe",), companies=("acmecorp.com",))

    removed = optouts.remove(Marks(emails=("jane@acme.example",), names=("Doe, Jane",), companies=("acmecorp.com",)))

    assert removed == 2
    assert not optouts.blocked([acme.pk])


@pytest.mark.parametrize(
    "given", [{}, {"names": ("Jane Doe",)}, {"emails": ("jane",)}, {"names": ("Jane Doe",), "companies": ("",)}]
)
def test_what_nobody_could_be_recognised_by_is_refused(db: None, given: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(NoMark, match="a name together with its company"):
        put(**given)


GOOD = {"emails": ("jane@acme.example",)}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"emails": ("jane", "jane@acme.example")}, "'jane' is no mail address"),
        ({"profiles": ("linkedin.com/in/",), **GOOD}, "'linkedin.com/in/' is no profile's address"),
        ({"names": ("Jane Doe",), **GOOD}, "'Jane Doe' alone may be a namesake's"),
        ({"names": ("Jane Doe", "?"), "companies": ("acmecorp.com",)}, "'\\?' is no name"),
        ({"names": ("Jane Doe",), "companies": ("acmecorp.com", " ")}, "' ' is no company's domain or name"),
        ({"names": ("x" * 201,), "companies": ("acmecorp.com",)}, "'x{79}…' is too long: at most 200 characters"),
        ({"emails": ("x" * 320 + "@acme.example",)}, "at most 320 characters"),
        ({"profiles": ("linkedin.com/in/" + "x" * 1000,)}, "at most 1000 characters"),
        ({"companies": ("x" * 254,), **GOOD}, "at most 253 characters"),
    ],
)
@pytest.mark.parametrize("use", [put, lambda **given: optouts.remove(Marks(**given))])
def test_a_mark_that_nobody_could_be_recognised_by_is_named(
    acme: Company, use: Callable[..., int], given: dict[str, tuple[str, ...]], told: str
) -> None:
    with pytest.raises(NoMark, match=told):
        use(**given)

    assert not OptOut.objects.exists()


def test_what_was_found_is_kept_by_the_marks_that_can_be_recognised(acme: Company) -> None:
    found = Marks(emails=("jane@acme.example", "at acme"), profiles=("linkedin.com/in/",), names=("Jane Doe",))

    assert optouts.keep(found, why=Why.ERASED) == 1
    assert optouts.blocked_by(found).names_in("jane@acme.example")


def test_a_name_of_very_many_words_is_kept(acme: Company) -> None:
    long = Marks(names=("jane " * 40_000,), companies=("acmecorp.com",))

    assert optouts.keep(long, why=Why.ERASED) == 1


def test_the_list_holds_digests_alone(acme: Company) -> None:
    put(emails=("jane@acme.example",), names=("Jane Doe",), companies=("acmecorp.com",))

    held = str(list(OptOut.objects.values())).casefold()
    assert [word for word in ("jane", "doe", "acme") if word in held] == []


def test_the_key_of_the_digests_survives_a_new_secret_key(db: None, settings: Settings) -> None:
    before = digests.key()

    settings.SECRET_KEY = "another"

    assert digests.key() == before


def test_a_key_that_nobody_can_open_stops_the_work_rather_than_the_protection(
    acme: Company, settings: Settings
) -> None:
    put(emails=("jane@acme.example",))

    settings.CREDENTIAL_KEYS = ["bm90IHRoZSBrZXkgdGhhdCBpdCB3YXMgd3JpdHRlbiA="]

    with pytest.raises(ImproperlyConfigured, match="SALESINTEL_CREDENTIAL_KEYS"):
        optouts.blocked([acme.pk])


def test_the_key_is_not_in_plain_text_in_the_database(db: None) -> None:
    key = digests.key().hex()

    assert key not in str(list(DigestKey.objects.extra(select={"raw": "secret"}).values_list("raw", flat=True)))
