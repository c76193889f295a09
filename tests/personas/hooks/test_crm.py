"""What a CRM tells is taken once, and only from the CRM."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from standardwebhooks.webhooks import Webhook

from personas.models import Contact, CrmHook, CrmMessage, Deal, Interaction, Suppression
from salesintel.accounts.models import User
from tests.personas.api.conftest import Call, caller

DANA = {"type": "contact.created", "data": {"id": "7", "name": "Dana Whitfield", "email": "dana@acmecorp.com"}}
MAIL = {
    "type": "interaction.created",
    "data": {"id": "m1", "contactId": "7", "type": "email_sent", "occurredAt": "2026-03-02T12:00:00Z"},
}
DEAL = {"type": "deal.created", "data": {"id": "d1", "name": "Renewal", "stage": "talks", "contacts": [{"id": "7"}]}}


@pytest.fixture
def mine(rep: User, rules: None) -> Call:
    return caller(rep)


@pytest.fixture
def hook(mine: Call) -> dict[str, Any]:
    told: dict[str, Any] = mine("POST", "crm-hooks", {"system": "hubspot"}).json()
    return told


def tell(hook: dict[str, Any], *events: Any, name: str = "msg_1", at: float | None = None, secret: str = "") -> Any:
    body = json.dumps({"events": events})
    stamp = int(at or time.time())
    signed = f"{name}.{stamp}.{body}".encode()
    key = base64.b64decode((secret or hook["secret"]).removeprefix("whsec_"))
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode(),
    }
    return post(hook, body, headers)


def post(hook: dict[str, Any], body: Any, headers: dict[str, str]) -> Any:
    path = hook["url"].removeprefix("http://testserver")
    return Client().generic("POST", path, body, content_type="application/json", headers=headers)


def test_contacts_interactions_and_deals_are_written_as_their_owners(hook: dict[str, Any], rep: User) -> None:
    answer = tell(hook, DANA, MAIL, DEAL)

    assert (answer.status_code, answer.json()["new"]) == (200, 3), answer.content
    for model in (Contact, Interaction, Deal):
        row = model.objects.get()
        assert (row.owner, row.external_source) == (rep, "hubspot")
    assert list(Deal.objects.get().contacts.all()) == [Contact.objects.get()]
    assert CrmHook.objects.get().last_used is not None


def test_the_signature_is_the_one_of_standard_webhooks(hook: dict[str, Any]) -> None:
    body = json.dumps(DANA)
    now = datetime.now(UTC)
    signature = Webhook(hook["secret"]).sign("msg_9", now, body)
    stamp = str(int(now.timestamp()))

    answer = post(
        hook, body, {"webhook-id": "msg_9", "webhook-timestamp": stamp, "webhook-signature": f"v1,bad {signature}"}
    )

    assert (answer.status_code, answer.json()["new"]) == (200, 1)


def test_a_message_is_taken_once(hook: dict[str, Any]) -> None:
    first, again = tell(hook, DANA), tell(hook, DANA)
    other = tell(hook, MAIL)

    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert again.json()["new"] == 1
    assert other.status_code == 409
    assert (Contact.objects.count(), CrmMessage.objects.count()) == (1, 1)


def test_what_is_not_signed_is_refused_and_changes_nothing(hook: dict[str, Any]) -> None:
    stranger = "whsec_" + base64.b64encode(b"x" * 24).decode()
    answers = [
        tell(hook, DANA, secret=stranger),
        tell(hook, DANA, at=time.time() - 600),
        tell(hook, DANA, at=time.time() + 600),
        post(hook, json.dumps(DANA), {}),
    ]

    assert [each.status_code for each in answers] == [401] * 4
    assert not Contact.objects.exists()


def test_an_address_that_is_switched_off_is_as_one_that_there_is_not(hook: dict[str, Any], mine: Call) -> None:
    assert mine("PATCH", f"crm-hooks/{hook['id']}", {"enabled": False}).json()["enabled"] is False

    off, nowhere = tell(hook, DANA), tell({**hook, "url": "http://testserver/api/v1/hooks/crm/none"}, DANA)

    assert (off.status_code, nowhere.status_code) == (404, 404)
    assert {**off.json(), "requestId": ""} == {**nowhere.json(), "requestId": ""}


def test_the_old_secret_is_good_for_a_while_after_a_rotation(hook: dict[str, Any], mine: Call) -> None:
    new = mine("POST", f"crm-hooks/{hook['id']}/rotate").json()

    assert tell(hook, DANA, name="a").status_code == 200
    assert tell(new, DANA, name="b").status_code == 200
    CrmHook.objects.update(previous_until=None)
    assert tell(hook, DANA, name="c").status_code == 401


def test_what_cannot_be_taken_is_told_and_the_rest_is_taken(hook: dict[str, Any]) -> None:
    unknown = {"type": "interaction.created", "data": {**MAIL["data"], "contactId": "8"}}

    told = tell(hook, DANA, unknown, MAIL).json()

    assert [line["change"] for line in told["results"]] == ["new", "refused", "new"]
    assert told["results"][1]["field"] == "contactId"


@pytest.mark.once
def test_a_body_that_cannot_be_read_is_refused_by_field(hook: dict[str, Any]) -> None:
    misspelt = {"type": "contact.created", "data": {"id": "7", "nmae": "Dana"}}

    assert tell(hook, misspelt).status_code == 400
    assert "nmae" in str(tell(hook, misspelt).json()["errors"])
    assert tell(hook, *[DANA] * 101).status_code == 400
    assert tell(hook, "x" * 1_100_000).status_code == 413
    assert tell(hook, DANA).status_code == 200  # its id was not used up


def test_deleted_may_come_back_and_erased_may_not(hook: dict[str, Any]) -> None:
    gone = {"type": "contact.deleted", "data": {"id": "7"}}
    tell(hook, DANA, gone, DANA, name="a")
    assert (Contact.objects.count(), Suppression.objects.count()) == (1, 0)

    told = tell(hook, gone | {"type": "contact.erased"}, DANA, name="b").json()

    assert [line["change"] for line in told["results"]] == ["deleted", "refused"]
    assert not Contact.objects.exists()


@pytest.mark.once
def test_hubspots_signature_and_a_bearer_token_are_taken_too(mine: Call) -> None:
    body, stamp = json.dumps({"events": [DANA]}), str(int(time.time() * 1000))
    hub = mine(
        "POST", "crm-hooks", {"system": "hubspot", "form": "hubspot", "secret": "a-client-secret-of-theirs"}
    ).json()
    signed = f"POST{hub['url']}{body}{stamp}".encode()
    signature = base64.b64encode(hmac.digest(b"a-client-secret-of-theirs", signed, "sha256")).decode()
    pipe = mine("POST", "crm-hooks", {"system": "pipedrive", "form": "bearer"}).json()

    by_hub = post(hub, body, {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp})
    by_pipe = post(pipe, body, {"Authorization": f"Bearer {pipe['secret']}"})
    wrong = [post(hub, body, {"X-HubSpot-Request-Timestamp": stamp}), post(pipe, body, {"Authorization": "Bearer x"})]

    assert (by_hub.json()["new"], by_pipe.json()["changed"], by_pipe.json()["unchanged"]) == (1, 0, 1)
    assert [each.status_code for each in wrong] == [401, 401]


@pytest.mark.once
def test_a_secret_is_told_once_and_stored_sealed(hook: dict[str, Any], mine: Call) -> None:
    assert "secret" not in mine("GET", f"crm-hooks/{hook['id']}").json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM personas_crmhook")
        assert hook["secret"] not in cursor.fetchone()[0]
    assert mine("POST", "crm-hooks", {"system": "x", "form": "hubspot"}).status_code == 409
    assert mine("DELETE", f"crm-hooks/{hook['id']}").status_code == 204
