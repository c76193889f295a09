"""A file is checked, written, gone on with, and taken back; twice is once, and another's is nobody's."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from enrichment.models import Company
from personas.importing import intake, keeping, steering, telling, working
from personas.importing.model import InvalidChoice, NotNow, Unreadable
from personas.importing.settings import Choice
from personas.models import (
    Contact,
    Deal,
    DealContact,
    DealStage,
    Import,
    ImportChange,
    ImportPiece,
    ImportPreset,
    Interaction,
)
from personas.privacy.erasing import erase
from personas.privacy.suppression import suppress
from personas.records import ContactGiven, DealGiven, save_contact, save_deal
from salesintel.accounts.models import User
from tests.personas.importing.files import finished, run, sent, table

PEOPLE = table(
    ["Name", "Email", "Job title", "Company"],
    ["Dana Whitfield", "dana@acmecorp.com", "CFO", "Acme"],
    ["Ola Berg", "ola@acmecorp.com", "CTO", "Acme"],
    ["Nobody", "no address", "", ""],
    ["Ola again", "OLA@acmecorp.com", "", ""],
)
CALLS = table(
    ["ID", "Contact email", "Type", "Date", "Subject"],
    ["1", "dana@acmecorp.com", "Call", "2026-03-04 10:00", "Budget"],
    ["2", "ola@acmecorp.com", "Meeting", "2026-03-05 10:00", "Demo"],
)


def told(row: Import) -> dict[str, int]:
    return {name: count for name, count in telling.brief(row)["counts"].items() if count}


def test_a_check_tells_what_a_run_would_do_and_writes_nothing(contact: Contact) -> None:
    row = sent(contact.owner, PEOPLE)

    assert row.status == Import.Status.READY
    assert told(row) == {"new": 1, "changed": 1, "refused": 1, "repeated": 1}
    assert Contact.objects.count() == 1


def test_a_run_does_what_was_told_and_again_changes_nothing(contact: Contact) -> None:
    done = run(sent(contact.owner, PEOPLE))
    contact.refresh_from_db()

    assert told(done) == {"new": 1, "changed": 1, "refused": 1, "repeated": 1}
    assert (contact.title, contact.company_name) == ("CFO", "Acme")
    assert Contact.objects.get(name="Ola Berg").came_by == "file"
    again = run(sent(contact.owner, PEOPLE))
    assert told(again) == {"unchanged": 2, "refused": 1, "repeated": 1}


def test_what_is_wrong_is_told_by_row_column_and_value(rep: User) -> None:
    row = sent(rep, PEOPLE)

    first, second = telling.errors_of(list(row.importfaults.all()))

    assert (first["row"], first["column"], first["value"]) == (4, "Email", "no address")
    assert "write dana@acme.com" in first["message"]
    assert (second["row"], second["isRepeat"]) == (5, True)
    assert "row 3" in second["message"]


def test_interactions_find_their_contacts_and_strangers_are_refused(contact: Contact) -> None:
    done = run(sent(contact.owner, CALLS, "interactions"))

    call = Interaction.objects.get()
    assert (call.contact, call.type, call.subject) == (contact, "call", "Budget")
    assert call.occurred_at.isoformat() == "2026-03-04T09:00:00+00:00"  # ten in Berlin
    assert told(done) == {"new": 1, "refused": 1}


def test_deals_come_with_their_people_and_their_end(contact: Contact) -> None:
    raw = table(
        ["Deal name", "Amount", "Stage", "Created", "Close date", "Contact email"],
        ["Renewal", "1.200,50 €", "Closed Won", "2026-01-02", "2026-03-04", "dana@acmecorp.com"],
        ["Pilot", "", "Proposal", "2026-02-01", "2027-01-01", ""],
    )

    done = run(sent(contact.owner, raw, "deals"))

    won, pilot = Deal.objects.order_by("-name")
    assert (won.status, won.amount, won.currency, list(won.contacts.all())) == (
        "won",
        Decimal("1200.50"),
        "EUR",
        [contact],
    )
    assert (pilot.status, pilot.closed_at) == ("open", None)
    assert told(run(sent(contact.owner, raw, "deals"))) == {"unchanged": 2}
    assert told(done) == {"new": 2}


def test_an_import_is_taken_back(contact: Contact) -> None:
    done = run(sent(contact.owner, PEOPLE))

    steering.undo(done)
    undone = finished(done)
    contact.refresh_from_db()

    assert undone.status == Import.Status.UNDONE
    assert (contact.title, contact.company_name) == ("CISO", "")
    assert not Contact.objects.exclude(pk=contact.pk).exists()
    assert not ImportChange.objects.exists()


AT_COMPANIES = table(
    ["Name", "Email", "Domain"], *((f"N{n}", f"n@kunde{n}.example", f"kunde{n}.example") for n in range(3))
)


def test_companies_that_an_import_made_are_seen_by_nobody_else(rep: User, stranger: User) -> None:
    run(sent(rep, AT_COMPANIES))

    assert Company.objects.visible_to(rep).filter(name__startswith="kunde").count() == 3
    assert not Company.objects.visible_to(stranger).filter(name__startswith="kunde").exists()


def test_companies_that_an_import_made_go_with_it_unless_something_else_uses_them(rep: User, stranger: User) -> None:
    before = save_contact(owner=rep, given=ContactGiven(name="Before", company_domain="kunde0.example")).row
    done = run(sent(rep, AT_COMPANIES))
    save_contact(owner=rep, given=ContactGiven(name="Since", company_domain="kunde1.example"))

    steering.undo(done)
    finished(done)

    assert before.company is not None
    assert set(Company.objects.filter(name__startswith="kunde").values_list("name", flat=True)) == {
        "kunde0.example", "kunde1.example",
    }  # fmt: skip


def test_what_was_changed_since_stays_and_is_told(contact: Contact) -> None:
    done = run(sent(contact.owner, PEOPLE))
    Contact.objects.filter(pk=contact.pk).update(title="CEO")
    run(sent(contact.owner, CALLS, "interactions"))  # now Ola has a record that came otherwise

    steering.undo(done)
    undone = finished(done)

    assert Contact.objects.get(pk=contact.pk).title == "CEO"
    assert Contact.objects.filter(name="Ola Berg").exists()
    assert sorted(undone.importchanges.values_list("kept", flat=True)) == [
        "It has records that came otherwise.", "It was changed since.",
    ]  # fmt: skip
    assert undone.counts["kept"] == 2


def test_what_a_person_gave_a_deal_while_the_import_ran_stays_when_it_is_taken_back(contact: Contact) -> None:
    deal = save_deal(owner=contact.owner, given=DealGiven(
        external_source="file", external_id="7", name="Renewal", stage="Lead", opened_at=timezone.now()
    )).row  # fmt: skip
    raw = table(["Deal ID", "Deal name", "Stage", "Contact email"], ["7", "Renewal", "Proposal", contact.email])
    done = run(sent(contact.owner, raw, "deals"))
    friend = save_contact(owner=contact.owner, given=ContactGiven(name="Ola Berg")).row
    by_hand = {"owner": contact.owner, "deal": deal}
    theirs = (
        DealStage.objects.create(**by_hand, stage="Demo", entered_at=timezone.now()),
        DealContact.objects.create(**by_hand, contact=friend),
    )
    for each in theirs:
        type(each).objects.filter(pk=each.pk).update(created=done.started)

    steering.undo(done)
    finished(done)

    deal.refresh_from_db()
    assert (deal.stage, {each.stage for each in deal.stages.all()}) == ("Lead", {"Lead", "Demo"})
    assert list(deal.contacts.all()) == [friend]


def test_a_deal_that_only_got_a_contact_loses_it_again(contact: Contact) -> None:
    given = DealGiven(external_source="file", external_id="7", name="Renewal", opened_at=timezone.now())
    deal = save_deal(owner=contact.owner, given=given).row
    raw = table(["Deal ID", "Deal name", "Contact email"], ["7", "Renewal", contact.email])
    done = run(sent(contact.owner, raw, "deals"))
    assert (told(done), list(deal.contacts.all())) == ({"changed": 1}, [contact])

    steering.undo(done)
    finished(done)

    assert list(deal.contacts.all()) == []


def test_who_was_erased_since_does_not_come_back_by_undoing(contact: Contact) -> None:
    done = run(sent(contact.owner, PEOPLE))
    was = Contact.objects.get(pk=contact.pk)
    change = ImportChange.objects.get(parent=done, record=contact.pk)
    change.before, change.after = {"email": "gone@acme.com"}, {"email": was.email}
    change.save()
    suppress(Contact(owner=contact.owner, email="gone@acme.com"))

    steering.undo(done)
    finished(done)

    change.refresh_from_db()
    assert Contact.objects.get(pk=contact.pk).email == was.email
    assert (change.kept, change.before) == ("Who it held was erased since.", {})


def test_an_erasure_reaches_what_imports_remember_of_others(contact: Contact) -> None:
    done = run(sent(contact.owner, PEOPLE))
    change = ImportChange.objects.get(parent=done, record=contact.pk)
    change.before = {"email": "gone@acme.com"}
    change.save()
    gone = Contact.objects.create(owner=contact.owner, name="Gone Person", email="gone@acme.com")

    erase(gone, by=contact.owner)

    change.refresh_from_db()
    assert (change.before, change.kept) == ({}, "Who it held was erased since.")


def test_an_order_of_days_is_asked_for_where_nothing_shows_it(contact: Contact) -> None:
    raw = table(["Contact email", "Date", "Type"], ["dana@acmecorp.com", "03/04/2026", "call"])
    row = sent(contact.owner, raw, "interactions")

    assert "3rd of April" in telling.told(row)["questions"][0]
    with pytest.raises(NotNow):
        steering.start(row)
    row = steering.change(row, Choice(date_order="mdy", time_zone="UTC"))
    run(row)
    assert Interaction.objects.get().occurred_at.isoformat() == "2026-03-04T12:00:00+00:00"


def test_columns_are_chosen_and_kept_under_a_name(rep: User) -> None:
    raw = table(["Wer", "Womit"], ["Dana", "dana@acme.com"])
    row = sent(rep, raw)

    row = steering.change(row, Choice(columns={"name": ["Wer"], "email": ["2"]}, save_as="Ours"))

    assert told(row) == {"new": 1}
    assert ImportPreset.objects.get().columns == {"name": ["Wer"], "email": ["Womit"]}
    assert told(sent(rep, raw, preset="Ours")) == {"new": 1}


@pytest.mark.parametrize(
    "choice",
    [
        Choice(columns={"shoe": ["Name"]}),
        Choice(columns={"name": ["Nome"]}),
        Choice(date_order="ymd"),
        Choice(time_zone="Mars/Olympus"),
        Choice(own_addresses=["me"]),
    ],
)
def test_what_is_not_possible_is_refused(rep: User, choice: Choice) -> None:
    row = sent(rep, PEOPLE)

    with pytest.raises(InvalidChoice):
        steering.change(row, choice)


def test_a_run_goes_on_where_it_died(rep: User, monkeypatch: pytest.MonkeyPatch, rung: list[object]) -> None:
    monkeypatch.setattr("personas.importing.packing.PIECE", 10)
    row = sent(rep, table(["Name", "Email"], *[[f"P{n}", f"p{n}@acme.com"] for n in range(35)]))
    steering.start(row)
    deaths = iter([False, True, False, True, False, False])

    def die(point: str) -> None:
        if next(deaths, False):
            raise KeyboardInterrupt

    monkeypatch.setattr(working, "reach", die)
    for _ in range(3):
        try:
            finished(row)
        except KeyboardInterrupt:
            continue
    done = finished(row)

    assert done.status == Import.Status.DONE
    assert Contact.objects.count() == ImportChange.objects.count() == done.counts["new"] == 35


def test_a_piece_that_always_kills_is_given_up(rep: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = sent(rep, PEOPLE)
    steering.start(row)

    def die(point: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(working, "reach", die)
    failed = finished(row)

    assert (failed.status, Contact.objects.count()) == (Import.Status.FAILED, 0)
    monkeypatch.undo()
    assert run(failed).status == Import.Status.DONE


def test_a_cancelled_run_keeps_what_is_in_and_goes_on_when_told(rep: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personas.importing.packing.PIECE", 10)
    row = sent(rep, table(["Name", "Email"], *[[f"P{n}", f"p{n}@acme.com"] for n in range(25)]))
    steering.start(row)
    working._piece(row.pk, 0, working._Desk())

    steering.cancel(row)

    assert not working.work(row.pk, seconds=1)
    assert Contact.objects.count() == 10
    assert run(row).counts["new"] == 25


def test_an_erased_person_is_refused_and_not_named(contact: Contact) -> None:
    suppress(contact)
    owner = contact.owner
    contact.delete()

    row = sent(owner, PEOPLE)

    assert told(row) == {"new": 1, "suppressed": 1, "refused": 1, "repeated": 1}
    assert "dana" not in str(telling.errors_of(list(row.importfaults.all()))).replace("write dana@acme.com", "").lower()


def test_nothing_of_a_file_stands_in_the_database_in_plain(rep: User) -> None:
    sent(rep, PEOPLE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM personas_import")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT body, keys FROM personas_importpiece")
        stored += str(cursor.fetchall())
        cursor.execute("SELECT faults FROM personas_importfault")
        stored += str(cursor.fetchall())
    assert not [word for word in ("Dana", "acmecorp", "no address", "people.csv", "Job title") if word in stored]


def test_a_file_is_deleted_after_a_week(rep: User) -> None:
    row = sent(rep, PEOPLE)
    Import.objects.update(created=timezone.now() - timedelta(days=8))

    assert keeping.prune_batch() == 1

    row.refresh_from_db()
    assert not ImportPiece.objects.exists()
    assert row.status == Import.Status.CANCELLED
    with pytest.raises(NotNow, match="send it again"):
        steering.start(row)


def test_an_erasure_takes_the_files_of_its_owner(contact: Contact, stranger: User) -> None:
    row, other = sent(contact.owner, PEOPLE), sent(stranger, PEOPLE)

    erase(contact, by=contact.owner)

    assert set(ImportPiece.objects.values_list("parent", flat=True)) == {other.pk}
    row.refresh_from_db()
    assert "erased" in row.error


def test_the_keeper_rings_for_what_stands_still(rep: User, rung: list[object]) -> None:
    row = sent(rep, PEOPLE)
    Import.objects.update(status=Import.Status.RUNNING, moved=timezone.now() - timedelta(minutes=5))

    keeping.ImportKeeper().tick()

    assert rung == [row.pk]


def test_contacts_that_a_row_names_are_the_owners_alone(contact: Contact, stranger: User) -> None:
    row = sent(stranger, CALLS, "interactions")

    assert told(row) == {"refused": 2}


def test_too_many_waiting_files_are_refused(rep: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 1)
    sent(rep, PEOPLE)

    with pytest.raises(Unreadable, match="start or cancel"):
        sent(rep, PEOPLE)


def test_a_piece_takes_few_queries(contact: Contact, django_assert_max_num_queries: Any) -> None:
    rows = [[f"{n}", "dana@acmecorp.com", "call", "2026-03-04", f"Call {n}"] for n in range(200)]
    row = sent(contact.owner, table(["ID", "Contact email", "Type", "Date", "Subject"], *rows), "interactions")
    steering.start(row)

    with django_assert_max_num_queries(40):
        working.work(row.pk, seconds=30)
    assert Interaction.objects.count() == 200
