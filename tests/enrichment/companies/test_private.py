"""A company that only one user's private records name is known to nobody else."""

import pytest
from django.contrib.auth.models import Permission

from enrichment.companies import Found, Unknown, confirm, find, forget_unused, resolve, search
from enrichment.models import Company
from salesintel.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner")


@pytest.fixture
def other() -> User:
    return User.objects.create_user("other")


@pytest.fixture
def kept(owner: User) -> Company:
    """A company that a contact of the owner's names."""
    return resolve("kunde5.example", domain="kunde5.example", by=owner, is_private=True)


@pytest.mark.parametrize("text", ["kunde5.example", "Kunde5", "kund"])
def test_its_owner_finds_it_and_nobody_else_does(kept: Company, owner: User, other: User, text: str) -> None:
    assert [each.company for each in search(text, by=owner)] == [kept]
    assert search(text, by=other, typed=True) == []
    assert search(text, typed=True) == []


def test_its_domain_is_one_that_nobody_knows_to_others(kept: Company, owner: User, other: User) -> None:
    assert find("kunde5.example", by=owner) == Found(kept, "domain")
    assert find("kunde5.example", by=other) == Unknown("kunde5.example", "kunde5.example")
    assert find("", f"#{kept.pk}", by=other) == Unknown()
    assert find("Kunde5", by=other) == Unknown("Kunde5")


def test_an_editors_records_are_no_less_private(owner: User, other: User) -> None:
    owner.user_permissions.add(Permission.objects.get(codename="merge_companies"))

    kept = resolve("kunde5.example", domain="kunde5.example", by=owner, is_private=True)

    assert not kept.is_visible_to(other)


def test_more_records_of_the_owner_tell_nobody(kept: Company, owner: User, other: User) -> None:
    again = resolve("KUNDE5.example", domain="https://www.kunde5.example/", by=owner, is_private=True)

    assert (again, again.private) == (kept, True)


def test_records_of_a_second_user_confirm_it(kept: Company, other: User) -> None:
    again = resolve("kunde5.example", domain="kunde5.example", by=other, is_private=True)

    assert (again.pk, again.private, again.unconfirmed, again.given_by) == (kept.pk, False, False, None)


def test_who_asks_for_it_openly_makes_it_what_they_say(kept: Company, owner: User, other: User) -> None:
    asked = resolve("Kunde Five", domain="kunde5.example", by=other)

    assert (asked.pk, asked.name, asked.private) == (kept.pk, "Kunde Five", False)
    assert (asked.unconfirmed, asked.given_by) == (True, other)


def test_its_owner_asks_for_it_openly_by_its_domain_alone(kept: Company, owner: User, other: User) -> None:
    asked = resolve("kunde5.example", by=owner)

    assert (asked.pk, asked.private, asked.unconfirmed) == (kept.pk, False, False)
    assert find("kunde5.example", by=other) == Found(kept, "domain")


def test_an_editor_confirms_it(kept: Company, other: User) -> None:
    assert confirm(kept)

    assert Company.objects.get(pk=kept.pk).is_visible_to(other)


def test_what_nothing_uses_is_forgotten_and_nothing_else(kept: Company, owner: User, other: User) -> None:
    known = resolve("acme.example", by=owner)
    older = resolve("older.example", domain="older.example", by=owner, is_private=True)
    kept.refresh_from_db()
    Company.objects.filter(pk=older.pk).update(created=kept.created.replace(year=2020))

    forget_unused([kept.pk, known.pk, older.pk], by=owner, since=kept.created)

    assert set(Company.objects.all()) == {known, older}
