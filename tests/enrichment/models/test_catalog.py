import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from pytest_django import Settings

from enrichment.models import (
    AnalysisEngine,
    Budget,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    PromptVersion,
    Provider,
    PublisherRule,
    RuleSet,
    RulesVersion,
    SignalRule,
    Source,
)
from enrichment.models.sources import Route
from tests.enrichment import market

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.objects.create(slug="industry", label="Industry")


# --- Which version of the rules ---------------------------------------------------------------------------------------


def versions_after(change: Callable[[], object]) -> int:
    """How often the rules' version moved during `change()`."""
    _, before = RulesVersion.now()
    change()
    return RulesVersion.now()[1] - before


def test_a_database_without_rules_has_no_version() -> None:
    RulesVersion.objects.all().delete()

    assert RulesVersion.now() == ("", 0)


def test_the_first_change_makes_the_first_version() -> None:
    RulesVersion.objects.all().delete()

    Dataset.objects.create(slug="industry", label="Industry")

    epoch, number = RulesVersion.now()
    assert number == 1
    assert uuid.UUID(epoch)


def test_versions_of_two_databases_differ_though_their_numbers_are_equal() -> None:
    first = RulesVersion.now()
    RulesVersion.objects.all().delete()

    RulesVersion.bump()

    assert RulesVersion.now()[0] != first[0]


def test_saving_a_rule_moves_the_version(dataset: Dataset) -> None:
    assert versions_after(dataset.save) == 1


def test_deleting_a_rule_moves_the_version(dataset: Dataset) -> None:
    assert versions_after(dataset.delete) == 1


def test_updating_rules_at_once_moves_the_version(dataset: Dataset) -> None:
    assert versions_after(lambda: Dataset.objects.update(label="Branch")) == 1


def test_updating_rules_in_bulk_moves_the_version(dataset: Dataset) -> None:
    dataset.label = "Branch"

    assert versions_after(lambda: Dataset.objects.bulk_update([dataset], ["label"])) > 0


def test_making_rules_in_bulk_moves_the_version() -> None:
    assert versions_after(lambda: Dataset.objects.bulk_create([Dataset(slug="industry", label="Industry")])) == 1


def test_deleting_rules_at_once_moves_the_version(dataset: Dataset) -> None:
    assert versions_after(lambda: Dataset.objects.all().delete()) == 1


def test_changing_rules_through_a_relation_moves_the_version() -> None:
    seller = market.source().provider

    assert versions_after(lambda: seller.sources.all().update(enabled=False)) == 1


# --- What the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_a_share_outside_0_to_1_is_refused_by_the_database(dataset: Dataset, share: float) -> None:
    with pytest.raises(IntegrityError, match="dataset_threshold_is_a_share"), transaction.atomic():
        Dataset.objects.update(quality_threshold=share)


@pytest.mark.parametrize("field", ["reliability", "fill_rate"])
def test_a_cell_of_the_matrix_holds_shares(dataset: Dataset, field: str) -> None:
    DatasetSource.objects.create(dataset=dataset, source=market.source(), reliability=0.9)

    with pytest.raises(IntegrityError), transaction.atomic():
        DatasetSource.objects.update(**{field: 1.5})


def test_a_source_costs_nothing_or_more() -> None:
    market.source()

    with pytest.raises(IntegrityError, match="source_cost_not_negative"), transaction.atomic():
        Source.objects.update(cost=Decimal("-0.01"))


def test_a_budget_is_not_negative() -> None:
    with pytest.raises(IntegrityError, match="budget_limit_not_negative"), transaction.atomic():
        Budget.objects.create(limit=Decimal(-1))


def test_a_source_gives_a_dataset_once(dataset: Dataset) -> None:
    seller = market.source()
    DatasetSource.objects.create(dataset=dataset, source=seller, reliability=0.9)

    with pytest.raises(IntegrityError), transaction.atomic():
        DatasetSource.objects.create(dataset=dataset, source=seller, reliability=0.8)


def test_a_consumer_needs_a_dataset_once(dataset: Dataset) -> None:
    consumer = DataConsumer.objects.create(slug="profile", label="Profile")
    ConsumerDataset.objects.create(consumer=consumer, dataset=dataset)

    with pytest.raises(IntegrityError), transaction.atomic():
        ConsumerDataset.objects.create(consumer=consumer, dataset=dataset)


def test_one_wording_of_a_prompt_is_active() -> None:
    PromptVersion.objects.create(purpose="news", version=1, text="a", active=True)
    PromptVersion.objects.create(purpose="news", version=2, text="b")

    with pytest.raises(IntegrityError), transaction.atomic():
        PromptVersion.objects.filter(version=2).update(active=True)


def test_a_rule_set_never_changes() -> None:
    made = RuleSet.objects.create(digest="d", body={})

    with pytest.raises(ValueError, match="never changes"):
        made.save()


@pytest.mark.parametrize("signals", [[], "funding", [1], {}])
def test_a_signal_rule_names_its_signals(signals: object) -> None:
    with pytest.raises(ValidationError) as raised:
        SignalRule(name="n", signals=signals, action="a").clean()

    assert list(raised.value.message_dict) == ["signals"]


def test_a_signal_rule_with_signals_is_fine() -> None:
    SignalRule(name="n", signals=["funding", "hiring"], action="a").clean()


# --- How a provider is reached ----------------------------------------------------------------------------------------


def test_in_the_sandbox_a_provider_needs_no_key_of_ours(settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8100"

    route = market.provider().route("sandbox")

    assert route == Route(base_url="http://127.0.0.1:8100/{host}", trusted=True, secrets={"api_key": "sandbox"})


def test_a_key_of_ours_is_never_shown_to_the_sandbox(settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8100"

    route = market.provider(credentials={"api_key": "real"}).route("sandbox")

    assert route is not None
    assert "real" not in route.secrets.values()


def test_without_a_sandbox_nothing_is_reached_there(settings: Settings) -> None:
    settings.SANDBOX_URL = ""

    assert market.provider().route("sandbox") is None


def test_live_a_provider_without_its_key_is_not_reached(settings: Settings) -> None:
    settings.CREDENTIALS = {}

    assert market.provider().route("live") is None


def test_live_a_provider_is_reached_at_its_own_address_which_is_not_trusted() -> None:
    route = market.provider(credentials={"api_key": "real"}).route("live")

    assert route == Route(base_url="https://{host}", trusted=False, secrets={"api_key": "real"})


def test_an_address_that_an_operator_typed_is_trusted() -> None:
    route = market.provider(credentials={"api_key": "k"}, base_url="http://10.0.0.7").route("live")

    assert route is not None
    assert (route.base_url, route.trusted) == ("http://10.0.0.7", True)


def test_a_provider_that_needs_no_key_is_reached_without_one() -> None:
    route = market.provider("company_website", credential_names=[]).route("live")

    assert route == Route(base_url="https://{host}", trusted=False, secrets={})


def test_credentials_of_the_row_win_over_the_environments(settings: Settings) -> None:
    settings.CREDENTIALS = {"serpapi": {"api_key": "environment"}}

    assert market.provider().secrets() == {"api_key": "environment"}
    assert market.provider("other").secrets() == {}
    assert Provider(slug="serpapi", credential_names=["api_key"], credentials={"api_key": "row"}).secrets() == {
        "api_key": "row"
    }


def test_half_a_credential_is_none(settings: Settings) -> None:
    settings.CREDENTIALS = {"snov": {"client_id": "id", "client_secret": ""}}
    snov = market.provider("snov", credential_names=["client_id", "client_secret"])

    assert snov.secrets() == {}
    assert not snov.has_key


def test_a_key_that_was_pasted_with_a_line_end_is_the_key(settings: Settings) -> None:
    settings.CREDENTIALS = {"serpapi": {"api_key": "\n"}}

    assert Provider(slug="a", credential_names=["api_key"], credentials={"api_key": " k\r\n"}).secrets() == {
        "api_key": "k"
    }
    assert AnalysisEngine(kind="anthropic", credentials={"api_key": "k\n"}).secrets() == {"api_key": "k"}
    assert not Provider(slug="serpapi", credential_names=["api_key"]).has_key


@pytest.mark.parametrize("address", ["https://proxy.example/{host}", "https://{host}", "https://proxy.example", ""])
def test_an_address_may_hold_the_host(address: str) -> None:
    Provider(slug="a", base_url=address).clean()


@pytest.mark.parametrize("address", ["https://proxy.example/{hosts}", "https://{slug}.example", "https://a.example/}"])
def test_an_address_with_other_braces_is_refused_for_nothing_fills_them(address: str) -> None:
    with pytest.raises(ValidationError, match=r"Only \{host\} is filled in"):
        Provider(slug="a", base_url=address).clean()


def test_a_provider_that_needs_no_key_has_none() -> None:
    assert not market.provider(credential_names=[]).has_key
    assert market.provider("other", credentials={"api_key": "k"}).has_key


# --- Engines ----------------------------------------------------------------------------------------------------------


def test_the_built_in_engine_is_always_ready() -> None:
    assert AnalysisEngine(slug="builtin", kind="builtin").is_ready


def test_an_engine_without_its_key_is_not_ready(settings: Settings) -> None:
    settings.CREDENTIALS = {"anthropic": {"api_key": ""}}

    assert not AnalysisEngine(slug="a", kind="anthropic").is_ready


@pytest.mark.parametrize("enabled", [True, False])
def test_an_engine_with_a_key_is_ready_unless_switched_off(settings: Settings, enabled: bool) -> None:
    settings.CREDENTIALS = {"anthropic": {"api_key": "k"}}

    assert AnalysisEngine(slug="a", kind="anthropic", model="m", enabled=enabled).is_ready is enabled


@pytest.mark.parametrize(
    ("engine", "lacks"),
    [
        ({"kind": "builtin"}, ""),
        ({"kind": "anthropic", "model": "m"}, "a key"),
        ({"kind": "anthropic", "credentials": {"api_key": "k"}}, "a model"),
        ({"kind": "bedrock", "model": "m"}, "a region"),
        ({"kind": "bedrock", "model": "m", "region": "eu-central-1"}, ""),
        ({"kind": "openai", "model": "m"}, "a key or a base URL"),
        ({"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:11434/v1"}, ""),
        ({"kind": "openai", "model": "m", "credentials": {"api_key": "k"}}, ""),
        ({"kind": "fake"}, ""),
    ],
)
def test_an_engine_says_what_it_lacks(engine: dict[str, object], lacks: str) -> None:
    assert AnalysisEngine(slug="a", **engine).lacks == lacks


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("price_in", Decimal(10_001), "check the unit"),
        ("price_out_long", Decimal(1_000_000), "check the unit"),
        ("timeout", timedelta(minutes=11), "10 minutes at most"),
        ("max_tokens", 1_000_001, "1,000,000 at most"),
    ],
)
def test_what_no_engine_can_mean_is_refused_by_field(field: str, value: object, words: str) -> None:
    faults = AnalysisEngine(slug="a", kind="anthropic", model="m", **{field: value}).faults()

    assert words in faults[field]


@pytest.mark.parametrize("domain", ["com", "co.uk", "github.io"])
def test_what_whole_countries_publish_below_is_no_publisher(domain: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PublisherRule(domain=domain, score=0.2).clean()

    assert "domain" in refused.value.message_dict


@pytest.mark.parametrize("kind", ["fake", "worst_case"])
def test_engines_for_tests_are_never_ready_in_production(settings: Settings, kind: str) -> None:
    settings.TRIAL_ENGINES = False

    assert not AnalysisEngine(slug="a", kind=kind).is_ready


@pytest.mark.parametrize("kind", ["anthropic", "bedrock", "openai"])
@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:11434/v1",
        "https://gateway.example",
        "http://api.anthropic.com",
        "https://api.anthropic.com.evil.example",
        "https://api.anthropic.com@evil.example/",
        "https://evil.example/?https://api.openai.com/v1",
        "https://ec2-1-2-3-4.eu-central-1.compute.amazonaws.com",
        "https://bedrock-runtime.s3.eu-central-1.amazonaws.com",
    ],
)
def test_a_key_of_the_environment_is_shown_to_the_vendor_alone(settings: Settings, kind: str, elsewhere: str) -> None:
    settings.CREDENTIALS = {kind: {"api_key": "k"}}

    assert AnalysisEngine(kind=kind, base_url=elsewhere).secrets() == {}


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("anthropic", ""),
        ("anthropic", "https://api.anthropic.com"),
        ("openai", ""),
        ("openai", "https://eu.api.openai.com/v1"),
        ("bedrock", ""),
        ("bedrock", "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com"),
        ("bedrock", "https://vpce-0a1b-xyz.bedrock-runtime.eu-central-1.vpce.amazonaws.com"),
    ],
)
def test_a_vendors_own_addresses_are_shown_the_environments_key(settings: Settings, kind: str, address: str) -> None:
    settings.CREDENTIALS = {kind: {"api_key": "k"}}

    assert AnalysisEngine(kind=kind, base_url=address).secrets() == {"api_key": "k"}


def test_what_aws_finds_by_itself_is_for_aws_alone() -> None:
    row = AnalysisEngine(kind="bedrock", model="m", region="eu-central-1", base_url="https://gateway.example")

    assert row.lacks == "credentials of its own, for its address is not AWS's"


def test_an_engines_row_wins_over_the_environment(settings: Settings) -> None:
    settings.CREDENTIALS = {"anthropic": {"api_key": "environment"}}

    assert AnalysisEngine(kind="anthropic", credentials={"api_key": "row"}).secrets() == {"api_key": "row"}


# --- What people read -------------------------------------------------------------------------------------------------


def test_rules_are_called_by_what_an_admin_knows(dataset: Dataset) -> None:
    seller = market.source()
    consumer = DataConsumer.objects.create(slug="profile", label="Profile")

    assert str(dataset) == "Industry"
    assert str(DatasetSource(dataset=dataset, source=seller)) == "Industry from Google News"
    assert str(ConsumerDataset(consumer=consumer, dataset=dataset)) == "Profile: Industry"
    assert str(PromptVersion(purpose="news", version=2)) == "news v2"
    assert str(RuleSet(digest="0123456789abcdef")) == "0123456789ab"


def test_a_budget_is_called_by_what_it_limits() -> None:
    assert str(Budget(limit=Decimal(5))) == "everything: 5 USD a month (UTC)"
    assert str(Budget(provider=market.provider(), limit=Decimal(5), period="day")) == "SerpApi: 5 USD a day (UTC)"


def test_an_empty_answer_is_kept_for_a_quarter_of_the_time_unless_said_otherwise() -> None:
    made = market.source()

    assert made.empty_ttl * 4 == made.ttl
    made.ttl_when_empty = made.ttl
    assert made.empty_ttl == made.ttl


def test_sources_of_a_provider_keep_it_from_being_deleted() -> None:
    made = market.source()

    with pytest.raises(IntegrityError), transaction.atomic():
        made.provider.delete()
    assert Source.objects.filter(Q(provider=made.provider)).exists()
