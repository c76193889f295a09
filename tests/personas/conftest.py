"""A rep with one contact, and somebody else who has nothing to do with it."""

from collections.abc import Generator

import pytest

from personas.models import Contact
from salesintel.accounts.models import User
from tests.conftest import uses_database
from tests.personas.walls.ordinary import ordinary


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Every test here that touches a database does so behind the wall."""
    if not uses_database(item):
        return (yield)
    with ordinary():
        return (yield)


@pytest.fixture
def rep(db: None) -> User:
    return User.objects.create_user("rep", "rep@example.com", time_zone="Europe/Berlin")


@pytest.fixture
def stranger(db: None) -> User:
    return User.objects.create_user("stranger", "stranger@example.com")


@pytest.fixture
def contact(rep: User) -> Contact:
    return Contact.objects.create(owner=rep, name="Dana Whitfield", email="dana@acmecorp.com", title="CISO")
