"""Contacts who behave alike are found as groups, named by what sets them apart; where there are none, it is said."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client

from personas.likeness import patterns
from personas.likeness.features import BY_FIGURE, FEATURES
from personas.likeness.grouping import groups
from personas.likeness.keeping import space_now
from personas.likeness.patterns import due, find, find_one, patterns_of
from personas.models import BehavioralPattern, Contact, Grant, PersonaPolicy, Profile
from personas.retrieval.nearest import packed
from salesintel.accounts.models import User
from tests.personas.api.conftest import caller
from tests.personas.likeness.worlds import LATER

RESPONSE, MAIL = BY_FIGURE["medianResponseTimeHours"], BY_FIGURE["emailReplyRate"]


def told(count: int, *, apart: float, gaps: float = 0.3) -> tuple[Any, Any]:
    """Half answer quickly and most mails, half slowly and few; the rest is noise; `gaps` of it is unknown."""
    chance = np.random.default_rng(5)
    behaviour = chance.normal(size=(count, len(FEATURES)), scale=0.4).astype(np.float32)
    behaviour[::2, [RESPONSE, MAIL]] += np.array([-apart, apart])
    behaviour[1::2, [RESPONSE, MAIL]] += np.array([apart, -apart])
    return behaviour, chance.random(behaviour.shape) >= gaps


def test_two_kinds_are_found_in_spite_of_gaps() -> None:
    quick, slow = sorted(groups(*told(200, apart=2)), key=lambda group: "slow" in group.name.lower())

    assert {*quick.name.lower().split(", ")} == {"answers most mails", "quick to answer"}
    assert {*slow.name.lower().split(", ")} == {"answers few mails", "slow to answer"}
    assert sum(member % 2 == 0 for member in quick.members) / len(quick.members) > 0.95
    assert quick.cohesion > 0.25


def test_in_noise_there_are_no_groups() -> None:
    assert groups(*told(200, apart=0)) == []


def test_what_is_unknown_of_people_makes_no_group_of_them() -> None:
    behaviour, known = told(200, apart=0, gaps=0)
    behaviour += 1
    known[::2, :10] = False

    assert groups(behaviour, known) == []


def test_a_handful_is_no_pattern() -> None:
    assert groups(*told(8, apart=2)) == []


def people(owner: User, count: int = 40, *, apart: float = 2) -> None:
    behaviour, known = told(count, apart=apart, gaps=0)
    contacts = Contact.objects.bulk_create(Contact(owner=owner, name=f"Person {n:02}") for n in range(count))
    Profile.objects.bulk_create(
        Profile(
            owner=owner, contact=contact, behaviour=packed(row), known=has.astype(np.uint8).tobytes(),
            space=space_now(), interactions=9, made=LATER,
        )
        for contact, row, has in zip(contacts, behaviour, known, strict=True)
    )  # fmt: skip


@pytest.mark.django_db
def test_an_owners_contacts_are_grouped_once_a_day(rep: User) -> None:
    people(rep)

    assert [find_one(LATER), find_one(LATER)] == [1, 0]
    assert sorted(row.members for row in patterns_of(rep).rows) == [20, 20]
    assert Profile.objects.filter(pattern=None).count() == 0
    assert not due(LATER + timedelta(days=2)).exists()  # nothing is new


@pytest.mark.django_db
def test_a_pattern_that_is_found_again_is_the_same(rep: User) -> None:
    people(rep)
    find(rep, at=LATER)
    before = set(BehavioralPattern.objects.values_list("pk", flat=True))

    find(rep, at=LATER + timedelta(days=1))

    assert set(BehavioralPattern.objects.values_list("pk", flat=True)) == before


@pytest.mark.django_db
def test_patterns_are_of_ones_own_contacts_alone(rep: User, stranger: User) -> None:
    people(rep)
    people(stranger, 40, apart=0)
    find(rep, at=LATER)
    find(stranger, at=LATER)

    assert patterns_of(stranger).rows == []
    assert not BehavioralPattern.objects.filter(owner=rep, profiles__owner=stranger).exists()


@pytest.mark.django_db
def test_too_few_contacts_are_told_by_number(rep: User) -> None:
    people(rep, 29)

    assert not due(LATER).exists()
    assert patterns_of(rep).lacking == "Not enough contacts: 29 of yours have a profile, and 30 are needed."


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [1, 15, 40])
def test_what_was_erased_is_out_of_the_patterns_a_day_later(rep: User, gone: int) -> None:
    people(rep)
    find(rep, at=LATER)
    Contact.objects.filter(pk__in=list(Contact.objects.values_list("pk", flat=True)[:gone])).delete()

    assert [find_one(LATER + timedelta(hours=1)), find_one(LATER + timedelta(days=2))] == [0, 1]
    assert sum(row.members for row in patterns_of(rep).rows) == (39 if gone == 1 else 0)
    assert not due(LATER + timedelta(days=4)).exists()


@pytest.mark.django_db
def test_an_admin_sets_how_many_are_enough(rep: User) -> None:
    PersonaPolicy.objects.create(pattern_minimum=20)
    people(rep, 29)

    assert list(due(LATER)) == [rep]


@pytest.mark.django_db
def test_that_there_are_no_groups_is_kept_and_told(rep: User) -> None:
    people(rep, apart=0)

    assert [find_one(LATER), find_one(LATER)] == [1, 0]
    assert "form no groups" in patterns_of(rep).lacking
    assert BehavioralPattern.objects.get().name == patterns.NONE


@pytest.mark.django_db
def test_the_api_tells_patterns_and_members_to_whom_may_see_them(rep: User, stranger: User, rules: None) -> None:
    people(rep)
    find(rep, at=LATER)
    mine, theirs = caller(rep), caller(stranger)

    first = mine("GET", "patterns").json()["patterns"][0]

    mark = first["marks"][0]
    assert (first["members"], mark["n"], mark["figure"]) == (20, 20, mark["figure"])
    path = f"patterns/{first['id']}/contacts"
    assert len(mine("GET", path, limit=50).json()["results"]) == 20
    assert theirs("GET", path).status_code == 404
    assert theirs("GET", "patterns").json()["patterns"] == []
    Grant.objects.create(owner=rep, grantee=stranger, contact=None)
    assert theirs("GET", path).status_code == 200


@pytest.mark.django_db
def test_the_page_shows_each_pattern_with_its_members(rep: User, client: Client) -> None:
    people(rep)
    find(rep, at=LATER)
    client.force_login(rep)

    page = client.get("/contacts/patterns/").content.decode()

    assert "uick to answer" in page
    assert page.count("Person ") == 40
