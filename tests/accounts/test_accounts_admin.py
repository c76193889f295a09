"""Keys and people in the admin."""

import pytest
from django.urls import reverse

from salesintel.accounts.models import ApiKey


@pytest.fixture
def key(user):
    return ApiKey.issue(user=user, name="CRM", scopes=["read"])


def test_the_list_shows_the_prefix_and_neither_key_nor_digest(admin_client, key):
    row, plain = key

    page = admin_client.get(reverse("admin:accounts_apikey_changelist")).content.decode()

    assert row.prefix in page
    assert plain not in page
    assert row.digest not in page


def test_the_action_revokes(admin_client, key):
    data = {"action": "revoke", "_selected_action": [key[0].pk]}

    admin_client.post(reverse("admin:accounts_apikey_changelist"), data, follow=True)

    key[0].refresh_from_db()
    assert key[0].revoked_at is not None


def test_a_key_is_neither_added_nor_deleted_nor_changed_there(admin_client, key):
    row, _ = key
    change = reverse("admin:accounts_apikey_change", args=[row.pk])

    added = admin_client.get(reverse("admin:accounts_apikey_add")).status_code
    deleted = admin_client.post(reverse("admin:accounts_apikey_delete", args=[row.pk]), {"post": "yes"}).status_code
    admin_client.post(change, {"name": "other", "scopes": '["admin"]'})

    row.refresh_from_db()
    assert (added, deleted, row.name, row.scopes) == (403, 403, "CRM", ["read"])


def test_a_person_is_listed_and_edited(admin_client, user):
    listed = admin_client.get(reverse("admin:accounts_user_changelist"))
    edited = admin_client.get(reverse("admin:accounts_user_change", args=[user.pk]))

    assert (listed.status_code, edited.status_code) == (200, 200)
    assert "What they sell" in edited.content.decode()
