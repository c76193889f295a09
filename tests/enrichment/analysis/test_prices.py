"""What tokens cost."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from enrichment.analysis.prices import Counts, Prices

HAIKU = Prices(
    tokens_in=Decimal("0.10"),
    tokens_out=Decimal("0.50"),
    cached=Decimal("0.005"),
    long_above=100_000,
    tokens_in_long=Decimal("0.50"),
    tokens_out_long=Decimal("2.50"),
)
COUNTS = st.builds(
    Counts,
    tokens_in=st.integers(0, 300_000),
    tokens_out=st.integers(0, 9_000),
    cached=st.integers(0, 300_000),
    cache_written=st.integers(0, 300_000),
)


def test_a_prompt_at_the_bound_is_not_long() -> None:
    assert HAIKU.cost(Counts(tokens_in=100_000, tokens_out=1_000)) == Decimal("0.0105")


def test_a_long_prompt_costs_the_long_prices_all_of_it() -> None:
    assert HAIKU.cost(Counts(tokens_in=100_001, tokens_out=1_000)) == Decimal("0.0525005")


def test_tokens_of_the_cache_make_a_prompt_long_and_rise_with_it() -> None:
    counts = Counts(tokens_in=1, cached=100_000, cache_written=1_000)

    assert HAIKU.cost(counts) == (Decimal("0.5") + 100_000 * Decimal("0.025") + 1_000 * Decimal("0.625")) / 10**6


def test_without_a_price_of_long_prompts_theirs_is_unknown() -> None:
    prices = Prices(tokens_in=Decimal(1), tokens_out=Decimal(1), long_above=10)

    assert prices.cost(Counts(tokens_in=11)) is None
    assert prices.cost(Counts(tokens_in=10)) == Decimal("0.00001")


def test_one_unknown_price_makes_the_cost_unknown() -> None:
    assert Prices(tokens_in=Decimal(1)).cost(Counts(tokens_in=1)) is None


@given(COUNTS)
def test_no_way_to_read_a_prompt_costs_more_than_the_highest(counts: Counts) -> None:
    highest, cost = HAIKU.highest(counts), HAIKU.cost(counts)

    assert highest is not None
    assert cost is not None
    assert cost <= highest
