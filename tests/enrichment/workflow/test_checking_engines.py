"""One tiny real call that shows whether an engine answers: how it can go, what it costs, and what is said of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from enrichment import spending
from enrichment.models import AnalysisEngine, EngineCall, EngineState
from enrichment.models.clock import database_now
from enrichment.sandbox import keys
from enrichment.sandbox.server import SandboxServer
from enrichment.workflow.checking_engines import Check, check
from tests.enrichment.analysis.model_servers import preload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture(scope="module", autouse=True)
def _libraries() -> None:
    preload()


@pytest.fixture(autouse=True)
def _seeded(rules: None) -> None:
    """The seeded engines."""


def claude(sandbox: SandboxServer, key: str = "good", **values: object) -> AnalysisEngine:
    row = AnalysisEngine.objects.get(slug="anthropic")
    row.credentials, row.base_url = {"api_key": key}, f"{sandbox.url}/api.anthropic.com"
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def test_a_good_engine_tells_what_the_call_took_and_it_is_booked(sandbox: SandboxServer) -> None:
    row = claude(sandbox)

    found = check(row)

    call = EngineCall.objects.get()
    assert found.is_good
    assert found.words.startswith(f"It answers: {call.tokens_in} tokens read, {call.tokens_out} written, for 0.0000")
    assert (call.status, call.engine, call.run, call.request) == ("ok", "anthropic", None, None)
    assert call.cost is not None
    assert call.cost > 0
    assert EngineState.objects.get().check_words == found.words


def test_openais_format_is_tested_too_and_an_unknown_price_is_said(sandbox: SandboxServer) -> None:
    row = AnalysisEngine.objects.get(slug="openai")
    row.model, row.credentials, row.base_url = "gpt-x", {"api_key": "good"}, f"{sandbox.url}/api.openai.com/v1"
    row.enabled = True
    row.save()

    found = check(row)

    assert found.is_good
    assert "at an unknown price" in found.words
    assert EngineCall.objects.get().cost is None


def test_a_wrong_key_is_told_in_the_vendors_words_and_not_the_key(sandbox: SandboxServer) -> None:
    row = claude(sandbox, key=keys.WRONG)

    assert check(row) == Check(is_good=False, words="It answered 401 (authentication_error).\ninvalid x-api-key")
    assert EngineState.objects.get().paused_until is not None
    assert EngineCall.objects.get().cost == 0


def test_a_test_that_is_passed_ends_a_pause(sandbox: SandboxServer) -> None:
    row = claude(sandbox)
    EngineState.objects.create(engine=row, paused_until=database_now() + timedelta(hours=1), failures=3)

    assert check(row).is_good

    state = EngineState.objects.get()
    assert (state.paused_until, state.failures) == (None, 0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"credentials": {}}, "It lacks a key of its own. Nothing was asked."),
        ({"monthly_cap": Decimal(0)}, "Its monthly cap is used up. Nothing was asked."),
    ],
)
def test_what_may_not_be_asked_is_not_asked(sandbox: SandboxServer, values: dict[str, object], words: str) -> None:
    row = claude(sandbox, **values)

    assert check(row) == Check(is_good=False, words=words)
    assert not EngineCall.objects.exists()


def test_a_stop_of_all_paid_calls_stops_a_test(sandbox: SandboxServer) -> None:
    row = claude(sandbox)
    spending.stop(None, why="an audit")

    assert check(row) == Check(is_good=False, words="All paid calls are stopped: an audit. Nothing was asked.")


def test_the_built_in_engine_asks_nobody() -> None:
    assert check(AnalysisEngine.objects.get(slug="builtin")).words == "It asks nobody, and always answers."


# --- The page ---------------------------------------------------------------------------------------------------------

LIST = reverse("admin:enrichment_analysisengine_changelist")


def act(client: Client, row: AnalysisEngine, action: str) -> str:
    return client.post(LIST, {"action": action, "_selected_action": row.pk}, follow=True).content.decode()


def test_the_list_tests_an_engine(admin_client: Client, sandbox: SandboxServer) -> None:
    page = act(admin_client, claude(sandbox), "test_engine")

    assert "anthropic: It answers: " in page


def test_the_list_ends_a_pause(admin_client: Client, sandbox: SandboxServer) -> None:
    row = claude(sandbox)
    EngineState.objects.create(engine=row, paused_until=database_now() + timedelta(hours=1))

    assert "anthropic is asked again." in act(admin_client, row, "ask_again_now")


def test_the_list_shows_health_and_the_months_spending_against_the_cap(
    admin_client: Client, sandbox: SandboxServer
) -> None:
    row = claude(sandbox, monthly_cap=Decimal(5))
    until = database_now() + timedelta(hours=1)
    EngineState.objects.create(engine=row, paused_until=until, note="It answered 401 (authentication_error).")
    for cost in (Decimal("0.12"), Decimal("0.0050"), None):
        EngineCall.objects.create(engine=row.slug, cost=cost, status="ok", started=database_now())

    page = admin_client.get(LIST).content.decode()

    assert "0.1250 of 5, and 1 analysis of unknown price" in page
    assert f"left alone until {until:%d %b %H:%M} UTC: It answered 401" in page


def test_the_list_says_that_an_engine_of_unknown_price_is_asked_under_no_cap(
    admin_client: Client, sandbox: SandboxServer
) -> None:
    claude(sandbox, price_in=None)

    page = admin_client.get(LIST).content.decode()

    assert "key stored here; its price is unknown, so no request with a cap asks it" in page


def test_enabling_an_engine_without_a_model_in_the_list_is_refused_in_words(admin_client: Client) -> None:
    rows = list(AnalysisEngine.objects.all())
    form: dict[str, object] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for place, row in enumerate(rows):
        form |= {f"form-{place}-id": row.pk, f"form-{place}-priority": row.priority}
        if row.enabled or row.slug == "openai":
            form[f"form-{place}-enabled"] = "on"

    page = admin_client.post(LIST, form).content.decode()

    assert "Name the model; the vendor" in page
    assert not AnalysisEngine.objects.get(slug="openai").enabled


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "openai", "enabled": "on"}, "Name the model"),
        ({"kind": "bedrock", "model": "m", "enabled": "on"}, "Name the region"),
        ({"kind": "openai", "model": "m", "base_url": "127.0.0.1:11434"}, "begins with http"),
        ({"kind": "anthropic", "model": "m", "long_above": "100000"}, "Give both prices of a long prompt"),
        ({"kind": "anthropic", "model": "m", "monthly_cap": "5"}, "Give the prices first"),
        ({"kind": "anthropic", "model": "m", "price_in": "-1"}, "Give an amount of zero or more"),
        ({"kind": "openai", "model": "m", "new_credentials": '{"key": "k"}'}, "This kind knows api_key, and not key."),
    ],
)
def test_a_form_says_which_field_is_missing_or_wrong(admin_client: Client, given: dict[str, str], words: str) -> None:
    usual = {"slug": "new", "priority": "6", "answers": "schema", "concurrency": "4", "max_tokens": "8000"}

    page = admin_client.post(
        reverse("admin:enrichment_analysisengine_add"), {**usual, "timeout": "0:01:00", **given}
    ).content.decode()

    assert words in page
    assert not AnalysisEngine.objects.filter(slug="new").exists()


def test_a_changed_key_ends_the_pause_that_the_old_one_brought(admin_client: Client, sandbox: SandboxServer) -> None:
    row = claude(sandbox)
    EngineState.objects.create(engine=row, paused_until=database_now() + timedelta(hours=1))
    form = {
        "slug": row.slug,
        "kind": row.kind,
        "model": row.model,
        "priority": 1,
        "answers": "schema",
        "concurrency": 4,
        "max_tokens": 8000,
        "reads_again": 0,
        "timeout": "0:01:00",
        "new_credentials": '{"api_key": "another"}',
    }

    admin_client.post(reverse("admin:enrichment_analysisengine_change", args=[row.pk]), form)

    row.refresh_from_db()
    assert row.credentials == {"api_key": "another"}
    assert EngineState.objects.get().paused_until is None
