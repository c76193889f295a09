"""Money as people read it."""

from decimal import Decimal

from chat.money import usd


def test_amounts_below_a_cent_have_four_places_at_most_and_none_is_told_as_nothing() -> None:
    amounts = ("0", "0.00003", "0.001914125", "0.004", "0.0099999", "0.12", "5")

    assert [usd(Decimal(each)) for each in amounts] == [
        "$0.00",
        "$0.0001",
        "$0.002",
        "$0.004",
        "$0.01",
        "$0.12",
        "$5.00",
    ]
