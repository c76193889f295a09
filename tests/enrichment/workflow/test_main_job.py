"""The main job, from the ask to the brief, over the sandbox."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from enrichment import companies
from enrichment.companies import AmbiguousCompany
from enrichment.models import Company, Observation, Report, ResearchRequest, Source, SourceCall, WorkflowRun
from enrichment.workflow import answers
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk


def analysis(request: ResearchRequest) -> dict[str, object]:
    return answers.envelope(request)["data"]["analysis"]


def test_a_prospect_a_vendor_and_a_role_give_a_brief(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    body = analysis(request)
    assert body["customer"]["name"] == "Acme Corp"
    assert "Acme Corp raises $50M Series C for European expansion" in [n["headline"] for n in body["news_signals"]]
    assert "Alicia Tran" in [contact["name"] for contact in body["target_contacts"]]
    assert body["recommended_products"]
    assert body["talking_points"]


@pytest.mark.once
def test_every_statement_cites_evidence_that_the_brief_brings_along(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    grounding = answers.envelope(request)["grounding"]
    cited = {name for statement in grounding["statements"].values() for name in statement["evidence"]}
    assert cited
    assert cited <= set(grounding["evidence"])


@pytest.mark.once
def test_each_paid_source_is_called_once(desk: Desk) -> None:
    desk.research("Acme Corp")

    acme = SourceCall.objects.filter(company__domain="acmecorp.com")
    assert sorted(acme.values_list("source", flat=True)) == sorted(set(acme.values_list("source", flat=True)))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL reservations race each other")
def test_the_slowest_source_of_a_wave_is_asked_first(desk: Desk) -> None:
    Source.objects.filter(slug="serp_news").update(latency=timedelta(seconds=9))

    request = desk.research("Acme Corp", vendor=None)

    asked = SourceCall.objects.filter(run=request.run).order_by("started").values_list("source", flat=True)
    assert asked[0] == "serp_news"


def test_the_ledger_agrees_with_what_the_providers_charged(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    charged = sum((Decimal(str(call["charged_usd"])) for call in desk.sandbox.calls()), Decimal(0))
    assert request.spent == charged
    assert request.reserved == 0


@pytest.mark.once
def test_the_same_ask_again_costs_nothing_and_calls_nobody(desk: Desk) -> None:
    first = desk.research("Acme Corp")
    desk.sandbox.reset()

    again = desk.research("Acme Corp")

    assert again.from_cache
    assert again.spent == 0
    assert again.saved == first.spent
    assert desk.sandbox.calls() == []


@pytest.mark.once
@pytest.mark.parametrize("spelling", ["https://www.acmecorp.com/en", "ACME CORP", "Acme Corp.", "acmecorp.com"])
def test_another_spelling_buys_nothing_new(desk: Desk, spelling: str) -> None:
    desk.research("Acme Corp")
    desk.sandbox.reset()

    desk.research(spelling)

    assert desk.sandbox.calls() == []


@pytest.mark.once
def test_a_second_role_buys_nothing_that_is_there(desk: Desk) -> None:
    desk.research("Acme Corp", role="AE")
    desk.sandbox.reset()

    as_engineer = desk.research("Acme Corp", role="SE")

    assert not as_engineer.from_cache
    assert desk.bought() == []
    assert as_engineer.report is not None
    assert as_engineer.report.role == "SE"


@pytest.mark.once
def test_the_name_of_the_rep_is_in_no_shared_row(desk: Desk) -> None:
    request = desk.research("Acme Corp", name="Taylor Quimby-Ashworth")

    assert answers.envelope(request)["data"]["analysis"]["persona"]["name"] == "Taylor Quimby-Ashworth"
    assert "Quimby" not in str(Report.objects.values_list("body", "statements", "evidence"))
    assert "Quimby" not in str(WorkflowRun.objects.values())


def test_ten_who_ask_at_once_share_one_run(desk: Desk) -> None:
    asked = [desk.ask("Acme Corp") for _ in range(10)]

    drive_on()

    assert len({request.run_id for request in asked}) == 1
    assert sum(request.joined for request in asked) == 9
    acme = SourceCall.objects.filter(company__domain="acmecorp.com")
    assert acme.count() == acme.values("source").distinct().count()


def test_joiners_pay_nothing_and_save_what_the_first_paid(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp")

    drive_on()

    first.refresh_from_db()
    second.refresh_from_db()
    assert answers.spent_by(first) > 0
    assert answers.spent_by(second) == 0
    assert second.saved == answers.spent_by(first)


def test_a_bare_name_of_several_companies_asks_which(desk: Desk) -> None:
    with pytest.raises(AmbiguousCompany) as raised:
        desk.ask("Acme")

    assert {candidate.company.domain for candidate in raised.value.candidates} == {
        "acmecorp.com", "acme-ind.com", "acmesol.io",
    }  # fmt: skip
    assert ResearchRequest.objects.count() == 0


def test_an_unknown_name_becomes_a_provisional_company(desk: Desk) -> None:
    request = desk.ask("Zyxware Unheard Of Ventures")

    assert request.company.is_provisional


def test_a_provisional_company_is_absorbed_when_its_domain_turns_up(desk: Desk) -> None:
    owner = Company.objects.get(domain="acmecorp.com")
    request = desk.ask("Zyxware Unheard Of Ventures")

    companies.learn_domain(request.company, "acmecorp.com", learned_from="test")
    drive_on()

    request.refresh_from_db()
    assert request.company_id == owner.pk
    assert request.report is not None
    assert request.report.company_id == owner.pk


@pytest.mark.once
def test_news_of_a_namesake_are_not_its_own(desk: Desk) -> None:
    """The search for Acme Industries also finds that Acme Corp raised money, and what “Acme” did, whoever that is."""
    desk.research("Acme Industries")

    told = Observation.objects.filter(company__domain="acme-ind.com", source="serp_news").values_list(
        "value", flat=True
    )
    assert len(told) > 0
    assert [text for text in map(str, told) if "Acme Industries" not in text] == []


@pytest.mark.once
def test_what_the_vendor_sells_comes_from_its_own_report_inside_the_same_cap(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    context = ResearchRequest.objects.get(consumer="vendor_context")
    assert context.parent_id == request.pk
    assert context.spent == 0
    assert answers.envelope(request)["data"]["analysis"]["vendor_context_used"] is True


@pytest.mark.once
def test_a_vendor_that_is_known_already_is_not_collected_again(desk: Desk) -> None:
    desk.research("Acme Corp")

    desk.research("Acme Industries")

    assert WorkflowRun.objects.filter(consumer="vendor_context").count() == 1


@pytest.mark.once
def test_the_sandbox_is_named_in_every_answer(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    assert answers.envelope(request)["sandbox"] is True
    assert answers.status(request)["sandbox"] is True


@pytest.mark.once
def test_with_bodies_sealed_the_same_is_found_and_nothing_is_bought_again(desk: Desk, settings: Settings) -> None:
    settings.ENCRYPT_BODIES = True
    first = desk.research("Acme Corp")
    bought = desk.bought()

    again = desk.research("Acme Corp", role="SE")

    assert first.report is not None
    assert again.report is not None
    assert len(bought) > 0
    assert desk.bought() == bought


@pytest.mark.once
def test_the_estimate_includes_what_the_vendors_context_adds(desk: Desk) -> None:
    first = desk.research("Acme Corp")
    second = desk.research("Acme Industries")

    assert first.run is not None
    assert second.run is not None
    assert first.run.estimated_cost is not None
    assert second.run.estimated_cost is not None
    assert first.run.estimated_cost > second.run.estimated_cost
