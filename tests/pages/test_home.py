"""The first page: asking, being asked back, what it will cost, what was asked before."""

import re

import pytest
from django.urls import reverse

from enrichment.companies import register
from enrichment.models import Company, ResearchRequest, SourceCall, WorkflowRun
from enrichment.pages.planned import prices
from tests import factories

pytestmark = pytest.mark.once

FORM = {
    "company": "Acme Corp",
    "vendor": "Okta",
    "role": "AE",
    "segment": "Mid-Market",
    "region": "EMEA",
    "nonce": "n1",
}


@pytest.fixture
def acme(rep):
    factories.company("Okta", "okta.com")
    return factories.company()


@pytest.fixture
def two_acmes(acme):
    return acme, factories.company("Acme Industries", "acme-ind.com")


def test_what_conversations_ask_is_not_offered(page):
    offered = [slug for slug, _ in page("/").context["form"].fields["consumer"].choices]

    assert offered[0] == "customer_intelligence"
    assert "vendor_context" in offered
    assert not [slug for slug in offered if slug.startswith("chat_")]


def test_what_a_link_has_chosen_is_offered_all_the_same(page, acme):
    form = page("/plan/?company=acmecorp.com&consumer=chat_technology").context["form"]

    assert ("chat_technology", "Chat: technology") in form.fields["consumer"].choices
    assert not form.errors


def test_the_form_knows_the_reps_own_profile(page):
    form = page("/").context["form"]

    assert {name: form[name].value() for name in ("vendor", "role", "segment", "region")} == {
        "vendor": "Okta", "role": "AE", "segment": "Mid-Market", "region": "EMEA",
    }  # fmt: skip


def test_a_newcomer_is_told_what_to_do(page):
    assert "Nothing yet." in page("/").text_


def test_asking_starts_one_run_and_leads_to_its_page(page, acme):
    answer = page.post(reverse("start"), **FORM)

    asked = ResearchRequest.objects.get()
    assert answer["Location"] == reverse("run", args=[asked.pk])
    assert (asked.company, asked.seller["role"], asked.run.status) == (acme, "AE", "queued")


def test_a_form_that_is_sent_twice_starts_one_request(page, acme):
    first = page.post(reverse("start"), **FORM)["Location"]
    second = page.post(reverse("start"), **FORM)["Location"]

    assert first == second
    assert ResearchRequest.objects.count() == 1


def test_a_form_that_was_changed_before_it_is_sent_again_is_another_request(page, acme):
    page.post(reverse("start"), **FORM)
    page.post(reverse("start"), **FORM | {"role": "SE"})

    assert ResearchRequest.objects.count() == 2


def test_a_blank_company_is_asked_for_and_starts_nothing(page, acme):
    answer = page.post(reverse("start"), **FORM | {"company": " "})

    assert answer.status_code == 400
    assert "This field is required" in answer.text_
    assert not WorkflowRun.objects.exists()


def test_something_that_is_no_company_is_refused_beside_its_field(page, acme):
    answer = page.post(reverse("start"), **FORM | {"company": "127.0.0.1"})

    assert answer.status_code == 400
    assert "company" in answer.context["form"].errors


def test_a_cap_below_every_plan_is_refused_with_what_it_needs(page, acme, sandbox):
    answer = page.post(reverse("start"), **FORM | {"company": "acmecorp.com", "max_cost": "-1"})

    assert answer.status_code == 400
    assert "max_cost" in answer.context["form"].errors


def test_an_ambiguous_name_is_asked_back_with_who_it_may_be(page, two_acmes):
    factories.fact(two_acmes[0], "industry", "Financial technology")

    answer = page.post(reverse("start"), **FORM | {"company": "Acme"})

    assert answer.status_code == 409
    *known, another = answer.context["choices"]
    assert {choice.domain for choice in known} == {"acmecorp.com", "acme-ind.com"}
    assert dict(another.entries)["company_domain"] == "#new"
    assert "Financial technology" in answer.text_
    assert not WorkflowRun.objects.exists()


def test_a_choice_starts_what_was_asked_for_with_the_company_settled(page, two_acmes):
    asked_back = page.post(reverse("start"), **FORM | {"company": "Acme"})
    choice = next(c for c in asked_back.context["choices"] if c.domain == "acme-ind.com")

    page.post(reverse("start"), **dict(choice.entries))

    asked = ResearchRequest.objects.get()
    assert (asked.company.domain, asked.seller["segment"]) == ("acme-ind.com", "Mid-Market")


def test_who_means_none_of_them_asks_for_another_company(page, two_acmes):
    page.post(reverse("start"), **FORM | {"company": "Acme", "company_domain": "#new"})

    asked = ResearchRequest.objects.get()
    assert (asked.company.name, asked.company.domain) == ("Acme", None)


def test_a_company_whose_domain_nobody_knows_can_be_chosen(page, two_acmes):
    nameless = register("Acme Group")
    asked_back = page.post(reverse("start"), **FORM | {"company": "Acme"})
    choice = next(c for c in asked_back.context["choices"] if c.name == "Acme Group")

    page.post(reverse("start"), **dict(choice.entries))

    assert ResearchRequest.objects.get().company == nameless


def test_the_type_ahead_finds_by_the_first_letters(page, two_acmes):
    answer = page(reverse("suggestions"), company="acm")

    assert {row["name"] for row in answer.context["suggestions"]} == {"Acme Corp", "Acme Industries"}
    assert 'role="option"' in answer.text_


def test_the_type_ahead_escapes_what_was_typed_and_what_is_known(page, rep):
    factories.company("<img src=x onerror=alert(1)>Ltd", "img.example")

    answer = page(reverse("suggestions"), company="img.example")

    assert "<img" not in answer.text_
    assert "&lt;img" in answer.text_


@pytest.mark.parametrize(("expected", "note"), [(0.3, True), (0.5, False)])
def test_an_expected_price_below_that_of_success_says_why(expected, note):
    told = {"best": 0.4, "expected": expected, "worst": 0.9}

    found = prices({name: {"cost": cost, "seconds": 1.0} for name, cost in told.items()})

    assert bool(found[1].note) == note


def test_the_quote_tells_three_prices_and_buys_nothing(page, acme, sandbox):
    answer = page(reverse("quote"), **FORM)

    assert [price.label for price in answer.context["prices"]] == ["If all goes well", "Expected", "At most"]
    assert all(re.fullmatch(r"\$\d+\.\d\d", price.cost) for price in answer.context["prices"])
    assert not SourceCall.objects.exists()
    assert not ResearchRequest.objects.exists()


def test_a_quote_makes_no_company_of_a_name_half_typed(page, acme):
    before = Company.objects.count()

    answer = page(reverse("quote"), **FORM | {"company": "Nobody Knows Us Ltd"})

    assert "Nobody asked for this company before" in answer.text_
    assert Company.objects.count() == before


def test_an_incomplete_form_has_no_quote(page):
    assert "Name a company to see what it will cost" in page(reverse("quote"), company="").text_


def test_recent_research_shows_state_age_and_cost_of_ones_own(page, rep, other):
    factories.answered(rep)
    factories.answered(other, of=factories.company("Secret Ltd", "secret.example"))

    answer = page("/")

    line = answer.context["recent"][0]
    assert (line.company, line.state.label, line.cost, line.age, line.page) == (
        "Acme Corp", "ready", "$0.27", "just now", "brief",
    )  # fmt: skip
    assert "Secret Ltd" not in answer.text_


def test_the_system_says_on_the_first_page_that_it_runs_on_the_sandbox(page):
    assert "SANDBOX" in page("/").text_


def test_a_live_system_says_nothing_of_a_sandbox(page, settings):
    settings.SANDBOX_URL = ""

    assert "SANDBOX" not in page("/").text_


def test_the_first_page_costs_as_many_queries_for_one_request_as_for_ten(page, warm, rep, django_assert_num_queries):
    factories.answered(rep)
    warm("/")

    with django_assert_num_queries(7):
        page("/")
    for number in range(9):
        factories.answered(rep, of=factories.company(f"Company {number}", f"c{number}.example"))
    with django_assert_num_queries(7):
        page("/")
