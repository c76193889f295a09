"""Who is alike is found with reasons, among those alone whom one may see, and profiles follow what happens."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from personas.generating.making import make
from personas.likeness.keeping import keep_profile, keep_some, stale
from personas.likeness.similar import similar_to
from personas.models import Contact, Grant, Interaction, Profile
from personas.privacy.erasing import erase
from personas.retrieval.indexing import index_some
from salesintel.accounts.models import User
from tests.personas.likeness.worlds import LATER, person, profile_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(rep: User) -> Contact:
    return person(rep, "Dana Whitfield")


def names(contact: Contact, user: User) -> list[str]:
    return [match.contact.name for match in similar_to(contact, user=user).matches]


def test_who_behaves_alike_comes_first_with_both_figures(dana: Contact, rep: User) -> None:
    person(rep, "Slow One", hours=60)
    person(rep, "Quick One", hours=2.5)

    found = similar_to(dana, user=rep).matches

    assert [match.contact.name for match in found] == ["Quick One", "Slow One"]
    told = {reason.figure: reason for reason in found[0].reasons}["medianResponseTimeHours"]
    assert (told.here, told.there) == (pytest.approx(2, abs=0.01), pytest.approx(2.5, abs=0.01))
    assert "medianResponseTimeHours" not in {reason.figure for reason in found[1].reasons}
    assert "Both say: The price" in {reason.words for reason in found[0].reasons}


def test_nobody_elses_contacts_are_looked_at(dana: Contact, rep: User, stranger: User) -> None:
    theirs = person(stranger, "Their Secret")

    assert names(dana, rep) == []
    assert names(theirs, stranger) == []
    assert similar_to(dana, user=stranger).matches == ()


def test_what_is_shared_is_found_and_no_more(dana: Contact, rep: User, stranger: User) -> None:
    person(rep, "Not Shared")
    person(stranger, "Their Own")
    Grant.objects.create(owner=rep, grantee=stranger, contact=dana)

    assert names(dana, stranger) == ["Their Own"]
    assert names(dana, rep) == ["Not Shared"]


def test_what_everything_is_shared_of_is_found(dana: Contact, rep: User, stranger: User) -> None:
    person(rep, "Shared, too")
    Grant.objects.create(owner=rep, grantee=stranger, contact=None)

    assert names(dana, stranger) == ["Shared, too"]


def test_without_a_profile_the_reason_is_told(contact: Contact, rep: User) -> None:
    assert "No profile" in similar_to(contact, user=rep).lacking


def test_likeness_takes_the_same_queries_for_many(dana: Contact, rep: User, django_assert_num_queries: Any) -> None:
    copies = [Contact(owner=rep, name=f"Copy {n}") for n in range(12)]
    Contact.objects.bulk_create(copies)
    held = profile_of(dana)
    values = {name: getattr(held, name) for name in ("behaviour", "known", "said", "space", "interactions", "made")}
    Profile.objects.bulk_create(Profile(owner=rep, contact=each, **values) for each in copies)

    with django_assert_num_queries(4):
        assert len(similar_to(dana, user=rep, limit=10).matches) == 10


def test_words_count_once_they_have_vectors(dana: Contact, rep: User) -> None:
    assert profile_of(dana).text is None
    while index_some():
        pass

    assert keep_some(LATER) == 1
    assert profile_of(dana).text is not None
    assert not stale(LATER).exists()


def later(contact: Contact, times: int) -> None:
    Interaction.objects.bulk_create(
        Interaction(owner=contact.owner, contact=contact, type="call", occurred_at=LATER) for _ in range(times)
    )


@pytest.mark.parametrize(
    ("made", "came", "due"),
    [
        (LATER, 0, False),
        (LATER - timedelta(minutes=5), 1, False),  # of twelve: less than a tenth
        (LATER - timedelta(minutes=5), 2, True),
        (LATER - timedelta(days=2), 1, True),
        (LATER - timedelta(days=2), 0, False),
        (LATER - timedelta(days=31), 0, True),
    ],
)
def test_a_profile_is_made_anew_when_enough_is_new(dana: Contact, made: Any, came: int, due: bool) -> None:
    Interaction.objects.update(created=made - timedelta(days=1))
    Profile.objects.update(made=made)
    later(dana, came)
    Interaction.objects.filter(type="call").update(created=LATER)

    assert stale(LATER).exists() is due


def test_a_contact_with_whom_nothing_happened_gets_none(contact: Contact) -> None:
    assert keep_some(LATER) == 0


def test_a_profile_of_other_components_is_not_compared(dana: Contact, rep: User) -> None:
    person(rep, "Of Before")
    Profile.objects.exclude(contact=dana).update(space="0 builtin:1:256")

    assert names(dana, rep) == []
    assert [row.name for row in stale(LATER)] == ["Of Before"]


def test_who_was_erased_meanwhile_gets_no_profile(dana: Contact) -> None:
    erase(Contact.objects.get(pk=dana.pk))

    assert keep_profile(dana, at=LATER) is None
    assert not Profile.objects.exists()


def test_nothing_that_they_said_stands_there_in_plain(dana: Contact) -> None:
    assert profile_of(dana).said["topics"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM personas_profile")
        assert "price" not in str(cursor.fetchone())


def test_a_persona_tells_what_three_alike_do_and_names_nobody(rep: User) -> None:
    for n in range(3):
        person(rep, f"Like Them {n}")
    new = person(rep, "New One", answers=5)
    Interaction.objects.filter(contact=new, type="email_replied").update(answers_key="", mood=None)

    row = make(new, method="rag", now=LATER)

    assert row is not None
    told = {trait["name"]: trait for trait in row.body["traits"] if trait["name"].startswith("alike.")}
    response = told["alike.medianResponseTimeHours"]
    assert response["value"] == "Contacts like them answer within 2 working hours: the median of 3."
    assert (response["n"], response["unit"], response["support"]) == (3, "similar contacts", "inferred")
    assert "Like Them" not in str(row.body)


def test_a_persona_knows_nobody_elses_contacts(rep: User, stranger: User) -> None:
    for n in range(3):
        person(stranger, f"Theirs {n}")
    new = person(rep, "New One", answers=5)
    Interaction.objects.filter(contact=new, type="email_replied").update(answers_key="")

    row = make(new, method="rag", now=LATER)

    assert row is not None
    assert not [trait for trait in row.body["traits"] if trait["name"].startswith("alike.")]
