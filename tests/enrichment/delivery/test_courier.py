"""What is sent, how it is signed, and what each kind of answer means."""

import json
import time
from datetime import timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from enrichment.delivery import endpoints, outbox, signing, turns
from enrichment.delivery.courier import deliver
from enrichment.models import Announcement, UserNotice, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from enrichment.models.clock import database_now
from tests.enrichment.delivery.conftest import due, endpoint
from tests.enrichment.delivery.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = timedelta(days=1)


def again(row: WebhookDelivery, **endpoint_values):
    """Make the delivery due at once, as if its waits were over."""
    WebhookDelivery.objects.filter(pk=row.pk).update(next_at=database_now())
    WebhookEndpoint.objects.filter(pk=row.endpoint_id).update(rests_until=None, **endpoint_values)


def attempts(row):
    return list(row.attempts.values_list("number", "status"))


def test_what_arrives_is_signed_and_has_the_catalogues_shape(rep, receiver):
    where = endpoint(rep, receiver.url + "/hooks?for=crm")
    row = due(where, 7)

    deliver()

    [came] = receiver.arrived
    told = Webhook(where.secrets["current"]).verify(came.body, came.headers)
    assert (came.path, came.headers["webhook-id"]) == ("/hooks?for=crm", row.message_id)
    assert told == {
        "type": "persona.generated",
        "timestamp": row.message.at.isoformat(),
        "data": {"personaId": "7", "contactId": "3", "statusEndpoint": "/api/v1/personas/7"},
    }
    row.refresh_from_db()
    where.refresh_from_db()
    assert (row.state, attempts(row)) == ("delivered", [(1, 204)])
    assert where.succeeded is not None


def test_another_secret_does_not_verify_it(rep, receiver):
    due(endpoint(rep, receiver.url))

    deliver()

    [came] = receiver.arrived
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(came.body, came.headers)


def test_after_a_rotation_both_secrets_sign_until_the_old_ones_time_is_over(rep, receiver):
    secrets = {"current": signing.new_secret(), "previous": signing.new_secret()}
    due(endpoint(rep, receiver.url, secrets=secrets, previous_until=database_now() + A_DAY), 1)
    due(endpoint(rep, receiver.url, secrets=secrets, previous_until=database_now() - A_DAY), 2)

    deliver()

    by = {json.loads(came.body)["data"]["personaId"]: came for came in receiver.arrived}
    for secret in secrets.values():
        Webhook(secret).verify(by["1"].body, by["1"].headers)
    Webhook(secrets["current"]).verify(by["2"].body, by["2"].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secrets["previous"]).verify(by["2"].body, by["2"].headers)


def test_a_failure_is_tried_again_under_the_same_id(rep, receiver):
    receiver.told = lambda _: Answer(status=500 if len(receiver.arrived) == 1 else 200)
    row = due(endpoint(rep, receiver.url))

    deliver()
    row.refresh_from_db()
    assert (row.state, row.lease_until) == ("pending", None)
    assert timedelta(seconds=3) < row.next_at - database_now() < timedelta(seconds=6)
    again(row)
    deliver()

    row.refresh_from_db()
    assert (row.state, attempts(row)) == ("delivered", [(1, 500), (2, 200)])
    assert {came.headers["webhook-id"] for came in receiver.arrived} == {row.message_id}
    assert len({came.body for came in receiver.arrived}) == 1


@pytest.mark.parametrize("header", ["3600", "date"])
def test_retry_after_is_obeyed(rep, receiver, header):
    asked = format_datetime(database_now() + timedelta(hours=1)) if header == "date" else header
    receiver.told = lambda _: Answer(status=503, headers={"Retry-After": asked})
    row = due(endpoint(rep, receiver.url))

    deliver()

    row.refresh_from_db()
    row.endpoint.refresh_from_db()
    for moment in (row.next_at, row.endpoint.rests_until):
        assert timedelta(minutes=59) < moment - database_now() < timedelta(minutes=61)


def test_a_receiver_that_is_gone_is_told_nothing_more_and_its_owner_is(rep, receiver):
    receiver.told = lambda _: Answer(status=410)
    where = endpoint(rep, receiver.url)
    row = due(where, 1)
    WebhookDelivery.objects.filter(pk=due(where, 2).pk).update(next_at=database_now() + A_DAY)

    deliver()

    where.refresh_from_db()
    assert (where.enabled, where.disabled_why) == (False, "gone")
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"failed"}
    notice = UserNotice.objects.get(user=rep)
    assert notice.announcement.data == {"webhookId": str(where.pk), "reason": "gone"}
    assert attempts(row) == [(1, 410)]


def test_after_three_days_of_nothing_but_failures_an_endpoint_is_switched_off(rep, receiver):
    receiver.told = lambda _: Answer(status=500)
    where = endpoint(rep, receiver.url, failures=9, failing_since=database_now() - 3 * A_DAY)
    due(where)

    deliver()

    where.refresh_from_db()
    assert (where.enabled, where.disabled_why) == (False, "failing")
    assert UserNotice.objects.get(user=rep).announcement.type == "webhook.disabled"


def test_one_success_and_the_days_are_counted_anew(rep, receiver):
    where = endpoint(rep, receiver.url, failures=9, failing_since=database_now() - 2 * A_DAY)
    due(where)

    deliver()

    where.refresh_from_db()
    assert (where.failures, where.failing_since, where.rests_until) == (0, None, None)


def test_a_delivery_is_given_up_when_its_three_days_are_over(rep, receiver):
    receiver.told = lambda _: Answer(status=404)
    row = due(endpoint(rep, receiver.url))
    WebhookDelivery.objects.filter(pk=row.pk).update(until=database_now() + timedelta(seconds=1))

    deliver()

    row.refresh_from_db()
    assert (row.state, row.ended is not None) == ("failed", True)


def test_a_redirect_is_not_followed(rep, receiver, settings):
    with Receiver() as other:
        settings.WEBHOOK_ORIGINS = frozenset({receiver.url, other.url})
        receiver.told = lambda _: Answer(status=307, headers={"Location": other.url})
        row = due(endpoint(rep, receiver.url))

        deliver()

        assert other.arrived == []
    assert attempts(row) == [(1, 307)]
    row.refresh_from_db()
    assert row.state == "pending"


def test_of_an_answer_the_first_kilobyte_is_kept_and_the_rest_not_read(rep, receiver):
    receiver.told = lambda _: Answer(status=200, body=b"<script>\x00" + b"x" * 4_000_000)
    row = due(endpoint(rep, receiver.url))

    deliver()

    kept = WebhookAttempt.objects.get().answer
    assert (kept[:9], len(kept)) == ("<script>\ufffd", 1024)
    row.refresh_from_db()
    assert row.state == "delivered"


def test_a_slow_receiver_is_cut_off_at_the_deadline(rep, receiver, monkeypatch):
    monkeypatch.setattr(outbox, "DEADLINE", 0.6)
    receiver.told = lambda _: Answer(status=200, body=b"x" * 1000, drip=0.05)
    row = due(endpoint(rep, receiver.url))

    deliver()

    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error) == (None, "127.0.0.1: no answer within 0.6 s")
    assert 0.5 < attempt.seconds < 3
    row.refresh_from_db()
    assert row.state == "pending"


def test_an_endpoint_that_fails_is_left_alone_and_then_tried_with_one_delivery(rep, receiver):
    receiver.told = lambda _: Answer(status=500)
    where = endpoint(rep, receiver.url)
    for number in range(12):
        due(where, number)

    is_more = deliver()
    first = len(receiver.arrived)
    assert not is_more
    WebhookEndpoint.objects.update(rests_until=None)
    deliver()

    assert outbox.schedule.BREAKS_AT <= first < outbox.schedule.BREAKS_AT + turns.PER_ENDPOINT
    assert len(receiver.arrived) == first + 1
    where.refresh_from_db()
    assert where.rests_until > database_now()


def test_an_endpoint_is_asked_at_most_four_times_at_once(rep, receiver):
    under_way, most = [], []

    def told(_):
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.1)
        under_way.pop()
        return Answer()

    receiver.told = told
    where = endpoint(rep, receiver.url)
    for number in range(12):
        due(where, number)

    deliver()

    assert len(receiver.arrived) == 12
    assert max(most) <= turns.PER_ENDPOINT


def test_how_long_it_took_is_kept_until_the_address_changes(rep, receiver):
    receiver.told = lambda _: Answer(wait=0.3)
    where = endpoint(rep, receiver.url)
    due(where)

    deliver()

    where.refresh_from_db()
    assert 0.3 <= where.answers_in < 10
    assert endpoints.change(where, url=receiver.url + "/other").answers_in is None


def test_a_workers_look_that_is_out_of_date_takes_no_more_than_a_persons_share(rep, receiver):
    for number in range(turns.PER_USER + 4):
        due(endpoint(rep, f"{receiver.url}/{number}", answers_in=0.1), number)
    seen = outbox._standings(database_now())

    first = outbox.take(turns.PER_USER - 2)
    second = [parcel for each in seen for parcel in outbox._take_of(each.endpoint, each.user, 4)]

    assert (len(first), len(second)) == (turns.PER_USER - 2, 2)


def test_a_lease_that_ran_out_is_taken_over_and_the_late_answer_changes_nothing(rep, receiver):
    row = due(endpoint(rep, receiver.url))
    [lost] = outbox.take(1)
    WebhookDelivery.objects.update(lease_until=database_now() - timedelta(seconds=1), next_at=database_now())

    [second] = outbox.take(1)
    outbox.record(lost, outbox.Outcome(status=500))

    row.refresh_from_db()
    assert (second.number, second.headers["webhook-id"]) == (2, lost.headers["webhook-id"])
    assert (row.state, row.lease_token, row.lease_until is not None) == ("pending", 2, True)
    outbox.record(second, outbox.Outcome(status=200))
    row.refresh_from_db()
    assert (row.state, attempts(row)) == ("delivered", [(1, 500), (2, 200)])


def test_two_workers_never_have_the_same_delivery(rep, receiver):
    where = endpoint(rep, receiver.url, answers_in=0.1)
    for number in range(3):
        due(where, number)

    first, second = outbox.take(2), outbox.take(9)

    assert len({parcel.delivery for parcel in first + second}) == 3
    assert outbox.take(9) == []


def test_nothing_is_sent_to_an_endpoint_that_is_off_or_deleted(rep, receiver):
    where = endpoint(rep, receiver.url)
    due(where)
    [parcel] = outbox.take(1)
    where.delete()

    outbox.record(parcel, outbox.Outcome(status=500))

    assert not WebhookDelivery.objects.exists()
    due(endpoint(rep, receiver.url, enabled=False), 2)
    assert outbox.take(9) == []


def test_a_name_that_is_not_allowed_any_more_is_not_connected_to(rep, receiver, settings):
    row = due(endpoint(rep, receiver.url))
    settings.WEBHOOK_ORIGINS = frozenset()

    deliver()

    assert receiver.arrived == []
    assert WebhookAttempt.objects.get(delivery=row).error == "127.0.0.1: give an address that begins with https://"


def test_no_announcement_is_made_of_what_arrives(rep, receiver):
    due(endpoint(rep, receiver.url))

    deliver()

    assert Announcement.objects.count() == 1
