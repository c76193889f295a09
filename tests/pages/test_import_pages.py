"""The pages of imports: send a file, see how it is read, choose, start, take back; another's is a 404."""

import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from personas.models import Contact, Import
from salesintel.accounts.models import User
from tests.personas.importing.files import box, finished, mail, sent, table

PEOPLE = table(["Who", "Email"], ["<b>Ola</b>", "ola@acmecorp.com"], ["Eve", "no address"])
URL = "/contacts/import/"


@pytest.fixture
def rep(db: None) -> User:
    return User.objects.create_user("rep", "rep@example.com", time_zone="Europe/Berlin")


@pytest.fixture
def page(rep: User) -> Client:
    client = Client()
    client.force_login(rep)
    return client


def test_a_file_is_sent_and_its_page_says_what_it_would_do(page: Client) -> None:
    sending = page.post(URL, {"file": SimpleUploadedFile("people.csv", PEOPLE), "kind": "contacts"})
    text = page.get(sending["Location"]).content.decode()

    assert "Import: 1 record" in text
    assert "no address" in text
    assert "write dana@acme.com" in text
    assert "<b>Ola</b>" not in text
    assert "people.csv" in page.get(URL).content.decode()


def test_a_file_that_cannot_be_read_says_why(page: Client) -> None:
    answer = page.post(URL, {"file": SimpleUploadedFile("people.csv", b"Name\n"), "kind": "contacts"})

    assert answer.status_code == 400
    assert "no row below it" in answer.content.decode()


def test_columns_are_chosen_on_the_page(page: Client, rep: User) -> None:
    row = sent(rep, PEOPLE)

    page.post(f"{URL}{row.pk}/read/", {"column-0": "name", "column-1": "email", "time_zone": "UTC", "save_as": "Ours"})

    row.refresh_from_db()
    assert (row.columns, row.options["zone"]) == ({"name": [0], "email": [1]}, "UTC")
    assert "“Ours”" in page.get(URL).content.decode()


def test_htmx_gets_the_part_with_what_is_wrong(page: Client, rep: User) -> None:
    row = sent(rep, PEOPLE)

    answer = page.post(f"{URL}{row.pk}/read/", {"column-1": "shoe"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "There is no such field" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_what_is_to_mend_stands_first_with_the_cell_as_it_is(page: Client, rep: User) -> None:
    text = page.get(f"{URL}{sent(rep, PEOPLE).pk}/").content.decode()

    assert text.index(">To mend<") < text.index(">E-mail</th>")
    assert '<td data-label="E-mail">no address</td>' in text


def test_without_addresses_of_ones_own_a_mailbox_asks_in_words_for_people(page: Client, rep: User) -> None:
    User.objects.filter(pk=rep.pk).update(email="")
    rep.email = ""
    row = sent(rep, box(mail(1, "ola@acmecorp.com", "me@example.com")), kind="contacts")

    text = page.get(f"{URL}{row.pk}/").content.decode()

    assert "Write below which e-mail addresses are yours" in text
    assert "mailbox, not contacts" in text
    assert not [words for words in ("ownAddresses", "0 people", "from them") if words in text]


def test_what_settles_after_a_swap_is_no_style_that_the_policy_forbids(page: Client) -> None:
    config = re.search(r"name=\"htmx-config\" content='([^']+)'", page.get(URL).content.decode())

    assert "style" not in json.loads(config[1] if config else "{}")["attributesToSettle"]


def test_it_is_started_and_taken_back(page: Client, rep: User) -> None:
    row = sent(rep, PEOPLE)

    page.post(f"{URL}{row.pk}/steer/", {"step": "start"})
    assert 'hx-trigger="every 2s"' in page.get(f"{URL}{row.pk}/live/").content.decode()
    finished(row)
    assert Contact.objects.count() == 1
    page.post(f"{URL}{row.pk}/steer/", {"step": "undo"})
    finished(row)

    assert not Contact.objects.exists()
    assert "taken back" in page.get(f"{URL}{row.pk}/").content.decode()


def test_people_of_a_mailbox_are_offered(page: Client, rep: User) -> None:
    row = sent(rep, box(mail(1, "Ola Berg <ola@acmecorp.com>", "rep@example.com")), kind="")

    assert "Ola Berg" in page.get(f"{URL}{row.pk}/").content.decode()
    chosen = {"own": "rep@example.com", "make": "some", "person-ola@acmecorp.com": "on"}
    page.post(f"{URL}{row.pk}/read/", chosen)

    row.refresh_from_db()
    assert row.options["make"] == ["ola@acmecorp.com"]
    assert row.counts["contacts"] == 1


def test_anothers_import_is_a_404(page: Client) -> None:
    theirs = sent(User.objects.create_user("other"), PEOPLE)

    for pk in (theirs.pk, uuid.uuid4()):
        answers = [
            page.get(f"{URL}{pk}/"),
            page.get(f"{URL}{pk}/live/"),
            page.post(f"{URL}{pk}/steer/", {"step": "start"}),
            page.post(f"{URL}{pk}/read/", {"column-0": "name"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
    theirs.refresh_from_db()
    assert theirs.status == Import.Status.READY
