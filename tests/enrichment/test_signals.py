"""Headlines are filed under the signal they give, and the sum they name is read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.signals import DATASETS_OF_SIGNAL, SIGNALS, classify, money_in, why
from enrichment.signals.headlines import WEIGHTS
from tests.enrichment.analysis.labelled.learning import digest, material

HEADLINES = [
    ("funding", "Acme Corp raises $50M Series C for European expansion"),
    ("funding", "Payroll start-up Brightpath valued at $2.1 billion in employee share deal"),
    ("funding", "Northwind files confidentially for IPO"),
    ("funding", "Wizard Cloud raises $300 million led by Redwood Capital Partners"),
    ("funding", "Databarn closes $10B round"),
    ("acquisition", "Harbour Systems to acquire Splinter for $28 billion"),
    ("acquisition", "Messaging firm Twillow acquired by private equity"),
    ("acquisition", "Acme merges with rival Globex"),
    ("layoffs", "Tunestream lays off 17% of its workforce"),
    ("layoffs", "Chipmaker to cut 15,000 jobs as part of cost reduction plan"),
    ("layoffs", "Hiring freeze at Searchly amid slowdown"),
    ("security_incident", "Identity provider says hackers stole data for all support users"),
    ("security_incident", "Casino group hit by ransomware attack"),
    ("security_incident", "Data breach at Acme exposes 2 million records"),
    ("regulation", "Facegram fined $1.3 billion by EU over data transfers"),
    ("regulation", "FTC sues Amazonia over antitrust practices"),
    ("regulation", "Coinhouse wins regulatory approval in Singapore"),
    ("leadership", "Acme hires new CISO from Palo Alto Networks"),
    ("leadership", "Acme appoints Jane Doe as Chief Revenue Officer"),
    ("leadership", "Acme's CFO steps down"),
    ("leadership", "Snowdrift CEO to retire, former ad executive named successor"),
    ("partnership", "Datahound partners with AWS to simplify observability"),
    ("partnership", "Acme and Salesforce announce strategic partnership"),
    ("partnership", "Regional bank selects Temple to power its digital platform"),
    ("partnership", "Acme signs multi-year deal with Google Cloud"),
    ("expansion", "Notable opens new office in Dublin"),
    ("expansion", "Payments app Revolve expands into Brazil"),
    ("expansion", "Wisely launches in Japan"),
    ("expansion", "Carmaker breaks ground on new factory in Texas"),
    ("hiring", "Acme is hiring 200 engineers this year"),
    ("hiring", "Consultancy to create 1,000 jobs in Hartford"),
    ("hiring", "Job opening: IAM Architect at Acme"),
    ("hiring", "Acme plans to double its engineering headcount"),
    ("product", "Figment launches AI-powered design tool"),
    ("product", "Acme announces general availability of its data platform"),
    ("product", "Sentinel launches ransomware protection for cloud workloads"),
]


@pytest.mark.parametrize(("signal", "headline"), HEADLINES)
def test_a_headline_is_filed_under_the_signal_it_gives(signal: str, headline: str) -> None:
    assert classify(headline) == signal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Why I love my morning coffee",
        "Acme reports third-quarter results",
        "Five reasons to visit Lisbon this summer",
        "Acme raises full-year guidance after strong quarter",
        "Stocks to buy now",
    ],
)
def test_text_without_a_signal_gives_none(text: str) -> None:
    assert classify(text) is None


def test_every_signal_bears_on_news_and_on_datasets_of_its_own() -> None:
    bearing = {signal: DATASETS_OF_SIGNAL[signal] for signal in SIGNALS}

    assert all(datasets[:2] == ("recent_news", "recent_activities") for datasets in bearing.values())
    assert all(len(datasets) > 2 for datasets in bearing.values())
    assert "budget_indicators" in bearing["funding"]


@given(st.text(max_size=2_000))
def test_any_text_is_classified_or_left_alone(text: str) -> None:
    assert classify(text) in {*SIGNALS, None}
    assert why(text).signal == classify(text)


def test_why_tells_what_decided_most_first() -> None:
    reading = why("Acme to cut 300 jobs in Leeds")

    assert reading.signal == "layoffs"
    assert reading.lead > 0
    assert "kind:jobs_down" in [reason.feature for reason in reading.because]
    assert [reason.weight for reason in reading.because] == sorted((r.weight for r in reading.because), reverse=True)


def test_a_text_without_words_has_no_signal_and_says_so() -> None:
    assert why("").signal is None


def test_words_that_no_labelled_headline_has_are_understood_by_their_kind() -> None:
    assert classify("Brimdale Tyres retrenches 140 machinists") == "layoffs"


def test_the_weights_are_those_of_todays_lexicon_and_headlines() -> None:
    remarks = [line for line in WEIGHTS.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]

    assert remarks[-1].endswith(digest(material())), "run python -m tests.enrichment.analysis.labelled.learning"


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("raises $50M Series C", "50000000"),
        ("a US$ 1.2 billion deal", "1200000000"),
        ("USD 5,000,000 in seed money", "5000000"),
        ("50 million dollars", "50000000"),
        ("between $50-60M", "50000000"),
        ("3.5m USD", "3500000"),
        ("costs $1,250.50", "1250.50"),
        ("$40M at a $1B valuation", "40000000"),
    ],
)
def test_the_first_sum_in_dollars_is_read(text: str, usd: str) -> None:
    assert money_in(text) == Decimal(usd)


@pytest.mark.parametrize("text", ["", "no sum here", "€5m", "A$50M", "HK$3bn", "£20 million", "50 million users"])
def test_a_sum_in_another_currency_is_not_taken_for_dollars(text: str) -> None:
    assert money_in(text) is None


@given(st.text(max_size=500))
def test_any_text_gives_a_finite_sum_or_none(text: str) -> None:
    sum_named = money_in(text)

    assert sum_named is None or sum_named.is_finite()
