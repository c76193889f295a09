"""The log in the admin: who may read it, how it is filtered, what a file of it holds."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from salesintel import audit
from salesintel.accounts.models import User
from salesintel.audit.models import Entry

pytestmark = pytest.mark.once
LIST = "/admin/audit/entry/"


@pytest.fixture
def auditor(db) -> Client:
    user = User.objects.create_user("auditor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_entry"))
    client = Client()
    client.force_login(user)
    return client


def chosen(client: Client, **how: object) -> list[list[str]]:
    rows = [row.pk for row in Entry.objects.filter(action="merge")]
    answer = client.post(LIST, {"action": "export_chosen", "_selected_action": rows, **how})
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_only_who_has_the_right_reads_it(auditor, user):
    user.is_staff = True
    user.save()
    other = Client()
    other.force_login(user)

    assert (auditor.get(LIST).status_code, other.get(LIST).status_code) == (200, 403)


def test_nobody_adds_changes_or_deletes_there(admin_client):
    entry = audit.record("merge", "enrichment.Company", pk=1)

    answers = [
        admin_client.get(f"{LIST}add/"),
        admin_client.post(f"{LIST}{entry.pk}/change/", {"action": "x"}),
        admin_client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Entry.objects.get(pk=entry.pk).action == "merge"


@pytest.mark.parametrize(
    ("query", "found"), [("via=worker", 1), ("via=api", 0), ("action=merge", 1), ("actor=7", 1), ("actor=none", 0)]
)
def test_it_is_filtered_by_who_what_and_how(auditor, query, found):
    with audit.acting(audit.Via.WORKER, user=7):
        audit.record("merge", "enrichment.Company", pk="unlikely-4711")

    page = auditor.get(f"{LIST}?{query}").content.decode()

    assert page.count("unlikely-4711") == found


def test_a_list_costs_no_query_per_row(auditor, django_assert_max_num_queries):
    for number in range(30):
        audit.record("merge", "enrichment.Company", pk=number)

    with django_assert_max_num_queries(16):
        auditor.get(LIST)


def test_a_file_runs_nothing_and_its_making_is_recorded(auditor):
    Entry.objects.create(action="merge", model="x", via="api", request_id="-2+cmd|calc!A1", object_id="=1+1")

    header, row = chosen(auditor)

    found = dict(zip(header, row, strict=True))
    assert (found["request_id"], found["object_id"]) == ("'-2+cmd|calc!A1", "'=1+1")
    assert Entry.objects.get(action="export").counts == {"entries": 1}
