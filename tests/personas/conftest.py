"""A rep with one contact, and somebody else who has nothing to do with it."""

import pytest

from personas.models import Contact
from salesintel.accounts.models import User


@pytest.fixture
def rep(db: None) -> User:
    return User.objects.create_user("rep", "rep@example.com", time_zone="Europe/Berlin")


@pytest.fixture
def stranger(db: None) -> User:
    return User.objects.create_user("stranger", "stranger@example.com")


@pytest.fixture
def contact(rep: User) -> Contact:
    return Contact.objects.create(owner=rep, name="Dana Whitfield", email="dana@acmecorp.com", title="CISO")
