"""What is known of a company, and the plan before anything is bought."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from enrichment.models import Company, SourceCall
from enrichment.pages.facts import band
from tests import factories

pytestmark = pytest.mark.once


@pytest.fixture
def acme(rep):
    factories.company("Okta", "okta.com")
    return factories.company()


def company_page(page, company):
    return page(reverse("company", args=[company.pk]))


def test_a_fact_shows_its_value_source_age_and_band(page, acme):
    factories.fact(acme, "industry", "Financial technology")

    line = company_page(page, acme).context["known"].groups[0][1][0]

    claim = line.values[0]
    assert (claim.text, claim.said_by, claim.age, claim.band.label, claim.reliability) == (
        "Financial technology", "Google News", "2 days ago", "reliable", "90 %",
    )  # fmt: skip


def test_the_contents_lead_to_each_group_of_facts_and_are_left_out_of_a_short_page(page, acme):
    assert "On this page" not in company_page(page, acme).text_
    for dataset in ("industry", "tech_stack", "growth_signals"):
        factories.fact(acme, dataset, "x")

    shown = company_page(page, acme).text_.partition("<dialog")[0]

    lines = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', shown)
    assert len(lines) == 4
    assert lines == re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', shown)


def test_what_others_say_stands_beside_the_winner(page, acme):
    claims = [factories.claim("Fintech"), factories.claim("Retail", sources=("company_website",), reliability=0.3)]
    factories.fact(acme, "industry", "Fintech", claims=claims)

    answer = company_page(page, acme)

    line = answer.context["known"].groups[0][1][0]
    assert [(claim.text, claim.band.label) for claim in line.others] == [("Retail", "weak")]
    assert "Others say" in answer.text_


def test_a_correction_stands_above_what_sources_say(page, acme):
    factories.fact(acme, "industry", "Banking", claims=[factories.claim("Fintech")], corrected=True)

    line = company_page(page, acme).context["known"].groups[0][1][0]

    assert [claim.said_by for claim in line.values] == ["a person's correction"]
    assert [claim.text for claim in line.others] == ["Fintech"]


def test_a_fact_opens_its_evidence(page, acme):
    item = factories.evidence(acme, title="About us", url="https://acmecorp.com/about")
    factories.fact(acme, "industry", "Fintech", claims=[factories.claim("Fintech", evidence=[item.pk])])

    text = company_page(page, acme).text_

    assert 'data-evidence="source-1"' in text
    assert 'href="https://acmecorp.com/about"' in text


def test_live_facts_are_never_mixed_with_the_sandboxs(page, acme):
    factories.fact(acme, "industry", "Invented")
    factories.fact(acme, "headquarters", "Berlin", origin="live")

    text = company_page(page, acme).text_

    assert "Berlin" in text
    assert "Invented" not in text


def test_a_company_that_was_merged_leads_to_the_one_it_became(page, acme):
    absorbed = Company.objects.create(name="Acme Co", domain="acme.co", merged_into=acme)

    assert company_page(page, absorbed)["Location"] == reverse("company", args=[acme.pk])


def test_a_company_of_which_nothing_is_known_says_what_to_do(page, acme):
    assert "Nothing is known of Acme Corp yet." in company_page(page, acme).text_


def test_an_unknown_company_is_not_found(page, rep):
    assert page(reverse("company", args=[999_999])).status_code == 404


def test_the_company_page_costs_the_same_however_much_is_known(page, warm, acme, django_assert_max_num_queries):
    factories.fact(acme, "tech_stack", [{"name": f"Tool {n}"} for n in range(50)])
    warm(reverse("company", args=[acme.pk]))

    with django_assert_max_num_queries(14):
        company_page(page, acme)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_band_never_falls_as_reliability_rises(one, other):
    order = ["weak", "fair", "reliable"]
    low, high = sorted((one, other))

    assert order.index(band(low, 0.8).label) <= order.index(band(high, 0.8).label)


# --- The plan ---------------------------------------------------------------------------------------------------------

ASK = {"company": "acmecorp.com", "vendor": "Okta", "role": "AE"}


@pytest.fixture
def plan(page, acme, sandbox):
    return page(reverse("plan"), **ASK)


def test_the_plan_says_who_is_asked_why_and_for_how_much(plan):
    bought = {call.label: call for call in plan.context["plan"].bought}

    assert bought["Google News"].cost == "$0.02"
    assert all(call.why and call.serves for call in bought.values())


def test_the_picture_shows_which_source_gives_what(plan):
    shown = plan.context["plan"].picture

    people = next(need for need in shown.needs if need.label == "Decision makers")
    marks = {column.label: mark for column, mark in zip(shown.columns, people.marks, strict=True)}
    assert (marks["Snov contacts"].told, marks["Snov contacts"].reliability) == ("asked", "90 %")
    assert marks["Google News"].told == ""


def test_the_picture_shows_who_could_be_asked_and_is_not(page, acme, sandbox):
    shown = page(reverse("plan"), **ASK | {"max_cost": "0.14"}).context["plan"].picture

    told = {column.label: column.told for column in shown.columns}
    assert (told["Google News"], told["Bright Data company database"]) == ("asked", "not asked")
    industry = next(need for need in shown.needs if need.label == "Industry")
    assert [mark.told for mark in industry.marks if mark.kind] == ["asked", "not asked"]


def test_the_plan_says_what_would_change_without_each_source(plan):
    without = {each.label: each for each in plan.context["plan"].without}

    contacts = without["Snov contacts"]
    assert (contacts.cost.endswith("less"), contacts.instead) == (True, "")
    assert (contacts.missed, contacts.weaker) == ("Decision makers 90 % → 0 %", "")
    assert "Growth signals" in without["Google News"].weaker
    assert "If one of them were switched off" in plan.text_


def test_what_is_held_is_shown_as_reused(page, acme, sandbox):
    held = factories.entry(acme, source="serp_news")
    factories.observation(acme, "recent_activities", entry=held)

    shown = page(reverse("plan"), **ASK).context["plan"]

    assert [each.label for each in shown.reused] == ["Google News"]
    assert "Google News" not in [call.label for call in shown.bought]


def test_explaining_buys_nothing(plan):
    assert plan.status_code == 200
    assert not SourceCall.objects.exists()


def test_the_plan_leads_to_the_research_that_it_explains(page, plan, acme):
    form = plan.context["form"]

    answer = page.post(reverse("start"), **{name: form[name].value() or "" for name in form.fields})

    assert answer.status_code == 302


def test_an_ambiguous_name_is_asked_back_before_it_is_planned(page, acme):
    factories.company("Acme Industries", "acme-ind.com")

    answer = page(reverse("plan"), **ASK | {"company": "Acme"})

    assert answer.status_code == 409
    assert len(answer.context["choices"]) == 3  # both, or neither


def test_without_a_company_the_page_asks_for_one(page, rep):
    answer = page(reverse("plan"))

    assert answer.status_code == 200
    assert "Explain the plan" in answer.text_
