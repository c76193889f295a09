"""No key is anywhere in plain text: not in a table, a dump, a log, the admin or an error; and a revoked one is dead."""

import logging
from io import StringIO

import httpx
import pytest
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from enrichment.models import Provider
from salesintel.accounts import keys
from salesintel.accounts.models import ApiKey
from salesintel.processes import any_free_port
from tests.serving import Server

PROVIDERS_KEY = "sk-prov-5fa1c1d2e3b4a596"


def tables() -> str:
    """Every value of every row of every table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.fixture
def secrets(rules, user, client, admin_client, admin_user, caplog) -> list[str]:
    """The secret parts of keys that were made, used, misused and replaced, with every log line written meanwhile."""
    caplog.set_level(logging.DEBUG)
    admin_client.raise_request_exception = False
    provider = Provider.objects.get(slug="serpapi")
    provider.credentials = {"api_key": PROVIDERS_KEY}
    provider.save()
    client.force_login(user)
    shown = client.post("/account/keys/", {"name": "CRM", "scopes": ["read"]}).content.decode()
    made = shown.split('id="key" readonly value="')[1].split('"')[0]
    row = ApiKey.objects.get()
    replaced = client.post(f"/account/keys/{row.pk}/rotate/", {"hours": "1"}).content.decode()
    new = replaced.split('id="key" readonly value="')[1].split('"')[0]
    for key in (made, new):
        for header in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            program = APIClient(headers=header, raise_request_exception=False)
            program.get("/api/v1/company/acmecorp.com/lookup")
            program.get("/api/v1/nothing/like/this")
            program.post("/api/v1/runs", "{", content_type="application/json")
            program.post("/api/v1/keys", {"name": key}, format="json")
        APIClient(headers={"X-API-Key": key[:-1]}).get("/api/v1/runs")
    return [made[12:], new[12:], PROVIDERS_KEY]


def test_no_table_holds_a_key(secrets):
    held = tables()

    assert [secret for secret in secrets if secret in held] == []


def test_no_dump_holds_a_key(secrets):
    call_command("dumpdata", "accounts", "audit", "enrichment", "sessions", stdout=(dump := StringIO()))

    assert [secret for secret in secrets if secret in dump.getvalue()] == []
    assert "accounts.apikey" in dump.getvalue()


def test_no_log_line_holds_a_key(secrets, caplog):
    lines = "\n".join(f"{line.getMessage()} {line.args}" for line in caplog.get_records("setup"))

    assert [secret for secret in secrets if secret in lines] == []
    assert "nothing/like/this" in lines


def test_no_page_of_the_admin_holds_a_key_or_its_digest(secrets, admin_client):
    provider, rows = Provider.objects.get(slug="serpapi"), ApiKey.objects.all()
    addresses = ["accounts/apikey/", "audit/entry/", f"enrichment/provider/{provider.pk}/change/"]
    addresses += [f"accounts/apikey/{row.pk}/change/" for row in rows] + [f"enrichment/provider/{provider.pk}/history/"]

    shown = "".join(admin_client.get(f"/admin/{address}").content.decode() for address in addresses)

    assert [secret for secret in [*secrets, *(row.digest for row in rows)] if secret in shown] == []


@pytest.mark.parametrize("body", ["{", '{"name": 1}', "[]"])
def test_no_error_repeats_the_key(user, body):
    _, plain = keys.make(user=user, name="CRM", scopes=["read"])

    answers = [
        APIClient(headers={"X-API-Key": key}).post("/api/v1/keys", body, content_type="application/json")
        for key in (plain, plain[:-1], plain + "0")
    ]

    assert [answer for answer in answers if plain[12:40] in answer.content.decode() + str(answer.headers)] == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_key_revoked_here_is_refused_by_another_process_at_once(user, product_env):
    row, plain = keys.make(user=user, name="CRM", scopes=["read"])
    server = Server(any_free_port(), product_env)
    server.start()
    try:
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {plain}"}) as program:
            before = program.get("/api/v1/keys").status_code
            keys.revoke(row.pk, user=user)
            after = program.get("/api/v1/keys").status_code
    finally:
        server.stop()

    assert (before, after) == (403, 401)
