"""From an envelope to a brief: statements, their support, their sources."""

from datetime import UTC, datetime

import pytest

from enrichment.pages.brief import read_body
from tests.factories import BODY, EVIDENCE, item, statements

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def read(body, *, borne=None, evidence=EVIDENCE):
    borne = statements(body, evidence=list(evidence)) if borne is None else borne
    return read_body(body, {"statements": borne, "evidence": evidence}, now=NOW)


def test_a_statement_bears_its_support_and_its_source():
    body = read(BODY, borne={"/customer/description": {"evidence": ["e2"], "support": "verbatim"}})

    told = body.customer["description"]
    assert (told.text, told.support) == (BODY["customer"]["description"], "verbatim")
    assert [source.title for source in told.sources] == ["About Acme Corp"]


def test_sources_are_numbered_in_the_order_in_which_the_brief_cites_them():
    borne = {
        "/talking_points/0": {"evidence": ["e3", "e1"], "support": "inferred"},
        "/customer/name": {"evidence": ["e1"], "support": "verbatim"},
    }

    body = read(BODY, borne=borne)

    assert [(source.number, source.kind) for source in body.sources] == [(1, "article"), (2, "profile")]
    assert body.talking_points[0].ids == "source-1 source-2"


def test_evidence_that_is_not_kept_is_not_cited():
    body = read(BODY, borne={"/customer/name": {"evidence": ["e99"], "support": "verbatim"}})

    assert body.customer["name"].sources == ()


def test_every_statement_of_the_documents_example_is_shown_with_its_support():
    body = read(BODY)

    shown = [
        body.advantage,
        *body.talking_points,
        *body.objections,
        *body.pain_points,
        *body.in_use,
        *body.observations,
    ]
    shown += [statement for group in body.technologies for statement in group.statements]
    records = [body.customer, *body.news, *body.opportunities, *body.contacts, *body.products]
    shown += [statement for record in records for statement in record.fields.values() if statement]
    assert len(shown) == len(statements(BODY, evidence=["e1"]))
    assert all(statement.support and statement.sources for statement in shown)


def test_a_link_that_is_no_web_address_is_not_followed():
    hostile = {"e1": item(url="javascript:alert(1)", title="")}

    body = read(BODY, borne={"/customer/name": {"evidence": ["e1"], "support": "verbatim"}}, evidence=hostile)

    assert (body.sources[0].url, body.sources[0].title) == ("", "Article")


def test_a_body_of_another_consumer_is_told_heading_by_heading():
    body = {"companyName": "Okta", "products": ["Workforce Identity Cloud"], "datasets": {"industry": "Software"}}

    told = read(body)

    assert [(group.label, [s.text for s in group.statements]) for group in told.other] == [
        ("Companyname", ["Okta"]),
        ("Products", ["Workforce Identity Cloud"]),
        ("Industry", ["Software"]),
    ]


def test_names_that_a_pointer_has_to_escape_are_found():
    body = {"datasets": {"a/b~c": "x"}}

    told = read(body, borne={"/datasets/a~1b~0c": {"evidence": ["e1"], "support": "derived"}})

    assert told.other[0].statements[0].support == "derived"


def test_an_empty_body_gives_an_empty_brief():
    body = read({})

    assert (body.news, body.contacts, body.sources, body.other) == ([], [], [], [])


def test_a_long_item_is_cut_at_a_word():
    body = read(
        BODY,
        borne={"/customer/name": {"evidence": ["e1"], "support": "verbatim"}},
        evidence={"e1": item(text="word " * 1000)},
    )

    assert body.sources[0].text.endswith("word …")
    assert len(body.sources[0].text) <= 1502
