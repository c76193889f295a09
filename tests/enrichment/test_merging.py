"""Merging is arithmetic: it reads no table."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.merging import Claim, Merged, combined, decayed, merge, record_key
from enrichment.technologies import known
from tests.enrichment import market

NOW = market.moment("2026-11-02T09:00")
MONTH = timedelta(days=30)
DAYS = st.integers(0, 400).map(lambda days: NOW - timedelta(days=days))
GROUPS = {"serp_news": "news", "gdelt_news": "news", "snov": "snov", "own_site": "own_site"}


def claim(
    value: Any, reliability: float = 0.9, *, dataset: str = "industry", source: str = "snov", **more: Any
) -> Claim:
    defaults = {"origin_group": GROUPS.get(source, source), "observed_at": NOW}
    return Claim(dataset=dataset, source=source, value=value, reliability=reliability, **{**defaults, **more})


def merged(*claims: Claim, kind: str = "scalar", half_life: timedelta = MONTH) -> list[Merged]:
    return merge(claims, kind=kind, at=NOW, half_life=half_life)


claims_of = st.builds(
    claim,
    st.sampled_from(["Fintech", "fintech!", "Banking", "", "銀行"]),
    st.floats(0, 1),
    source=st.sampled_from(sorted(GROUPS)),
    observed_at=DAYS,
    evidence=st.lists(st.integers(1, 9), max_size=2).map(tuple),
)
head_counts = st.tuples(st.integers(1, 2000), st.none() | st.integers(1, 2000)).map(
    lambda pair: {"low": pair[0], "high": None if pair[1] is None else pair[0] + pair[1]}
)
people = st.fixed_dictionaries(
    {"name": st.sampled_from(["Ann Lee", "ANN  LEE", "Bo Ek", ""])},
    optional={"title": st.sampled_from(["CTO", "CEO"]), "email": st.just("a@b.example")},
)


# --- Age --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "left"), [(0, 0.8), (30, 0.4), (60, 0.2), (300, 0.8 / 1024)])
def test_reliability_halves_with_every_half_life(days: int, left: float) -> None:
    assert decayed(0.8, age=timedelta(days=days), half_life=MONTH) == pytest.approx(left)


def test_what_is_dated_in_the_future_is_new_and_not_better_than_new() -> None:
    assert decayed(0.8, age=timedelta(days=-5), half_life=MONTH) == 0.8


def test_without_a_half_life_only_what_is_new_counts() -> None:
    assert decayed(0.8, age=timedelta(0), half_life=timedelta(0)) == 0.8
    assert decayed(0.8, age=timedelta(seconds=1), half_life=timedelta(0)) == 0.0


@given(st.floats(0, 1), st.timedeltas(max_value=timedelta(days=10**6)), st.timedeltas(max_value=timedelta(days=10**6)))
def test_age_never_makes_anything_more_reliable(r: float, age: timedelta, half_life: timedelta) -> None:
    assert 0 <= decayed(r, age=age, half_life=half_life) <= r


# --- Reliability ------------------------------------------------------------------------------------------------------


def together(*claims: Claim) -> float:
    return combined(claims, at=NOW, half_life=MONTH)


@pytest.mark.parametrize(
    ("claims", "reliability"),
    [
        ([], 0.0),
        ([claim("x", 0.9)], 0.9),
        ([claim("x", 0.9, source="snov"), claim("x", 0.8, source="own_site")], 0.98),
        ([claim("x", 0.9, source="serp_news"), claim("x", 0.8, source="gdelt_news")], 0.9),
        ([claim("x", 0.9, source=s) for s in ("serp_news", "snov", "own_site")], 0.999),
        ([claim("x", 0.8, source="snov", observed_at=NOW - MONTH), claim("x", 0.5, source="own_site")], 0.7),
        ([claim("x", 0.8, source="snov", observed_at=NOW - MONTH), claim("x", 0.5, source="snov")], 0.5),
    ],
    ids=["nobody", "one", "two groups", "one group twice", "three groups", "one aged", "the better when aged"],
)
def test_reliability_by_worked_numbers(claims: list[Claim], reliability: float) -> None:
    assert together(*claims) == pytest.approx(reliability)


@given(st.lists(claims_of, max_size=8))
def test_reliability_is_a_share_and_no_less_than_the_best_claims(claims: list[Claim]) -> None:
    alone = [together(each) for each in claims]

    assert max(alone, default=0.0) - 1e-12 <= together(*claims) <= 1


@given(st.lists(claims_of, max_size=8), claims_of)
def test_a_further_claim_never_lowers_reliability(claims: list[Claim], further: Claim) -> None:
    assert together(*claims, further) >= together(*claims) - 1e-12


@given(
    st.lists(claims_of, min_size=1, max_size=8).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some)))
)
def test_reliability_knows_no_order(both: tuple[list[Claim], list[Claim]]) -> None:
    assert together(*both[0]) == together(*both[1])


# --- Scalars ----------------------------------------------------------------------------------------------------------


def test_what_two_agree_on_wins_over_one_who_is_better_alone() -> None:
    first, second = merged(
        claim("Banking", 0.9, source="snov"),
        claim("Fintech", 0.8, source="own_site"),
        claim("fintech", 0.7, source="serp_news"),
    )

    assert (first.value, first.sources) == ("Fintech", ("own_site", "serp_news"))
    assert first.reliability == pytest.approx(0.94)
    assert (second.value, second.reliability) == ("Banking", pytest.approx(0.9))


def test_the_spelling_of_the_most_reliable_is_shown() -> None:
    (only,) = merged(claim("FINTECH ", 0.5), claim("Fin-Tech", 0.4), claim("Fintech", 0.9), claim("fin tech", 0.3))[:1]

    assert only.value == "Fintech"


def test_accents_case_and_punctuation_are_no_contradiction() -> None:
    assert len(merged(claim("São Paulo, SP"), claim("SAO PAULO SP"), claim("são  paulo (sp)"))) == 1


def test_of_equally_reliable_claims_the_newer_wins() -> None:
    first, _ = merged(claim("old", observed_at=NOW - timedelta(days=3)), claim("new", observed_at=NOW))

    assert first.value == "new"


def test_a_value_has_the_evidence_and_the_date_of_all_who_agree() -> None:
    (only,) = merged(
        claim("Fintech", 0.9, evidence=(3, 1), observed_at=NOW - timedelta(days=2)),
        claim("fintech", 0.8, source="own_site", evidence=(1, 2)),
    )

    assert only.evidence == (3, 1, 2)
    assert only.observed_at == NOW


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ((251, 500), (300, 300), True),
        ((251, 500), (501, 1000), True),  # a tenth apart is the same
        ((251, 500), (540, 540), True),
        ((251, 500), (600, 600), False),
        ((10_001, None), (50_000, 50_000), True),
        ((10_001, None), (5_000, 5_000), False),
        ((1, 10), (10_001, None), False),
    ],
)
def test_head_counts_agree_where_both_can_be_right(
    one: tuple[int, int | None], other: tuple[int, int | None], agree: bool
) -> None:
    claims = [
        claim({"low": low, "high": high}, dataset="employee_count", source=source)
        for (low, high), source in ((one, "snov"), (other, "own_site"))
    ]

    assert (len(merged(*claims)) == 1) is agree


# --- Lists and records ------------------------------------------------------------------------------------------------


def test_words_of_a_list_stand_beside_each_other() -> None:
    values = merged(claim("Auth0", 0.7), claim("Ping", 0.8), claim("auth0", 0.6, source="own_site"), kind="list")

    assert [(item.value, round(item.reliability, 2)) for item in values] == [("Auth0", 0.88), ("Ping", 0.8)]


def test_records_of_one_person_become_one_with_the_fields_of_the_most_reliable_first() -> None:
    (only,) = merged(
        claim({"name": "ann lee", "title": "VP", "email": "ann@acme.example"}, 0.7, dataset="key_contacts"),
        claim({"name": "Ann Lee", "title": "CTO"}, 0.9, dataset="key_contacts", source="own_site"),
        kind="records",
    )

    assert only.value == {"name": "Ann Lee", "title": "CTO", "email": "ann@acme.example"}
    assert only.sources == ("own_site", "snov")
    assert only.reliability == pytest.approx(0.97)


@pytest.mark.parametrize(
    ("dataset", "one", "other"),
    [
        ("decision_makers", {"name": "Ann Lee", "title": "CTO"}, {"name": "ANN LEE"}),
        ("competitive_usage", {"product": "Azure AD"}, {"product": "azure-ad"}),
        ("recent_news", {"headline": "Acme raises $50M", "url": "a"}, {"headline": "Acme raises $50M!", "url": "b"}),
        ("hiring_trends", {"title": "SRE", "location": "Berlin"}, {"title": "sre", "location": "BERLIN"}),
        ("hiring_trends", {"title": "SRE"}, {"title": "SRE", "location": None}),
        ("purchase_intent", {"topic": "SSO", "score": 1}, {"topic": "sso", "score": 2}),
    ],
)
def test_records_that_speak_of_the_same_have_one_key(dataset: str, one: Any, other: Any) -> None:
    assert record_key(dataset, one) == record_key(dataset, other)


@pytest.mark.parametrize(
    ("dataset", "one", "other"),
    [
        ("decision_makers", {"name": "Ann Lee"}, {"name": "Anna Lee"}),
        ("hiring_trends", {"title": "SRE", "location": "Berlin"}, {"title": "SRE", "location": "Paris"}),
        ("hiring_trends", {"department": "IT"}, {"department": "Sales"}),
        ("decision_makers", {"name": None, "title": "CTO"}, {"name": None, "title": "CEO"}),
        ("tech_stack", {"name": "C#"}, {"name": "C++"}),
        ("tech_stack", {"name": "C"}, {"name": "C++"}),
    ],
)
def test_records_that_speak_of_different_things_have_two(dataset: str, one: Any, other: Any) -> None:
    assert record_key(dataset, one) != record_key(dataset, other)


def test_every_technology_that_we_know_has_a_key_of_its_own() -> None:
    names = [technology.name for technology in known()]

    keys = {record_key("tech_stack", {"name": name}) for name in names}

    assert len(names) > 150
    assert len(keys) == len(names)


# --- Order ------------------------------------------------------------------------------------------------------------

HEADS = st.builds(
    claim,
    head_counts,
    st.sampled_from([0.5, 0.8, 0.9]),
    dataset=st.just("employee_count"),
    source=st.sampled_from(sorted(GROUPS)),
    observed_at=DAYS,
)
PEOPLE = st.builds(
    claim,
    people,
    st.sampled_from([0.5, 0.8, 0.9]),
    dataset=st.just("key_contacts"),
    source=st.sampled_from(sorted(GROUPS)),
    observed_at=DAYS,
    evidence=st.lists(st.integers(1, 9), max_size=2).map(tuple),
)


@pytest.mark.parametrize(
    ("kind", "claims"), [("scalar", claims_of), ("list", claims_of), ("scalar", HEADS), ("records", PEOPLE)]
)
def test_the_order_in_which_claims_came_in_changes_nothing(kind: str, claims: st.SearchStrategy[Claim]) -> None:
    @given(st.lists(claims, max_size=7).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
    def check(both: tuple[list[Claim], list[Claim]]) -> None:
        assert merged(*both[0], kind=kind) == merged(*both[1], kind=kind)

    check()


def test_claims_that_differ_in_nothing_but_their_evidence_have_an_order_too() -> None:
    one, other = claim("Fintech", evidence=(2,)), claim("Fintech", evidence=(1,))

    assert merged(one, other) == merged(other, one)
    assert merged(one, other)[0].evidence == (1, 2)


def test_values_that_are_no_words_agree_where_they_are_equal() -> None:
    assert len(merged(claim({"a": 1, "b": 2}), claim({"b": 2, "a": 1}), claim(7), claim(7.5))) == 3


@given(st.lists(claims_of, max_size=8))
def test_no_claim_is_lost(claims: list[Claim]) -> None:
    found = merged(*claims)

    assert {source for item in found for source in item.sources} == {each.source for each in claims}
    assert {i for item in found for i in item.evidence} == {i for each in claims for i in each.evidence}


@given(st.lists(PEOPLE, max_size=8))
def test_a_record_has_no_field_that_nobody_gave_it(claims: list[Claim]) -> None:
    for item in merged(*claims, kind="records"):
        for name, value in item.value.items():
            assert any(each.value.get(name) == value for each in claims)


@given(st.lists(claims_of, min_size=1, max_size=8))
def test_the_most_reliable_value_comes_first(claims: list[Claim]) -> None:
    shares = [round(item.reliability, 9) for item in merged(*claims)]

    assert shares == sorted(shares, reverse=True)


def test_nothing_said_merges_to_nothing() -> None:
    assert merged() == []


def test_moments_of_other_zones_compare_as_moments() -> None:
    tokyo = datetime.fromisoformat("2026-11-02T18:00+09:00")  # the same moment as NOW

    first, _ = merged(claim("later", observed_at=NOW + timedelta(hours=1)), claim("now", observed_at=tokyo))

    assert first.value == "later"


# --- What others say instead ------------------------------------------------------------------------------------------


def titled(title: str, source: str, reliability: float = 0.9, **more: Any) -> Claim:
    value = {"name": "Alicia Tran", "title": title}
    return claim(value, reliability, dataset="decision_makers", source=source, **more)


def test_another_title_of_the_same_person_is_kept_with_who_says_so() -> None:
    [found] = merged(
        titled("VP, Infrastructure", "snov", evidence=(1,)),
        titled("Head of Security", "own_site", 0.5, evidence=(2,)),
        kind="records",
    )

    assert found.value["title"] == "VP, Infrastructure"
    assert [(each.field, each.value, each.sources, each.evidence) for each in found.also] == [
        ("title", "Head of Security", ("own_site",), (2,))
    ]


@pytest.mark.parametrize(
    "other", ["Vice President of Infrastructure", "vp infrastructure", "VP", "", "VP Infrastructure & IT"]
)
def test_a_title_that_says_the_same_or_a_part_of_it_is_no_other_one(other: str) -> None:
    [found] = merged(titled("VP, Infrastructure", "snov"), titled(other, "own_site", 0.5), kind="records")

    assert found.also == ()
