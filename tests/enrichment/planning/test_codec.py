"""The planner's input survives JSON, and the plan can be read by people."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from enrichment.planning.codec import input_from_json, input_to_json, plan_to_json
from enrichment.planning.model import Charged, Mode, PlanInput, Unavailable
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import asked, held, rule, source
from tests.enrichment.planning.problems import problems


@settings(max_examples=60, deadline=None)
@given(problems())
def test_an_input_comes_back_from_json_as_it_was(problem: PlanInput) -> None:
    stored = json.dumps(input_to_json(problem))

    assert input_from_json(json.loads(stored)) == problem


def test_the_order_inside_sets_does_not_show() -> None:
    one = asked({"a": 0.8}, source("s", 1, {"a": 0.9}, needs=("x", "y", "z")), known=("x", "y", "z"))
    other = asked({"a": 0.8}, source("s", 1, {"a": 0.9}, needs=("z", "y", "x")), known=("z", "x", "y"))

    assert json.dumps(input_to_json(one)) == json.dumps(input_to_json(other))


def test_enums_and_money_are_plain_values() -> None:
    hit = source("s", 10, {"a": 0.9}, charged=Charged.HIT)

    stored = input_to_json(asked({"a": 0.8}, hit, rules=(rule("s", "t", mode=Mode.ANY),), budget=25))

    assert (stored["budget"], stored["candidates"][0]["price"]) == (250_000_000, 100_000_000)
    assert (type(stored["candidates"][0]["charged"]), stored["redundancies"][0]["mode"]) == (str, "any")


@pytest.mark.parametrize("broken", [None, [], {}, {"needs": [], "candidates": [{"source": "s"}]}])
def test_something_else_is_refused(broken: object) -> None:
    with pytest.raises(ValidationError):
        input_from_json(broken)


def test_a_plan_is_told_in_decimal_usd_and_camel_case() -> None:
    snov = source("snov", 10, {"people": 0.9}, latency=1.5)
    problem = asked({"people": 0.8, "news": 0.5}, snov, held=(held("feed", {"news": 0.75}, age=60.0),))
    problem = replace(problem, unavailable=(Unavailable(source="other", why="off"),))

    told = plan_to_json(best_plan(problem))

    assert told["calls"] == [
        {
            "source": "snov",
            "layer": 0,
            "serves": ["people"],
            "worstPrice": "0.10",
            "expectedPrice": "0.10",
            "latency": 1.5,
            "why": "cheapest way to people: 0.10 USD",
        }
    ]
    assert told["reused"] == [
        {"source": "feed", "serves": ["news"], "age": 60.0, "why": "held since 60 s, gives news: nothing to pay"}
    ]
    assert told["rejected"] == [{"source": "other", "why": "off", "usablePrice": None}]
    assert told["expectations"][1] == {
        "dataset": "people",
        "required": True,
        "threshold": 0.8,
        "reliability": 0.9,
        "shortfall": 0.0,
        "bestPossible": 0.9,
        "by": ["snov"],
    }
    assert told["score"] == {
        "requiredShortfall": 0.0,
        "levels": [0.0, 0.0],
        "usablePrice": "0.10",
        "calls": 1,
        "priority": 5,
        "sources": ["snov"],
    }
    assert (told["worstPrice"], told["expectedPrice"], told["seconds"], told["notes"]) == ("0.10", "0.10", 1.5, [])


def test_a_rejected_candidate_shows_its_price() -> None:
    problem = asked({"people": 0.8}, source("dear", 25, {"people": 0.9}), source("snov", 10, {"people": 0.9}))

    told = plan_to_json(best_plan(problem))

    assert told["rejected"][0]["usablePrice"] == "0.25"
    assert json.loads(json.dumps(told)) == told
