"""Queries whose SQL is written once: the same rows as ever, whatever is given for their gaps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models import BigIntegerField, DateTimeField, QuerySet, TextField
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from salesintel.accounts.models import ApiKey, User
from salesintel.prepared import Gap, Prepared

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OF_USER = Gap("user", BigIntegerField())


def keys_of(user: User, *names: str) -> list[ApiKey]:
    return [ApiKey.issue(user=user, name=name, scopes=["read"], expires_at=NOW)[0] for name in names]


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", "anna@example.com", "correct horse")


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben", "ben@example.com", "correct horse")


def test_each_value_that_is_given_finds_its_own_rows(anna: User, ben: User) -> None:
    keys_of(anna, "crm", "sheet")
    keys_of(ben, "mail")
    names = Prepared(lambda: ApiKey.objects.filter(user=OF_USER).order_by("name").values_list("name", flat=True))

    assert names.all(user=anna.pk) == ["crm", "sheet"]
    assert names.all(user=ben.pk) == ["mail"]
    assert names.first(user=ben.pk + 100) is None


def test_a_row_comes_with_its_relation_and_every_kind_of_column(anna: User) -> None:
    [key] = keys_of(anna, "crm")
    at, digest = Gap("at", DateTimeField()), Gap("digest", TextField())
    usable = Prepared(lambda: ApiKey.objects.usable(at).filter(digest=digest).select_related("user"))
    usable.all(at=NOW, digest="")

    with CaptureQueriesContext(connection) as asked:
        found = usable.first(at=NOW - HOUR, digest=key.digest)
        seen = found and (found.user.username, found.scopes, found.expires_at)

    assert seen == ("anna", ["read"], NOW)
    assert len(asked) == 1
    assert usable.first(at=NOW + HOUR, digest=key.digest) is None


def test_the_query_is_built_once_in_each_thread(anna: User) -> None:
    built: list[int] = []

    def make() -> "QuerySet[ApiKey]":
        built.append(1)
        return ApiKey.objects.filter(user=OF_USER)

    prepared: Prepared[ApiKey] = Prepared(make)
    for _ in range(3):
        prepared.all(user=anna.pk)

    assert len(built) == 1

    def elsewhere() -> object:
        try:
            return prepared._made().connection is connections["default"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result() is True
    assert len(built) == 2


def test_nothing_is_no_value(anna: User) -> None:
    prepared = Prepared(lambda: ApiKey.objects.filter(user=OF_USER))

    with pytest.raises(ValueError, match="prepared for a value of “user”"):
        prepared.all(user=None)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_alone() -> None:
    prepared = Prepared(lambda: ApiKey.objects.select_for_update(no_key=True).filter(user=OF_USER))
    with transaction.atomic():
        assert prepared.all(user=1) == []
    if not connection.features.has_select_for_update:
        pytest.skip("SQLite locks the whole database.")

    with pytest.raises(TransactionManagementError, match="outside of a transaction"):
        prepared.all(user=1)
