"""What a stored report tells beside its statements: of each item credibility, names, tone, age; conflicts, intent."""

from datetime import UTC, datetime

import pytest

from enrichment import facts, rules
from enrichment.models import Correction, PublisherRule
from enrichment.workflow import answers
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once


def test_every_cited_item_is_judged_and_read_and_both_sides_of_a_conflict_are_told(desk: Desk) -> None:
    asked = desk.research("Harbourline Insurance")
    told = answers.envelope(asked)
    evidence = told["grounding"]["evidence"]

    assert evidence
    assert all(0 < item["credibility"]["score"] <= 1 and item["credibility"]["reasons"] for item in evidence.values())
    assert all(item["freshness"] is None or 0 <= item["freshness"] <= 1 for item in evidence.values())
    assert {item["kind"] for item in evidence.values() if item["sentiment"]} == {"article"}
    assert any(each["text"] == "Harbourline Insurance" for item in evidence.values() for each in item["entities"])
    [seat] = [each for each in told["grounding"]["conflicts"] if each["dataset"] == "headquarters"]
    assert seat["shown"]["value"] != seat["others"][0]["value"]
    assert {*seat["shown"]["evidence"], *seat["others"][0]["evidence"]} <= evidence.keys()
    assert told["data"]["analysis"]["intent"]["kind"] == "competitive"
    assert "/intent/because/0" in told["grounding"]["statements"]

    # A person pins the seat, and says what they think of one publisher: another role's report, from what is held.
    company = asked.company
    Correction.objects.create(company=company, dataset="headquarters", value="Cardiff, United Kingdom", user=desk.user)
    PublisherRule.objects.create(domain="harbourline.co.uk", score=0.2, why="Ask them to mend their site.")
    now = datetime.now(UTC)
    facts.remerge(company.pk, ["headquarters"], origin="sandbox", rules=rules.current().rules, at=now)
    bought = desk.bought()
    again = answers.envelope(desk.research("Harbourline Insurance", role="SE"))

    [seat] = [each for each in again["grounding"]["conflicts"] if each["dataset"] == "headquarters"]
    assert (seat["pinned"], seat["shown"]["value"]) == (True, "Cardiff, United Kingdom")
    assert "Cardiff, United Kingdom" not in [each["value"] for each in seat["others"]]
    own = [i["credibility"] for i in again["grounding"]["evidence"].values() if "harbourline.co.uk" in i["url"]]
    assert {(each["score"], each["reasons"][0]) for each in own} == {
        (0.2, "An admin says so: Ask them to mend their site.")
    }
    assert desk.bought() == bought
