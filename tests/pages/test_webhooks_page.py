"""Webhooks and notices as pages: with and without script, and nobody else's."""

import re

import pytest

from enrichment.models import UserNotice, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from enrichment.models.clock import database_now
from tests.enrichment.delivery.conftest import due, endpoint, message

pytestmark = pytest.mark.django_db
GOOD = "https://hooks.example.com/in?a=<b>"


def test_a_webhook_is_made_and_its_secret_shown_once(page):
    made = page.post("/webhooks/", url=GOOD, description="CRM", types=["run.failed"])

    row = WebhookEndpoint.objects.get()
    assert row.secrets["current"] in made.text_
    assert (row.url, row.types) == (GOOD, ["run.failed"])
    again = page(f"/webhooks/{row.pk}/")
    assert "whsec_" not in again.text_
    assert "CRM" in page("/webhooks/").text_


@pytest.mark.once
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(page):
    refused = page.post("/webhooks/", url="https://10.0.0.1/", description="CRM", types=["run.failed"])

    assert refused.status_code == 400
    assert "it is not a public address" in refused.text_
    assert 'value="run.failed" checked' in refused.text_
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.once
def test_at_the_limit_there_is_no_form_but_a_reason(page, rep, settings):
    settings.WEBHOOKS_PER_USER = 1
    endpoint(rep, GOOD)

    assert "You have 1 webhooks, and more are not allowed." in page("/webhooks/").text_
    assert page.post("/webhooks/", url=GOOD).status_code == 409


def test_a_webhook_is_changed_switched_rotated_and_deleted(page, rep):
    row = endpoint(rep, GOOD, types=["run.failed"])
    old, address = row.secrets["current"], f"/webhooks/{row.pk}/"

    page.post(address, url="https://new.example.com/", description="", types=[])
    page.post(f"{address}switch/", on="0")
    row.refresh_from_db()
    assert (row.url, row.types, row.enabled) == ("https://new.example.com/", [], False)

    rotated = page.post(f"{address}rotate/")
    row.refresh_from_db()
    assert row.secrets["previous"] == old
    assert row.secrets["current"] in rotated.text_

    page.post(f"{address}delete/")
    assert not WebhookEndpoint.objects.exists()


def test_the_log_shows_every_attempt_with_the_answer_as_text(page, rep):
    row = due(endpoint(rep, GOOD))
    WebhookAttempt.objects.create(
        delivery=row, number=1, at=database_now(), status=500, seconds=0.25, answer="<script>alert(1)</script>"
    )

    shown = page(f"/webhooks/{row.endpoint_id}/").text_

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown
    assert "0.25 s" in shown


def test_a_test_and_a_replay_without_script_lead_back_to_the_webhook(page, rep):
    where = endpoint(rep, GOOD)

    tested = page.post(f"/webhooks/{where.pk}/test/")
    row = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state="failed")
    replayed = page.post(f"/webhooks/deliveries/{row.pk}/replay/")

    assert tested["Location"] == replayed["Location"] == f"/webhooks/{where.pk}/"
    row.refresh_from_db()
    assert row.state == "pending"


def test_with_script_the_delivery_is_a_part_that_asks_again_until_it_has_ended(page, rep):
    row = due(endpoint(rep, GOOD))
    address = f"/webhooks/deliveries/{row.pk}/"

    under_way = page.client.get(address, headers={"HX-Request": "true"}).content.decode()
    WebhookDelivery.objects.update(state="delivered")
    ended = page.client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 1s"' in under_way
    assert "every 1s" not in ended


@pytest.mark.once
def test_what_is_switched_off_is_not_tested_and_the_reason_is_shown(page, rep):
    where = endpoint(rep, GOOD, enabled=False)

    page.post(f"/webhooks/{where.pk}/test/")

    assert "The webhook is switched off. Switch it on first." in page(f"/webhooks/{where.pk}/").text_


def test_anothers_webhooks_and_deliveries_are_nowhere(page, other):
    row = due(endpoint(other, GOOD))
    address = f"/webhooks/{row.endpoint_id}/"

    answers = [page(address), page(f"/webhooks/deliveries/{row.pk}/"), page.post(address, url=GOOD)]
    answers += [page.post(f"{address}{act}/") for act in ("switch", "rotate", "delete", "test")]
    answers.append(page.post(f"/webhooks/deliveries/{row.pk}/replay/"))

    assert {answer.status_code for answer in answers} == {404}
    assert "hooks.example.com" not in page("/webhooks/").text_


def test_the_page_costs_the_same_for_one_delivery_as_for_twenty(warm, rep, django_assert_num_queries):
    where = endpoint(rep, GOOD)
    due(where, 0)
    warm(f"/webhooks/{where.pk}/")
    queries = 7

    with django_assert_num_queries(queries):
        warm(f"/webhooks/{where.pk}/")
    for number in range(1, 21):
        WebhookAttempt.objects.create(delivery=due(where, number), number=1, at=database_now())
    with django_assert_num_queries(queries):
        warm(f"/webhooks/{where.pk}/")


@pytest.mark.once
def test_older_deliveries_are_on_the_pages_that_follow(page, rep):
    where = endpoint(rep, GOOD)
    for number in range(30):
        due(where, number)

    first = page(f"/webhooks/{where.pk}/").text_
    [older] = re.findall(r'href="(\?before=[^"]+)"', first)
    second = page(f"/webhooks/{where.pk}/{older}").text_

    shown = [re.findall(r'id="d-([0-9a-f-]+)"', text) for text in (first, second)]
    assert [len(each) for each in shown] == [25, 5]
    assert len(set(shown[0] + shown[1])) == 30


# --- Notices ----------------------------------------------------------------------------------------------------------


def noticed(user, number=1):
    return UserNotice.objects.create(user=user, announcement=message(user, number))


def test_the_bell_counts_what_is_new_to_oneself(page, rep, other):
    noticed(rep, 1)
    noticed(rep, 2)
    noticed(other, 3)

    assert 'class="bell__count" aria-hidden="true">2<' in page("/").text_
    page.post("/notices/read/")
    assert "bell__count" not in page("/").text_


def test_a_notice_that_is_read_stays_in_the_list_without_its_button(page, rep):
    row = noticed(rep)

    page.post(f"/notices/{row.pk}/read/")
    shown = page("/notices/").text_

    assert "A persona is ready." in shown
    assert "Mark as read" not in shown


def test_with_script_the_line_and_the_bell_are_renewed(page, rep):
    row = noticed(rep, 1)
    noticed(rep, 2)

    part = page.client.post(f"/notices/{row.pk}/read/", headers={"HX-Request": "true"}).content.decode()

    assert f'id="n-{row.pk}"' in part
    assert 'hx-swap-oob="outerHTML"' in part
    assert ">1<" in part


def test_anothers_notice_is_not_there(page, other):
    row = noticed(other)

    assert page.post(f"/notices/{row.pk}/read/").status_code == 404
    row.refresh_from_db()
    assert row.read is None
    assert "A persona is ready." not in page("/notices/").text_


def test_the_bell_costs_one_query(page, warm, rep, django_assert_num_queries):
    warm("/plan/")
    with django_assert_num_queries(4) as seen:
        warm("/notices/bell/")

    assert sum("usernotice" in query["sql"] for query in seen.captured_queries) == 1


@pytest.mark.once
def test_the_list_costs_the_same_for_many(warm, rep, django_assert_num_queries):
    noticed(rep, 0)
    warm("/notices/")
    with django_assert_num_queries(5) as few:
        warm("/notices/")
    for number in range(1, 30):
        noticed(rep, number)
    with django_assert_num_queries(len(few.captured_queries)):
        warm("/notices/")
