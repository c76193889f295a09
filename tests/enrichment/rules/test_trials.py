"""Lots: stable, fair, and nobody's order."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.rules import current
from enrichment.rules.trials import changed, drawn, moves_the_yardstick

SHARES = st.dictionaries(st.text("ABCDEF", min_size=1, max_size=2), st.integers(1, 33), min_size=1, max_size=3)


@settings(deadline=None)
@given(salt=st.text(max_size=16), company=st.integers(1, 2**62), shares=SHARES, seed=st.randoms())
def test_a_lot_is_the_same_again_and_in_any_order(salt, company, shares, seed):
    mixed = list(shares.items())
    seed.shuffle(mixed)

    assert drawn(salt, company, mixed) == drawn(salt, company, list(shares.items()))


@settings(deadline=None, max_examples=25)  # each draws 2,000 lots
@given(salt=st.text(max_size=16), shares=SHARES)
def test_each_variant_has_its_share_of_the_companies(salt, shares):
    found = Counter(drawn(salt, company, list(shares.items())) for company in range(2000))

    shares = {**shares, None: 100 - sum(shares.values())}
    assert all(abs(found[label] / 20 - share) < 6 for label, share in shares.items())  # more than 5 deviations


def test_another_salt_deals_anew():
    halves = [("A", 50), ("B", 50)]

    same = sum(drawn("one", company, halves) == drawn("two", company, halves) for company in range(1000))

    assert 420 < same < 580


def test_prices_and_switches_leave_the_yardstick_where_it_is(rules):
    today = current().rules

    def moves(changes):
        return moves_the_yardstick(today, changed(today, changes), "profile")

    assert not moves({"sources": {"brightdata_company_db": {"enabled": False}, "company_website": {"cost": "0.1"}}})
    assert not moves({"consumers": {"profile": {"strategy": "legacy", "max_cost": "1"}}})
    assert moves({"matrix": {"industry": {"brightdata_company_db": {"reliability": 0.5}}}})
    assert moves({"datasets": {"industry": {"threshold": 0.1}}})
