from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from enrichment import facts
from enrichment.models import CacheEntry, Company, Correction, Evidence, Fact, Observation
from enrichment.rules import Rules
from enrichment.sources.base import Evidence as Item
from enrichment.sources.base import Extraction
from enrichment.sources.base import Observation as Seen
from tests import factories
from tests.enrichment import market

pytestmark = pytest.mark.django_db

RULES = market.rules(
    datasets={"industry": "scalar", "competitors": "list", "tech_stack": "records"},
    cells={
        ("industry", "own_site"): 0.8,
        ("industry", "snov"): 0.9,
        ("industry", "serp_news"): 0.6,
        ("competitors", "own_site"): 0.7,
        ("competitors", "snov"): 0.8,
        ("tech_stack", "own_site"): 0.7,
    },
)
ARTICLE = Item(kind="article", title="Acme grows", url="https://news.example/1", text="Acme Corp grows.")


@pytest.fixture
def acme() -> Company:
    return market.company()


def said(of: Company, dataset: str, *values: Any, source: str = "own_site", **entry: Any) -> CacheEntry:
    """A response of `source` that says each of `values` of the dataset."""
    held = factories.entry(of, source=source, **entry)
    seen = tuple(Seen(dataset=dataset, value=value) for value in values)
    facts.store_observations(held, Extraction(observations=seen))
    return held


def remerge(of: Company, *datasets: str, rules: Rules = RULES, at: datetime | None = None) -> None:
    when = at or CacheEntry.objects.latest("fetched_at").fetched_at
    facts.remerge(of.pk, datasets or tuple(rules.datasets), origin="sandbox", rules=rules, at=when)


# --- What a response says ---------------------------------------------------------------------------------------------


def test_what_a_response_says_is_kept_with_the_items_it_was_read_from(acme: Company, now: datetime) -> None:
    entry = factories.entry(acme, source="own_site")
    other = Item(kind="page", url="https://acmecorp.com", published_at=now)
    seen = (
        Seen(dataset="industry", value="Fintech", evidence=(ARTICLE, other), observed_at=now),
        Seen(dataset="competitors", value="Ping", evidence=(ARTICLE, ARTICLE)),
    )

    datasets = facts.store_observations(entry, Extraction(observations=seen)).datasets

    industry, competitors = Observation.objects.order_by("-dataset")
    assert datasets == {"industry", "competitors"}
    assert (industry.value, industry.observed_at, industry.evidence.count()) == ("Fintech", now, 2)
    assert (competitors.observed_at, competitors.evidence.get().title) == (entry.fetched_at, "Acme grows")
    assert Evidence.objects.count() == 2


def test_a_new_answer_of_the_source_replaces_what_the_old_one_said(acme: Company) -> None:
    entry = said(acme, "industry", "Fintech")

    facts.store_observations(entry, Extraction(observations=(Seen(dataset="competitors", value="Ping"),)))

    assert [(row.dataset, row.value) for row in Observation.objects.all()] == [("competitors", "Ping")]


def test_a_response_that_says_nothing_leaves_nothing(acme: Company) -> None:
    entry = said(acme, "industry", "Fintech")

    assert facts.store_observations(entry, Extraction()) == facts.Stored()
    assert Observation.objects.count() == 0


def test_items_longer_than_a_column_are_cut(acme: Company) -> None:
    item = Item(kind="page", title="t" * 900, url="https://a.example/" + "u" * 2000, publisher="p" * 900)
    entry = factories.entry(acme)

    facts.store_observations(entry, Extraction(observations=(Seen(dataset="industry", value="x", evidence=(item,)),)))

    kept = Evidence.objects.get()
    assert [len(part) for part in (kept.title, kept.url, kept.publisher)] == [500, 1000, 200]


# --- Facts ------------------------------------------------------------------------------------------------------------


def test_a_scalar_is_what_agrees_best_and_every_claim_is_kept(acme: Company) -> None:
    said(acme, "industry", "Banking", source="snov")
    said(acme, "industry", "Fintech", source="own_site")
    said(acme, "industry", "fintech", source="serp_news")

    remerge(acme, "industry")

    fact = Fact.objects.get()
    assert fact.value == "Fintech"
    assert fact.reliability == pytest.approx(0.92, abs=1e-6)
    assert fact.sources == ["own_site", "serp_news"]
    assert [(row["value"], row["reliability"]) for row in fact.claims] == [("Fintech", 0.92), ("Banking", 0.9)]
    assert fact.why == "Own Site and Serp News said so, together 0.92 reliable; the next claim has 0.90."


def test_a_scalar_that_nobody_contradicts_says_so(acme: Company) -> None:
    said(acme, "industry", "Fintech")

    remerge(acme)

    assert Fact.objects.get().why == "Own Site said so, and nobody said otherwise."


def test_a_list_is_all_that_was_said(acme: Company) -> None:
    said(acme, "competitors", "Ping", "Auth0")
    said(acme, "competitors", "ping", source="snov")

    remerge(acme)

    fact = Fact.objects.get()
    assert fact.value == ["ping", "Auth0"]
    assert fact.reliability == pytest.approx(0.94, abs=1e-6)
    assert fact.why == "All that 2 source(s) said."


def test_a_fact_has_the_evidence_behind_it(acme: Company) -> None:
    entry = factories.entry(acme, source="own_site")
    facts.store_observations(
        entry, Extraction(observations=(Seen(dataset="industry", value="Fintech", evidence=(ARTICLE,)),))
    )

    remerge(acme)

    assert Fact.objects.get().evidence == [Evidence.objects.get().pk]


def test_facts_are_made_anew_and_not_twice(acme: Company) -> None:
    entry = said(acme, "industry", "Fintech")
    remerge(acme)
    facts.store_observations(entry, Extraction(observations=(Seen(dataset="industry", value="Banking"),)))

    remerge(acme)

    assert Fact.objects.get().value == "Banking"


def test_what_nobody_says_any_more_is_no_fact(acme: Company) -> None:
    entry = said(acme, "industry", "Fintech")
    remerge(acme)
    facts.store_observations(entry, Extraction())

    remerge(acme)

    assert Fact.objects.count() == 0


def test_a_dataset_that_was_not_asked_for_is_left_alone(acme: Company) -> None:
    said(acme, "industry", "Fintech")
    said(acme, "competitors", "Ping", source="snov")

    remerge(acme, "industry", "no_such_dataset")

    assert [fact.dataset for fact in Fact.objects.all()] == ["industry"]


def test_no_known_dataset_is_no_work(acme: Company, django_assert_num_queries: Any, now: datetime) -> None:
    with django_assert_num_queries(0):
        remerge(acme, "no_such_dataset", at=now)


def test_sandbox_and_live_never_mix(acme: Company) -> None:
    said(acme, "industry", "Fintech", source="own_site")
    said(acme, "industry", "Invented", source="snov", origin="live")

    remerge(acme)

    assert Fact.objects.get().value == "Fintech"
    assert len(Fact.objects.get().claims) == 1


def test_a_response_that_was_invalidated_says_nothing(acme: Company, now: datetime) -> None:
    said(acme, "industry", "Fintech", stale_since=now)

    remerge(acme)

    assert Fact.objects.count() == 0


def test_a_source_that_was_switched_off_says_nothing(acme: Company) -> None:
    said(acme, "industry", "Banking", source="snov")
    said(acme, "industry", "Fintech", source="own_site")
    without = market.rules(datasets={"industry": "scalar"}, cells={("industry", "own_site"): 0.8})

    remerge(acme, rules=without)

    assert [claim["value"] for claim in Fact.objects.get().claims] == ["Fintech"]


def test_what_was_said_long_ago_gives_way_to_what_is_said_now(acme: Company, now: datetime) -> None:
    said(acme, "industry", "Banking", source="snov", fetched_at=now - timedelta(days=60))
    said(acme, "industry", "Fintech", source="own_site", fetched_at=now)

    remerge(acme, at=now)

    fact = Fact.objects.get()
    assert fact.value == "Fintech"
    assert fact.claims[1]["reliability"] == 0.225  # 0.9 after two half-lives


def test_labels_of_any_length_still_make_a_fact(acme: Company) -> None:
    """Five sources of one opinion, each with a label of the greatest length."""
    names = [f"source_{place}" for place in range(5)]
    long = market.rules(datasets={"industry": "scalar"}, cells={("industry", name): 0.5 for name in names})
    labelled = {slug: source.model_copy(update={"label": "L" * 80}) for slug, source in long.sources.items()}
    for name in names:
        said(acme, "industry", "Fintech", source=name)

    remerge(acme, rules=long.model_copy(update={"sources": labelled}))

    assert len(Fact.objects.get().why) == 300


# --- Corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_is_never_overwritten_and_the_claims_are_kept(acme: Company) -> None:
    said(acme, "industry", "Banking", source="snov")
    Correction.objects.create(company=acme, dataset="industry", value="Fintech")

    remerge(acme)

    fact = Fact.objects.get()
    assert (fact.value, fact.reliability, fact.corrected, fact.sources) == ("Fintech", 1.0, True, ["correction"])
    assert [claim["value"] for claim in fact.claims] == ["Banking"]


def test_a_correction_needs_no_source(acme: Company, now: datetime) -> None:
    Correction.objects.create(company=acme, dataset="industry", value="Fintech")

    remerge(acme, "industry", at=now)

    assert (Fact.objects.get().value, Fact.objects.get().why) == ("Fintech", "A person pinned it.")


def test_a_correction_that_was_withdrawn_gives_way_to_the_sources(acme: Company, now: datetime) -> None:
    said(acme, "industry", "Banking")
    Correction.objects.create(company=acme, dataset="industry", value="Fintech")
    remerge(acme)
    Correction.objects.update(withdrawn=now)

    remerge(acme)

    assert (Fact.objects.get().value, Fact.objects.get().corrected) == ("Banking", False)


def test_a_correction_of_another_company_is_none_of_this_one(acme: Company) -> None:
    said(acme, "industry", "Banking")
    Correction.objects.create(company=market.company("Okta", domain="okta.com"), dataset="industry", value="Identity")

    remerge(acme)

    assert Fact.objects.get().value == "Banking"


@pytest.mark.django_db(transaction=True)
def test_merges_of_one_company_at_once_end_with_one_fact_of_all_claims(acme: Company) -> None:
    sources = ("own_site", "snov", "serp_news")

    def record(place: int) -> None:
        with transaction.atomic():
            Company.objects.select_for_update().get(pk=acme.pk)
            said(acme, "industry", "Fintech", source=sources[place])
            facts.remerge(acme.pk, ["industry"], origin="sandbox", rules=RULES, at=market.moment("2026-11-02T09:00"))

    market.at_once(3, record)

    assert Fact.objects.get().sources == sorted(sources)
