"""Opting out in the admin: the marks are typed in, and shown nowhere."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from enrichment.models import Erasure, Observation, OptOut
from salesintel.accounts.models import User
from tests import factories

pytestmark = pytest.mark.once

ADD = reverse("admin:enrichment_optout_add")
JANE = {"email": "jane@acmecorp.com", "profile": "", "name": "Jane Doe", "company": "acmecorp.com"}


def test_who_is_put_on_the_list_is_erased(rules, admin_client):
    factories.observation(factories.company(), "key_contacts", value={"name": "Jane Doe"})

    page = admin_client.post(ADD, JANE, follow=True)

    assert page.status_code == 200
    assert not Observation.objects.exists()
    assert OptOut.objects.count() >= 2
    assert Erasure.objects.get().finished is not None
    assert "jane" not in page.content.decode().casefold()


def test_the_admins_log_names_nobody(rules, admin_client):
    admin_client.post(ADD, JANE)

    assert "jane" not in str(list(LogEntry.objects.values())).casefold()


def test_a_name_without_a_company_is_refused(db, admin_client):
    page = admin_client.post(ADD, JANE | {"email": "", "company": ""})

    assert "together with its company" in page.content.decode()
    assert not OptOut.objects.exists()


def test_a_profile_that_is_none_is_told(db, admin_client):
    page = admin_client.post(ADD, JANE | {"profile": "linkedin.com/in/"})

    assert "is no profile&#x27;s address" in page.content.decode()
    assert not OptOut.objects.exists()


@pytest.mark.parametrize(("right", "status"), [("view_optout", 403), ("erase_person", 200)])
def test_only_who_may_erase_adds_somebody(client, db, right, status):
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename=right))
    client.force_login(clerk)

    assert client.get(ADD).status_code == status
