"""What a headline tells of is large, ordinary or small: sums, people, sites."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.signals.size import (
    Size,
    count_in,
    share_in,
    size_of_dismissals,
    size_of_expansion,
    size_of_hiring,
    size_of_sum,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("raises $250M", Size.LARGE),
        ("raises $20M", Size.ORDINARY),
        ("raises $200K", Size.SMALL),
        ("raises €120m", Size.LARGE),
        ("raises £900,000", Size.SMALL),
        ("raises A$300 million", Size.LARGE),
        ("raises ¥12bn", Size.LARGE),
        ("raises 50 million yen", Size.SMALL),
        ("bags Rs 150 crore", Size.ORDINARY),
        ("bags ₹40 lakh", Size.SMALL),
        ("raises SEK 90m", Size.ORDINARY),
        ("raises 80 million złoty", Size.ORDINARY),
        ("raises money", None),
        ("Yours in 30 days", None),
    ],
)
def test_a_sum_of_any_currency_has_a_size(text: str, size: Size | None) -> None:
    assert size_of_sum(text) == size


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("cuts 12% of staff", "0.12"),
        ("cuts 7.5 percent", "0.075"),
        ("sheds a fifth", "0.2"),
        ("half of its people", "0.5"),
        ("one in four to leave", "0.25"),
        ("one in 20 to leave", "0.05"),
        ("cuts 12 jobs in the third quarter", None),
        ("up 140%", None),
    ],
)
def test_a_share_is_read_from_figures_and_words(text: str, share: str | None) -> None:
    assert share_in(text) == (Decimal(share) if share else None)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("cuts 15,000 jobs", 15_000),
        ("WARN notice affects 212", 212),
        ("hundreds to go", 200),
        ("to hire 40 in Leeds and 60 in York", 60),
        ("by 2027", None),
        ("after 27 years", None),
        ("raises $50M", None),
        ("a 400,000 sq ft shed", None),
        ("12% of staff", None),
    ],
)
def test_a_number_of_people_is_no_year_sum_area_or_span(text: str, count: int | None) -> None:
    assert count_in(text) == count


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("lays off 1,100", Size.LARGE),
        ("lays off a tenth of its staff", Size.LARGE),
        ("lays off 90", Size.ORDINARY),
        ("lays off 12", Size.SMALL),
        ("lays off 12, a third of its people", Size.LARGE),
        ("announces layoffs", Size.ORDINARY),
    ],
)
def test_layoffs_are_large_by_people_or_by_share(text: str, size: Size) -> None:
    assert size_of_dismissals(text) is size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("to hire 2,000", Size.LARGE),
        ("to hire 40", Size.ORDINARY),
        ("to hire 3 nurses", Size.SMALL),
        ("grows", Size.ORDINARY),
    ],
)
def test_hiring_is_large_by_people(text: str, size: Size) -> None:
    assert size_of_hiring(text) is size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("to open 14 branches", Size.LARGE),
        ("to open six stores", Size.ORDINARY),
        ("opens hub with 120 jobs", Size.ORDINARY),
        ("to build $1.1bn plant", Size.LARGE),
    ],
)
def test_an_expansion_is_large_by_sites_or_by_its_sum(text: str, size: Size) -> None:
    assert size_of_expansion(text) is size


@given(st.text(max_size=400))
def test_any_text_has_sizes(text: str) -> None:
    assert size_of_sum(text) in {*Size, None}
    assert {size_of_dismissals(text), size_of_hiring(text), size_of_expansion(text)} <= set(Size)
