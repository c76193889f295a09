"""Data protection in the admin: what is held, how long, under which keys, who was forgotten. Nobody's name."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from enrichment.models import AnalysisEngine, Erasure, Retention
from enrichment.workflow.retention import prune
from tests import factories
from tests.admin.people import clerk

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGE = reverse("admin:enrichment_retention_protection")


def page(client: Client) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


def test_the_page_counts_what_is_held_and_names_nobody(admin_client: Client, rules: None) -> None:
    factories.evidence(factories.company(), title="Alicia Tran speaks", text="Alicia Tran speaks")

    text = page(admin_client)

    assert "to show where a claim comes from" in text
    assert "Alicia" not in text


def test_pruning_is_told_with_its_day_and_its_rows(admin_client: Client, rules: None) -> None:
    factories.entry(factories.company(), expires_at=timezone.now() - timedelta(days=1_000))

    prune()

    row = Retention.objects.get(what="responses")
    assert row.pruned == 1
    assert row.pruned_at is not None
    assert f"{row.pruned_at:%b %Y}" in page(admin_client)


def test_secrets_by_an_older_key_are_told_with_the_way_out(
    admin_client: Client, rules: None, settings: Settings
) -> None:
    AnalysisEngine.objects.create(slug="mine", kind="anthropic", credentials={"api_key": "k-1"})
    assert "by an older key" not in page(admin_client)

    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]

    assert "1 by an older key: <code>manage.py rotate_keys" in page(admin_client)


def test_a_secret_that_no_key_opens_is_told(admin_client: Client, rules: None, settings: Settings) -> None:
    AnalysisEngine.objects.create(slug="mine", kind="anthropic", credentials={"api_key": "k-1"})

    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]

    assert "1 that no key opens" in page(admin_client)


def test_an_erasure_that_waits_is_told_with_how_long(admin_client: Client, rules: None) -> None:
    Erasure.objects.create(person="p-1", began=timezone.now() - timedelta(days=3))

    assert "1 under way</strong>, the oldest since 3 days" in page(admin_client)


def test_without_rules_of_retention_the_page_says_that_all_is_kept(admin_client: Client) -> None:
    assert "everything is kept for ever" in page(admin_client)


def test_who_may_not_see_retention_does_not_see_the_page(rules: None) -> None:
    assert clerk("view_company").get(PAGE).status_code == 403


def test_the_number_of_queries_does_not_grow_with_what_is_held(admin_client: Client, rules: None) -> None:
    held = factories.entry(factories.company())
    page(admin_client)  # fills what is remembered

    counts = []
    for place in range(3):
        factories.evidence(held.company, entry=held, title=f"Item {place}")
        AnalysisEngine.objects.create(slug=f"e-{place}", kind="anthropic", credentials={"api_key": "k"})
        with CaptureQueriesContext(connection) as caught:
            page(admin_client)
        counts.append(len(caught))

    assert len(set(counts)) == 1
