"""From rules, held responses and live switches to what the planner is given."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from enrichment import facts
from enrichment.models import CacheEntry, Company, Provider, ProviderState, Source
from enrichment.planning.model import (
    Candidate,
    Charged,
    Held,
    Mode,
    Need,
    Objective,
    Offer,
    PlanInput,
    Redundancy,
    Unavailable,
)
from enrichment.planning.quote import quote
from enrichment.rules import Rules
from enrichment.rules.model import Cell
from enrichment.sources.base import Extraction, Observation
from enrichment.workflow.plans import Wish, from_nano, nano, plan_input, quote_to_json, usable_age
from tests import factories
from tests.enrichment import market

pytestmark = pytest.mark.django_db
NOW = market.moment("2026-11-02T09:00")
NANO = 10**9
ASKED = {"serp_news", "snov_contacts", "brightdata_company_db", "company_website"}


@pytest.fixture(autouse=True)
def providers(settings: Settings) -> None:
    """The four sources that are switched on, with their providers, and a sandbox to reach them in."""
    settings.SANDBOX_URL = "http://127.0.0.1:8100"
    for provider, source in (
        ("serpapi", "serp_news"),
        ("snov", "snov_contacts"),
        ("brightdata", "brightdata_company_db"),
        ("company_website", "company_website"),
    ):
        needs_key = [] if provider == "company_website" else ["api_key"]
        market.source(source, of=market.provider(provider, label=provider.title(), credential_names=needs_key))


@pytest.fixture
def acme() -> Company:
    return market.company()


def given_for(of: Company, rules: Rules, *, consumer: str = "profile", at: datetime = NOW, **values: Any) -> PlanInput:
    excluded = values.pop("excluded", None)
    wish = Wish(rules=rules, consumer=consumer, company=of, **{"origin": "sandbox", **values})
    return plan_input(wish, at=at, excluded=excluded)


def changed(rules: Rules, **parts: object) -> Rules:
    """The rules with other parts, and nothing remembered of the old ones."""
    return Rules.model_validate({name: getattr(rules, name) for name in Rules.model_fields} | parts)


def hold(of: Company, source: str, *datasets: str, age: timedelta = timedelta(0), **values: object) -> CacheEntry:
    """A response that is held and spoke of `datasets`."""
    fresh = {"fetched_at": NOW - age, "expires_at": NOW + timedelta(days=1)}
    entry = factories.entry(of, source=source, **{**fresh, **values})
    seen = tuple(Observation(dataset=slug, value="x") for slug in datasets)
    facts.store_observations(entry, Extraction(observations=seen))
    return entry


def slugs(candidates: tuple[Candidate, ...]) -> set[str]:
    return {candidate.source for candidate in candidates}


def why_not(given: PlanInput) -> dict[str, str]:
    return {row.source: row.why for row in given.unavailable}


# --- Money ------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**15))
def test_money_goes_to_whole_nanos_and_back(amount: int) -> None:
    assert nano(from_nano(amount)) == amount


def test_money_by_worked_numbers() -> None:
    assert (nano(Decimal("0.02")), nano(None), str(from_nano(100 * NANO))) == (20_000_000, None, "100")


# --- Needs, candidates, redundancies ----------------------------------------------------------------------------------


def test_the_planner_is_given_what_the_consumer_needs(acme: Company, house: Rules) -> None:
    given = given_for(acme, house, require=("headquarters",), budget=Decimal("0.5"), seconds=90.0)

    assert Need(dataset="industry", threshold=0.8, required=True, weight=1.0) in given.needs
    assert Need(dataset="headquarters", threshold=0.8, required=True, weight=1.0) in given.needs
    assert Need(dataset="company_overview", threshold=0.75, required=False, weight=1.0) in given.needs
    assert (given.budget, given.deadline) == (NANO // 2, 90.0)


def test_the_plan_follows_the_consumers_objective(acme: Company, house: Rules) -> None:
    speedy = house.consumers["profile"].model_copy(update={"objective": "speed"})

    given = given_for(acme, changed(house, consumers={**house.consumers, "profile": speedy}))

    assert given.objective is Objective.SPEED


def test_a_company_of_known_domain_may_be_asked_about_by_its_domain(acme: Company, house: Rules) -> None:
    nameless = market.company("Northwind", domain=None)

    assert given_for(acme, house).known == {"company_name", "company_domain"}
    assert given_for(nameless, house).known == {"company_name"}


def test_every_source_that_can_be_asked_is_a_candidate_with_the_figures_of_the_rules(
    acme: Company, house: Rules
) -> None:
    given = given_for(acme, house)
    contacts = next(each for each in given.candidates if each.source == "snov_contacts")

    assert slugs(given.candidates) == ASKED
    assert contacts.price == NANO // 10
    assert contacts.charged is Charged.HIT
    assert contacts.needs == {"company_domain"}
    assert contacts.latency == 1.5
    assert contacts.offers == (
        Offer(dataset="decision_makers", reliability=0.9, priority=1),
        Offer(dataset="key_contacts", reliability=0.9, priority=1),
    )


def test_the_chance_of_a_source_is_the_mean_over_the_wanted_datasets_that_it_gives(acme: Company, house: Rules) -> None:
    given = given_for(acme, house)
    chances = {each.source: each.chance for each in given.candidates}

    cells = house.cells_by_source["brightdata_company_db"]
    wanted = [cells[need.dataset].chance for need in given.needs if need.dataset in cells]
    assert chances["brightdata_company_db"] == pytest.approx(sum(wanted) / len(wanted))
    assert chances["snov_contacts"] == pytest.approx(0.85)  # gives nothing wanted: the mean over all that it gives


def test_a_source_without_a_chance_keeps_a_small_one(acme: Company, house: Rules) -> None:
    hopeless = tuple(c.model_copy(update={"fill_rate": 0.0}) for c in house.cells)
    given = given_for(acme, changed(house, cells=hopeless))

    assert {candidate.chance for candidate in given.candidates} == {0.05}


def test_redundancies_of_other_consumers_do_not_count(acme: Company, house: Rules) -> None:
    for_all = Redundancy(skip="apollo_contacts", because_of=frozenset({"snov_contacts"}), mode=Mode.ALL)
    for_profile = Redundancy(skip="brightdata_company_db", because_of=frozenset({"serp_organic"}), mode=Mode.ALL)

    assert set(given_for(acme, house).redundancies) == {for_all, for_profile}
    assert set(given_for(acme, house, consumer="customer_intelligence").redundancies) == {for_all}


# --- Held responses ---------------------------------------------------------------------------------------------------


def test_a_held_response_offers_what_it_really_spoke_of_and_is_not_bought_again(acme: Company, house: Rules) -> None:
    hold(acme, "company_website", "industry", age=timedelta(hours=1))

    given = given_for(acme, house)

    assert given.held == (
        Held(
            source="company_website",
            origin_group="own_site",
            offers=(Offer(dataset="industry", reliability=0.7, priority=4),),
            age=3600.0,
        ),
    )
    assert slugs(given.candidates) == ASKED - {"company_website"}


def test_a_source_that_knew_nothing_is_held_and_not_asked_again(acme: Company, house: Rules) -> None:
    hold(acme, "snov_contacts", is_empty=True)

    given = given_for(acme, house)

    assert [(held.source, held.offers) for held in given.held] == [("snov_contacts", ())]
    assert "snov_contacts" not in slugs(given.candidates)


def test_what_a_response_said_beyond_the_matrix_is_no_offer(acme: Company, house: Rules) -> None:
    hold(acme, "snov_contacts", "decision_makers", "industry")

    assert [offer.dataset for offer in given_for(acme, house).held[0].offers] == ["decision_makers"]


@pytest.mark.parametrize(
    "values",
    [
        {"expires_at": NOW},
        {"stale_since": NOW - timedelta(hours=1)},
        {"origin": "live"},
        {"source": ""},
    ],
    ids=["expired", "stale", "of another origin", "derived"],
)
def test_what_may_not_be_used_is_not_held(acme: Company, house: Rules, values: dict[str, object]) -> None:
    entry = hold(acme, "company_website", "industry")
    CacheEntry.objects.filter(pk=entry.pk).update(**values)

    assert given_for(acme, house).held == ()


def test_a_response_from_before_the_wished_moment_is_not_held(acme: Company, house: Rules) -> None:
    hold(acme, "company_website", "industry", age=timedelta(hours=2))

    given = given_for(acme, house, not_before=NOW - timedelta(hours=1))

    assert given.held == ()
    assert "company_website" in slugs(given.candidates)


def test_a_response_of_a_source_that_was_switched_off_since_is_not_held(acme: Company, house: Rules) -> None:
    hold(acme, "serp_organic", "industry")

    assert given_for(acme, house).held == ()


def test_a_response_dated_in_the_future_is_new(acme: Company, house: Rules) -> None:
    hold(acme, "company_website", "industry", age=timedelta(seconds=-3))

    assert given_for(acme, house).held[0].age == 0.0


def test_a_response_too_old_for_a_dataset_that_changes_fast_is_bought_again(acme: Company, house: Rules) -> None:
    hold(acme, "company_website", "recent_activities", age=timedelta(hours=25))

    news = given_for(acme, house, consumer="customer_intelligence")
    profile = given_for(acme, house)

    assert "company_website" in slugs(news.candidates)
    assert [held.source for held in profile.held] == ["company_website"]


def cell(dataset: str, freshness: str) -> Cell:
    return Cell(
        dataset=dataset,
        source="s",
        priority=1,
        reliability=0.9,
        fill_rate=0.9,
        freshness_needed=freshness,
        extraction_complexity="simple",
    )


@pytest.mark.parametrize(
    ("wanted", "age"),
    [
        ({"slow"}, None),
        ({"weekly", "slow"}, timedelta(days=7)),
        ({"daily", "weekly"}, timedelta(days=1)),
        ({"unknown"}, None),
        (set(), None),
    ],
)
def test_the_dataset_that_changes_fastest_bounds_the_age(wanted: set[str], age: timedelta | None) -> None:
    cells = {"slow": cell("slow", "low"), "weekly": cell("weekly", "medium"), "daily": cell("daily", "high")}

    assert usable_age(cells, wanted) == age


# --- What cannot be asked ---------------------------------------------------------------------------------------------


def test_sources_that_this_run_need_not_ask_again_are_named_with_the_reason(acme: Company, house: Rules) -> None:
    given = given_for(acme, house, excluded={"serp_news": "it was asked just now"})

    assert Unavailable(source="serp_news", why="it was asked just now") in given.unavailable
    assert "serp_news" not in slugs(given.candidates)


def test_what_was_asked_and_is_held_is_held_and_not_unavailable(acme: Company, house: Rules) -> None:
    hold(acme, "serp_news", "recent_news")

    given = given_for(acme, house, excluded={"serp_news": "it was asked just now"})

    assert "serp_news" not in why_not(given)
    assert [held.source for held in given.held] == ["serp_news"]


def paused(slug: str, **values: object) -> None:
    ProviderState.objects.create(provider=Provider.objects.get(slug=slug), **values)


def test_a_provider_that_is_switched_off_is_not_asked(acme: Company, house: Rules) -> None:
    Provider.objects.filter(slug="snov").update(enabled=False)

    assert why_not(given_for(acme, house)) == {"snov_contacts": "Snov is switched off"}


def test_a_source_that_was_switched_off_since_the_run_began_is_not_asked(acme: Company, house: Rules) -> None:
    Source.objects.filter(slug="serp_news").update(enabled=False)

    assert why_not(given_for(acme, house)) == {"serp_news": "it is switched off"}


def test_a_source_whose_provider_was_removed_is_not_asked(acme: Company, house: Rules) -> None:
    Source.objects.filter(slug="serp_news").delete()
    Provider.objects.filter(slug="serpapi").delete()

    assert why_not(given_for(acme, house)) == {"serp_news": "its provider was removed"}


def test_live_a_provider_without_a_key_is_not_asked(acme: Company, house: Rules, settings: Settings) -> None:
    settings.CREDENTIALS = {"snov": {"api_key": "k"}}

    given = given_for(acme, house, origin="live")

    assert why_not(given) == {
        "serp_news": "Serpapi has no key",
        "brightdata_company_db": "Brightdata has no key",
    }


def test_a_source_that_this_version_has_no_module_for_is_not_asked(acme: Company, house: Rules) -> None:
    newer = house.cells[0].model_copy(update={"source": "newer"})
    source = house.sources["serp_news"].model_copy(update={"slug": "newer"})
    rules = changed(house, cells=(*house.cells, newer), sources={**house.sources, "newer": source})

    assert why_not(given_for(acme, rules)) == {"newer": "this version cannot ask it"}


def test_a_provider_that_asked_us_to_wait_is_not_asked_until_then(acme: Company, house: Rules) -> None:
    paused("snov", paused_until=NOW + timedelta(minutes=5), note="The account has no credits left.")

    during = given_for(acme, house)
    after = given_for(acme, house, at=NOW + timedelta(minutes=5))

    assert why_not(during) == {"snov_contacts": "Snov is paused: The account has no credits left."}
    assert why_not(after) == {}


def test_a_provider_with_an_open_breaker_is_not_asked(acme: Company, house: Rules) -> None:
    paused("serpapi", failures=7, open_until=NOW + timedelta(seconds=5))

    assert why_not(given_for(acme, house)) == {"serp_news": "Serpapi failed 7 times in a row"}


# --- Quote ------------------------------------------------------------------------------------------------------------


def test_a_quote_gives_money_and_time_at_best_on_average_and_at_worst(acme: Company, house: Rules) -> None:
    told = quote_to_json(quote(given_for(acme, house)))

    assert told == {
        "best": {"cost": 0.15, "seconds": 1.5},
        "expected": {"cost": 0.12875, "seconds": 1.67},  # nothing found costs nothing, and then the site is asked
        "worst": {"cost": 0.15, "seconds": 2.7},
    }


def test_what_is_held_costs_nothing(acme: Company, house: Rules) -> None:
    for slug in ASKED:
        hold(acme, slug, *house.cells_by_source[slug])

    assert quote_to_json(quote(given_for(acme, house)))["worst"] == {"cost": 0.0, "seconds": 0.0}
