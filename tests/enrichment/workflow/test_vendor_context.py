"""What the rep sells: collected first or used where it is cached, inside one quote and one cap."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from enrichment.models import DataConsumer, SourceCall, WorkflowRun
from enrichment.workflow.explaining import explain
from enrichment.workflow.requests import Ask, Seller
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

PAIR = ("Acme Corp", "Okta")


def _quoted() -> dict[str, Decimal]:
    seller = Seller(name="Taylor", role="AE", segment="Mid-Market", region="EMEA")
    told = explain(Ask(consumer="customer_intelligence", company=PAIR[0], vendor=PAIR[1], seller=seller))
    return {name: Decimal(str(each["cost"])) for name, each in told["quote"].items()}


def _paid() -> Decimal:
    return SourceCall.objects.aggregate(paid=Sum("cost"))["paid"] or Decimal(0)


def _use_if_cached() -> None:
    for row in DataConsumer.objects.filter(slug="customer_intelligence"):
        row.vendor_context = DataConsumer.VendorContext.USE_IF_CACHED
        row.save()


def test_the_quote_of_both_is_what_is_paid_for_both(desk: Desk) -> None:
    quoted = _quoted()

    request = desk.research(PAIR[0])

    assert _paid() == quoted["best"]
    assert f"{_paid():.2f}" == desk.sandbox.spent()
    assert _paid() <= quoted["worst"]
    assert request.spent == _paid()
    assert SourceCall.objects.filter(company__domain="okta.com", cost__gt=0).exists()


def test_a_cap_below_the_quote_holds_over_both(desk: Desk) -> None:
    cap = _quoted()["best"] - Decimal("0.01")

    request = desk.research(PAIR[0], max_cost=cap)

    assert _paid() <= cap
    assert request.spent == _paid()
    assert request.report is not None


def test_a_context_that_is_used_where_it_is_cached_is_not_collected(desk: Desk) -> None:
    _use_if_cached()

    first = desk.research(PAIR[0])
    without = first.report is not None and first.report.vendor_context_used
    desk.research("okta.com", consumer="vendor_context")
    second = desk.research(PAIR[0], refresh=True)

    assert without is False
    assert WorkflowRun.objects.filter(consumer="vendor_context").count() == 1  # the one that was asked for
    assert second.report is not None
    assert second.report.vendor_context_used


def test_a_vendors_context_tells_how_it_sells_and_connects(desk: Desk) -> None:
    report = desk.research("okta.com", consumer="vendor_context").report

    assert report is not None
    assert report.body["pricingModel"] == "Per user"
    assert "Adaptive MFA: from $6 per user and month" in report.body["pricing"]
    assert "Veridian Health Network" in report.body["customers"]
    assert "Salesforce" in report.body["integrations"]
    assert report.statements["/pricingModel"]["support"] == "derived"
    assert report.withheld == []


@pytest.mark.parametrize("consumer", ["profile", "vendor_enrichment", "customer_enrichment"])
def test_every_other_workflow_gives_a_grounded_body_of_what_it_needs(desk: Desk, consumer: str) -> None:
    report = desk.research("Acme Corp", consumer=consumer, vendor=None).report

    assert report is not None
    assert report.body["company"]["name"] == "Acme Corp"
    assert {"employee_count", "industry"} <= set(report.datasets)
    assert set(report.body["datasets"]) <= set(report.datasets)
    assert report.withheld == []
