"""The API of webhooks: made, changed, rotated, tested and read by their owner, and by nobody else."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient
from standardwebhooks.webhooks import Webhook

from enrichment.delivery import endpoints
from enrichment.delivery.courier import deliver
from enrichment.models import Announcement, UserNotice, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from enrichment.models.clock import database_now
from salesintel.accounts.models import ApiKey, User
from tests.enrichment.delivery.conftest import due, endpoint
from tests.enrichment.delivery.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db
HOOKS = "/api/v1/webhooks"
GOOD = "https://hooks.example.com/in"


@pytest.fixture
def other(db) -> User:
    return User.objects.create_user("other")


def make(client, **given):
    return client.post(HOOKS, {"url": GOOD, **given}, format="json")


def test_the_secret_is_told_once_and_kept_encrypted(api_client):
    made = make(api_client, description="CRM", eventTypes=["run.completed"])

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made["Cache-Control"] == "no-store"
    row = WebhookEndpoint.objects.get()
    assert row.secrets == {"current": made.json()["secret"]}
    stored = WebhookEndpoint.objects.extra(select={"raw": "secrets"}).values_list("raw", flat=True).get()
    assert "whsec" not in stored
    read = api_client.get(f"{HOOKS}/{row.pk}").json()
    assert "secret" not in read
    assert (read["url"], read["description"], read["eventTypes"], read["enabled"]) == (
        GOOD,
        "CRM",
        ["run.completed"],
        True,
    )


@pytest.mark.once
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.com/in", "begins with https://"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://metadata.google.internal/", "an inward one"),
        ("https://user:pw@example.com/", "no user"),
        ("https://xn--/", "not a URL"),
        ("https://example.com:8443/", "ports 80 and 443"),
        ("https://2130706433/", "not a public host name"),
        ("ftp://example.com/", "begins with https://"),
        ("example.com", "begins with https://"),
        ("https://exa mple.com/", "not a"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_the_reason(api_client, url, why):
    answer = make(api_client, url=url)

    assert answer.status_code == 400
    assert why in answer.json()["errors"]["url"][0]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.once
def test_an_unknown_type_is_refused_by_name(api_client):
    answer = make(api_client, eventTypes=["run.done"])

    assert "“run.done” is no type of event; choose from run.completed" in answer.json()["errors"]["eventTypes"][0]


def test_nobody_has_more_than_they_may(api_client, user, settings):
    settings.WEBHOOKS_PER_USER = 1
    make(api_client)

    answer = make(api_client)

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "You have 1 webhooks, and more are not allowed. Delete one first.",
    )


def test_only_ones_own_are_listed_and_everything_of_anothers_is_404(api_client, user, other):
    mine, theirs = endpoint(user, GOOD), endpoint(other, GOOD)
    sent = due(theirs)

    assert [row["id"] for row in api_client.get(HOOKS).json()["results"]] == [str(mine.pk)]
    address = f"{HOOKS}/{theirs.pk}"
    answers = [
        api_client.get(address),
        api_client.patch(address, {"enabled": False}, format="json"),
        api_client.delete(address),
        api_client.post(f"{address}/rotate", {}, format="json"),
        api_client.post(f"{address}/test"),
        api_client.get(f"{address}/deliveries"),
        api_client.post(f"{HOOKS}/deliveries/{sent.pk}/replay"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    theirs.refresh_from_db()
    assert theirs.enabled


def test_a_key_that_only_reads_changes_nothing(user):
    _, key = ApiKey.issue(user=user, name="reader", scopes=["read"])
    client = APIClient(headers={"Authorization": f"Bearer {key}"})

    assert client.get(HOOKS).status_code == 200
    assert make(client).status_code == 403
    assert not WebhookEndpoint.objects.exists()


def test_switched_on_again_it_starts_afresh(api_client, user):
    now = database_now()
    row = endpoint(
        user,
        GOOD,
        enabled=False,
        disabled_at=now,
        disabled_why="failing",
        failures=99,
        failing_since=now,
        rests_until=now,
    )

    told = api_client.patch(f"{HOOKS}/{row.pk}", {"enabled": True}, format="json").json()

    row.refresh_from_db()
    assert (row.failures, row.failing_since, row.rests_until) == (0, None, None)
    assert (told["enabled"], told["disabledAt"], told["disabledReason"], told["failures"]) == (True, None, None, 0)


def test_a_change_keeps_what_it_does_not_name(api_client, user):
    row = endpoint(user, GOOD, types=["run.failed"], description="CRM")

    api_client.patch(f"{HOOKS}/{row.pk}", {"url": "https://new.example.com/"}, format="json")

    row.refresh_from_db()
    assert (row.url, row.types, row.description) == ("https://new.example.com/", ["run.failed"], "CRM")
    assert api_client.patch(f"{HOOKS}/{row.pk}", {"url": "https://10.0.0.1/"}, format="json").status_code == 400


@pytest.mark.parametrize(("hours", "keeps"), [(24, True), (0, False)])
def test_a_rotation_tells_the_new_secret_and_keeps_the_old_one_as_long_as_asked(api_client, user, hours, keeps):
    row = endpoint(user, GOOD)
    old = row.secrets["current"]

    told = api_client.post(f"{HOOKS}/{row.pk}/rotate", {"overlapHours": hours}, format="json").json()

    row.refresh_from_db()
    assert row.secrets == {"current": told["secret"]} | ({"previous": old} if keeps else {})
    assert told["secret"] != old
    if keeps:
        assert timedelta(hours=23) < row.previous_until - database_now() < timedelta(hours=25)
    else:
        assert row.previous_until is None


@pytest.mark.django_db(transaction=True)
def test_a_test_is_sent_once_and_its_answer_is_among_the_deliveries(api_client, user, settings):
    with Receiver(lambda _: Answer(status=418, body=b"<b>short and stout</b>")) as receiver:
        settings.WEBHOOK_ORIGINS = frozenset({receiver.url})
        row = endpoint(user, receiver.url, types=["run.failed"])
        bystander = endpoint(user, receiver.url)

        sent = api_client.post(f"{HOOKS}/{row.pk}/test")
        deliver()

        assert (sent.status_code, sent.json()["state"]) == (202, "pending")
        [came] = receiver.arrived
    assert Webhook(row.secrets["current"]).verify(came.body, came.headers)["type"] == "webhook.test"
    [told] = api_client.get(f"{HOOKS}/{row.pk}/deliveries").json()["results"]
    assert (told["state"], told["eventType"], told["messageId"]) == (
        "failed",
        "webhook.test",
        came.headers["webhook-id"],
    )
    [attempt] = told["attempts"]
    assert (attempt["status"], attempt["answer"]) == (418, "<b>short and stout</b>")
    row.refresh_from_db()
    assert row.failures == 0
    assert not bystander.deliveries.exists()
    assert not UserNotice.objects.exists()


@pytest.mark.once
def test_what_is_switched_off_is_not_tested(api_client, user):
    row = endpoint(user, GOOD, enabled=False)

    answer = api_client.post(f"{HOOKS}/{row.pk}/test")

    assert (answer.status_code, answer.json()["detail"]) == (409, "The webhook is switched off. Switch it on first.")
    assert not Announcement.objects.exists()


def test_a_delivery_is_replayed_under_the_same_id(api_client, user):
    row = due(endpoint(user, GOOD))
    WebhookDelivery.objects.update(state="failed", tries=12, ended=database_now(), until=database_now())

    answer = api_client.post(f"{HOOKS}/deliveries/{row.pk}/replay")

    assert (answer.status_code, answer.json()["state"], answer.json()["messageId"]) == (202, "pending", row.message_id)
    row.refresh_from_db()
    assert (row.tries, row.ended) == (0, None)
    assert timedelta(days=2) < row.until - database_now()


def test_what_is_being_sent_is_not_replayed(api_client, user):
    row = due(endpoint(user, GOOD))
    WebhookDelivery.objects.update(lease_until=database_now() + timedelta(seconds=10))

    assert api_client.post(f"{HOOKS}/deliveries/{row.pk}/replay").status_code == 409


def test_deliveries_come_in_pages_by_state_and_with_few_queries(api_client, user, django_assert_max_num_queries):
    where = endpoint(user, GOOD)
    rows = [due(where, number) for number in range(7)]
    for number, row in enumerate(rows):
        WebhookAttempt.objects.create(delivery=row, number=1, at=database_now(), status=500 + number)
    WebhookDelivery.objects.filter(pk=rows[0].pk).update(state="failed")
    found, address = [], f"{HOOKS}/{where.pk}/deliveries?state=pending&limit=4"
    api_client.get(address)  # fills what is remembered: the limits

    while address:
        with django_assert_max_num_queries(6):  # the key, its use and its limit; the webhook, deliveries, attempts
            page = api_client.get(address).json()
        found += [row["id"] for row in page["results"]]
        address = page["next"]

    assert found == [str(row.pk) for row in reversed(rows[1:])]


@pytest.mark.once
@pytest.mark.parametrize("cursor", ["x", "W10=", "WyJhIiwiYiJd", "é", "WzEsMl0=", "W" * 300])
def test_what_is_no_cursor_is_refused(api_client, user, cursor):
    where = endpoint(user, GOOD)

    answer = api_client.get(f"{HOOKS}/{where.pk}/deliveries", {"cursor": cursor})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_limit(user, settings):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    settings.WEBHOOKS_PER_USER = 3

    def one(_):
        try:
            endpoints.make(user, url=GOOD)
        except endpoints.TooMany:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as pool:
        made = sum(pool.map(one, range(8)))

    assert made == WebhookEndpoint.objects.count() == 3


# --- Notices ----------------------------------------------------------------------------------------------------------


def noticed(user, number):
    from tests.enrichment.delivery.conftest import message

    return UserNotice.objects.create(user=user, announcement=message(user, number))


def test_notices_are_ones_own_newest_first_and_are_marked_one_by_one_or_all(api_client, user, other):
    mine = [noticed(user, number) for number in range(3)]
    theirs = noticed(other, 9)

    page = api_client.get("/api/v1/notices").json()
    assert [row["id"] for row in page["results"]] == [row.pk for row in reversed(mine)]
    assert (page["unread"], page["results"][0]["text"], page["results"][0]["read"]) == (3, "A persona is ready.", None)

    assert api_client.post(f"/api/v1/notices/{mine[0].pk}/read").json()["read"] is not None
    assert api_client.post(f"/api/v1/notices/{theirs.pk}/read").status_code == 404
    page = api_client.get("/api/v1/notices", {"unread": "true", "limit": 1}).json()
    assert ([row["id"] for row in page["results"]], page["unread"]) == ([mine[2].pk], 2)
    assert [row["id"] for row in api_client.get(page["next"]).json()["results"]] == [mine[1].pk]

    assert api_client.post("/api/v1/notices/read-all").json() == {"unread": 0}
    assert UserNotice.objects.filter(read=None).get() == theirs


# --- The document -----------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_the_document_describes_every_message(api_client):
    from drf_spectacular.generators import SchemaGenerator
    from jsonschema import Draft202012Validator

    from enrichment.announcing import CATALOGUE
    from salesintel.urls import described

    schema = SchemaGenerator(patterns=described).get_schema(request=None, public=True)

    assert list(schema["webhooks"]) == list(CATALOGUE)
    operation = schema["webhooks"]["provider.paused"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    told = {"type": "provider.paused", "timestamp": "2026-11-22T08:00:00+00:00"}
    data = {"provider": "snov", "until": None, "reason": "stopped"}
    validator = Draft202012Validator({**body, "components": schema["components"]})
    assert list(validator.iter_errors({**told, "data": data})) == []
    assert list(validator.iter_errors({**told, "data": {**data, "reason": "mood"}})) != []
