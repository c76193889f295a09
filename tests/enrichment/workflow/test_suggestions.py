"""What reports on prospects suggest for their vendor, and what becomes of it."""

import json
from dataclasses import replace

import pytest

from enrichment.analysis.builtin.engine import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import VendorContext
from enrichment.companies import absorb
from enrichment.models import CacheEntry, Company, Correction, Fact, Report, Sighting, Suggestion
from enrichment.models.clock import database_now
from enrichment.workflow import suggestions
from enrichment.workflow.suggestions import accept, dismiss, learn, reopen, suggested
from salesintel.accounts.models import User
from tests import factories, seeding
from tests.enrichment.analysis.worlds import OKTA, acme, item, with_fact
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def okta(rules: None) -> Company:
    return factories.company("Okta", "okta.com")


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor")


def tell(okta: Company, prospect: str, *products: str, vendor: VendorContext = OKTA) -> Report:
    """A report on a prospect that uses these products for its sign-in, and what is learned of it."""
    company = factories.company(prospect, f"{prospect.lower()}.example")
    work = factories.run(company, vendor=okta, consumer="customer_intelligence")
    stack = [item({"name": name, "group": "security", "category": "Identity Management"}, "e1") for name in products]
    task = replace(acme(vendor=vendor), facts={})
    task = with_fact(task, "tech_stack", "records", *stack) if stack else task
    grounded = ground(Builtin().write(task), task)
    written = factories.report(work, body=grounded.body, statements=grounded.statements, generated_at=database_now())
    learn(written, task, grounded)
    return written


def words(okta: Company) -> list[str]:
    return [each.words for each in suggested(okta, origin="sandbox")]


def test_products_in_the_vendors_field_are_counted_over_prospects(okta: Company) -> None:
    tell(okta, "Alpha", "CyberArk", "Azure AD")
    tell(okta, "Beta", "CyberArk")
    tell(okta, "Gamma")

    assert words(okta) == [
        "CyberArk was met at 2 of 3 prospects: add to competitors.",
        "Azure AD was met at 1 of 3 prospects: competitor focus.",
    ]


def test_the_newest_report_on_a_prospect_counts_alone(okta: Company) -> None:
    tell(okta, "Alpha", "CyberArk")

    tell(okta, "Alpha")

    assert words(okta) == []


def test_products_of_the_vendor_and_of_other_fields_are_not_suggested(okta: Company) -> None:
    tell(okta, "Alpha", "Okta Verify")
    task = with_fact(replace(acme(), facts={}), "tech_stack", "records", item({"name": "PostgreSQL"}, "e1"))
    learn(tell(okta, "Beta"), task, ground(Builtin().write(task), task))

    assert words(okta) == []


def test_nothing_is_in_the_vendors_context_before_a_person_takes_it_over(okta: Company) -> None:
    factories.fact(okta, "competitors", ["Ping Identity"])

    tell(okta, "Alpha", "CyberArk")

    assert Fact.objects.get(company=okta, dataset="competitors").value == ["Ping Identity"]
    assert not Correction.objects.exists()


def test_what_is_taken_over_is_pinned_beside_what_is_known_and_makes_derived_entries_stale(
    okta: Company, editor: User
) -> None:
    factories.fact(okta, "competitors", ["Ping Identity"])
    kept = factories.entry(okta, source="", type="VENDOR_CONTEXT_ENRICHMENT", key="k")
    tell(okta, "Alpha", "CyberArk")

    accept(Suggestion.objects.get(), by=editor)

    fact = Fact.objects.get(company=okta, dataset="competitors", origin="sandbox")
    assert (fact.value, fact.corrected) == (["Ping Identity", "CyberArk"], True)
    assert Correction.objects.get().reason == "Suggested by reports: CyberArk was met at 1 of 1 prospects."
    assert CacheEntry.objects.get(pk=kept.pk).stale_since is not None


def test_undoing_lets_the_sources_speak_again(okta: Company, editor: User) -> None:
    tell(okta, "Alpha", "CyberArk")
    accept(Suggestion.objects.get(), by=editor)

    reopen(Suggestion.objects.get(), by=editor)

    assert Correction.objects.get().withdrawn is not None
    assert not Fact.objects.filter(company=okta, dataset="competitors").exists()
    assert Suggestion.objects.get().status == "open"


def test_undoing_one_of_two_keeps_the_other(okta: Company, editor: User) -> None:
    tell(okta, "Alpha", "CyberArk", "BeyondTrust")
    for row in Suggestion.objects.order_by("name"):
        accept(row, by=editor)

    reopen(Suggestion.objects.get(name="BeyondTrust"), by=editor)

    assert Fact.objects.get(company=okta, dataset="competitors").value == ["CyberArk"]


def test_what_a_person_had_corrected_stays_when_a_suggestion_is_undone(okta: Company, editor: User) -> None:
    Correction.objects.create(company=okta, dataset="competitors", value=["Ping Identity"], reason="I know them.")
    tell(okta, "Alpha", "CyberArk")
    accept(Suggestion.objects.get(), by=editor)

    reopen(Suggestion.objects.get(), by=editor)

    assert Fact.objects.get(company=okta, dataset="competitors").value == ["Ping Identity"]


def test_what_was_dismissed_is_not_open_again_when_it_is_met_again(okta: Company, editor: User) -> None:
    tell(okta, "Alpha", "CyberArk")
    dismiss(Suggestion.objects.get(), by=editor)

    tell(okta, "Beta", "CyberArk")

    [found] = suggested(okta, origin="sandbox")
    assert (found.row.status, found.met) == ("dismissed", 2)


def test_prospects_that_turn_out_to_be_one_count_once(okta: Company) -> None:
    tell(okta, "Alpha", "CyberArk")
    tell(okta, "Beta", "CyberArk")

    absorb(Company.objects.get(name="Beta"), into=Company.objects.get(name="Alpha"), learned_from="test")

    assert words(okta) == ["CyberArk was met at 1 of 1 prospect: add to competitors."]


def test_suggestions_for_a_company_that_turns_out_to_be_the_vendor_go_over_to_it(okta: Company) -> None:
    other = factories.company("Okta Identity", "okta-identity.example")
    tell(other, "Alpha", "CyberArk")

    absorb(other, into=okta, learned_from="test")

    assert words(okta) == ["CyberArk was met at 1 of 1 prospect: add to competitors."]


def test_the_evidence_of_a_sighting_is_that_of_the_reports_statement(okta: Company) -> None:
    tell(okta, "Alpha", "CyberArk")

    [found] = suggested(okta, origin="sandbox")
    borne = found.sightings[0].report.statements[found.sightings[0].pointer]
    assert borne["evidence"] == ["e1"]


@pytest.mark.once
def test_a_focus_that_was_taken_over_is_in_the_vendors_next_context_and_nobody_who_asked_is_in_it(desk: Desk) -> None:
    seeding.demo_companies()
    desk.research("Acme Corp", name="Quentin Marlowe")
    focus = Suggestion.objects.get(kind="focus", name="Microsoft Entra ID")

    accept(focus, by=desk.user)
    again = desk.research("okta.com", consumer="vendor_context")

    assert again.report is not None
    assert again.report.body["competitorFocus"] == ["Microsoft Entra ID"]
    assert "Microsoft Entra ID" in again.report.body["competitors"]
    rows = [*Suggestion.objects.values("name", "key", "kind"), *Sighting.objects.values("pointer")]
    assert "marlowe" not in json.dumps(rows).lower()
    assert suggestions.evidence_of(suggested(focus.company, origin="sandbox")[0].sightings[0])
