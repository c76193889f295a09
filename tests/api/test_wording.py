"""Errors of a body name the value and the way out, in words of ours."""

import pytest
from rest_framework import serializers

from enrichment.api.analysis import AnalysisIn
from enrichment.api.asks import CustomerIntelligenceIn, RunIn
from enrichment.api.companies import SearchIn
from salesintel.problems import _flat

RUN = {"company": "acmecorp.com", "consumer": "profile"}
RESULT = {"title": "News", "url": "https://a.example"}


def told(body, data) -> dict[str, list[str]]:
    with pytest.raises(serializers.ValidationError) as caught:
        body.parse(data)
    return dict(_flat(caught.value.detail))


@pytest.mark.parametrize(
    ("body", "data", "field", "words"),
    [
        (RunIn, {"consumer": "profile"}, "company", "It is missing; give a text."),
        (RunIn, RUN | {"company": ""}, "company", "It is empty; give a text."),
        (RunIn, RUN | {"company": None}, "company", "null says nothing; give a text, or leave it out."),
        (RunIn, RUN | {"company": []}, "company", "A list is not a text."),
        (RunIn, RUN | {"company": "a" * 201}, "company", "It has 201 characters; 200 are possible at most."),
        (
            RunIn,
            RUN | {"company": "a\0b"},
            "company",
            "It holds a NUL character, which cannot be stored; leave that out.",
        ),
        (RunIn, RUN | {"consumer": "no such!"}, "consumer", "“no such!” is not a word of letters, digits, - and _."),
        (RunIn, RUN | {"refresh": "maybe"}, "refresh", "“maybe” is not true or false."),
        (RunIn, RUN | {"maxAge": "soon"}, "maxAge", "“soon” is not a whole number."),
        (RunIn, RUN | {"maxAge": -1}, "maxAge", "-1 is too small; 0 is possible at least."),
        (RunIn, RUN | {"maxCost": 1_000_001}, "maxCost", "1000001 is too large; 1000000 is possible at most."),
        (
            RunIn,
            RUN | {"maxCost": "1.0000000001"},
            "maxCost",
            "“1.0000000001” has more digits than are kept; round it.",
        ),
        (RunIn, RUN | {"strategy": "best"}, "strategy", "“best” is not one of enhanced, legacy, hybrid."),
        (RunIn, RUN | {"require": "industry"}, "require", "“industry” is not a list."),
        (RunIn, RUN | {"require": ["a b"]}, "require.0", "“a b” is not a word of letters, digits, - and _."),
        (RunIn, [], "body", "A list is not an object."),
        (SearchIn, {"query": "a", "limit": 51}, "limit", "51 is too large; 50 is possible at most."),
        (CustomerIntelligenceIn, {"userPersona": "AE"}, "userPersona", "“AE” is not an object."),
        (
            AnalysisIn,
            {"domain": "a.com", "searchResults": []},
            "searchResults",
            "It has 0 items; 1 are needed at least.",
        ),
        (
            AnalysisIn,
            {"domain": "a.com", "searchResults": [RESULT, {"title": 7}]},
            "searchResults.1.url",
            "It is missing; give a text.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_value_and_the_way_out(body, data, field, words):
    assert told(body, data)[field] == [words]


def test_words_of_our_own_stay():
    found = told(AnalysisIn, {"domain": "a.com", "searchResults": [{"title": "a", "url": "ftp://a"}]})

    assert found["searchResults.0.url"] == ["Give an address that begins with https:// or http://."]


def test_an_unknown_field_is_told_those_that_there_are():
    assert told(SearchIn, {"query": "a", "limits": 1})["limits"] == ["Unknown field; there are query, limit."]


def test_a_long_value_is_not_repeated_whole():
    [words] = told(RunIn, RUN | {"maxAge": "x" * 5_000})["maxAge"]

    assert words == f"“{'x' * 60}…” is not a whole number."


@pytest.mark.parametrize(
    "value", [10**4_000, float("inf"), {"a": 1}, "\ud800"], ids=["huge", "endless", "object", "half"]
)
def test_any_value_can_be_told(value):
    assert told(RunIn, RUN | {"maxAge": value})["maxAge"]
