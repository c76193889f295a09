from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrichment.cache import depend
from enrichment.models import CacheEntry, ResearchRequest
from tests import factories
from tests.admin.people import clerk

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIST = reverse("admin:enrichment_cacheentry_changelist")


@pytest.fixture
def held(rules: None) -> CacheEntry:
    return factories.entry(factories.company())


def act(client: Client, action: str, held: CacheEntry, **more: object) -> str:
    return client.post(LIST, {"action": action, "_selected_action": [held.pk], **more}).content.decode()


def test_an_entrys_content_is_shown_and_never_run(admin_client: Client, held: CacheEntry) -> None:
    CacheEntry.objects.filter(pk=held.pk).update(body=b"<script>alert(1)</script>")

    page = admin_client.get(reverse("admin:enrichment_cacheentry_change", args=[held.pk])).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_what_is_expired_is_used_no_more_nor_what_was_made_from_it(admin_client: Client, held: CacheEntry) -> None:
    report = factories.entry(held.company, source="", type="CUSTOMER_INTELLIGENCE_ENRICHMENT")
    depend(report, on=[held])

    act(admin_client, "expire", held)

    assert not CacheEntry.objects.fresh(timezone.now()).exists()


def test_warming_asks_what_it_may_cost_before_it_asks_anybody(admin_client: Client, held: CacheEntry) -> None:
    assert "USD in all" in act(admin_client, "warm", held)
    assert not ResearchRequest.objects.exists()


def test_warming_asks_within_the_cap(admin_client: Client, held: CacheEntry) -> None:
    act(admin_client, "warm", held, consumer="profile", cap="0.50")

    request = ResearchRequest.objects.get()
    assert (request.company, request.consumer, request.cap) == (held.company, "profile", Decimal("0.5"))


def test_who_may_only_look_neither_expires_nor_warms(held: CacheEntry) -> None:
    person = clerk("view_cacheentry")

    act(person, "expire", held)
    act(person, "warm", held, consumer="profile", cap="0.50")

    assert CacheEntry.objects.fresh(timezone.now()).exists()
    assert not ResearchRequest.objects.exists()
