"""Imports over HTTP: sent as a form, changed, started, undone; another's is as one that there is not."""

import csv
import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from personas.models import Contact, Import
from salesintel.accounts.models import User
from tests.personas.importing.files import finished, sent, table

URL = "/api/v1/imports"
ROWS = table(["Name", "Email", "=cmd()"], ["Ola Berg", "ola@acmecorp.com", "x"], ["=1+1", "no address", "@SUM(A1)"])
STEPS = [
    ("get", "", None), ("patch", "", {"timeZone": "UTC"}), ("post", "/start", None), ("post", "/cancel", None),
    ("post", "/undo", None), ("get", "/errors", None), ("get", "/errors.csv", None),
]  # fmt: skip


@pytest.fixture
def api(rep: User) -> APIClient:
    client = APIClient()
    client.force_login(rep)
    return client


def file(raw: bytes, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw)


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_a_file_is_sent_and_told(api: APIClient) -> None:
    answer = api.post(URL, {"file": file(ROWS), "kind": "contacts"}, format="multipart")

    told = answer.json()
    assert (answer.status_code, told["status"], told["fileName"]) == (201, "ready", "people.csv")
    assert told["counts"]["new"] == told["counts"]["refused"] == 1
    assert [column["field"] for column in told["columns"]] == ["name", "email", None]
    assert [each["column"] for each in told["preview"][1]["errors"]] == ["Name", "Email"]
    assert answer["Location"] == f"{URL}/{told['id']}"


def test_it_is_changed_started_and_undone(api: APIClient, rep: User) -> None:
    row = sent(rep, ROWS)

    changed = api.patch(f"{URL}/{row.pk}", {"columns": {"title": ["3"]}, "timeZone": "UTC"}, format="json").json()
    started = api.post(f"{URL}/{row.pk}/start").json()
    finished(row)
    done = api.get(f"{URL}/{row.pk}").json()
    undoing = api.post(f"{URL}/{row.pk}/undo").json()

    assert changed["columns"][2]["field"] == "title"
    assert [each["status"] for each in (started, done, undoing)] == ["running", "done", "undoing"]
    assert Contact.objects.get().title == "x"
    finished(row)
    assert not Contact.objects.exists()


def test_rows_to_mend_come_as_csv_that_runs_nothing_and_can_be_sent_again(api: APIClient, rep: User) -> None:
    row = sent(rep, ROWS)

    text = body(api.get(f"{URL}/{row.pk}/errors.csv"))

    head, only = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert head == ["Name", "Email", "'=cmd()", "Row in the file", "What is wrong"]
    assert only[:3] == ["'=1+1", "no address", "'@SUM(A1)"]
    mended = text.replace("no address", "eve@acmecorp.com").encode()
    again = api.post(URL, {"file": file(mended), "kind": "contacts"}, format="multipart").json()
    assert again["counts"]["new"] == 1
    assert again["preview"][0]["values"]["name"] == "=1+1"


def test_errors_come_in_pages(api: APIClient, rep: User) -> None:
    row = sent(rep, table(["Name", "Email"], *[[f"P{n}", "no"] for n in range(5)]))

    first = api.get(f"{URL}/{row.pk}/errors", {"limit": 2}).json()
    second = api.get(first["next"]).json()

    assert [each["row"] for each in first["results"] + second["results"]] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("sent_as", "field"),
    [
        ({"file": b"Name\nx\n"}, "kind"),
        ({"file": b"Name\nx\n", "kind": "shoes"}, "kind"),
        ({"file": b"", "kind": "contacts"}, "file"),
        ({"kind": "contacts"}, "file"),
        ({"file": b"Name\nx\n", "kind": "contacts", "preset": "none such"}, "preset"),
        ({"file": b"Name\nx\n", "kind": "contacts", "size": "1"}, "size"),
    ],
)
def test_what_cannot_be_read_is_said_by_field(api: APIClient, sent_as: dict[str, Any], field: str) -> None:
    fields = {name: file(value) if isinstance(value, bytes) else value for name, value in sent_as.items()}

    answer = api.post(URL, fields, format="multipart")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_step_that_does_not_fit_is_409(api: APIClient, rep: User) -> None:
    row = sent(rep, ROWS)

    assert api.post(f"{URL}/{row.pk}/undo").status_code == 409


def test_anothers_import_is_as_one_that_there_is_not(api: APIClient, stranger: User) -> None:
    theirs = sent(stranger, ROWS)

    for method, path, data in STEPS:
        held, none = (
            getattr(api, method)(f"{URL}/{pk}{path}", data, format="json") for pk in (theirs.pk, uuid.uuid4())
        )
        assert (held.status_code, none.status_code) == (404, 404), path
        assert held.json() | {"requestId": ""} == none.json() | {"requestId": ""}
    theirs.refresh_from_db()
    assert (theirs.status, api.get(URL).json()["results"]) == (Import.Status.READY, [])


def test_lists_take_as_many_queries_however_long(api: APIClient, rep: User, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        sent(rep, ROWS)

    with django_assert_max_num_queries(12):
        assert len(api.get(URL).json()["results"]) == 5
