"""No table that leads to a contact is forgotten: each is exported, and goes with the contact."""

import pytest

from personas.models import Contact
from personas.privacy.holding import NOT_OF_THEM, exported, paths, registered, surviving

pytestmark = pytest.mark.once

# Lead to a contact, and have no column that tells of a person beside the ids.
SAYS_NOTHING = {"personas.DealStage", "personas.PersonaBatchLine", "personas.PersonaUse"}
# Rows of files, which are deleted whole after a week or with the first erasure (`privacy.uploads.forget_files`).
OF_FILES = {"personas.Import", "personas.ImportPiece", "personas.ImportFault"}


def test_every_table_that_leads_to_a_contact_is_registered_and_exported() -> None:
    leading = {model._meta.label for model in paths()}

    assert leading - {model._meta.label for model in registered()} - SAYS_NOTHING - NOT_OF_THEM.keys() == set()
    assert {model._meta.label for model in exported()} == leading - NOT_OF_THEM.keys()


def test_every_table_that_the_registry_calls_a_contacts_leads_to_one() -> None:
    assert {model._meta.label for model in registered()} - {model._meta.label for model in paths()} == OF_FILES


def test_each_way_leads_to_contacts() -> None:
    for model, path in paths().items():
        assert str(model._default_manager.filter(**{path: Contact().pk}).query)  # it raises where there is no such way


def test_no_row_is_left_behind_when_its_contact_goes() -> None:
    assert surviving() == []
