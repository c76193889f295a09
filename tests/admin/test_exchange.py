"""Rules as files: out, in again, looked at first; what is wrong is told line by line."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enrichment.models import ChangeSet, DatasetSource, Provider, RedundancyRule, Source
from enrichment.rules.changes import make, undo
from enrichment.rules.sheets import HEADER, as_csv, as_json, from_csv, from_json
from enrichment.rules.snapshot import from_rows
from salesintel.accounts.models import User

OUT = reverse("admin:enrichment_datasetsource_export")
IN = reverse("admin:enrichment_datasetsource_import")

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def seeded(rules: None, sandbox: object) -> None:
    """The default rules."""


def lines() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv())))


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def edited(dataset: str, source: str, **values: str) -> str:
    """The matrix file with one line changed."""
    return written([row | (values if (row["dataset"], row["source"]) == (dataset, source) else {}) for row in lines()])


def told(text: str) -> list[str]:
    found = from_json(text) if text.startswith("{") else from_csv(text)
    return [f"{problem.label}: {problem.words}" for problem in found.problems]


# --- Round trips ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [as_csv, as_json])
def test_what_was_written_changes_nothing_when_read(text) -> None:
    found = (from_csv if text is as_csv else from_json)(text())

    assert (found.changes, found.problems) == ([], [])


def test_rules_that_were_lost_come_back_from_the_file() -> None:
    before, text = from_rows(), as_json()
    RedundancyRule.objects.all().delete()
    DatasetSource.objects.filter(dataset__slug="industry").delete()
    Source.objects.filter(slug="serp_news").update(cost="0.9")

    found = from_json(text)
    make(found.changes, user=None)

    assert found.problems == []
    assert from_rows() == before


def test_what_an_import_added_is_taken_back() -> None:
    text = as_json()
    DatasetSource.objects.filter(dataset__slug="industry").delete()
    before = from_rows()

    undo(make(from_json(text).changes, user=None), user=None)

    assert from_rows() == before


def test_no_credentials_are_in_a_file() -> None:
    Provider.objects.filter(slug="snov").update(credentials={"client_id": "sk-secret"})

    assert "sk-secret" not in as_json()
    assert '"credentials"' not in as_json()


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_finds_no_formula_and_the_text_comes_back(text: str) -> None:
    DatasetSource.objects.filter(dataset__slug="industry", source__slug="company_website").update(origin=text)

    cells = [value for row in csv.reader(io.StringIO(as_csv())) for value in row]

    assert not [value for value in cells if value.startswith(("=", "+", "-", "@"))]
    assert from_csv(as_csv()).changes == []


# --- What is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reliability": "1.5"}, "reliability: Ensure this value is less than or equal to 1.0."),
        ({"reliability": "nan"}, "reliability: Enter a number."),
        ({"priority": "x"}, "priority: Enter a whole number."),
        ({"freshness_needed": "soon"}, "soon"),
        ({"enabled": "perhaps"}, "perhaps"),
    ],
)
def test_a_bad_value_is_told_with_its_line(values: dict[str, str], words: str, admin_client: Client) -> None:
    text = edited("company_domain", "google_knowledge_graph", **values)

    page = admin_client.post(IN, {"text": text, "action": "make"}).content.decode()

    assert words in page
    assert not ChangeSet.objects.exists()


def test_a_source_told_in_two_ways_is_told() -> None:
    found = told(edited("industry", "company_website", cost="0.5"))

    assert len(found) > 0
    assert any("company_website has the cost" in words for words in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dataset,price\nindustry,1\n", "Line 1: Give the columns dataset and source"),
        ("dataset,source,priority\nindustry\n", "Line 2: It has not the 3 values of the first line."),
        ('{"Dataset": [{"slug": "x", "colour": "red"}]}', "Dataset 1: “colour” is no field of it."),
        ('{"Dataset": [{"label": "x"}]}', "Dataset 1: It lacks slug, its name."),
        ('{"Secrets": []}', "Secrets: There are no such rules"),
        ('{"Dataset": [{"slug": "x", "quality_threshold": NaN}]}', "The file: It is no JSON: NaN is no number."),
        ('{"Dataset": ', "The file: It is no JSON"),
        ('{"Dataset": [{"slug": {"a": 1}}]}', "Dataset 1: Give slug as words."),
        ('{"RedundancyRule": [{"consumer": null, "skip": "x", "because_of": [[1]]}]}', "RedundancyRule 1: Give"),
        ('{"Dataset": [7]}', "Dataset 1: Give an object of fields."),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(text: str, words: str) -> None:
    found = told(text)

    assert len(found) == 1
    assert found[0].startswith(words)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_a_file_is_looked_at_before_anything_changes_and_then_made(admin_client: Client) -> None:
    text = edited("industry", "company_website", reliability="0.9")
    file = SimpleUploadedFile("matrix.csv", text.encode())

    looked = admin_client.post(IN, {"file": file}).content.decode()

    assert "<td>reliability</td><td>0.7</td><td>0.9</td>" in looked
    assert not ChangeSet.objects.exists()
    admin_client.post(IN, {"text": text, "action": "make", "why": "From finance."})
    assert DatasetSource.objects.get(dataset__slug="industry", source__slug="company_website").reliability == 0.9
    assert (ChangeSet.objects.get().kind, ChangeSet.objects.get().why) == ("import", "From finance.")


def test_both_files_are_handed_out(admin_client: Client) -> None:
    table, everything = admin_client.get(OUT, {"as": "csv"}), admin_client.get(OUT)

    assert table["Content-Disposition"] == 'attachment; filename="matrix.csv"'
    assert table.content.decode() == as_csv()
    assert json.loads(everything.content)["Source"]


def test_a_file_that_is_no_text_is_refused(admin_client: Client) -> None:
    page = admin_client.post(IN, {"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")})

    assert "The file is not text in UTF-8" in page.content.decode()


@pytest.mark.parametrize("name", ["no_such_source", "a\0b"])
def test_a_row_that_names_nobody_is_told_and_nothing_is_made(name: str, admin_client: Client) -> None:
    text = json.dumps({"DatasetSource": [{"dataset": "industry", "source": name, "reliability": 0.5}]})

    page = admin_client.post(IN, {"text": text, "action": "make"}).content.decode()

    assert "There is no source called" in page
    assert not ChangeSet.objects.exists()


def test_who_may_change_cells_alone_imports_no_prices_and_sees_none(client: Client) -> None:
    person = User.objects.create_user("clerk", "clerk@example.com", "correct horse", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="change_datasetsource"))
    client.force_login(person)

    page = client.post(IN, {"text": '{"Source": [{"slug": "serp_news", "cost": "9"}]}', "action": "make"})

    assert "You have not the right" in page.content.decode()
    assert "0.02" not in page.content.decode()
    assert f"{Source.objects.get(slug='serp_news').cost:f}" == "0.02"
