from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from enrichment.models import (
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    PromptVersion,
    Provider,
    PublisherRule,
    RedundancyRule,
    RuleSet,
    RulesVersion,
    SalesRole,
    Source,
)
from enrichment.rules import Rules, current, load, seed, snapshot, store
from enrichment.rules.model import CacheRule, PublisherRow
from enrichment.rules.snapshot import from_rows
from tests import seeding
from tests.enrichment import market

SMALL = market.rules(datasets={"industry": "scalar"}, cells={("industry", "serp_news"): 0.9})


# --- One rule set -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_stored_rule_set_loads_as_it_was(house: Rules) -> None:
    assert load(store(house).digest) == house


@pytest.mark.django_db
def test_a_loaded_rule_set_has_the_digest_that_it_was_stored_under(house: Rules) -> None:
    digest = store(house).digest

    assert store(load(digest)).digest == digest


@pytest.mark.django_db
def test_the_same_rules_are_kept_once() -> None:
    first, second = store(SMALL), store(SMALL)

    assert first == second
    assert RuleSet.objects.filter(digest=first.digest).count() == 1


@pytest.mark.django_db
def test_the_digest_is_of_the_content_whatever_the_order_of_its_parts() -> None:
    two = market.rules(datasets={"a": "list", "b": "scalar"}, cells={("a", "s"): 0.5, ("b", "s"): 0.25})
    turned = two.model_copy(update={"datasets": dict(reversed(two.datasets.items()))})

    assert store(two).digest == store(turned).digest


@pytest.mark.django_db
def test_the_digest_of_given_rules_never_changes_by_itself() -> None:
    """A digest that moved with a version of ours would make every cached report worthless: change it knowingly."""
    assert store(SMALL).digest == "a4908bd0ff7737243196ab08567ffa8ad26b8b7629110f83281aa88427a22b3d"


@pytest.mark.django_db
def test_another_price_is_another_rule_set() -> None:
    dearer = SMALL.sources["serp_news"].model_copy(update={"cost": Decimal("0.03")})

    other = SMALL.model_copy(update={"sources": {"serp_news": dearer}})

    assert store(other).digest != store(SMALL).digest


@pytest.mark.django_db
def test_a_digest_that_was_never_stored_is_told() -> None:
    with pytest.raises(RuleSet.DoesNotExist):
        load("0" * 64)


@given(ttl=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)), cost=st.decimals(0, 1000, places=9))
def test_spans_and_money_survive_json(ttl: timedelta, cost: Decimal) -> None:
    source = SMALL.sources["serp_news"].model_copy(update={"cost": cost})
    cache = {"SERP_NEWS_RAW": CacheRule(ttl=ttl, serve_stale_for=ttl)}
    some = SMALL.model_copy(update={"cache": cache, "sources": {"serp_news": source}})

    assert Rules.model_validate(some.model_dump(mode="json")) == some


# --- From the rows ----------------------------------------------------------------------------------------------------


def test_what_is_switched_off_is_in_no_rule_set(house: Rules) -> None:
    assert "serp_jobs" not in house.sources
    assert "serp_jobs" not in house.cells_by_source
    assert set(house.cells_by_source) <= set(house.sources)


@pytest.mark.django_db
def test_a_requirement_has_its_own_threshold_or_the_datasets() -> None:
    profile = DataConsumer.objects.create(slug="profile", label="Profile")
    for slug, own in (("industry", 0.55), ("domain", None)):
        dataset = Dataset.objects.create(slug=slug, label=slug, quality_threshold=0.7)
        ConsumerDataset.objects.create(consumer=profile, dataset=dataset, threshold=own)

    needs = {need.dataset: need.threshold for need in from_rows().requirements("profile")}

    assert needs == {"industry": 0.55, "domain": 0.7}


@pytest.mark.django_db
def test_only_the_active_wording_of_a_prompt_counts() -> None:
    PromptVersion.objects.create(purpose="news", version=1, text="old")
    PromptVersion.objects.create(purpose="news", version=2, text="new", active=True)

    assert {purpose: prompt.text for purpose, prompt in from_rows().prompts.items()} == {"news": "new"}


@pytest.mark.django_db
def test_credentials_and_addresses_are_in_no_rule_set() -> None:
    market.source()
    before = store(from_rows()).digest

    Provider.objects.update(credentials={"api_key": "k"}, base_url="http://10.0.0.1", requests_per_minute=1)

    assert store(from_rows()).digest == before


def test_a_redundancy_for_everybody_names_no_consumer(house: Rules) -> None:
    found = {rule.skip: rule for rule in house.redundancies}

    assert found["apollo_contacts"].consumer is None
    assert found["apollo_contacts"].because_of == ("snov_contacts",)


# --- What a consumer needs --------------------------------------------------------------------------------------------


def test_a_role_adds_its_datasets_as_optional(house: Rules) -> None:
    plain = house.requirements("customer_intelligence")
    for_engineer = house.requirements("customer_intelligence", role="SE")

    added = [need for need in for_engineer if need.dataset not in {n.dataset for n in plain}]
    assert [(need.dataset, need.required, need.threshold) for need in added] == [("integration_needs", False, 0.6)]


def test_what_the_caller_requires_is_required_with_the_weight_it_had(house: Rules) -> None:
    needs = {n.dataset: n for n in house.requirements("profile", require=("headquarters", "tech_stack"))}

    assert (needs["headquarters"].required, needs["headquarters"].weight) == (True, 1.0)
    assert (needs["tech_stack"].required, needs["tech_stack"].threshold) == (True, 0.75)


def test_needs_come_in_the_order_of_their_slugs(house: Rules) -> None:
    slugs = [need.dataset for need in house.requirements("vendor_context", role="CSM")]

    assert slugs == sorted(slugs)


@pytest.mark.parametrize("name", ["se", " SE ", "Sales-Engineer", "sales-engineer"])
def test_a_role_is_found_by_either_name_in_any_case(house: Rules, name: str) -> None:
    role = house.role(name)

    assert role is not None
    assert role.slug == "SE"


@pytest.mark.django_db
def test_a_role_that_an_admin_wrote_in_capitals_is_found() -> None:
    SalesRole.objects.create(slug="SE", long_name="Solutions-Engineer", label="SE", focus="fit")

    assert from_rows().role("solutions-engineer") is not None


def test_an_unknown_role_is_none(house: Rules) -> None:
    assert house.role("CEO") is None


# --- What is current --------------------------------------------------------------------------------------------------


@pytest.fixture
def seeded(transactional_db: None, small: Path) -> None:
    seed(small)


def make_a_source_need_something() -> None:
    Source.objects.get(slug="serp_news").needs.add(Dataset.objects.get(slug="industry"))
    RulesVersion.bump()


def make_another_source_redundant() -> None:
    RedundancyRule.objects.get().because_of.add(Source.objects.get(slug="serp_jobs"))
    RulesVersion.bump()


def save_a_row() -> None:
    row = Dataset.objects.get(slug="industry")
    row.quality_threshold = 0.123
    row.save()


def make_a_cell_in_bulk() -> None:
    dataset, source = Dataset.objects.get(slug="domain"), Source.objects.get(slug="serp_news")
    DatasetSource.objects.bulk_create([DatasetSource(dataset=dataset, source=source, reliability=0.5)])


CHANGES = [
    save_a_row,
    lambda: Source.objects.filter(slug="serp_news").update(cost=Decimal("0.03")),
    lambda: Source.objects.get(slug="serp_news").delete(),
    lambda: DatasetSource.objects.filter(source__slug="serp_news").delete(),
    lambda: Dataset.objects.create(slug="mood", label="Mood"),
    lambda: DataConsumer.objects.get_or_create(slug="chat", defaults={"label": "Chat"}),
    make_a_cell_in_bulk,
    make_a_source_need_something,
    make_another_source_redundant,
]


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_current_rules_follow_every_kind_of_change(
    small: Path, change: Callable[[], object], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    seed(small)
    with django_capture_on_commit_callbacks(execute=True):
        before = current()  # and remember it, as at the end of a transaction

    change()

    after = current()
    assert after.digest != before.digest
    assert after.rules == from_rows()
    assert RuleSet.objects.filter(digest=after.digest).exists()


def test_unchanged_rules_are_remembered_at_the_cost_of_one_query(
    seeded: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = current()

    with django_assert_num_queries(1):
        second = current()

    assert second is first


def test_what_a_rolled_back_transaction_saw_is_not_remembered(seeded: None) -> None:
    committed = from_rows()

    with transaction.atomic():
        Source.objects.filter(slug="serp_news").update(cost=Decimal(9))
        current()
        transaction.set_rollback(True)
    Source.objects.filter(slug="serp_news").update(label="News")  # the version that was rolled back, once more

    assert current().rules == committed


def test_the_current_rule_set_is_stored_though_a_transaction_that_asked_was_rolled_back(seeded: None) -> None:
    with transaction.atomic():
        asked_inside = current()
        transaction.set_rollback(True)

    assert current() == asked_inside
    assert RuleSet.objects.filter(digest=asked_inside.digest).exists()


def test_other_threads_that_ask_at_once_get_the_same_rule_set(seeded: None) -> None:
    RulesVersion.bump()

    digests = market.at_once(8, lambda _: current().digest)

    assert len(set(digests)) == 1
    assert RuleSet.objects.count() == 1


@pytest.mark.django_db
def test_a_rule_set_without_publishers_is_what_programs_of_before_can_read() -> None:
    assert "publishers" not in RuleSet.objects.get(digest=store(SMALL).digest).body


@pytest.mark.django_db
def test_what_an_admin_says_of_a_publisher_makes_another_rule_set() -> None:
    before = store(from_rows()).digest
    PublisherRule.objects.create(domain="techcrunch.com", score=0.3, why="Wrong on us twice.")

    after = store(from_rows())

    assert after.digest != before
    assert load(after.digest).publishers == (
        PublisherRow(domain="techcrunch.com", score=0.3, why="Wrong on us twice."),
    )


@pytest.mark.parametrize(
    "domain", ["https://techcrunch.com", "techcrunch.com/tag", "techcrunch", "", "tech crunch.com"]
)
def test_a_publisher_is_named_by_a_bare_domain(domain: str) -> None:
    with pytest.raises(ValidationError, match="without https"):
        PublisherRule(domain=domain, score=0.5).clean()


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_many_at_once_after_a_change_read_the_rows_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seeding.rules()
    monkeypatch.setattr(snapshot, "_remembered", {})
    read: list[int] = []
    rows = snapshot.from_rows
    monkeypatch.setattr(snapshot, "from_rows", lambda: read.append(1) or rows())

    found = market.at_once(8, lambda _: snapshot.current().digest)

    assert len(set(found)) == 1
    assert len(read) == 1
