"""A slip of the pen is asked back before anything is made of it, and whoever insists is believed."""

import pytest

from enrichment.companies import NEW, Ambiguous, AmbiguousCompany, Found, Unknown, find, register, resolve
from enrichment.models import Company

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("Acme Corp", "Acme Crop"),
        ("Acme Corp", "Acme Copr"),
        ("Northwind", "Northwend"),
        ("Northwind", "Norhtwind"),
        ("Northwind Traders", "Northwind Tradrs"),
        ("Quorvia", "Quorviaa"),
    ],
)
def test_a_slip_of_the_pen_asks_which(known: str, asked: str) -> None:
    company = register(known, "known.example")

    with pytest.raises(AmbiguousCompany) as told:
        resolve(asked)

    assert [(each.company, each.why) for each in told.value.candidates] == [(company, "similar")]
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("Alder Angel", "Alder Angle"),
        ("Studio 54", "Studio 53"),
        ("Rosenbaum", "Rosenblum"),
        ("Stripe", "Strife"),
        ("Bolt", "Bold"),
        ("Orbis", "Urbis"),
        ("Acme GmbH", "Acme Crop"),
    ],
)
def test_a_name_of_its_own_makes_a_company_of_its_own(known: str, asked: str) -> None:
    register(known, "known.example")

    assert find(asked) == Unknown(asked)


def test_whoever_insists_has_a_company_of_that_name_and_the_same_one_again() -> None:
    register("Acme Corp", "acmecorp.example")

    insisted = resolve("Acme Crop", domain=NEW)

    assert insisted.name == "Acme Crop"
    assert resolve("Acme Crop", domain=NEW) == insisted


def test_what_somebody_insisted_on_does_not_take_the_next_ones_slip_until_a_source_knows_it() -> None:
    known = register("Acme Corp", "acmecorp.example")
    insisted = resolve("Acme Crop", domain=NEW)

    found = find("Acme Crop")

    assert isinstance(found, Ambiguous)
    assert [each.company for each in found.candidates] == [known, insisted]


def test_a_company_that_a_list_knows_is_no_slip() -> None:
    register("Acme Corp", "acmecorp.example")
    crop = register("Acme Crop")

    assert find("Acme Crop") == Found(crop, "name")
