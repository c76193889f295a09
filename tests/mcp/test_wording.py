"""What an agent is told of arguments that are not valid: the value and the way out, never the library's words."""

from typing import Any

import pytest
from pydantic import ValidationError

from enrichment.mcp import shapes
from enrichment.mcp.wording import faults


def told(takes: type[shapes.In], **given: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        takes.model_validate(given)
    return faults(caught.value, takes)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"max_cost": -1}, "max_cost: -1 is too small; 0 is possible at least."),
        ({"max_cost": 2_000_000}, "max_cost: 2000000 is too large; 1000000 is possible at most."),
        ({"max_cost": "much"}, "max_cost: “much” is not a number."),
        ({"max_cost": None}, "max_cost: It is missing; give a number."),
        ({"wait_seconds": 2.5}, "wait_seconds: 2.5 is not a whole number."),
        ({"refresh": "perhaps"}, "refresh: “perhaps” is not true or false."),
        ({"company": " "}, "company: It is empty; give a text."),
        ({"company": "x" * 201}, "company: It has 201 characters; 200 are possible at most."),
        ({"consumer": "Big Brief"}, "consumer: “Big Brief” is not a word of small letters, digits, - and _."),
        ({"vendor": ["okta.com"]}, "vendor: A list is not a text."),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_bad_argument_is_named_with_its_value_and_the_way_out(given: dict[str, Any], words: str) -> None:
    assert told(shapes.ResearchIn, **{"company": "acme.com", "max_cost": 1} | given) == f"Not valid. {words}"


def test_an_id_that_is_none_is_told_what_one_looks_like() -> None:
    assert told(shapes.RequestIn, request_id="7").startswith("Not valid. request_id: “7” is not an id of 36 characters")


def test_of_many_faults_each_is_told_and_a_name_is_repeated_in_short() -> None:
    words = told(shapes.NothingIn, **{"x" * 500: 1, "y": 2})

    assert words.count("There is no such argument; there are none.") == 2
    assert len(words) < 250
