"""What the built-in engine takes for granted: a signal that is beyond doubt, and a theme that both sides share."""

from dataclasses import replace

import pytest

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import Judge, ground
from enrichment.analysis.leaving import is_leaving
from enrichment.analysis.model import Claim, Grounded, Product, Support, Task, VendorContext
from tests.enrichment.analysis.worlds import acme, evidence, item, with_evidence, with_fact


def told(headline: str) -> Task:
    """Acme, with this in the news."""
    record = item({"headline": headline, "date": "2026-03-14"}, "e20")
    return with_fact(with_evidence(acme(), evidence("e20", headline)), "recent_activities", "records", record)


def report(task: Task) -> Grounded:
    return ground(Builtin().write(task), task)


def test_a_headline_that_is_read_in_doubt_is_quoted_and_taken_for_nothing() -> None:
    headline = "Acme Corp boss: nobody here will be replaced by AI"

    body = report(told(headline)).body

    assert (
        body["news_signals"][0]["insight"]
        == "Ask Acme Corp whether this news changes anything for them before speaking of products."
    )
    assert f"I read “{headline}”. Does it change anything for you?" in body["talking_points"]


def test_an_order_that_was_won_is_told_as_no_partnership() -> None:
    task = told("Acme Corp lands three-year mail contract from Swiss postal operator")

    assert "shared data" not in (report(task).body["news_signals"][0]["insight"] or "")


def test_a_product_that_shares_no_theme_with_what_was_found_is_not_offered() -> None:
    pain = "Clients ask for proof of who read their documents."
    vendor = VendorContext(
        name="Acme Solutions", products=(Product(name="Acme Rota", description="Shifts for clinics."),)
    )
    task = with_evidence(replace(acme(), vendor=vendor, facts={}), evidence("e20", "Careers", pain))
    task = with_fact(task, "business_challenges", "records", item({"challenge": pain}, "e20"))

    assert report(task).body["recommended_products"] == []


def test_who_has_left_is_given_none_of_the_companys_news() -> None:
    headline = "Acme Corp co-CEO set-up ends after nine months"
    task = with_evidence(told(headline), evidence("e21", "Hanna Farkas"))
    person = {"name": "Hanna Farkas", "title": "Former VP Sales, now CEO of Formwise"}
    task = with_fact(task, "decision_makers", "records", item(person, "e21"))

    contacts = {one["name"]: one["signal"] for one in report(task).body["target_contacts"]}

    assert contacts["Hanna Farkas"] is None


@pytest.mark.parametrize(
    ("text", "system", "is_left"),
    [
        ("Run adoption of Teams Phone while we leave Avaya.", "Avaya", True),
        ("Run adoption of Teams Phone while we leave Avaya.", "Teams Phone", False),
        ("180 applications go from VMware to Google Cloud.", "Google Cloud", False),
        ("Dynatrace is being replaced by Grafana.", "Dynatrace", True),
        ("Dynatrace is being replaced by Grafana.", "Grafana", False),
        ("We are moving off Jenkins and Puppet.", "Puppet", True),
        ("Moving from Bitbucket to GitHub next year.", "GitHub", False),
        ("Replace spreadsheets with Salesforce.", "Salesforce", False),
    ],
    ids=[
        "left",
        "beside",
        "moved to",
        "replaced",
        "put in its place",
        "second of a list",
        "moved to from another",
        "brought in",
    ],
)
def test_a_system_that_a_post_says_is_left_is_told_from_one_that_comes(text: str, system: str, is_left: bool) -> None:
    assert is_leaving(text, system) is is_left


@pytest.mark.parametrize(
    ("sentence", "is_shown"),
    [
        ("The Recruiter ad names Teamtailor.", True),
        ("The Recruiter ad names Workday.", False),
        ("The Recruiter ad runs on Teamtailor.", False),
    ],
    ids=["what it names", "what it does not name", "what no advertisement does"],
)
def test_a_cited_post_may_be_called_an_advertisement_where_it_tells_something(sentence: str, is_shown: bool) -> None:
    task = with_evidence(acme(), evidence("e20", "Recruiter", "We use Teamtailor and a whiteboard.", kind="job"))
    claim = Claim(evidence=("e20",), support=Support.INFERRED)

    why = Judge(task).complaint(sentence, claim, path=("tech_stack", "observations", 0))

    assert (why is None) is is_shown
