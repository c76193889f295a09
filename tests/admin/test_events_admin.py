"""Events of runs in the admin: what was told of a caller's own material stays theirs."""

import pytest
from django.test import Client
from django.urls import reverse

from enrichment.models import OWN_ANALYSIS, WorkflowRun
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LIST = reverse("admin:enrichment_runevent_changelist")
TOLD = "Acme buys anvils"


@pytest.mark.parametrize(("consumer", "is_shown"), [("customer_intelligence", True), (OWN_ANALYSIS, False)])
def test_the_list_and_the_page_tell_what_was_told_unless_it_is_a_callers_own(
    admin_client: Client, rules: None, consumer: str, is_shown: bool
) -> None:
    work = factories.run()
    WorkflowRun.objects.filter(pk=work.pk).update(consumer=consumer)
    event = factories.event(work, "partial_results", text=TOLD)
    page = reverse("admin:enrichment_runevent_change", args=[event.pk])

    told = [TOLD in admin_client.get(address).content.decode() for address in (LIST, page)]

    assert told == [is_shown, is_shown]
