"""Lists of companies over HTTP: sent as JSON, as a file or as a body, priced, confirmed, steered and read."""

import csv
import io
import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from enrichment.automation.bulk import steering
from enrichment.automation.bulk.dispatch import advance
from enrichment.models import Bulk, BulkLine, SourceCall
from salesintel.accounts.models import ApiKey, User
from tests import factories
from tests.driving import drive_on

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/api/v1/bulk"
TWO = {"consumer": "profile", "companies": [{"name": "Acme Corp", "externalId": "001"}, {"domain": "initech.com"}]}
STEPS = ["start", "pause", "resume", "cancel", "retry"]


@pytest.fixture
def api(rules, api_client) -> APIClient:
    return api_client


def sent(api, body=TWO, **headers):
    return api.post(URL, body, format="json", headers=headers)


def test_a_list_is_priced_and_nothing_is_started(api):
    answer = sent(api)

    told = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == told["statusEndpoint"] == f"{URL}/{told['id']}"
    assert (told["status"], told["lines"], told["counts"]["ready"], told["spent"]) == ("quoted", 2, 2, 0.0)
    assert told["quote"]["expectedCost"] > 0
    assert told["quote"]["worstCost"] >= told["quote"]["expectedCost"]
    assert (told["quote"]["new"], told["quote"]["known"]) == (2, 0)
    assert SourceCall.objects.count() == 0


def test_refused_lines_are_named_by_their_numbers(api):
    body = TWO | {"companies": [*TWO["companies"], {"name": "acme corp"}, {}]}

    problems = sent(api, body).json()["problems"]

    assert [(each["line"], each["state"]) for each in problems] == [(3, "duplicate"), (4, "invalid")]
    assert problems[0]["reason"] == "The same company as line 1."


def test_a_file_is_a_list(api):
    file = SimpleUploadedFile("accounts.csv", "Konto;Webseite\nAcme Corp;acmecorp.com\n".encode("utf-16"))
    fields = {
        "file": file,
        "consumer": "profile",
        "nameColumn": "Konto",
        "maxCost": "2.5",
        "require": "industry, tech_stack",
    }

    told = api.post(URL, fields, format="multipart").json()

    assert (told["label"], told["columns"]) == ("accounts.csv", {"name": "Konto", "domain": "Webseite"})
    assert (told["maxCost"], told["lines"]) == (2.5, 1)
    assert Bulk.objects.get().require == ["industry", "tech_stack"]


def test_a_body_of_csv_is_a_list(api):
    answer = api.post(f"{URL}?consumer=profile&maxCost=1", "name\nAcme\n", content_type="text/csv")

    assert (answer.status_code, answer.json()["lines"], answer.json()["maxCost"]) == (201, 1, 1.0)


@pytest.mark.parametrize(
    ("body", "content_type", "where"),
    [
        (b"name,domain\n", "text/csv", "companies"),
        (b"name\nAcme\n", "text/csv; x", None),
        (json.dumps({"consumer": "profile", "companies": []}).encode(), "application/json", "companies"),
        (json.dumps({"consumer": "profile", "companies": [{}] * 1001}).encode(), "application/json", "companies"),
        (json.dumps(TWO | {"maxcost": 1}).encode(), "application/json", "maxcost"),
        (json.dumps(TWO | {"consumer": "nothing"}).encode(), "application/json", "consumer"),
    ],
)
def test_what_is_no_list_is_refused_by_field(api, body, content_type, where):
    answer = api.generic("POST", f"{URL}?consumer=profile", body, content_type=content_type)

    assert answer.status_code == (201 if where is None else 400), answer.content
    assert where is None or where in answer.json()["errors"]


def test_a_file_that_is_too_large_is_refused(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    file = SimpleUploadedFile("accounts.csv", b"name\n" + b"Acme\n" * 100)

    assert api.post(URL, {"file": file, "consumer": "profile"}, format="multipart").status_code == 413


def test_the_same_key_gives_the_same_bulk_and_another_body_a_conflict(api):
    first, second = (sent(api, **{"Idempotency-Key": "k"}).json()["id"] for _ in range(2))

    other = sent(api, TWO | {"maxCost": 1}, **{"Idempotency-Key": "k"})

    assert first == second
    assert (other.status_code, other.json()["type"]) == (409, "idempotency-mismatch")


def test_an_ambiguous_vendor_is_asked_back(api):
    factories.company("Globex Inc", "globex.com")
    factories.company("Globex Industries Inc", "globex-industries.com")

    answer = sent(api, TWO | {"vendor": "Globex"})

    assert (answer.status_code, answer.json()["type"]) == (409, "ambiguous-company")
    assert Bulk.objects.count() == 0


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_does_not_fit_is_a_conflict_in_words(api, step):
    bulk = sent(api).json()["id"]
    api.post(f"{URL}/{bulk}/start")
    if step != "start":
        Bulk.objects.update(status={"pause": "paused", "cancel": "completed"}.get(step, "running"))

    answer = api.post(f"{URL}/{bulk}/{step}", {}, format="json")

    assert answer.status_code == 409, answer.content
    assert answer.json()["detail"]


# --- Whose ------------------------------------------------------------------------------------------------------------


def test_anothers_bulk_does_not_exist(api, client):
    bulk = sent(api).json()["id"]
    _, key = ApiKey.issue(user=User.objects.create_user("other"), name="probe", scopes=["read", "enrich"])
    theirs = APIClient(headers={"Authorization": f"Bearer {key}"})
    paths = ["", "/results", *(f"/{step}" for step in STEPS)]

    def probe(bulk_id):
        methods = ["get", "get", *["post"] * 5]
        return [
            getattr(theirs, method)(f"{URL}/{bulk_id}{path}").status_code
            for method, path in zip(methods, paths, strict=True)
        ]

    assert probe(bulk) == probe(uuid4()) == [404] * 7
    assert theirs.get(URL).json()["results"] == []


def test_ones_own_are_listed_newest_first_a_page_at_a_time(api, user, django_assert_max_num_queries):
    rows = [Bulk(user=user, consumer="profile", label=str(n)) for n in range(60)]
    Bulk.objects.bulk_create(rows)
    BulkLine.objects.bulk_create(BulkLine(bulk=row, line=1) for row in rows)
    api.get(URL)

    with django_assert_max_num_queries(8):
        first = api.get(URL).json()
    second = api.get(first["next"]).json()

    told = [each["label"] for each in (*first["results"], *second["results"])]
    assert len(first["results"]) == 50
    assert sorted(told, key=int) == [str(n) for n in range(60)]
    assert {each["lines"] for each in first["results"]} == {1}


def test_a_bulk_of_many_lines_is_told_with_as_many_queries_as_one_of_few(api, django_assert_max_num_queries):
    many = sent(api, TWO | {"companies": [{"domain": f"c{n}.com"} for n in range(200)]}).json()["id"]

    with django_assert_max_num_queries(9):
        assert api.get(f"{URL}/{many}").json()["lines"] == 200


# --- Results ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_results_come_in_the_order_of_the_list_with_what_failed_and_why(rules, sandbox, api_client):
    companies = [
        {"name": "=1+1", "externalId": "@x"},
        {"domain": "acmecorp.com", "externalId": "7"},
        {"name": "8.8.8.8"},
    ]
    bulk = Bulk.objects.get(pk=sent(api_client, TWO | {"companies": companies}).json()["id"])
    steering.start(bulk)
    while not (bulk := Bulk.objects.get(pk=bulk.pk)).is_over:
        advance(bulk)
        drive_on()

    raw = b"".join(api_client.get(f"{URL}/{bulk.pk}/results").streaming_content)
    told = json.loads(raw)["results"]
    table = b"".join(api_client.get(f"{URL}/{bulk.pk}/results", {"format": "csv"}).streaming_content)

    assert [each["line"] for each in told] == [1, 2, 3]
    assert [each["externalId"] for each in told] == ["@x", "7", ""]
    assert told[1]["state"] in ("done", "partial")
    assert told[1]["facts"]["company_name"] == "Acme Corp"
    assert (told[2]["state"], told[2]["requestId"]) == ("invalid", None)
    read = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [row["externalId"] for row in read] == ["'@x", "7", ""]
    assert read[0]["name"] == "'=1+1"
    assert read[1]["company_name"] == "Acme Corp"


def test_only_what_was_refused_is_told_where_that_is_asked_for(api):
    bulk = sent(api, TWO | {"companies": [{"name": "Acme"}, {"name": "8.8.8.8"}]}).json()["id"]

    told = json.loads(b"".join(api.get(f"{URL}/{bulk}/results", {"only": "refused"}).streaming_content))

    assert [each["line"] for each in told["results"]] == [2]
    assert api.get(f"{URL}/{bulk}/results", {"only": "best"}).status_code == 400


# --- Mending ----------------------------------------------------------------------------------------------------------


def test_a_refused_line_is_mended_or_left_out(api):
    factories.company("Globex Inc", "globex.com")
    factories.company("Globex Industries Inc", "globex-industries.com")
    told = sent(api, TWO | {"companies": [{"name": "Globex"}, {"name": "8.8.8.8"}]}).json()
    [first, second] = told["problems"]
    assert {each["domain"] for each in first["candidates"]} == {"globex.com", "globex-industries.com"}
    where = f"{URL}/{told['id']}/lines"

    mended = api.patch(f"{where}/{first['line']}", {"domain": "globex.com"}, format="json").json()
    left_out = api.delete(f"{where}/{second['line']}").json()

    assert (mended["counts"]["ready"], left_out["counts"]["dropped"], left_out["problems"]) == (1, 1, [])
    assert api.delete(f"{where}/{second['line']}").status_code == 409
    assert api.patch(f"{where}/{first['line']}", {"name": "Acme"}, format="json").status_code == 409
    assert api.delete(f"{where}/9").status_code == 404


def test_a_field_by_another_name_is_told_which_is_meant(api):
    words = json.dumps(sent(api, TWO | {"companies": [{"firma": "Acme"}]}).json()["errors"])

    assert "did you mean name?" in words


def test_bulks_are_listed_by_how_they_stand(api):
    bulk = sent(api).json()["id"]

    assert [each["id"] for each in api.get(URL, {"status": "quoted"}).json()["results"]] == [bulk]
    assert api.get(URL, {"status": "running"}).json()["results"] == []
    refused = api.get(URL, {"status": "best"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["status"])
