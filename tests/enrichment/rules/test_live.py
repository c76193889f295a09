import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from enrichment.models import Provider
from enrichment.rules.live import origin
from tests.enrichment import market


@pytest.fixture
def alone(db: None, settings: Settings) -> Provider:
    """A provider without a key, in an environment without keys, and a sandbox."""
    settings.SANDBOX_URL, settings.PUBLIC_SOURCES, settings.CREDENTIALS = "http://127.0.0.1:8100", False, {}
    return market.provider()


def test_without_keys_data_comes_from_the_sandbox(alone: Provider) -> None:
    assert origin() == "sandbox"


def test_one_key_in_a_row_makes_all_data_live(
    alone: Provider, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        origin()
    alone.credentials = {"api_key": "k"}
    alone.save()

    assert origin() == "live"


def test_one_key_in_the_environment_makes_all_data_live(
    alone: Provider, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        origin()
    settings.CREDENTIALS = {"serpapi": {"api_key": "k"}}

    assert origin() == "live"


def test_without_a_sandbox_all_data_is_live(alone: Provider, settings: Settings) -> None:
    settings.SANDBOX_URL = ""

    assert origin() == "live"


def test_public_sources_are_live(alone: Provider, settings: Settings) -> None:
    settings.PUBLIC_SOURCES = True

    assert origin() == "live"


def test_a_provider_without_need_of_a_key_changes_nothing(alone: Provider) -> None:
    market.provider("company_website", credential_names=[])

    assert origin() == "sandbox"


def test_the_origin_is_remembered_at_the_cost_of_one_query(
    alone: Provider,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        origin()

    with django_assert_num_queries(1):
        assert origin() == "sandbox"


def test_a_key_that_was_rolled_back_is_not_remembered(alone: Provider) -> None:
    with transaction.atomic():
        Provider.objects.update(credentials={"api_key": "k"})
        assert origin() == "live"
        transaction.set_rollback(True)
    Provider.objects.update(label="SerpApi")

    assert origin() == "sandbox"
