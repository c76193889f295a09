"""Who is a contact is told all that is held, and is forgotten everywhere, for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.http import Http404

from personas import judging, records
from personas.generating.making import make
from personas.models import (
    Contact,
    Deal,
    DealContact,
    File,
    Import,
    ImportPiece,
    Interaction,
    InteractionEmbedding,
    PersonaPolicy,
    PersonaUse,
    Profile,
    Suppression,
    Thread,
)
from personas.pages.contact_forms import ContactForm
from personas.pages.reaching import tell_refusal
from personas.privacy.erasing import erase
from personas.privacy.export import everything_on
from personas.privacy.holding import paths
from personas.privacy.retention import HistoryPruner, prune_batch
from personas.records import ContactGiven, DealGiven, FileGiven, Gone, InteractionGiven, Party, Refused, Suppressed
from salesintel.accounts.models import User
from salesintel.audit.models import Entry
from tests import factories
from tests.personas.api.conftest import caller

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DANA = ContactGiven(
    name="Dana Whitfield", email="dana@acmecorp.com", company_name="Acme", external_source="hubspot", external_id="7"
)


@pytest.fixture
def dana(rep: User) -> Contact:
    """A contact with something in every table of records."""
    contact = records.save_contact(owner=rep, given=DANA).row
    file = records.save_file(owner=rep, given=FileGiven(contact=contact, name="Offer.pdf", text="Our offer.")).row
    deal = records.save_deal(
        owner=rep, given=DealGiven(name="Renewal", stage="talks", parties=(Party(contact=contact, role="decider"),))
    ).row
    mail = InteractionGiven(
        contact=contact,
        type="email_replied",
        occurred_at=NOON,
        body="The budget is gone.",
        thread="t",
        deal=deal,
        file=file,
    )
    row = records.save_interaction(owner=rep, given=mail).row
    InteractionEmbedding.objects.create(
        owner=rep, contact=contact, interaction=row, place=0, begins=0, ends=5, space="s", vector=b"\0\0\0\0"
    )
    Profile.objects.create(owner=rep, contact=contact, behaviour=b"", known=b"", interactions=1, made=NOON)
    return contact


def test_the_export_has_every_table_in_plain_text_and_leaves_an_entry(dana: Contact) -> None:
    held = {each.table: each for each in everything_on(dana)}

    filled = {model._meta.label for model, path in paths().items() if model.objects.filter(**{path: dana.pk}).exists()}
    assert held.keys() == filled
    assert held["personas.Interaction"].rows[0]["body"] == "The budget is gone."
    assert held["personas.Contact"].rows[0]["email"] == "dana@acmecorp.com"
    assert {row.field for row in held["personas.File"].columns} >= {"name", "text"}
    assert Entry.objects.filter(action="export", object_id=str(dana.pk)).exists()


def test_the_export_is_handed_out_to_the_owner(dana: Contact, rules: None) -> None:
    answer = caller(dana.owner)("GET", f"contacts/{dana.pk}/export")

    tables = {each["table"]: each for each in answer.json()["held"]}
    assert tables["personas.Interaction"]["rows"][0]["body"] == "The budget is gone."
    assert {"column", "purpose", "lawfulBasis", "kept", "source"} == set(tables["personas.Contact"]["columns"][0])
    assert "attachment" in answer["Content-Disposition"]


def test_nothing_is_left_but_digests_and_a_line_without_personal_data(dana: Contact) -> None:
    erase(dana)

    for model in (*paths(), Deal, File, Thread):
        assert not model._default_manager.exists(), model
    entry = Entry.objects.get(action="erase")
    assert (entry.model, entry.object_id, entry.counts["interaction"]) == ("personas.Contact", str(dana.pk), 1)
    said = str(list(Entry.objects.values()) + list(Suppression.objects.values()))
    assert not any(word in said for word in ("Dana", "dana@", "Renewal", "Acme"))


def test_who_was_erased_is_not_taken_in_again_by_any_mark(dana: Contact, stranger: User) -> None:
    owner = dana.owner
    erase(dana)

    for given in (
        DANA,
        ContactGiven(name="Somebody", email="DANA+x@acmecorp.com"),
        ContactGiven(name="Whitfield, Dana", company_name="acme"),
        ContactGiven(name="Somebody", external_source="hubspot", external_id="7"),
    ):
        with pytest.raises(Suppressed):
            records.save_contact(owner=owner, given=given)
    records.save_contact(owner=owner, given=ContactGiven(name="Dana Whitfield", company_name="Elsewhere"))
    records.save_contact(owner=stranger, given=DANA)  # theirs to know


def test_a_job_that_still_holds_the_contact_writes_nothing(dana: Contact) -> None:
    owner, held = dana.owner, Contact.objects.get()
    erase(dana)

    with pytest.raises(Refused):
        records.save_interaction(owner=owner, given=InteractionGiven(contact=held, type="call", occurred_at=NOON))
    with pytest.raises(Refused):
        records.save_deal(owner=owner, given=DealGiven(name="Late", parties=(Party(contact=held),)))
    assert not Interaction.objects.exists()


def test_who_changes_what_is_being_erased_is_told_that_it_went(dana: Contact, rep: User) -> None:
    mail, deal = Interaction.objects.get(), Deal.objects.get()
    erase(dana)

    with pytest.raises(Gone):
        records.change_contact(contact=dana, given=ContactGiven(title="CFO"))
    with pytest.raises(Gone):
        records.change_interaction(interaction=mail, given=InteractionGiven(subject="Late"))
    with pytest.raises(Gone):
        records.change_deal(deal=deal, given=DealGiven(name="Late"), by=rep)


def test_a_persona_of_who_is_erased_meanwhile_is_neither_rated_nor_looked_at(dana: Contact, rep: User) -> None:
    persona = make(dana, method="basic")
    assert persona is not None
    erase(dana)

    with pytest.raises(Gone):
        judging.rate(persona, by=rep, stars=5)
    judging.looked(persona, by=rep)

    assert not PersonaUse.objects.exists()


def test_the_page_of_what_went_meanwhile_is_not_there(rep: User) -> None:
    with pytest.raises(Http404):
        tell_refusal(ContactForm(), Gone(), owner=rep, user=rep)


def test_a_deal_with_others_on_it_stays_with_them(dana: Contact, rep: User) -> None:
    other = Contact.objects.create(owner=rep, name="Ola Berg")
    DealContact.objects.create(owner=rep, deal=Deal.objects.get(), contact=other)

    erase(dana)

    assert list(Deal.objects.get().contacts.all()) == [other]


def test_the_files_of_imports_go_too(dana: Contact) -> None:
    file = Import.objects.create(owner=dana.owner, kind="contacts", size=9)
    ImportPiece.objects.create(parent=file, number=0, count=1, body="Dana")

    erase(dana)

    file.refresh_from_db()
    assert not ImportPiece.objects.exists()
    assert file.file_gone is not None


def test_who_may_take_somebody_in_again_can_say_so(dana: Contact, rules: None) -> None:
    call = caller(dana.owner)
    assert call("DELETE", f"contacts/{dana.pk}").status_code == 204
    assert call("POST", "contacts", {"name": "Dana", "email": "dana@acmecorp.com"}).status_code == 409

    lifted = call("POST", "contacts/take-in-again", {"email": "dana@acmecorp.com"})

    assert lifted.json() == {"lifted": 1}
    assert call("POST", "contacts", {"name": "Dana", "email": "dana@acmecorp.com"}).status_code == 201


# --- What the engine holds of the same person -------------------------------------------------------------------------


@pytest.fixture
def jane(rules: None) -> dict[str, Any]:
    """Somebody whom the sources know, at Zeta."""
    company = factories.company("Zeta", "zeta.example")
    value = {"name": "Jane Doe", "email": "jane@zeta.example"}
    factories.observation(company, "key_contacts", value=value, entry=factories.entry(company))
    return {"name": "Jane Doe", "email": "jane@zeta.example", "companyDomain": "zeta.example"}


def known(call: Any) -> list[str]:
    return [each["id"] for each in call("GET", "people", company="zeta.example").json()["results"]]


@pytest.mark.parametrize("may_erase", [True, False])
@pytest.mark.parametrize("is_shared", [True, False])
def test_shared_facts_go_only_where_nobody_else_knows_them_and_the_right_is_held(
    jane: dict[str, Any], rep: User, stranger: User, *, may_erase: bool, is_shared: bool
) -> None:
    if may_erase:
        rep.user_permissions.add(Permission.objects.get(codename="erase_person"))
    mine = caller(rep, "personas", "read")
    contact = mine("POST", "contacts", jane).json()["id"]
    if is_shared:
        caller(stranger)("POST", "contacts", jane)

    assert mine("DELETE", f"contacts/{contact}").status_code == 204

    assert bool(known(mine)) is (is_shared or not may_erase)
    assert Contact.objects.count() == is_shared


def test_the_engine_does_not_erase_who_is_somebodys_contact(jane: dict[str, Any], rep: User, admin_user: User) -> None:
    admin = caller(admin_user, "read", "admin")
    mine = caller(rep)
    contact = mine("POST", "contacts", {"name": "jane doe", "companyDomain": "zeta.example"}).json()["id"]
    [person] = known(admin)

    refused = admin("DELETE", f"people/{person}")
    mine("DELETE", f"contacts/{contact}")

    assert (refused.status_code, refused.json()["type"]) == (409, "conflict")
    assert "rep" not in refused.json()["detail"].split()
    assert admin("DELETE", f"people/{person}").status_code == 204


# --- Notices and retention --------------------------------------------------------------------------------------------


def test_who_was_never_told_is_listed_till_they_are(dana: Contact, rules: None, stranger: User) -> None:
    theirs = Contact.objects.create(owner=stranger, name="Not ours")
    call = caller(dana.owner)
    [notice] = call("GET", "contacts/notices").json()["results"]

    told = call("POST", "contacts/notices", {"contacts": [notice["id"], str(theirs.pk)]})

    assert told.json() == {"told": 1}
    assert call("GET", "contacts/notices").json()["results"] == []
    theirs.refresh_from_db()
    assert theirs.notified is None


def test_interactions_older_than_the_policy_says_go(dana: Contact) -> None:
    PersonaPolicy.objects.create(keep_days=30)
    recent = InteractionGiven(contact=dana, type="call", occurred_at=datetime.now(UTC) - timedelta(days=29))
    records.save_interaction(owner=dana.owner, given=recent)

    HistoryPruner().tick()

    assert [row.type for row in Interaction.objects.all()] == ["call"]
    assert not Thread.objects.exists()
    assert not InteractionEmbedding.objects.exists()


def test_a_policy_that_keeps_for_ever_deletes_nothing(dana: Contact) -> None:
    PersonaPolicy.objects.create(keep_days=None)

    assert prune_batch() == 0
    assert Interaction.objects.count() == 1


def test_an_account_that_goes_takes_everything(dana: Contact) -> None:
    with transaction.atomic():
        dana.owner.delete()

    for model in (*paths(), Thread, Suppression):
        assert not model._default_manager.exists(), model
