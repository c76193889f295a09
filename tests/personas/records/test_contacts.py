"""Contacts are written once per owner, address and id of another system; nothing of them goes into shared tables."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrichment.models import Company
from personas import records
from personas.models import Contact
from personas.records import AddressTaken, ContactGiven, Refused, Saved
from salesintel.accounts.models import User

DANA = ContactGiven(name="Dana Whitfield", email="dana@acmecorp.com", external_source="hubspot", external_id="7")


def saved(rep: User, **fields: Any) -> Contact:
    return records.save_contact(owner=rep, given=ContactGiven(**fields)).row


@pytest.mark.parametrize("name", ["\u200b", "\u202e", " \ufeff "])
def test_a_name_that_nobody_sees_is_none(rep: User, name: str) -> None:
    with pytest.raises(Refused, match="that one can see"):
        saved(rep, name=name)
    assert saved(rep, name=name, email="ola@berg.example").name == "ola"


@pytest.mark.parametrize("name", ["李", "🙂", "7", "Ö"])
def test_any_sign_that_one_sees_is_a_name(rep: User, name: str) -> None:
    assert saved(rep, name=name).name == name


def test_what_is_sent_twice_is_one_row(rep: User) -> None:
    first = records.save_contact(owner=rep, given=DANA)
    again = records.save_contact(owner=rep, given=DANA)

    assert (first.change, again.change) == ("new", "unchanged")
    assert Contact.objects.get().pk == first.row.pk == again.row.pk


def test_a_changed_field_changes_and_tells_what_it_was(rep: User) -> None:
    row = records.save_contact(owner=rep, given=DANA).row

    again = records.save_contact(
        owner=rep, given=ContactGiven(title="CISO", name="D. Whitfield", external_source="hubspot", external_id="7")
    )

    row.refresh_from_db()
    assert (again.change, again.before["name"], again.before["title"]) == ("changed", "Dana Whitfield", "")
    assert (row.name, row.title, row.email) == ("D. Whitfield", "CISO", "dana@acmecorp.com")


def test_a_second_contact_with_an_address_is_refused_naming_the_first(rep: User) -> None:
    first = saved(rep, name="Dana", email="dana@acmecorp.com")

    with pytest.raises(AddressTaken) as refused:
        saved(rep, name="Somebody", email="Dana+news@AcmeCorp.com")

    assert refused.value.contact == first.pk
    assert Contact.objects.count() == 1


def test_an_import_takes_a_known_address_for_the_same_contact(rep: User) -> None:
    first = saved(rep, name="Dana", email="dana@acmecorp.com")

    again = records.save_contact(owner=rep, given=DANA, by_address=True)

    assert again.row.pk == first.pk
    assert (again.row.external_source, again.row.external_id) == ("hubspot", "7")


def test_two_owners_may_have_the_same_person(rep: User, stranger: User) -> None:
    records.save_contact(owner=rep, given=DANA)
    records.save_contact(owner=stranger, given=DANA)

    assert Contact.objects.count() == 2


@pytest.mark.once
def test_what_cannot_be_is_refused_by_column(rep: User) -> None:
    wrong = {
        "email": {"email": "no address"},
        "name": {},
        "time_zone": {"time_zone": "Mars/Olympus"},
        "employees": {"employees": 0},
        "lawful_basis": {"lawful_basis": "because"},
        "title": {"title": "x" * 201},
        "external_source": {"external_source": "Hub Spot!"},
        "external_id": {"external_id": ""},
        "company_domain": {"company_domain": "gmail.com"},
    }

    found = {}
    for column, fields in wrong.items():
        with pytest.raises(Refused) as refused:
            saved(rep, **({"name": "Dana"} if column != "name" else {}), **fields)
        found[column] = refused.value.field

    assert found == {column: column for column in wrong}
    assert not Contact.objects.exists()


def test_one_bad_row_keeps_no_other_out(rep: User) -> None:
    found = records.save_contacts(owner=rep, given=[DANA, ContactGiven(email="none"), ContactGiven(name="Ola Berg")])

    assert [isinstance(each, Saved) for each in found] == [True, False, True]
    assert Contact.objects.count() == 2


@pytest.mark.once
def test_a_domain_makes_the_shared_company_and_only_the_domain_is_in_it(rep: User) -> None:
    row = saved(rep, name="Dana", company_name="Acme (on the brink)", company_domain="acmecorp.com")

    company = Company.objects.get()
    assert row.company == company
    assert (company.name, company.domain) == ("acmecorp.com", "acmecorp.com")


@pytest.mark.once
def test_a_name_or_a_mail_host_finds_a_company_and_makes_none(rep: User) -> None:
    Company.objects.create(name="Acme Corp", domain="acmecorp.com")

    assert saved(rep, name="Dana", email="dana@acmecorp.com").company is not None
    assert saved(rep, name="Ola", email="ola@elsewhere.example").company is None
    assert Company.objects.count() == 1


def test_a_thousand_contacts_take_as_many_queries_as_ten(rep: User) -> None:
    def queries(count: int, begin: int) -> int:
        given = [
            ContactGiven(name=f"Person {n}", email=f"p{n}@acmecorp.com", external_id=str(n))
            for n in range(begin, begin + count)
        ]
        with CaptureQueriesContext(connection) as captured:
            records.save_contacts(owner=rep, given=given)
        return len(captured)

    few = queries(10, 0)
    assert queries(400, 100) <= few + 12  # SQLite takes 999 values in a statement
