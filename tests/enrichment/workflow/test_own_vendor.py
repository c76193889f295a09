"""What a caller has analysed for a vendor is written with what is held of that vendor, whichever world that is from."""

import pytest

from enrichment.analysis.given import Given
from enrichment.models import Origin, ResearchRequest
from enrichment.workflow import answers
from enrichment.workflow.asks import Ask, Seller
from enrichment.workflow.own_requests import OwnAsk, request_analysis
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

HEADLINE = Given(
    title="Acme Corp raises $50M Series C for European expansion",
    url="https://techcrunch.com/2026/03/10/acme",
    text="The fintech will open an office in Berlin and hire 120 people.",
    publisher="TechCrunch",
    at=None,
)


def analysed(desk: Desk, *, vendor: str | None) -> ResearchRequest:
    ask = Ask(consumer="customer_intelligence", company="Acme Corp", vendor=vendor, seller=Seller(role="AE"))
    asked = request_analysis(OwnAsk(ask=ask, context="", results=(HEADLINE,), body="{}"), user=desk.user)
    drive_on()
    return ResearchRequest.objects.select_related("report").get(pk=asked.pk)


@pytest.mark.once
def test_in_the_sandbox_what_is_held_of_the_vendor_is_used_and_the_report_marked(desk: Desk) -> None:
    desk.ask("Okta", consumer="vendor_context", role="AE")
    drive_on()

    answer = answers.envelope(analysed(desk, vendor="Okta"))

    assert answer["sandbox"] is True
    assert answer["data"]["workflowMetadata"]["vendorContextUsed"] is True


@pytest.mark.once
def test_without_a_vendor_nothing_of_the_sandbox_is_in_it(desk: Desk) -> None:
    report = analysed(desk, vendor=None).report

    assert report is not None
    assert report.origin == Origin.LIVE
