"""What a reader of whole reports found unsupported (round H of the labelled statements), and what it taught."""

import pytest

from enrichment.analysis.asserting import Kind, clauses
from enrichment.analysis.grounding import Judge
from enrichment.analysis.model import Claim, Support
from tests.enrichment.analysis.labelled.statements import Statement, statements, verdict
from tests.enrichment.analysis.worlds import acme, evidence, with_evidence

FOUND = [each for each in statements("H") if not each.supported]
SHOWN = [each for each in statements("H") if each.supported and each.claim.support is Support.INFERRED]


@pytest.mark.parametrize("each", FOUND, ids=lambda each: each.id)
def test_what_was_found_unsupported_is_withheld(each: Statement) -> None:
    assert verdict(each) is not None


def test_what_was_found_fair_is_shown_as_before() -> None:
    assert len(SHOWN) > 180
    assert sum(verdict(each) is not None for each in SHOWN) <= 3


@pytest.mark.parametrize(
    "sentence",
    [
        "Someone is settling new suppliers there",
        "A $6M seed will go into engineering",
        "Budgets are being set now and habits tend to stay",
        "Nine hotels mean new languages",
    ],
)
def test_what_goes_on_or_is_counted_is_asserted(sentence: str) -> None:
    assert next(clauses(sentence, company=["Acme"])).kind is Kind.ASSERTS


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("A Chief Risk Officer cares about the figures", Kind.GENERAL),
        ("Somebody usually owns this", Kind.SUPPOSES),
        ("Budgets may be shifting now", Kind.SUPPOSES),
        ("An opening means more hires", Kind.SUPPOSES),
    ],
)
def test_what_is_general_or_hedged_is_not(sentence: str, kind: Kind) -> None:
    assert next(clauses(sentence, company=["Acme"])).kind is kind


@pytest.mark.parametrize(("kind", "may_stand"), [("article", False), ("job", True), ("page", True)])
def test_they_are_said_to_mention_what_they_publish_themselves_alone(kind: str, may_stand: bool) -> None:
    task = with_evidence(acme(), evidence("e30", "Acme Corp opens a plant in Leeds", kind=kind))
    sentence = "You mention that “Acme Corp opens a plant in Leeds”. How are you dealing with it today?"

    why = Judge(task).complaint(
        sentence, Claim(evidence=("e30",), support=Support.INFERRED), path=("talking_points", 0)
    )

    assert (why is None) is may_stand
