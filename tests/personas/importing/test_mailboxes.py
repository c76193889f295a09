"""A mailbox becomes what happened with each contact; who is no contact is offered, never made unasked."""

import pytest

from personas.importing import steering, telling
from personas.importing.settings import Choice
from personas.models import Contact, File, Import, Interaction
from salesintel.accounts.models import User
from tests.personas.importing.files import box, finished, mail, run, sent

REP, DANA, OLA = "rep@example.com", "Dana Whitfield <dana@acmecorp.com>", "Ola Berg <ola@acmecorp.com>"
TALK = [
    mail(1, REP, DANA, body="Do you have a budget?"),
    mail(2, DANA, REP, answers=["1@test"], body="Yes, we do.\n\nOn Wed someone wrote:\n> Do you have a budget?"),
    mail(3, DANA, REP, answers=["2@test"], body="I am away.", Auto_Submitted="auto-replied"),
    mail(4, OLA, REP, body="Who are you?"),
    mail(5, "News <news@shop.com>", REP, List_Id="<news.shop.com>"),
    mail(6, REP, OLA, body="I am the rep."),
]
BOUNCE = """From: mailer-daemon@example.com
To: rep@example.com
Date: Wed, 04 Mar 2026 10:00:00 +0000
Message-ID: <7@test>
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; dana@acmecorp.com
Action: failed
--b
Content-Type: message/rfc822

Message-ID: <1@test>

--b--
"""


@pytest.fixture
def mailbox(contact: Contact) -> Import:
    return sent(contact.owner, box(*TALK, BOUNCE), kind="")


def test_what_is_in_it_is_told_before_anything_is_written(mailbox: Import) -> None:
    told = telling.told(mailbox)

    assert (mailbox.kind, mailbox.status, told["questions"]) == ("mailbox", "ready", [])
    assert told["mailsLeftOut"] == {"lists": 1, "strangers": 2}
    assert told["unknownPeople"] == [{"email": "ola@acmecorp.com", "name": "Ola Berg", "sent": 1, "received": 1}]
    assert told["preview"][0]["values"]["direction"] == "out"
    assert not Interaction.objects.exists()


def test_mails_become_what_happened_with_a_contact(mailbox: Import, contact: Contact) -> None:
    run(mailbox)

    rows = Interaction.objects.order_by("occurred_at")
    assert [row.type for row in rows] == ["email_sent", "email_replied", "email_replied", "email_bounced"]
    assert {row.contact for row in rows} == {contact}
    assert [row.is_automatic for row in rows] == [False, False, True, False]
    assert rows[1].body == "Yes, we do."
    assert rows[1].answers_key == rows[0].message_key != ""
    assert rows[3].answers_key == rows[0].message_key
    assert len({row.thread_id for row in rows[:3]}) == 1


def test_unknown_people_become_contacts_where_that_is_asked_for(mailbox: Import) -> None:
    row = steering.change(mailbox, Choice(make_contacts=["ola@acmecorp.com"]))
    done = run(row)

    ola = Contact.objects.get(name="Ola Berg")
    assert (ola.came_by, ola.email) == ("mailbox", "ola@acmecorp.com")
    assert [row.type for row in ola.interactions.order_by("occurred_at")] == ["email_replied", "email_sent"]
    assert telling.told(done)["contactsMade"] == 1


def test_the_same_mailbox_again_changes_nothing(mailbox: Import, contact: Contact) -> None:
    run(mailbox)
    again = run(sent(contact.owner, box(*TALK, BOUNCE), kind=""))

    assert Interaction.objects.count() == 4
    assert (again.counts.get("new", 0), again.counts["unchanged"]) == (0, 4)


def test_a_mailbox_is_taken_back_with_the_people_it_made(mailbox: Import, contact: Contact) -> None:
    done = run(steering.change(mailbox, Choice(make_contacts=True)))

    steering.undo(done)
    finished(done)

    assert not Interaction.objects.exists()
    assert list(Contact.objects.all()) == [contact]


def test_files_are_told_by_name_type_and_size_alone(contact: Contact) -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nThe offer.\n--b\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="offer.pdf"\nContent-Transfer-Encoding: base64\n\nQUJDRA==\n--b--\n'
    )
    run(sent(contact.owner, box(mail(1, REP, DANA, body=body, Content_Type="multipart/mixed; boundary=b")), kind=""))

    file = File.objects.get()
    assert (file.name, file.media_type, file.text, file.contact) == ("offer.pdf", "application/pdf", "", contact)


def test_without_addresses_of_ones_own_it_asks(stranger: User) -> None:
    stranger.email = ""
    stranger.save()

    row = sent(stranger, box(*TALK), kind="")

    assert "ownAddresses" in telling.told(row)["questions"][0]
    assert {each["values"]["direction"] for each in telling.told(row)["preview"]} == {""}
    assert telling.told(steering.change(row, Choice(own_addresses=[REP])))["questions"] == []


def test_a_mailbox_that_is_sent_as_a_table_is_read_as_a_mailbox_and_says_so(contact: Contact) -> None:
    row = sent(contact.owner, box(*TALK), kind="contacts")

    assert (row.kind, row.rows) == ("mailbox", len(TALK))
    assert row.read_as == {"kind": "mailbox, not contacts"}


def test_a_table_with_a_column_from_is_no_mailbox(contact: Contact) -> None:
    assert sent(contact.owner, b"From,To,Name\nx,y,Ola\n", kind="contacts").kind == "contacts"
