"""Which reports answer the next ask: none that the next one could better."""

from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment import cache
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.models import Budget, CacheEntry, CachePolicy, Company, Provider, ProviderState, ResearchRequest
from enrichment.models.clock import database_now
from enrichment.workflow import analyse, leases, steps, store
from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import User
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

CONTACTS = "decision_makers"  # of which Snov alone knows


def pause(provider: str, *, seconds: float) -> None:
    ProviderState.objects.update_or_create(
        provider=Provider.objects.get(slug=provider),
        defaults={"paused_until": database_now() + timedelta(seconds=seconds), "note": "429"},
    )


def test_a_report_made_while_a_provider_was_paused_is_not_served_when_it_is_back(desk: Desk) -> None:
    pause("snov", seconds=600)
    poor = desk.research("Acme Corp")
    pause("snov", seconds=-1)

    again = desk.research("Acme Corp")

    assert poor.report is not None
    assert CONTACTS in [gap["dataset"] for gap in poor.report.gaps]
    assert not again.from_cache
    assert again.report is not None
    assert CONTACTS in again.report.datasets


def test_a_pause_that_left_no_gap_keeps_nothing_from_being_served_again(desk: Desk) -> None:
    desk.research("Acme Corp")
    pause("snov", seconds=600)
    desk.research("Acme Corp", role="SE")

    assert desk.ask("Acme Corp", role="SE").from_cache


def test_a_provider_that_is_switched_on_fills_what_reports_lacked(desk: Desk) -> None:
    snov = Provider.objects.get(slug="snov")
    snov.enabled = False
    snov.save()
    desk.research("Acme Corp")
    snov.enabled = True
    snov.save()

    again = desk.research("Acme Corp")

    assert not again.from_cache
    assert again.report is not None
    assert CONTACTS in again.report.datasets


@pytest.mark.parametrize("scope", ["user", "everybody"])
def test_a_report_for_which_a_budget_had_nothing_left_is_served_to_nobody(desk: Desk, scope: str) -> None:
    budget = Budget.objects.create(limit=Decimal(0), user=desk.user if scope == "user" else None)
    desk.research("Acme Corp")
    budget.delete()

    again = Desk(User.objects.create_user("colleague"), desk.sandbox).research("Acme Corp")

    assert not again.from_cache
    assert again.report is not None
    assert CONTACTS in again.report.datasets


def test_a_report_without_the_vendors_context_that_failed_is_not_served_again(desk: Desk) -> None:
    desk.sandbox.fault(host="www.okta.com", kind="500")
    desk.sandbox.fault(host="okta.com", kind="500")
    desk.research("Acme Corp")
    desk.sandbox.reset()

    assert not desk.ask("Acme Corp").from_cache


def test_a_report_that_rests_on_a_vendor_that_was_invalidated_is_not_served(desk: Desk) -> None:
    desk.research("Acme Corp")

    cache.invalidate(Company.objects.get(domain="okta.com"), at=database_now())

    assert not desk.ask("Acme Corp").from_cache


def vendor_context(desk: Desk, *, max_cost: Decimal | None = None) -> ResearchRequest:
    """The vendor's context as a brief's run asks for it: for no role."""
    request = request_research(Ask(consumer="vendor_context", company="Okta", max_cost=max_cost), user=desk.user)
    drive_on()
    return ResearchRequest.objects.get(pk=request.pk)


def test_a_vendors_context_made_for_little_money_is_collected_anew_for_who_has_more(desk: Desk) -> None:
    poor = vendor_context(desk, max_cost=Decimal("0.01"))

    brief = desk.research("Acme Corp")

    assert poor.report is not None
    assert "industry" in [gap["dataset"] for gap in poor.report.gaps]
    assert brief.run is not None
    assert brief.run.vendor_run is not None
    assert brief.spent == Decimal("0.42")


def test_a_vendors_context_made_for_little_money_serves_who_has_no_more(desk: Desk) -> None:
    vendor_context(desk, max_cost=Decimal("0.01"))

    brief = desk.research("Acme Corp", max_cost=Decimal("0.01"))

    assert brief.run is not None
    assert brief.run.vendor_run is None


def test_a_brief_whose_vendors_context_ran_out_of_money_is_not_served_to_who_has_more(desk: Desk) -> None:
    desk.research("Acme Corp", vendor=None)
    poor = desk.research("Acme Corp", max_cost=Decimal("0.01"))

    assert poor.run is not None
    assert poor.run.stop_reason == "satisfied"
    assert desk.ask("Acme Corp", max_cost=Decimal("0.01")).from_cache
    assert not desk.ask("Acme Corp", max_cost=Decimal("0.50")).from_cache


@pytest.mark.parametrize("domain", ["acmecorp.com", "okta.com"])
def test_a_report_begun_before_an_invalidation_is_not_kept(desk: Desk, domain: str) -> None:
    desk.research("Acme Corp", role="SE")  # which leaves nothing to collect
    request = desk.ask("Acme Corp")
    (lease,) = leases.take(1)
    action = steps.resume(lease)
    assert isinstance(action, steps.Analyse)
    job = analyse.prepare(lease, action.step)
    assert job is not None

    cache.invalidate(Company.objects.get(domain=domain), at=database_now())

    written = ground(Builtin().write(job.task), job.task)
    store.store(lease, action.step, job.task, written, [], job.vendor_report, job.basis)
    request.refresh_from_db()
    assert request.report is not None
    assert request.report.entry is None


def test_a_report_is_kept_no_longer_than_what_it_was_made_from_is_fresh_enough(desk: Desk) -> None:
    CachePolicy.objects.filter(cache_type__contains="CUSTOMER_INTELLIGENCE").update(ttl=timedelta(days=30))

    request = desk.research("Acme Corp", vendor=None)

    assert request.report is not None
    assert request.report.entry is not None
    news = CacheEntry.objects.get(company=request.company, source="serp_news")
    assert request.report.entry.expires_at <= news.fetched_at + timedelta(days=1)
