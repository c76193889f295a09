"""Bulks and watches in the whole product: rules, the demo's companies, the sandbox; the test turns the handle."""

import time
from decimal import Decimal
from typing import Any

import pytest

from enrichment.automation.bulk import pricing, steering
from enrichment.automation.bulk.dispatch import advance
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import BulkAsk, Entry, Listed
from enrichment.models import Bulk, BulkLine
from salesintel.accounts.models import User
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk, desk

__all__ = ["desk"]


class Office:
    """Sends lists, and works them off as watchdog and workers do."""

    def __init__(self, user: User) -> None:
        self.user = user

    def take_in(self, *companies: str | tuple[str, str], key: str | None = None, **more: Any) -> Bulk:
        """A bulk of these names, or (name, domain)."""
        pairs = [(each, "") if isinstance(each, str) else each for each in companies]
        entries = tuple(Entry(line=n, name=name, domain=domain) for n, (name, domain) in enumerate(pairs, 1))
        if "max_cost" in more:
            more["max_cost"] = Decimal(more["max_cost"])
        ask = BulkAsk(listed=Listed(entries=entries), **{"consumer": "profile", **more})
        return take_in(ask, user=self.user, idempotency_key=key)

    def quoted(self, *companies: str | tuple[str, str], **more: Any) -> Bulk:
        """The same, priced."""
        bulk = self.take_in(*companies, **more)
        assert pricing.price(bulk, seconds=60)
        return again(bulk)

    def started(self, *companies: str | tuple[str, str], **more: Any) -> Bulk:
        """The same, confirmed."""
        bulk = self.quoted(*companies, **more)
        steering.start(bulk)
        return again(bulk)

    def work_off(self, bulk: Bulk, *, within: float = 60.0) -> Bulk:
        """Dispatch and drive until the bulk is over."""
        until = time.monotonic() + within
        while not (bulk := again(bulk)).is_over:
            assert time.monotonic() < until, [(line.line, line.state, line.reason) for line in bulk.lines.all()]
            advance(bulk)
            drive_on()
        return bulk


def again(bulk: Bulk) -> Bulk:
    """The bulk as it stands now."""
    return Bulk.objects.select_related("vendor", "user").get(pk=bulk.pk)


def states(bulk: Bulk) -> list[str]:
    """The states of its lines, in their order."""
    return list(bulk.lines.order_by("line").values_list("state", flat=True))


def line(bulk: Bulk, number: int) -> BulkLine:
    return bulk.lines.select_related("request__run", "company").get(line=number)


@pytest.fixture
def office(rules: None, user: User) -> Office:
    """Without a driver: what is taken in, priced and chosen."""
    return Office(user)


@pytest.fixture
def plant(desk: Desk) -> Office:
    """With the sandbox, and a driver that `work_off` turns."""
    return Office(desk.user)
