from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from enrichment import spending
from enrichment.models import Brake, Notice, SpendingStop
from enrichment.models.clock import database_now
from tests.admin.people import clerk
from tests.enrichment import market

pytestmark = pytest.mark.django_db
STOPS, ADD = reverse("admin:enrichment_spendingstop_changelist"), reverse("admin:enrichment_spendingstop_add")
NOTICES = reverse("admin:enrichment_notice_changelist")


def test_to_add_a_stop_stops_paid_calls(admin_client: Client) -> None:
    provider = market.provider()

    admin_client.post(ADD, {"provider": provider.pk, "why": "The bill is disputed", "until_0": "", "until_1": ""})

    assert spending.stops(database_now()).of("serpapi") == "Paid calls to SerpApi are stopped: The bill is disputed."
    assert SpendingStop.objects.get().by.is_superuser


def test_a_stop_that_would_be_over_is_refused(admin_client: Client) -> None:
    page = admin_client.post(ADD, {"why": "", "until_0": "2020-01-01", "until_1": "00:00"})

    assert "That is over" in page.content.decode()
    assert not SpendingStop.objects.exists()


def test_who_may_stop_may_lift(db: None) -> None:
    stop = spending.stop(None, why="")

    clerk("stop_spending").post(STOPS, {"action": "lift", "_selected_action": [stop.pk]})

    stop.refresh_from_db()
    assert stop.lifted is not None
    assert str(stop.lifted_by) == "clerk"


def test_who_may_only_look_neither_stops_nor_lifts(db: None) -> None:
    stop, person = spending.stop(None, why=""), clerk("view_spendingstop")

    person.post(STOPS, {"action": "lift", "_selected_action": [stop.pk]})

    stop.refresh_from_db()
    assert stop.lifted is None
    assert person.get(STOPS).status_code == 200
    assert person.get(ADD).status_code == 403


def test_the_sidebar_counts_what_nobody_has_seen(admin_client: Client) -> None:
    spending.tell(Notice.Kind.BRAKE, key="stop:1", text="It ran away.", now=database_now())
    assert "It ran away." in admin_client.get(NOTICES).content.decode()

    admin_client.post(NOTICES, {"action": "mark_seen", "_selected_action": [Notice.objects.get().pk]})

    assert Notice.objects.get().seen_by.is_superuser


@pytest.mark.parametrize("values", [{"factor": None, "limit": None}, {"window": "0:00:10", "factor": 2}])
def test_a_brake_that_brakes_nothing_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Brake(at_least=Decimal(1), **values).full_clean()
