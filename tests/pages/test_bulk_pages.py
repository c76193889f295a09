"""Lists as a rep sends and watches them, without a script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enrichment.automation.bulk.dispatch import advance
from enrichment.models import Bulk, BulkLine, SourceCall
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FORM = {"consumer": "profile", "order": "value", "pasted": "Acme Corp\nInitech\nacme corp\n8.8.8.8"}


@pytest.fixture
def quoted(page) -> Bulk:
    answer = page.post("/bulk/", **FORM)
    assert answer.status_code == 302, answer.text_
    return Bulk.objects.get()


def test_without_lists_the_page_says_what_to_do(page):
    assert "No list yet." in page("/bulk/").text_


def test_a_file_shows_its_price_before_anything_is_bought(page):
    file = SimpleUploadedFile("accounts.csv", b"Account Name,Website\nAcme Corp,acmecorp.com\n")

    where = page.post("/bulk/", consumer="profile", order="value", file=file).url
    text = page(where).text_

    assert "accounts.csv" in text
    assert "name from “Account Name”" in text
    assert "Nothing was bought so far." in text
    assert "At worst" in text
    assert SourceCall.objects.count() == 0


def test_refused_lines_come_first_with_their_numbers(page, quoted):
    text = page(f"/bulk/{quoted.pk}/").text_

    assert "“8.8.8.8” is neither a company&#x27;s name nor its domain." in text
    assert text.index("8.8.8.8") < text.index(">Initech<")
    assert "The same company as line 1." in text


def test_a_list_is_started_watched_paused_and_cancelled(page, quoted):
    page.post(f"/bulk/{quoted.pk}/steer/", step="start")
    advance(Bulk.objects.select_related("user", "vendor").get())
    part = page(f"/bulk/{quoted.pk}/live/").text_
    assert 'hx-trigger="every 2s"' in part
    assert "2 under way" in part

    page.post(f"/bulk/{quoted.pk}/steer/", step="pause")
    assert "Nothing more is bought until you resume it." in page(f"/bulk/{quoted.pk}/").text_

    page.post(f"/bulk/{quoted.pk}/steer/", step="cancel")
    assert "2 cancelled" in page(f"/bulk/{quoted.pk}/").text_


def test_a_step_that_does_not_fit_is_refused_in_words(page, quoted):
    answer = page.post(f"/bulk/{quoted.pk}/steer/", step="resume")

    assert (answer.status_code, "It is not paused." in answer.text_) == (409, True)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"pasted": ""}, "Give a file, or paste companies"),
        ({"pasted": "1\n2"}, "No column names companies"),
        ({"name_column": "firm"}, "There is no column “firm”"),
        ({"max_cost": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(page, more, words):
    answer = page.post("/bulk/", **FORM | more)

    assert (answer.status_code, words in answer.text_) == (400, True), answer.text_
    assert Bulk.objects.count() == 0


def test_a_form_that_is_sent_twice_makes_one_list(page):
    for _ in range(2):
        page.post("/bulk/", **FORM, nonce="n")

    assert Bulk.objects.count() == 1


def test_what_a_list_asked_for_is_not_among_ones_recent_research(page, quoted):
    page.post(f"/bulk/{quoted.pk}/steer/", step="start")
    advance(Bulk.objects.select_related("user", "vendor").get())

    assert "Nothing yet." in page("/").text_


def test_anothers_list_is_not_there(page, other, quoted):
    Bulk.objects.update(user=other)

    answers = [page(f"/bulk/{quoted.pk}/"), page(f"/bulk/{quoted.pk}/live/"), page.post(f"/bulk/{quoted.pk}/steer/")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "No list yet." in page("/bulk/").text_


def test_pages_of_many_lines_and_lists_ask_as_often_as_of_few(page, warm, rep, quoted, django_assert_max_num_queries):
    BulkLine.objects.bulk_create(BulkLine(bulk=quoted, line=n, name=f"C{n}", state="ready") for n in range(10, 500))
    Bulk.objects.bulk_create(Bulk(user=rep, consumer="profile") for _ in range(40))
    warm("/bulk/")

    with django_assert_max_num_queries(8):
        page(f"/bulk/{quoted.pk}/")
    with django_assert_max_num_queries(8):
        page("/bulk/")


def test_a_candidate_is_chosen_and_another_line_left_out_on_the_page(page):
    factories.company("Globex Inc", "globex.com")
    factories.company("Globex Industries Inc", "globex-industries.com")
    where = page.post("/bulk/", **FORM | {"pasted": "name\nGlobex\n8.8.8.8"}).url
    text = page(where).text_
    assert 'value="globex.com"' in text
    first, second = BulkLine.objects.order_by("line")

    page.post(f"{where}lines/{first.line}/", company="globex.com")
    page.post(f"{where}lines/{second.line}/", step="drop")

    assert [each.state for each in BulkLine.objects.order_by("line")] == ["ready", "dropped"]
    assert page.post(f"{where}lines/{second.line}/", step="drop").status_code == 409


def test_what_was_left_out_is_tried_again_with_a_greater_limit(page, quoted):
    Bulk.objects.update(status="completed", started=quoted.created, cap=1, spent=1)
    BulkLine.objects.filter(state="ready").update(state="skipped")
    assert "left out for want of money" in page(f"/bulk/{quoted.pk}/").text_

    refused = page.post(f"/bulk/{quoted.pk}/steer/", step="retry", max_cost="0.5")
    assert (refused.status_code, "Give at least the 1" in refused.text_) == (400, True)
    page.post(f"/bulk/{quoted.pk}/steer/", step="retry", max_cost="3")

    assert (Bulk.objects.get().status, Bulk.objects.get().cap) == ("running", 3)


def test_the_button_says_where_the_limit_ends_it(page):
    where = page.post("/bulk/", **FORM | {"max_cost": "0.01"}).url

    text = page(where).text_

    assert "Start: $0.01 of $" in text
    assert "some lines will be left out" in text
