"""How far an assertion may go: as far as the lines that speak of the same, and no further."""

import pytest

from enrichment.analysis.bonds import Sequel
from enrichment.analysis.bonds import complaint as bond
from enrichment.analysis.claims import complaint
from enrichment.analysis.distortions import lines
from enrichment.analysis.stems import roots
from enrichment.analysis.text import bag

TELLERS = "Tellers sign in to eleven systems each morning."
NAMES = frozenset({"acme"})


def why(clause: str, cited: str) -> str | None:
    return complaint(clause, lines(cited), roots(bag(cited)), NAMES)


@pytest.mark.parametrize(
    ("clause", "cited", "reason"),
    [
        ("All branches close in June", "Branches in Ohio close in June.", "claims more than is cited: all"),
        ("Acme opens its largest plant", "Acme opens a plant in Lyon.", "claims more than is cited: largest"),
        ("Acme adds over 120 jobs", "Acme adds up to 120 jobs", "bounds a number otherwise than it is cited: over 120"),
        ("Acme adds 120 jobs", "Acme adds up to 120 jobs", "bounds a number otherwise than it is cited: exactly 120"),
        ("Acme sells data to brokers", "Acme does not sell data to brokers.", "says the opposite of what is cited"),
        ("Acme buys Globex stores", "Acme may buy Globex stores", "says as settled what is left open"),
        ("Acme opened a plant in Lyon", "Acme to open a plant in Lyon", "says that it is done, which is only planned"),
        ("Acme runs a mainframe in Lyon", "Acme ran a mainframe in Lyon until 2021.", "says of today what is cited of"),
        (
            "Acme cuts staff in Lyon",
            "Acme's subsidiary cuts staff in Lyon",
            "says of the whole what is cited of a part",
        ),
        ("Acme staffs its plants in Lyon", "Acme staffs a plant in Lyon", "says of many what is cited of one: plants"),
        ("Staff left because of the merger", "Staff left. The merger closed.", "gives a cause that is not cited"),
    ],
)
def test_a_claim_that_goes_further_than_its_line_is_told(clause: str, cited: str, reason: str) -> None:
    assert (why(clause, cited) or "").startswith(reason)


@pytest.mark.parametrize(
    ("clause", "cited"),
    [
        ("Acme adds up to 120 jobs", "Acme adds up to 120 jobs"),
        ("Acme does not sell data", "Acme does not sell data to brokers."),
        ("Acme may buy Globex stores", "Acme may buy Globex stores"),
        ("Acme plans a plant in Lyon", "Acme to open a plant in Lyon"),
        ("Acme's subsidiary cuts staff", "Acme's subsidiary cuts staff in Lyon"),
        ("Staff left because of the merger", "Staff left after the merger closed."),
    ],
)
def test_a_claim_that_goes_as_far_as_its_line_stands(clause: str, cited: str) -> None:
    assert why(clause, cited) is None


@pytest.mark.parametrize("clause", ["Systems sign in to tellers", "Morning systems sign in"])
def test_words_that_the_item_binds_otherwise_are_told(clause: str) -> None:
    assert (bond(clause, [Sequel(TELLERS)], NAMES) or "").startswith("puts together what the cited items do not")


@pytest.mark.parametrize(
    ("clause", "cited"),
    [
        ("Tellers sign in to eleven systems", TELLERS),
        ("The wing is being rebuilt", "The hospital rebuilds its wing"),
        ("The $50M round was led by Monsoon Equity", "Monsoon Equity leads the $50M round"),
        ("Slack and Jira are in use", "People work in Jira and Slack"),
    ],
)
def test_words_in_the_items_order_or_turned_by_grammar_stand(clause: str, cited: str) -> None:
    assert bond(clause, [Sequel(cited)], NAMES) is None
