"""Answers as they go out: inert Markdown, badges, quotations and reasons."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from chat.answering import answer, explained, sources_of, statements_json, to_markdown
from chat.answering.escaping import inert
from chat.answering.model import Answer, Part, Said
from chat.answering.words import one_line
from chat.pages.markdown import blocks
from tests.chat.answering.helds import held
from tests.enrichment.analysis.worlds import NOW, acme, evidence, item, with_evidence, with_fact

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

HOSTILE = [
    "![pixel](https://evil.example/p.png)",
    "[press here](https://evil.example)",
    "<img src=x onerror=alert(1)>",
    "<https://evil.example>",
    "&lt;script&gt; &#60;b&#62;",
    "# Heading",
    "1. one",
    "- item",
    "+ item",
    "> quoted",
    "`code` and ```fence```",
    "**bold** _thin_ ~~gone~~",
    "[a]: https://evil.example",
    "a | b",
    "\\[a](https://evil.example)",
    "line\n# two\n\n![x](https://evil.example)",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[str(place) for place in range(len(HOSTILE))])
def test_hostile_text_is_read_as_text_alone(text):
    told = Answer(opening=text, lead=Said(text=text), parts=(Part(heading=text, said=(Said(text=text),)),))

    tokens = READER.parse(to_markdown(told))
    kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}

    assert kinds <= {
        "paragraph_open", "paragraph_close", "inline", "text", "strong_open", "strong_close", "text_special",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
    }  # fmt: skip
    assert kinds >= {"bullet_list_open"}
    shown = [token.content for token in tokens if token.type == "inline"]
    assert len(shown) == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("see https://evil.example/a", r"see https\://evil\.example/a"),
        ("www.evil.example", r"www\.evil\.example"),
        ("mail a@b.example", r"mail a\@b\.example"),
        ("mailto:a@b.example", r"mailto\:a\@b\.example"),
        ("At 10:30, AT&T paid $5M (3.5 %).", "At 10:30, AT&T paid $5M (3.5 %)."),
        ("left\u202eright\u200b", "leftright"),
    ],
    ids=["address", "www", "mail", "scheme", "plain", "invisible"],
)
def test_what_renderers_make_links_of_is_broken_and_prose_is_left(text, told):
    assert inert(text) == told


@pytest.mark.parametrize("text", HOSTILE, ids=[str(place) for place in range(len(HOSTILE))])
def test_our_pages_show_it_as_it_was(text):
    [block] = blocks(inert(text))

    assert (block.kind, [line.text for line in block.lines]) == ("p", [one_line(text)])


# --- Badges and evidence ----------------------------------------------------------------------------------------------


def test_a_publisher_has_one_badge_with_its_best_confidence_and_newest_day():
    known = held()
    older = {**known.evidence["e1"], "reliability": 0.95, "publishedAt": datetime(2026, 1, 1, tzinfo=UTC)}
    known = replace(known, evidence={**known.evidence, "e7": older})
    said = Answer(opening="", lead=Said(text="It raised money.", evidence=("e1", "e7", "e3")))

    first, second = sources_of(said, known)

    assert (first.name, first.confidence, first.last_updated.date().isoformat()) == ("TechCrunch", 0.95, "2026-03-10")
    assert (first.url, first.band) == ("https://techcrunch.example/acme", "high")
    assert (second.name, second.url) == ("Snov", "")


def test_what_cannot_be_opened_is_no_link():
    task = with_evidence(acme(), evidence("e20", "Ledgerway", url="javascript:alert(1)", publisher="Evil"))
    known = held(with_fact(task, "competitors", "list", item("Ledgerway", "e20")))
    said = answer("competitors", known)

    assert [badge.url for badge in sources_of(said, known)] == [""]
    assert statements_json(said, known)[0]["evidence"][0]["url"] == ""


def test_a_statement_quotes_the_passage_that_bears_it():
    known = held()

    statements = statements_json(answer("business_challenges", known), known)

    assert [each["evidence"][0]["quote"] for each in statements] == [
        "Our manual onboarding process takes days.",
        "MFA rollout has been a struggle.",
    ]


def test_what_is_said_twice_is_one_statement():
    known = held()
    said = answer("opener", known)

    told = [each["text"] for each in statements_json(said, known)]

    assert sum(len(part.said) for part in said.parts) > len(told) + 1
    assert len(told) == len(set(told))
    assert [each.support for each in said.said if "may help" in each.text] == ["inferred"]


def test_a_quotation_is_short():
    task = with_evidence(acme(), evidence("e20", text="Ledgerway " * 200))
    known = held(with_fact(task, "competitors", "list", item("Ledgerway", "e20")))

    [statement] = statements_json(answer("competitors", known), known)

    assert len(statement["evidence"][0]["quote"]) <= 300


def test_reasons_are_told_in_words():
    known = held()

    told = explained(statements_json(answer("funding_news", known), known), now=NOW).replace("\\", "").splitlines()

    assert told[:2] == [
        "Acme Corp raises $50M Series C for European expansion (TechCrunch, 5 days ago) _(computed)_",
        "- “Acme Corp raises $50M Series C for European expansion” (TechCrunch, 5 days ago)",
    ]
