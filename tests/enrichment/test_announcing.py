"""Announcements: once, with the fact or not at all, and to nobody but whom they concern."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from enrichment import announcing
from enrichment.announcing import CATALOGUE, Told, UnknownEvent, WrongShape, announce, announce_all
from enrichment.models import Announcement, UserNotice, WebhookDelivery, WebhookEndpoint
from salesintel.accounts.models import User

pytestmark = pytest.mark.django_db

PERSONA = {
    "personaId": "7", "contactId": "3", "method": "rag", "dataQuality": 61.5, "statusEndpoint": "/api/v1/personas/7",
}  # fmt: skip
PAUSE = {"provider": "snov", "until": None, "reason": "stopped"}


@pytest.fixture
def chief() -> User:
    return User.objects.create_user("chief", "chief@example.com", "correct horse", is_staff=True)


def endpoint(user, **given):
    return WebhookEndpoint.objects.create(user=user, url="https://hooks.example.com/in", **given)


def told() -> set[tuple[str, str]]:
    """(who, type) of every notice."""
    return set(UserNotice.objects.values_list("user__username", "announcement__type"))


def sent() -> list[tuple[str, str]]:
    """(whose endpoint, type) of every delivery."""
    return sorted(WebhookDelivery.objects.values_list("endpoint__user__username", "message__type"))


def test_an_announcement_is_a_message_a_notice_and_a_delivery(user):
    where = endpoint(user)

    assert announce(user, "persona.generated", PERSONA, once="persona:7")

    message = Announcement.objects.get()
    assert (message.owner, message.data, message.id[:4]) == (user, PERSONA, "msg_")
    assert told() == {("rep", "persona.generated")}
    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.state, delivery.next_at) == (where, "pending", message.at)
    assert delivery.until - message.at == timedelta(days=3)


def test_the_same_is_announced_once(user):
    endpoint(user)
    announce(user, "persona.generated", PERSONA, once="persona:7")

    assert not announce(user, "persona.generated", PERSONA, once="persona:7")

    assert (Announcement.objects.count(), UserNotice.objects.count(), WebhookDelivery.objects.count()) == (1, 1, 1)


def test_what_is_rolled_back_is_told_to_nobody(user):
    endpoint(user)
    with transaction.atomic():
        announce(user, "persona.generated", PERSONA, once="persona:7")
        transaction.set_rollback(True)

    assert (Announcement.objects.count(), UserNotice.objects.count(), WebhookDelivery.objects.count()) == (0, 0, 0)


def test_nobody_is_told_what_is_anothers(user, chief):
    endpoint(user)
    endpoint(chief)

    announce(user, "persona.generated", PERSONA, once="persona:7")

    assert told() == {("rep", "persona.generated")}
    assert sent() == [("rep", "persona.generated")]


def test_the_organisations_events_go_to_its_admins(user, chief):
    User.objects.create_user("gone", is_staff=True, is_active=False)
    endpoint(user)
    endpoint(chief)

    announce(None, "provider.paused", PAUSE, once="pause:1")

    assert told() == {("chief", "provider.paused")}
    assert sent() == [("chief", "provider.paused")]


def test_an_admins_own_events_and_the_organisations_may_come_together(user, chief):
    for each in (user, chief):
        endpoint(each)

    announce_all(
        [
            Told(owner=user.pk, type="persona.generated", data=PERSONA, once="a"),
            Told(owner=None, type="provider.paused", data=PAUSE, once="b"),
        ]
    )

    assert sent() == [("chief", "provider.paused"), ("rep", "persona.generated")]


def test_an_endpoint_is_told_the_types_that_it_wants_while_it_is_on(user):
    endpoint(user, types=["run.failed"])
    endpoint(user, enabled=False)
    wanting = endpoint(user, types=["run.failed", "persona.generated"])

    announce(user, "persona.generated", PERSONA, once="persona:7")

    assert [row.endpoint for row in WebhookDelivery.objects.all()] == [wanting]


def test_quietly_is_to_webhooks_alone(user):
    endpoint(user)

    announce(user, "persona.generated", PERSONA, once="persona:7", quietly=True)

    assert (UserNotice.objects.count(), WebhookDelivery.objects.count()) == (0, 1)


def test_the_bell_rings_once_after_the_commit_and_not_where_nobody_listens(
    user, monkeypatch, django_capture_on_commit_callbacks
):
    rung = []
    monkeypatch.setattr(announcing.telling, "_bells", [lambda: rung.append(1)])

    with django_capture_on_commit_callbacks(execute=True):
        announce(user, "persona.generated", PERSONA, once="nobody listens")
    assert rung == []

    endpoint(user)
    endpoint(user)
    with django_capture_on_commit_callbacks(execute=True):
        announce(user, "persona.generated", PERSONA, once="two endpoints")
        assert rung == []
    assert rung == [1]


def test_fifty_cost_no_more_queries_than_one(user):
    endpoint(user)
    with CaptureQueriesContext(
        connection,
    ) as one:
        announce_all([Told(owner=user.pk, type="persona.generated", data=PERSONA, once="0")])

    with CaptureQueriesContext(connection) as fifty:
        announce_all([Told(owner=user.pk, type="persona.generated", data=PERSONA, once=str(n)) for n in range(1, 51)])

    assert len(fifty) == len(one)
    assert WebhookDelivery.objects.count() == 51


@pytest.mark.once
def test_an_event_that_is_not_in_the_catalogue_is_refused_by_name(user):
    with pytest.raises(UnknownEvent, match=r"no event “run.done”; there are run.completed, "):
        announce(user, "run.done", {}, once="x")


@pytest.mark.once
def test_another_shape_is_refused_and_no_value_is_repeated(user):
    with pytest.raises(WrongShape, match="contactId, method, dataQuality, statusEndpoint, email") as refused:
        announce(user, "persona.generated", {"personaId": "7", "email": "jane@acme.example"}, once="x")

    assert "jane" not in str(refused.value)


def test_every_type_of_the_catalogue_says_what_its_data_is():
    for event in CATALOGUE.values():
        schema = event.adapter.json_schema()
        assert schema["description"], event.name
        assert schema["additionalProperties"] is False, event.name
