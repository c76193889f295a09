"""What works without a request says for whom: it does its work where whoever says nothing sees nothing."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from enrichment.workflow.chores import Chores
from personas import tasks
from personas.importing import tasks as imports
from personas.models import Contact, ContactFigures, Import, Interaction, InteractionEmbedding
from personas.models.owned import OwnedQuerySet
from personas.privacy.claims import is_claimed
from personas.records import ContactGiven, save_contact
from salesintel import chores
from salesintel.accounts.models import User
from salesintel.walls import scope, system_scope
from tests.personas.importing.files import sent, table

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PEOPLE = table(["Name", "Email"], ["Ola Berg", "ola@acmecorp.com"])


@pytest.fixture
def said(contact: Contact) -> Interaction:
    return Interaction.objects.create(
        owner=contact.owner, contact=contact, type="email_replied", direction="in", body="The price.", words=2,
        occurred_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is in the product."""
    monkeypatch.setattr(scope, "outside", scope.NOBODY)


def every(rows: Any) -> int:
    with system_scope("the test"):
        return int(rows.count())


def test_the_worker_makes_vectors_of_everybodys_words(said: Interaction, nobody: None) -> None:
    tasks.answer_bell("personas")

    assert every(InteractionEmbedding.objects.all()) == 1


def test_the_worker_goes_on_with_an_import_for_its_owner(
    rep: User, nobody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system_scope("the test"):
        row = sent(rep, PEOPLE)
        Import.objects.update(status=Import.Status.RUNNING, position=0, counts={}, started=timezone.now())
    monkeypatch.setattr(imports, "ring", lambda _: None)

    imports.answer_bell(str(row.pk))

    assert every(Contact.objects.filter(owner=rep, name="Ola Berg")) == 1
    assert every(Import.objects.filter(status=Import.Status.DONE)) == 1


def test_what_is_done_beside_the_workers_is_done_for_everybody(contact: Contact, nobody: None) -> None:
    of_this_app = tuple(each for each in chores.chores() if type(each).__module__.startswith("personas"))

    Chores(also=of_this_app).tick()

    assert every(ContactFigures.objects.filter(contact=contact)) == 1


def test_whether_somebody_is_anyones_contact_is_asked_of_all(rep: User, nobody: None) -> None:
    with system_scope("the test"):
        save_contact(owner=rep, given=ContactGiven(name="Dana", email="dana@acmecorp.com"))

    assert is_claimed(emails=["dana@acmecorp.com"], names=[], companies=[])


def test_keys_are_rotated_for_everybody(contact: Contact, nobody: None, settings: Settings) -> None:
    old = stored(contact)
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]

    call_command("rotate_keys", stdout=StringIO())

    assert stored(contact) != old


def stored(contact: Contact) -> str:
    """The address as it is stored."""
    with system_scope("the test"), connection.cursor() as cursor:
        cursor.execute("SELECT email FROM personas_contact WHERE id = %s", [contact.pk])
        return str(cursor.fetchone()[0])


def test_an_admin_sees_in_the_admin_that_rows_are_there(contact: Contact, admin_client: Client, nobody: None) -> None:
    page = admin_client.get("/admin/personas/contact/").content.decode()

    assert str(contact.pk) in page
    assert contact.name not in page


def test_an_admin_sees_no_more_than_others_outside_of_it(
    contact: Contact, admin_client: Client, nobody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OwnedQuerySet, "visible_to", lambda self, _user: self.all())

    assert admin_client.get(f"/contacts/{contact.pk}/").status_code == 404
