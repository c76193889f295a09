"""Reports that have just expired: shown at once where the policy allows it, and renewed meanwhile."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from enrichment.models import CacheEntry, CachePolicy, ResearchRequest
from enrichment.models.clock import database_now
from enrichment.workflow import answers
from enrichment.workflow.requests import cancel
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

AN_HOUR = timedelta(hours=1)
PROFILE: dict[str, Any] = {"consumer": "profile"}
Status = ResearchRequest.Status


@pytest.fixture
def expired(desk: Desk) -> ResearchRequest:
    """A profile that was answered, and whose every answer has expired half an hour ago; its policy allows an hour."""
    for policy in CachePolicy.objects.all():
        policy.serve_stale_for = AN_HOUR
        policy.save()
    request = desk.research("Acme Corp", **PROFILE)
    assert request.report is not None
    CacheEntry.objects.update(expires_at=database_now() - AN_HOUR / 2)
    return request


def test_it_is_shown_at_once_and_renewed_at_the_cost_of_who_asked(desk: Desk, expired: ResearchRequest) -> None:
    asked = desk.ask("Acme Corp", **PROFILE)

    told = answers.envelope(asked)
    assert (asked.status, asked.report_id) == (Status.ATTACHED, expired.report_id)
    assert (told["source"], told["totalCost"], told["freshness"]["refreshing"]) == ("cache", 0, True)
    drive_on()
    asked.refresh_from_db()
    assert (asked.status, asked.spent) == (Status.ANSWERED, expired.spent)
    assert asked.report_id != expired.report_id
    assert not answers.envelope(asked)["freshness"]["refreshing"]


@pytest.mark.parametrize("wish", [{"refresh": True}, {"max_age": AN_HOUR}, {"role": "SE"}])
def test_who_asks_for_something_else_waits(desk: Desk, expired: ResearchRequest, wish: dict[str, Any]) -> None:
    assert desk.ask("Acme Corp", **PROFILE, **wish).report is None


def test_what_expired_too_long_ago_is_not_shown(desk: Desk, expired: ResearchRequest) -> None:
    CacheEntry.objects.update(expires_at=database_now() - AN_HOUR)

    assert desk.ask("Acme Corp", **PROFILE).report is None


def test_what_rests_on_something_that_changed_is_not_shown(desk: Desk, expired: ResearchRequest) -> None:
    CacheEntry.objects.update(stale_since=database_now())

    assert desk.ask("Acme Corp", **PROFILE).report is None


def test_a_renewal_that_lacks_what_was_known_does_not_take_its_place(desk: Desk, expired: ResearchRequest) -> None:
    for host in ("api.brightdata.com", "acmecorp.com", "www.acmecorp.com"):
        desk.sandbox.fault(host=host, kind="500")

    asked = desk.research("Acme Corp", **PROFILE)

    assert asked.run is not None
    assert asked.run.status == "partial"
    assert (asked.status, asked.report_id) == (Status.ANSWERED, expired.report_id)


def test_a_renewal_that_is_cancelled_leaves_what_was_shown(desk: Desk, expired: ResearchRequest) -> None:
    asked = desk.ask("Acme Corp", **PROFILE)

    cancel(asked)
    drive_on()

    asked.refresh_from_db()
    assert (asked.status, asked.report_id, asked.spent) == (Status.ANSWERED, expired.report_id, Decimal(0))
