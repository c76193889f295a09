"""A trace as rows of a timeline."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.pages.timeline import timeline

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 2, 9, 0, 10, tzinfo=UTC)


def span(name="collect", at=0.0, seconds=1.0, cost="0.00", status="ok", children=()):
    started = datetime.fromtimestamp(NOW.timestamp() - 10 + at, tz=UTC).isoformat()
    return {
        "name": name, "label": name, "started": started, "seconds": seconds, "cost": cost, "status": status,
        "detail": "", "children": list(children),
    }  # fmt: skip


def drawn(trace):
    return timeline(trace, labels={"serp_news": "Google News"}, now=NOW)


def test_a_span_stands_where_it_began_and_is_as_long_as_it_took():
    trace = span("run", 0, 4, children=[span("plan", 0, 1), span("collect", 1, 3)])

    rows = drawn(trace).rows

    assert [(row.x, row.width) for row in rows] == [("0.00", "25.00"), ("25.00", "75.00")]


def test_children_are_set_in_and_sources_bear_their_labels():
    trace = span("run", 0, 4, children=[span("collect", children=[span("serp_news", cost="0.02")])])

    rows = drawn(trace).rows

    assert [(row.label, row.depth, row.cost) for row in rows] == [("collect", 0, ""), ("Google News", 1, "$0.02")]


def test_a_span_that_has_not_ended_reaches_until_now():
    trace = span("run", 0, None, children=[span("collect", 5, None, status="running")])

    found = drawn(trace)

    assert (found.total, found.rows[0].x, found.rows[0].width) == ("10 s", "50.00", "50.00")
    assert found.rows[0].state.label == "running"


def test_a_call_whose_price_is_unknown_says_so():
    trace = span("run", children=[span("engine", cost=None)])

    assert drawn(trace).rows[0].cost == "unknown"


@given(st.lists(st.tuples(st.floats(0, 1e6), st.none() | st.floats(0, 1e6)), max_size=20))
def test_no_row_reaches_beyond_the_drawing(spans):
    trace = span("run", 0, 1, children=[span("call", at, seconds) for at, seconds in spans])

    rows = drawn(trace).rows

    assert len(rows) == len(spans)
    assert all(float(row.x) >= 0 and float(row.x) + float(row.width) <= 100.01 for row in rows)


def test_the_whole_money_is_told_with_the_vendors_context():
    vendor = span("vendor_context", cost="0.10")
    trace = span("run", cost="0.12", children=[span("collect", cost="0.12"), vendor, span("engine", cost=None)])

    assert drawn(trace).money == "$0.22"


def test_a_source_that_gave_nothing_names_who_was_asked_in_its_place():
    failed = span("collect", children=[span("brightdata_company_db") | {"fallback": ["serp_news", "own_site"]}])

    rows = drawn(span("run", children=[failed])).rows

    assert [row.note for row in rows] == ["", "so Google News and Own site were asked"]


def test_a_wait_that_can_be_noticed_is_told():
    calls = [span("one") | {"wait": 1.5}, span("other") | {"wait": 0.001}]

    rows = drawn(span("run", children=calls)).rows

    assert [row.detail for row in rows] == ["Waited 1.5 s for its turn.", ""]
