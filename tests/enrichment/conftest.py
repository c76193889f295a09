import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from enrichment.rules import Rules
from enrichment.rules.snapshot import from_rows
from tests import seeding


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Rules:
    """The default rules as a rule set, with the four sources that tests know; the rows are gone again."""
    with django_db_blocker.unblock(), transaction.atomic():
        seeding.seed_four()
        found = from_rows()
        transaction.set_rollback(True)
    return found
