"""One cheap call that shows whether a provider would do: every way that it can go, in words."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from enrichment.models import Notice, Provider, ProviderState, Source
from enrichment.models.clock import database_now
from enrichment.sandbox import keys
from enrichment.sandbox.server import SandboxServer
from enrichment.workflow import checking
from enrichment.workflow.checking import Result
from tests.enrichment.workflow.conftest import Desk
from tests.terminal import ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
CREDENTIALS = {
    "serpapi": ("api_key",),
    "brightdata": ("api_key",),
    "snov": ("client_id", "client_secret"),
    "google": ("api_key",),
    "apollo": ("api_key",),
    "crunchbase": ("api_key",),
    "builtwith": ("api_key",),
}


def with_key(slug: str, key: str, sandbox: SandboxServer) -> Provider:
    """The provider, live at the sandbox's address, with that key."""
    provider = Provider.objects.get(slug=slug)
    provider.credentials = dict.fromkeys(CREDENTIALS[slug], key)
    provider.base_url = f"{sandbox.url}/{{host}}"
    provider.save()
    return provider


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("serpapi", "5,000 searches are left"),
        ("snov", "credits are left"),
        ("brightdata", "does not say what is left"),
        ("apollo", "4,000 credits are left"),
        ("crunchbase", "does not say what is left"),
        ("builtwith", "20,000 credits are left"),
        ("google", "does not say what is left"),
    ],
)
def test_a_good_key_is_told_with_what_is_left(rules: None, sandbox: SandboxServer, slug: str, words: str) -> None:
    found = checking.check(with_key(slug, "good", sandbox))

    assert (found.result, found.is_good) == (Result.OK, True)
    assert words in found.words


@pytest.mark.parametrize(
    ("slug", "key", "result"),
    [
        ("serpapi", keys.WRONG, Result.REJECTED),
        ("serpapi", keys.RUN_OUT, Result.EXHAUSTED),
        ("snov", keys.WRONG, Result.REJECTED),
        ("snov", keys.RUN_OUT, Result.EXHAUSTED),
        ("brightdata", keys.WRONG, Result.REJECTED),
        ("apollo", keys.WRONG, Result.REJECTED),
        ("apollo", keys.RUN_OUT, Result.EXHAUSTED),
        ("crunchbase", keys.WRONG, Result.REJECTED),
        ("builtwith", keys.WRONG, Result.REJECTED),
        ("builtwith", keys.RUN_OUT, Result.EXHAUSTED),
        ("google", keys.WRONG, Result.REJECTED),
        ("google", keys.RUN_OUT, Result.EXHAUSTED),
    ],
)
def test_a_key_that_will_not_do_is_told_by_what_is_wrong_with_it(
    rules: None, sandbox: SandboxServer, slug: str, key: str, result: Result
) -> None:
    found = checking.check(with_key(slug, key, sandbox))

    assert (found.result, found.is_good) == (result, False)
    assert key not in found.words


def test_a_key_that_may_not_see_the_balance_is_good_all_the_same(rules: None, sandbox: SandboxServer) -> None:
    found = checking.check(with_key("apollo", keys.NARROW, sandbox))

    assert (found.result, found.left) == (Result.OK, None)


def test_a_provider_that_does_not_answer_is_told_so(rules: None, sandbox: SandboxServer) -> None:
    sandbox.fault(host="serpapi.com", kind="500")

    assert checking.check(with_key("serpapi", "good", sandbox)).result is Result.FAILED


def test_what_it_said_is_noted(rules: None, sandbox: SandboxServer) -> None:
    checking.check(with_key("serpapi", "good", sandbox))

    state = ProviderState.objects.get(provider__slug="serpapi")
    assert (state.left, state.left_unit) == (5000, "searches")
    assert state.checked is not None


def test_a_check_buys_nothing(rules: None, sandbox: SandboxServer) -> None:
    for slug in CREDENTIALS:
        checking.check(with_key(slug, "good", sandbox))

    assert {float(call["charged_usd"]) for call in sandbox.calls()} == {0}


def test_without_a_key_nobody_is_asked(rules: None, settings: Settings) -> None:
    settings.SANDBOX_URL = ""

    found = checking.check(Provider.objects.get(slug="snov"))

    assert found.result is Result.NO_KEY
    assert "client_id, client_secret" in found.words


def test_the_command_tells_a_line_each_and_fails_where_one_will_not_do(
    rules: None, sandbox: SandboxServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with_key("serpapi", "good", sandbox)
    with_key("snov", keys.WRONG, sandbox)

    run = ended(capsys, "check_sources", "serpapi", "snov")

    assert run.code == 1
    assert [line.split()[:2] for line in run.out.splitlines()] == [["SerpApi", "ok"], ["Snov.io", "rejected"]]
    assert "1 of 2 will not do: Snov.io." in run.err


@pytest.mark.parametrize(
    ("is_source_on", "named", "code"),
    [(False, [], 0), (True, [], 1), (False, ["snov"], 1), (True, ["snov"], 1)],
    ids=["unneeded", "needed", "named", "needed and named"],
)
def test_a_provider_without_a_key_fails_the_command_only_where_it_is_needed_or_named(
    rules: None,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    is_source_on: bool,
    named: list[str],
    code: int,
) -> None:
    settings.SANDBOX_URL = ""
    settings.CREDENTIALS = {}
    Provider.objects.exclude(slug="snov").update(enabled=False)
    Source.objects.filter(provider__slug="snov").update(enabled=is_source_on)

    run = ended(capsys, "check_sources", *named)

    assert run.code == code
    assert "no key     It has no client_id, client_secret" in run.out
    assert ("no source that is switched on needs it" in run.out) is not is_source_on


def test_the_command_speaks_json(rules: None, sandbox: SandboxServer, capsys: pytest.CaptureFixture[str]) -> None:
    with_key("serpapi", "good", sandbox)

    (told,) = json.loads(ended(capsys, "check_sources", "serpapi", "--json").out)

    assert (told["provider"], told["result"], told["left"]) == ("serpapi", "ok", "5000")


def test_an_unknown_provider_is_a_bad_argument(rules: None, capsys: pytest.CaptureFixture[str]) -> None:
    run = ended(capsys, "check_sources", "nobody")

    assert run.code == 2
    assert "“nobody” is no provider" in run.err


def test_an_admin_tests_a_connection_from_the_list(rules: None, sandbox: SandboxServer, admin_client: Client) -> None:
    provider = with_key("serpapi", keys.RUN_OUT, sandbox)

    page = act(admin_client, provider, "test_connection")

    assert "no searches are left" in page


def test_an_admin_ends_a_pause(rules: None, admin_client: Client) -> None:
    provider = Provider.objects.get(slug="snov")
    ProviderState.objects.filter(provider=provider).update(paused_until=database_now(), failures=5, note="429")

    assert "Snov.io is asked again." in act(admin_client, provider, "ask_again_now")
    state = ProviderState.objects.get(provider=provider)
    assert (state.paused_until, state.failures, state.note) == (None, 0, "")


def act(client: Client, provider: Provider, action: str) -> str:
    chosen = {"action": action, "_selected_action": [str(provider.pk)]}
    return client.post(reverse("admin:enrichment_provider_changelist"), chosen, follow=True).content.decode()


@pytest.mark.parametrize("kind", ["401", "402"])
def test_a_provider_that_refuses_us_is_told_to_the_admins_once(desk: Desk, kind: str) -> None:
    desk.sandbox.fault(host="api.brightdata.com", kind=kind)

    desk.research("Acme Corp", vendor=None)
    ProviderState.objects.update(paused_until=None)
    desk.research("Acme Corp", vendor=None, refresh=True)

    notice = Notice.objects.get()
    assert notice.kind == Notice.Kind.PROVIDER
    assert "Bright Data" in notice.text
