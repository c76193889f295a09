"""Advice and questions take nothing for granted that nobody has said."""

import pytest

from enrichment.analysis.stems import roots
from enrichment.analysis.supposing import complaint
from enrichment.analysis.text import bag

KNOWN = roots(bag("Polar hires a security chief. The site runs on Auth0. A licence for transfers in Poland."))


@pytest.mark.parametrize(
    ("advice", "granted"),
    [
        ("Remind the chief of the audit that failed", "audit"),
        ("Follow up with the chief on the evaluation he started", "evaluation"),
        ("Ask how the rollout of badges is going", "rollout"),
        ("Ask why the drawings leaked", "leaked"),
        ("Ask how suppliers will sign in", "suppliers"),
        ("Ask about the three breaches", "breaches"),
        ("Thank the chief for signing the offer", "signing"),
        ("Is that part of the integration plan", "integration"),
    ],
)
def test_what_is_taken_for_granted_has_to_be_known(advice: str, granted: str) -> None:
    assert complaint(advice, KNOWN) == f"takes for granted what is not cited: {granted}"


@pytest.mark.parametrize(
    "advice",
    [
        "Ask how the licence for transfers will change the budget",
        "Ask who owns the site that runs on Auth0",
        "Ask which steps the team has planned",
        "Agree on what has to be in place before the next meeting",
    ],
)
def test_what_everybody_has_may_be_taken_for_granted(advice: str) -> None:
    assert complaint(advice, KNOWN) is None
