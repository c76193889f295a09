"""Values as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.pages.words import age, percent, safe_link, span, usd, value_text

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("0.1"), "$0.10"), (0, "$0.00"), ("1234.5", "$1,234.50"), ("0.00042", "$0.0004"), (None, "unknown"),
        ("nonsense", "unknown"), ("NaN", "unknown"),
    ],
)  # fmt: skip
def test_money(amount, text):
    assert usd(amount) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "250 ms"),
        (1.24, "1.2 s"),
        (59, "59 s"),
        (75, "1 min 15 s"),
        (120, "2 min"),
        (3700, "1 h 1 min"),
        (7200, "2 h"),
        (7 * 86400, "7 d"),
        (None, "unknown"),
    ],
)
def test_a_span_has_its_two_greatest_units(seconds, text):
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=30), "1 day ago"),
        (timedelta(days=70), "2 months ago"),
    ],
)
def test_an_age_has_one_unit(ago, text):
    assert age(NOW - ago, NOW) == text


def test_a_share_is_told_in_per_cent():
    assert (percent(0.834), percent(None)) == ("83 %", "unknown")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"low": 251, "high": 500}, "251 to 500"),
        ({"low": 10001, "high": None}, "10,001 or more"),
        ({"low": 500, "high": 500}, "500"),
        ({"name": "Alicia Tran", "title": "VP", "profile_url": "https://x.example"}, "Alicia Tran (VP)"),
        ({"indicator": "Series C", "amount_usd": 50000000}, "Series C ($50,000,000)"),
        (["a", "b"], "a, b"),
        (None, ""),
    ],
)
def test_a_value_is_told_in_a_line(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", " https://x.example", "data:text/html,x",
        "//x.example", "https://", "vbscript:x", "https://x.example/\x00", "http://[::1", None, 7,
    ],
)  # fmt: skip
def test_a_link_that_is_no_plain_web_address_is_dropped(url):
    assert safe_link(url) == ""


def test_a_web_address_is_kept_as_it_is():
    assert safe_link("https://news.example/a?b=c&d#e") == "https://news.example/a?b=c&d#e"


@given(st.text())
def test_whatever_is_kept_begins_with_http(text):
    kept = safe_link(text)

    assert kept == "" or kept.lower().startswith(("http://", "https://"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_any_json_is_told_without_an_error(value):
    assert isinstance(value_text(value), str)
