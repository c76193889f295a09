"""S2, S3: what is another's is as what there is not, at every address; nothing of it is in a table that is shared."""

import json
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps

from personas import records
from personas.models import Contact, CrmHook
from personas.records import ContactGiven, DealGiven, FileGiven, InteractionGiven, Party
from salesintel.accounts.models import User
from tests.api.matrix import Route, Who, routes
from tests.api.test_permission_matrix import told
from tests.personas.api.conftest import Call, caller
from tests.personas.privacy.test_erasing import NOON

MARK = "Xanadu5177"
BODIES: dict[str, Any] = {"GET": None, "DELETE": None}


def planted(owner: User) -> dict[str, UUID]:
    """Records with a word in each of their texts; the ids by parameter."""
    contact = records.save_contact(
        owner=owner,
        given=ContactGiven(
            name=f"Dana {MARK}", email=f"{MARK}@acmecorp.com", company_name=f"{MARK} Inc",
            company_domain="acmecorp.com", title=MARK, industry=MARK,
        ),
    ).row  # fmt: skip
    file = records.save_file(owner=owner, given=FileGiven(contact=contact, name=MARK, text=MARK)).row
    deal = records.save_deal(
        owner=owner,
        given=DealGiven(name=MARK, stage=MARK, company_name=MARK, products=(MARK,), parties=(Party(contact=contact),)),
    ).row
    row = records.save_interaction(
        owner=owner,
        given=InteractionGiven(contact=contact, type="email_replied", occurred_at=NOON, subject=MARK, body=MARK),
    ).row
    hook = CrmHook.objects.create(owner=owner, system="x", secrets={"current": "x"})
    return {
        "contact_id": contact.pk, "file_id": file.pk, "deal_id": deal.pk, "interaction_id": row.pk, "hook_id": hook.pk,
    }  # fmt: skip


def of_records(ids: dict[str, UUID]) -> list[Route]:
    """Every route of this app's API that names one of these."""
    mine = [route for route in routes() if route.who is Who.PERSONAS]
    return [route for route in mine if any(f":{name}>" in route.route for name in ids)]


def test_anothers_record_cannot_be_told_from_one_that_there_is_not(rep: User, theirs: Call) -> None:
    ids = planted(rep)
    nowhere = {name: uuid4() for name in ids}
    different, found = {}, of_records(ids)

    for route in found:
        body = BODIES.get(route.method, {})
        there, not_there = (
            told(theirs(route.method, route.url(**some).removeprefix("/api/v1/"), body)) for some in (ids, nowhere)
        )
        if there != not_there or there[0] != 404:
            different[f"{route.method} {route.route}"] = (there, not_there)

    assert different == {}
    assert len(found) >= 20
    assert Contact.objects.count() == 1


def test_no_list_and_no_search_shows_a_strangers_record(rep: User, theirs: Call) -> None:
    ids = planted(rep)

    for path in ("contacts", "deals", "grants", "crm-hooks", "contacts/notices"):
        answer = theirs("GET", path)
        assert (answer.json()["results"], MARK in answer.content.decode()) == ([], False), path
    for query in ({"q": MARK}, {"email": f"{MARK}@acmecorp.com"}, {"whose": "shared"}):
        assert theirs("GET", "contacts", **query).json()["results"] == []
    assert theirs("GET", "deals", contactId=str(ids["contact_id"])).json()["results"] == []


def test_ids_of_anothers_records_cannot_be_used_in_ones_own(rep: User, theirs: Call) -> None:
    ids = {name: str(pk) for name, pk in planted(rep).items()}
    contact = theirs("POST", "contacts", {"name": "Ola Berg"}).json()["id"]
    call = {"type": "call", "occurredAt": "2026-03-02T12:00:00Z"}

    answers = [
        theirs("POST", f"contacts/{contact}/interactions", call | {"dealId": ids["deal_id"]}),
        theirs("POST", f"contacts/{contact}/interactions", call | {"fileId": ids["file_id"]}),
        theirs("POST", "deals", {"name": "Theirs", "contacts": [{"id": ids["contact_id"]}]}),
        theirs("POST", "grants", {"username": "rep", "contactId": ids["contact_id"]}),
    ]

    assert [each.status_code for each in answers] == [400, 400, 400, 404]


def test_what_a_rep_wrote_is_in_no_table_that_others_read(rep: User, mine: Call) -> None:
    ids = planted(rep)
    mine("GET", "contacts", q=MARK)
    mine("GET", f"contacts/{ids['contact_id']}/export")
    mine("PATCH", f"contacts/{ids['contact_id']}", {"company": f"{MARK} Ltd", "title": f"{MARK} II"})
    mine("DELETE", f"contacts/{ids['contact_id']}")

    found = []
    for model in apps.get_models():
        label = model._meta.label
        if label.startswith("personas.") or model._meta.proxy or not model._meta.managed:
            continue
        if any(MARK.casefold() in json.dumps(row, default=str).casefold() for row in model._base_manager.values()):
            found.append(label)

    assert found == []


def test_a_company_that_only_anothers_record_names_is_in_no_list_and_no_look_up(
    rep: User, stranger: User, rules: None
) -> None:
    company = records.save_contact(
        owner=rep, given=ContactGiven(name="Dana", company_domain="kunde5.example")
    ).row.company  # fmt: skip
    mine, theirs = caller(rep, "read"), caller(stranger, "read")

    def seen(call: Call) -> list[Any]:
        return [
            [each["id"] for each in call("GET", "companies", q="Kunde").json()["results"]],
            [each["id"] for each in call("GET", "companies").json()["results"]],
            [each["id"] for each in call("GET", "company/kunde5.example/lookup").json()["companies"]],
            [each["id"] for each in call("POST", "customers/search", {"query": "Kunde5"}).json()],
            call("GET", f"companies/{company.pk}").status_code,
            call("GET", f"companies/{company.pk}/facts").status_code,
            call("GET", f"companies/{company.pk}/suggestions").status_code,
        ]

    assert company is not None
    assert seen(mine) == [[company.pk]] * 4 + [200] * 3
    assert seen(theirs) == [[]] * 4 + [404] * 3
