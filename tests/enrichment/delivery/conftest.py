"""Endpoints, and receivers that are real HTTP servers on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from enrichment.delivery import signing
from enrichment.models import Announcement, WebhookDelivery, WebhookEndpoint
from enrichment.models.clock import database_now
from salesintel.accounts.models import User
from tests.enrichment.delivery.receiver import Receiver


@pytest.fixture
def rep(db: None) -> User:
    return User.objects.create_user("rep", "rep@example.com", "correct horse")


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A receiver that the operator allows, and that answers 204 until it is told otherwise."""
    with Receiver() as server:
        settings.WEBHOOK_ORIGINS = frozenset({server.url})
        yield server


def endpoint(user: User, url: str, **given: Any) -> WebhookEndpoint:
    values = {"secrets": {"current": signing.new_secret()}, **given}
    return WebhookEndpoint.objects.create(user=user, url=url, **values)


def message(user: User, number: int = 1) -> Announcement:
    data = {"personaId": str(number), "contactId": "3", "statusEndpoint": f"/api/v1/personas/{number}"}
    return Announcement.objects.create(
        owner=user, type="persona.generated", data=data, once=f"persona:{number}", at=database_now()
    )


def due(to: WebhookEndpoint, number: int = 1) -> WebhookDelivery:
    """A delivery that is due now."""
    from enrichment.announcing import delivery

    row = delivery(message(to.user, number).pk, to, database_now())
    row.save()
    return row
