"""Hypothesis strategies for small planning problems; few values, so that ties and shared origins are common."""

from hypothesis import strategies as st

from enrichment.planning.model import (
    Candidate,
    Charged,
    Held,
    Mode,
    Need,
    Offer,
    PlanInput,
    Redundancy,
    Unavailable,
)

DATASETS = ["d0", "d1", "d2", "d3", "d4"]
SLUGS = [f"s{number}" for number in range(7)]
GROUPS = ["g0", "g1", "g2", "g3"]


def offered() -> st.SearchStrategy[tuple[Offer, ...]]:
    offer = st.builds(
        Offer,
        dataset=st.sampled_from(DATASETS),
        reliability=st.sampled_from([0.3, 0.5, 0.7, 0.8, 0.9, 1.0]),
        priority=st.integers(1, 4),
    )
    return st.lists(offer, max_size=3, unique_by=lambda made: made.dataset).map(tuple)


def candidates() -> st.SearchStrategy[Candidate]:
    return st.builds(
        Candidate,
        source=st.sampled_from(SLUGS),
        origin_group=st.sampled_from(GROUPS),
        offers=offered(),
        price=st.sampled_from([0, 1, 2, 3, 5, 8]).map(lambda cents: cents * 10_000_000),
        charged=st.sampled_from(Charged),
        chance=st.sampled_from([0.5, 0.8, 1.0]),
        expected_records=st.sampled_from([1.0, 2.5]),
        max_records=st.sampled_from([1, 4]),
        latency=st.sampled_from([0.5, 1.0, 4.0]),
        needs=st.frozensets(st.sampled_from(DATASETS), max_size=1),
    )


def responses() -> st.SearchStrategy[Held]:
    return st.builds(
        Held, source=st.sampled_from(["h0", "h1", "s0"]), origin_group=st.sampled_from(GROUPS), offers=offered()
    )


def rules() -> st.SearchStrategy[Redundancy]:
    return st.builds(
        Redundancy,
        skip=st.sampled_from(SLUGS),
        because_of=st.frozensets(st.sampled_from([*SLUGS, "h0"]), min_size=1, max_size=2),
        mode=st.sampled_from(Mode),
    )


def problems() -> st.SearchStrategy[PlanInput]:
    """Planning problems of at most seven candidates, with every kind of limit."""
    need = st.builds(
        Need,
        dataset=st.sampled_from(DATASETS),
        threshold=st.sampled_from([0.5, 0.8, 0.9, 0.97]),
        required=st.booleans(),
        weight=st.sampled_from([1.0, 2.0]),
    )
    return st.builds(
        PlanInput,
        needs=st.lists(need, min_size=1, max_size=5, unique_by=lambda made: made.dataset).map(tuple),
        candidates=st.lists(candidates(), max_size=7, unique_by=lambda made: made.source).map(tuple),
        known=st.frozensets(st.sampled_from(DATASETS), max_size=2),
        held=st.lists(responses(), max_size=2, unique_by=lambda made: made.source).map(tuple),
        redundancies=st.lists(rules(), max_size=3).map(tuple),
        unavailable=st.lists(
            st.builds(Unavailable, source=st.sampled_from(SLUGS), why=st.just("off")),
            max_size=1,
        ).map(tuple),
        budget=st.sampled_from([None, 0, 3, 10, 40]).map(lambda cents: None if cents is None else cents * 10_000_000),
        deadline=st.sampled_from([None, 0.5, 2.0, 5.0]),
    )
