"""Who is on the list is found in whatever they are in, and nobody else is."""

import json

import pytest

from enrichment.people import optouts
from enrichment.people.blocked import NOBODY, Blocked, readable
from enrichment.people.optouts import Marks

JANE = Marks(
    names=("Jane Doe",),
    emails=("jane.doe@acme.example",),
    profiles=("https://www.linkedin.com/in/jane-doe-42/",),
    companies=("acmecorp.com",),
)

pytestmark = pytest.mark.once


@pytest.fixture
def jane(db: None) -> Blocked:
    return optouts.blocked_by(JANE)


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe",
        "Acme names DOE, Jane (42) its CFO",
        "Dr. Jane A. Doe left",
        "write to Jane.Doe@acme.example!",
        "see https://de.linkedin.com/in/jane-doe-42?x=1 for more",
        "https://news.example/2026/jane-doe-leaves-acme",
    ],
)
def test_a_text_that_names_her_is_recognised(jane: Blocked, text: str) -> None:
    assert jane.names_in(text)


@pytest.mark.parametrize(
    "text", ["", "Jane Roe", "Jane and John Doe", "john.doe@acme.example", "linkedin.com/in/jdoe-43", "Doe, J."]
)
def test_a_text_that_does_not_is_left_alone(jane: Blocked, text: str) -> None:
    assert jane.redacted(text) == text


def test_a_short_statement_goes_with_what_it_says_of_her(jane: Blocked) -> None:
    assert jane.redacted("Jane Doe was born in Lyon.") == "[erased]"


def test_a_long_text_loses_her_marks_only(jane: Blocked) -> None:
    text = "x " * 200 + "Jane Doe (mail: jane.doe@acme.example) and John Roe"

    assert jane.redacted(text) == "x " * 200 + "[erased] (mail: [erased]) and John Roe"


def test_her_own_record_is_blanked_and_keeps_its_shape(jane: Blocked) -> None:
    record = {"name": "Jane Doe", "title": "CFO", "profile_url": "https://x.example/1", "source": "snov", "rank": 1}

    assert jane.redacted([record, {"name": "John Roe", "title": "CEO"}]) == [
        {"name": "[erased]", "title": "[erased]", "profile_url": "", "source": "snov", "rank": 1},
        {"name": "John Roe", "title": "CEO"},
    ]


def test_a_record_that_gives_her_name_in_two_fields_is_hers(jane: Blocked) -> None:
    assert jane.is_record({"first_name": "Jane", "last_name": "Doe", "position": "CFO"})


def test_a_list_loses_what_names_her(jane: Blocked) -> None:
    assert jane.without([{"name": "Jane Doe"}, {"name": "John Roe"}]) == [{"name": "John Roe"}]


def test_a_name_of_one_word_is_recognised_in_a_record_alone(db: None) -> None:
    cher = optouts.blocked_by(Marks(names=("Cher",), companies=("acmecorp.com",)))

    assert cher.is_record({"name": "Cher", "title": "CEO"})
    assert not cher.names_in("Cher is the CEO")


def test_fragments_say_where_she_is(jane: Blocked) -> None:
    value = {"people": [{"name": "John Roe"}, {"name": "Jane Doe"}], "text": "by Jane Doe"}

    assert list(jane.fragments(value)) == [("/people/1", {"name": "Jane Doe"}), ("/text", "by Jane Doe")]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"name": "Jan\u00e9 Doe"}).encode(),
        b"<p>Jane&nbsp;Doe</p>",
        b'{"url": "https:\\/\\/www.linkedin.com\\/in\\/jane-doe-42"}',
        b'{"first_name": "Jane", "last_name": "Doe"}',
        b'cut off {"name": "Jane Doe',
    ],
)
def test_a_response_is_read_before_it_is_searched(jane: Blocked, body: bytes) -> None:
    assert jane.names_in(readable(body))


def test_nobody_is_found_where_nobody_is_blocked() -> None:
    assert NOBODY.redacted({"name": "Jane Doe"}) == {"name": "Jane Doe"}
