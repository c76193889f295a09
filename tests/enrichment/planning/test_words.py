"""Money, lists and spans in words."""

import pytest

from enrichment.planning.words import apart, listing, money, share, span, usd


@pytest.mark.parametrize(
    ("nano", "words"),
    [
        (0, "0.00"),
        (100_000_000, "0.10"),
        (2_500_000, "0.0025"),
        (12_000_000_001, "12.000000001"),
        (-20_000_000, "-0.02"),
    ],
)
def test_a_price_for_programs_is_exact_with_at_least_two_decimals(nano: int, words: str) -> None:
    assert usd(nano) == words


@pytest.mark.parametrize(
    ("nano", "words"),
    [
        (0, "0.00 USD"),
        (118_363_636, "0.12 USD"),
        (10_000_000, "0.01 USD"),
        (2_500_000, "0.0025 USD"),
        (420_001, "0.0004 USD"),
        (12_000_000_001, "12.00 USD"),
        (-20_000_000, "-0.02 USD"),
    ],
)
def test_money_for_people_is_told_to_the_cent_and_finer_below_one(nano: int, words: str) -> None:
    assert money(nano) == words


@pytest.mark.parametrize(
    ("less", "more", "words"),
    [
        (90_000_000, 118_363_636, ("0.09 USD", "0.12 USD")),
        (118_000_000, 118_363_636, ("0.118 USD", "0.118363636 USD")),
        (100_000_000, 100_000_000, ("0.10 USD", "0.10 USD")),
    ],
)
def test_what_is_above_something_does_not_read_like_it(less: int, more: int, words: tuple[str, str]) -> None:
    assert apart(less, more) == words


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_listed_with_an_and(names: list[str], words: str) -> None:
    assert listing(names) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1.5, "1.5 s"), (40.0, "40 s"), (119.0, "119 s"), (720.0, "12 min"), (18_000.0, "5 h"), (260_000.0, "3 days")],
)
def test_a_span_is_told_in_its_largest_fitting_unit(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(("value", "words"), [(0.7999, "0.79"), (0.8, "0.80"), (1.0, "1.00"), (0.29, "0.29")])
def test_a_share_is_cut_and_not_rounded_up_to_the_threshold(value: float, words: str) -> None:
    assert share(value) == words
