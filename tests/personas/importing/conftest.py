"""Imports are worked off by the tests themselves: bells are heard by nobody."""

import pytest

from personas.importing import tasks
from personas.models import Contact
from personas.records import ContactGiven, save_contact
from salesintel.accounts.models import User


@pytest.fixture
def contact(rep: User) -> Contact:
    """As people make them: found again by the address."""
    given = ContactGiven(name="Dana Whitfield", email="dana@acmecorp.com", title="CISO")
    return save_contact(owner=rep, given=given).row


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The bells that were rung."""
    bells: list[object] = []
    monkeypatch.setattr(tasks, "ring", bells.append)
    return bells
