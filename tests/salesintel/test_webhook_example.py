"""The receiver of docs/webhooks.md, run as it is written there."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from enrichment.announcing import CATALOGUE
from enrichment.delivery import signing
from enrichment.delivery.courier import deliver
from enrichment.delivery.endpoints import OVERLAP
from enrichment.models import WebhookAttempt, WebhookDelivery
from enrichment.models.clock import database_now
from salesintel.processes import any_free_port
from tests.enrichment.delivery.conftest import due, endpoint

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
[EXAMPLE] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_it_takes_what_is_signed_once_and_refuses_what_is_not(user, settings):
    port, secret = any_free_port(), signing.new_secret()
    where = f"http://127.0.0.1:{port}"
    settings.WEBHOOK_ORIGINS = frozenset({where})
    told = due(endpoint(user, where, secrets={"current": secret}), 1)
    repeated = due(
        endpoint(
            user,
            where,
            secrets={"current": signing.new_secret(), "previous": secret},
            previous_until=database_now() + OVERLAP,
        ),
        2,
    )
    forged = due(endpoint(user, where, secrets={"current": signing.new_secret()}), 3)
    environment = {"WEBHOOK_SECRET": secret, "PORT": str(port)}
    program = subprocess.Popen(
        [sys.executable, "-c", EXAMPLE], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        wait_for(port)
        deliver()
        WebhookDelivery.objects.filter(pk=repeated.pk).update(state="pending", next_at=database_now())
        deliver()
    finally:
        program.kill()
        said = program.communicate(timeout=10)[0]

    statuses = {row.pk: list(row.attempts.values_list("status", flat=True)) for row in (told, repeated, forged)}
    assert statuses == {told.pk: [204], repeated.pk: [204, 204], forged.pk: [401]}
    assert sorted(line.partition(" ")[0] for line in said.splitlines()) == ["persona.generated", "persona.generated"]
    assert not WebhookAttempt.objects.filter(status=None).exists()


def wait_for(port: int) -> None:
    import socket

    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("The example does not listen.")


def test_the_page_lists_the_whole_catalogue():
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))

    assert rows == {event.name: event.summary for event in CATALOGUE.values()}
