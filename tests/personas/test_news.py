"""Webhooks hear of personas and imports: ids, method and counts, and nobody but the owner."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from enrichment.delivery import notices
from enrichment.models import Announcement, UserNotice, WebhookDelivery, WebhookEndpoint
from personas.generating import making, renewing
from personas.generating.making import make
from personas.importing import working
from personas.models import Contact, ContactPersona, Grant, Import
from salesintel.accounts.models import User
from tests.personas.generating.planted import conversation
from tests.personas.importing.files import finished, run, sent, table

pytestmark = pytest.mark.django_db

PEOPLE = table(["Name", "Email"], ["Dana Whitfield", "dana@new.example"], ["Nobody", "no address"])


@pytest.fixture(autouse=True)
def listening(rep: User, stranger: User) -> None:
    for each in (rep, stranger):
        WebhookEndpoint.objects.create(user=each, url="https://hooks.example.com/in")


def heard() -> list[tuple[str, str]]:
    """(whose endpoint, type) of every delivery."""
    return sorted(WebhookDelivery.objects.values_list("endpoint__user__username", "message__type"))


def the_news() -> dict[str, Any]:
    return Announcement.objects.get().data


def test_a_persona_is_told_to_the_contacts_owner_and_to_nobody_it_is_shared_with(
    contact: Contact, stranger: User
) -> None:
    Grant.objects.create(owner=contact.owner, grantee=stranger, contact=contact, may_edit=True)

    row = make(contact, method="basic")

    assert row is not None
    assert heard() == [(contact.owner.username, "persona.generated")]
    assert the_news() == {
        "personaId": str(row.pk), "contactId": str(contact.pk), "method": "basic", "dataQuality": float(row.quality),
        "statusEndpoint": f"/api/v1/personas/{row.pk}",
    }  # fmt: skip


def test_the_bell_is_left_alone_by_personas(contact: Contact) -> None:
    make(contact, method="basic")

    assert not UserNotice.objects.exists()


def test_that_none_can_be_made_is_told_once_a_day(contact: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch)

    for _ in range(2):
        with pytest.raises(ArithmeticError):
            make(contact, method="rag")

    assert heard() == [(contact.owner.username, "persona.failed")]
    assert (the_news()["contactId"], the_news()["method"]) == (str(contact.pk), "rag")


def test_one_that_fails_keeps_no_other_from_being_made_anew(contact: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    friend = Contact.objects.create(owner=contact.owner, name="Ola Berg")
    for each in (contact, friend):
        conversation(each, answers=12)
        row = make(each, method="rag")
        assert row is not None
        ContactPersona.objects.filter(pk=row.pk).update(made=timezone.now() - timedelta(days=40))
    spoil(monkeypatch, of=contact)

    made = renewing.renew_some(timezone.now())

    assert made == 1
    assert ContactPersona.objects.filter(why="new").get().contact == friend


def spoil(monkeypatch: pytest.MonkeyPatch, *, of: Contact | None = None) -> None:
    """Have nothing be known of the contact, or of any: a fault of ours, which no input is known to bring about."""
    known = making.card_of

    def card_of(contact: Contact) -> Any:
        if of in (None, contact):
            raise ArithmeticError
        return known(contact)

    monkeypatch.setattr(making, "card_of", card_of)


def test_an_import_tells_how_many_rows_were_taken_and_nothing_of_them(rep: User) -> None:
    row = run(sent(rep, PEOPLE))

    assert heard() == [(rep.username, "import.completed")]
    told = the_news()
    assert (told["importId"], told["kind"], told["status"], told["rows"]) == (str(row.pk), "contacts", "done", 2)
    assert (told["new"], told["changed"], told["refused"]) == (1, 0, 1)
    assert not [word for word in ("Dana", "new.example", "no address") if word in json.dumps(told)]


def test_an_import_that_breaks_off_is_told_as_failed(rep: User) -> None:
    row = sent(rep, PEOPLE)
    Import.objects.filter(pk=row.pk).update(
        status="running", position=0, attempts=working.MOST_ATTEMPTS, started=timezone.now()
    )

    finished(row)

    assert the_news()["status"] == "failed"


def test_a_check_that_breaks_off_is_no_news(rep: User) -> None:
    row = sent(rep, PEOPLE)
    Import.objects.filter(pk=row.pk).update(status="checking", position=0, attempts=working.MOST_ATTEMPTS)

    finished(row)

    assert heard() == []


def test_the_bell_says_what_came_of_a_file(rep: User) -> None:
    run(sent(rep, PEOPLE))

    notice = UserNotice.objects.get()

    assert notice.user == rep
    assert notices.words(notice.announcement.type, notice.announcement.data) == (
        "An import is done: 2 rows, 1 new, 0 changed, 1 refused."
    )
