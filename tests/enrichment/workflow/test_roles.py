"""What a role changes, and what it costs that others looked before."""

import pytest

from enrichment.models import DatasetSource, EngineCall, Report, ResearchRequest, SalesRole, SignalRule, SourceCall
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

ROLES = ("AE", "SE", "CSM", "BDR")


def _report(request: ResearchRequest) -> Report:
    assert request.report is not None
    return request.report


def test_four_role_views_of_a_company_are_one_collection_and_four_briefs(desk: Desk) -> None:
    first = desk.research("Acme Corp", role="AE")
    calls, spent = SourceCall.objects.count(), desk.sandbox.spent()

    views = {"AE": _report(first)} | {role: _report(desk.research("Acme Corp", role=role)) for role in ROLES[1:]}

    assert (SourceCall.objects.count(), desk.sandbox.spent()) == (calls, spent)
    assert EngineCall.objects.filter(run__consumer="customer_intelligence").count() == len(ROLES)
    assert [str(views[role].cost) for role in ROLES[1:]] == ["0", "0", "0"]
    _differ_as_they_are_meant_to(views)


def _differ_as_they_are_meant_to(views: dict[str, Report]) -> None:
    bodies = {role: report.body for role, report in views.items()}
    contacts = {
        role: [each["role"] for each in body["target_contacts"] if each["name"]] for role, body in bodies.items()
    }
    assert (contacts["AE"][0], contacts["CSM"][0]) == ("Decision Maker", "Champion")
    openers = {role: body["talking_points"][0] for role, body in bodies.items()}
    assert "$50M" in openers["AE"]
    assert "Azure AD" in openers["SE"] or "Salesforce" in openers["SE"]
    assert openers["CSM"].startswith("I read this: “")
    assert len({tuple(body["talking_points"]) for body in bodies.values()}) == 4
    actions = {role: [each["action"] for each in body["opportunity_signals"]] for role, body in bodies.items()}
    assert len({tuple(each) for each in actions.values()}) == 4
    assert "integration_needs" in views["SE"].datasets
    headlines = [[each["headline"] for each in body["news_signals"]] for body in bodies.values()]
    assert all(each == headlines[0] for each in headlines)  # what is true of the company is true for everybody


def test_a_role_of_the_admins_own_speaks_orders_and_needs_as_its_row_says(desk: Desk) -> None:
    role = SalesRole.objects.create(
        slug="PM",
        long_name="partner-manager",
        label="Partner manager",
        focus="who works with whom",
        voice="SE",
        contact_order=["Champion", "Influencer"],
        emphasis=["job", "news"],
    )
    role.extra_datasets.set(
        [DatasetSource.objects.get(dataset__slug="products", source__slug="company_website").dataset]
    )
    role.save()

    report = _report(desk.research("Acme Corp", role="partner-manager"))

    assert report.role == "PM"
    assert report.body["talking_points"][0].startswith("I read about the post")
    assert report.body["talking_points"][0].endswith("which systems would come with it?")
    assert report.body["target_contacts"][0]["role"] == "Champion"
    assert "products" in report.datasets


def test_funding_hiring_and_an_integration_need_are_one_urgent_reason_borne_by_several_sources(desk: Desk) -> None:
    report = _report(desk.research("Acme Corp"))

    rule = next(
        each for each in report.body["opportunity_signals"] if each["signal"].startswith("Rule “Funded, hiring")
    )
    place = report.body["opportunity_signals"].index(rule)
    borne = report.statements[f"/opportunity_signals/{place}/signal"]["evidence"]
    assert (rule["urgency"], rule["action"]) == ("high", SignalRule.objects.get(name__startswith="Funded").action)
    assert len(borne) == 3
    assert len({report.evidence[key]["source"] for key in borne}) >= 2
