"""S2, S3 with the first wall left out: every query that narrows to the user lets everything through."""

import pytest

from personas.models.hooks import CrmHookQuerySet
from personas.models.owned import OwnedQuerySet
from salesintel.accounts.models import User
from tests.personas.api import test_isolation as isolation
from tests.personas.api.conftest import Call, caller

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def no_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    for rows, name in ((OwnedQuerySet, "visible_to"), (OwnedQuerySet, "editable_by"), (CrmHookQuerySet, "visible_to")):
        monkeypatch.setattr(rows, name, lambda self, _user: self.all())


@pytest.fixture
def theirs(stranger: User, rules: None) -> Call:
    return caller(stranger)


def test_anothers_record_cannot_be_told_from_one_that_there_is_not(rep: User, theirs: Call) -> None:
    isolation.test_anothers_record_cannot_be_told_from_one_that_there_is_not(rep, theirs)


def test_no_list_and_no_search_shows_a_strangers_record(rep: User, theirs: Call) -> None:
    isolation.test_no_list_and_no_search_shows_a_strangers_record(rep, theirs)


def test_ids_of_anothers_records_cannot_be_used_in_ones_own(rep: User, theirs: Call) -> None:
    isolation.test_ids_of_anothers_records_cannot_be_used_in_ones_own(rep, theirs)
