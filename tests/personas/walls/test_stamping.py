"""Each statement goes to PostgreSQL with its scope: in and out of transactions, in every form that Django sends."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from personas.models import Contact
from salesintel.accounts.models import User
from salesintel.walls import owner_scope
from salesintel.walls.scope import NOBODY, scoped

pytestmark = pytest.mark.postgres
MANY = "INSERT INTO personas_product (id, owner_id, created, name, external_source) VALUES (%s, %s, now(), %s, '')"


@pytest.fixture
def two(rep: User, stranger: User) -> tuple[User, User]:
    """Each has three contacts."""
    Contact.objects.bulk_create(Contact(owner=owner, name=str(n)) for owner in (rep, stranger) for n in range(3))
    return rep, stranger


def owners(rows: Any = None) -> set[int]:
    return {row.owner_id for row in (Contact.objects.all() if rows is None else rows)}


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_and_after_it_nothing_of_a_scope_is_left(two: tuple[User, User]) -> None:
    with owner_scope(two[0]):
        mine = owners()

    left = connection.connection.execute("SELECT current_setting('salesintel.scope', true)").fetchone()
    assert (mine, left[0] or "") == ({two[0].pk}, "")


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_fetched_bit_by_bit_are_ones_own(two: tuple[User, User]) -> None:
    with owner_scope(two[0]):
        without = owners(Contact.objects.iterator(chunk_size=2))
        with transaction.atomic():
            within = owners(Contact.objects.iterator(chunk_size=2))
    with scoped(NOBODY):
        nobodys = owners(Contact.objects.iterator(chunk_size=2))

    assert (without, within, nobodys) == ({two[0].pk}, {two[0].pk}, set())


@pytest.mark.django_db
def test_the_scope_changes_within_a_transaction(two: tuple[User, User]) -> None:
    found = []
    for owner in (*two, two[0]):
        with owner_scope(owner):
            found.append(owners())

    assert found == [{two[0].pk}, {two[1].pk}, {two[0].pk}]


@pytest.mark.django_db
def test_how_many_rows_a_statement_changed_is_told_of_the_statement(two: tuple[User, User]) -> None:
    with owner_scope(two[0]):
        assert Contact.objects.update(title="CISO") == 3
        assert Contact.objects.filter(title="nobody’s").update(title="CISO") == 0


@pytest.mark.django_db
def test_one_statement_for_many_rows_has_the_scope(two: tuple[User, User]) -> None:
    rows = [(uuid4(), two[0].pk, "a"), (uuid4(), two[0].pk, "b")]
    with owner_scope(two[0]), connection.cursor() as cursor:
        cursor.executemany(MANY, rows)
        cursor.execute("SELECT name FROM personas_product ORDER BY name")
        assert cursor.fetchall() == [("a",), ("b",)]


@pytest.mark.django_db
def test_a_statement_that_fails_fails_as_it_does_without_walls(two: tuple[User, User]) -> None:
    held = Contact.objects.filter(owner=two[0]).first()
    with pytest.raises(IntegrityError), owner_scope(two[0]), transaction.atomic():
        Contact.objects.bulk_create([Contact(pk=held.pk, owner=two[0], name="again")])

    with owner_scope(two[0]):
        assert Contact.objects.count() == 3


@pytest.mark.django_db
def test_a_plan_is_told_in_the_scope(two: tuple[User, User]) -> None:
    with owner_scope(two[0]):
        assert "InitPlan" in Contact.objects.explain()


@pytest.fixture
def pool(transactional_db: None) -> Iterator[None]:
    """Other threads than this one share two connections."""
    given = connection.settings_dict
    before = given["CONN_MAX_AGE"]
    given["CONN_MAX_AGE"], given["OPTIONS"]["pool"] = 0, {"min_size": 2, "max_size": 2}
    yield
    given["CONN_MAX_AGE"] = before
    connection.close_pool()
    given["OPTIONS"].pop("pool")


@pytest.mark.django_db(transaction=True)
def test_on_a_pool_of_two_nobody_has_anothers_scope(two: tuple[User, User], pool: None) -> None:
    """S4: requests that take turns on the same connections, in and out of transactions, with a scope and without."""
    strange: list[Any] = []
    begin = threading.Barrier(4)

    def ask(scope: str, expected: set[int]) -> None:
        begin.wait()
        for turn in range(20):
            with scoped(scope):
                rows = Contact.objects.all()
                if turn % 2:
                    with transaction.atomic():
                        found = owners(rows.select_for_update())
                else:
                    found = owners(rows)
            connection.close()  # as a request's end gives it back
            if found != expected:
                strange.append((scope, found))

    of = [(str(owner.pk), {owner.pk}) for owner in two] + [(NOBODY, set[int]())] * 2
    threads = [threading.Thread(target=ask, args=each) for each in of]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert strange == []
