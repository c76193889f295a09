"""What a question about a company asks for."""

import pytest

from enrichment.analysis.questions import fits, said, understood

LABELS = {
    "industry": "Industry",
    "employee_count": "Employees",
    "headquarters": "Headquarters",
    "decision_makers": "Decision makers",
    "tech_stack": "Technology stack",
    "competitive_usage": "Products in use",
    "hiring_trends": "Hiring trends",
    "recent_news": "Recent news",
    "growth_signals": "Growth signals",
    "budget_indicators": "Budget indicators",
    "competitors": "Competitors",
    "pricing_model": "Pricing",
}


@pytest.mark.parametrize(
    ("question", "first", "about"),
    [
        ("Who is the CISO of Acme Corp?", "decision_makers", ("ciso",)),
        ("Where are they based?", "headquarters", ()),
        ("How many people work there?", "employee_count", ("work",)),
        ("Do they use Azure AD?", "tech_stack", ("azure", "ad")),
        ("What is in the news lately?", "recent_news", ()),
        ("Are they hiring?", "hiring_trends", ()),
        ("Who are their competitors?", "competitors", ()),
        ("Have they raised money?", "budget_indicators", ()),
        ("what is their pricing", "pricing_model", ()),
    ],
)
def test_a_question_leads_to_its_dataset(question, first, about):
    found = understood(question, labels=LABELS, company=["Acme Corp"])

    assert found.datasets[0] == first
    assert found.about == about


def test_a_question_about_nothing_we_know_of_leads_nowhere():
    assert understood("Will it rain tomorrow?", labels=LABELS).datasets == ()


@pytest.mark.parametrize(
    ("value", "about", "expected"),
    [
        ({"name": "Azure AD", "category": "Identity"}, ("azure", "ad"), True),
        ({"name": "Azure", "category": "Cloud"}, ("azure", "ad"), False),
        ({"name": "Alicia", "url": "https://snowflake.example"}, ("snowflake",), False),
        ("San Francisco, CA", ("francisco",), True),
    ],
)
def test_a_value_fits_when_it_names_all_that_is_asked_about(value, about, expected):
    assert fits(value, about) is expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"name": "AWS", "category": "Cloud", "url": "https://x.example"}, "AWS (Cloud)"),
        ({"low": 251, "high": 500}, "251 to 500"),
        ({"low": 10_000, "high": None}, "10000+"),
        (["a", "b"], "a, b"),
        (None, ""),
    ],
)
def test_a_value_is_said_in_one_line(value, text):
    assert said(value) == text
