"""Production refuses unsafe values by name; `check --deploy` advises on the rest."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from salesintel import checks


@pytest.fixture
def engine(settings: Settings, monkeypatch):
    """Names the database's engine; PostgreSQL until told."""

    def name(engine: str) -> None:
        monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", f"django.db.backends.{engine}")

    name("postgresql")
    return name


@pytest.fixture
def production(settings: Settings, engine) -> Settings:
    """Settings that production accepts, for a test to spoil one of."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["sales.example.com"]
    settings.API_KEY_REQUIRED = True
    settings.SANDBOX_URL = ""
    settings.CORS_ALLOWED_ORIGINS = ["https://crm.example.com"]
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    settings.PUBLIC_SOURCES = True
    return settings


def ids(messages) -> list[str]:
    return [message.id for message in messages]


def test_safe_production_settings_are_accepted_without_a_word(production):
    assert checks.unsafe_values() == []
    assert checks.advice() == []


def test_a_log_that_would_be_cut_off_sooner_than_the_database_lets_go_is_refused(production):
    production.AUDIT_KEEP = timedelta(days=29)

    assert ids(checks.unsafe_values()) == ["salesintel.E009"]


@pytest.mark.parametrize(
    ("name", "value", "expected", "said"),
    [
        ("DEBUG", True, "salesintel.E002", "DEBUG"),
        ("ALLOWED_HOSTS", [], "salesintel.E003", "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "salesintel.E004", "ALLOWED_HOSTS"),
        ("API_KEY_REQUIRED", False, "salesintel.E005", "API_KEY_REQUIRED"),
        ("SANDBOX_URL", "http://127.0.0.1:8100", "salesintel.E006", "SALESINTEL_SANDBOX_URL"),
        ("CORS_ALLOWED_ORIGINS", ["*"], "salesintel.E007", "CORS_ORIGIN"),
        ("CORS_ALLOW_ALL_ORIGINS", True, "salesintel.E007", "CORS_ORIGIN"),
        ("CREDENTIAL_KEYS", ["too short"], "salesintel.E001", "SALESINTEL_CREDENTIAL_KEYS"),
    ],
)
def test_production_refuses_an_unsafe_value_by_name_and_says_the_way_out(production, name, value, expected, said):
    setattr(production, name, value)

    (error,) = checks.unsafe_values()

    assert error.id == expected
    assert error.is_serious()
    assert said in error.msg
    assert error.hint


def test_development_may_run_with_what_production_refuses(production):
    production.PRODUCTION = False
    production.DEBUG = True
    production.ALLOWED_HOSTS = []
    production.API_KEY_REQUIRED = False
    production.SANDBOX_URL = "http://127.0.0.1:8100"

    assert checks.unsafe_values() == []


def test_a_broken_credential_key_is_an_error_in_development_too_and_its_place_is_named(production):
    production.PRODUCTION = False
    production.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), "x"]

    (error,) = checks.unsafe_values()

    assert error.msg.startswith("Key 2 of SALESINTEL_CREDENTIAL_KEYS")


def test_a_drive_that_the_queue_would_cut_off_is_an_error_in_development_too(production):
    production.PRODUCTION = False
    production.DRIVE_FOR = timedelta(seconds=81)

    (error,) = checks.unsafe_values()

    assert error.id == "salesintel.E008"
    assert error.hint == "Set SALESINTEL_DRIVE_FOR to at most 80."


def test_the_message_about_a_broken_key_does_not_show_the_key(production):
    production.CREDENTIAL_KEYS = ["s3cret-but-short"]

    (error,) = checks.unsafe_values()

    assert "s3cret-but-short" not in f"{error}"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PRODUCTION", False, "salesintel.W001"),
        ("PUBLIC_SOURCES", False, "salesintel.I001"),
    ],
)
def test_a_deployment_is_told_what_it_still_needs(production, name, value, expected):
    setattr(production, name, value)

    assert ids(checks.advice()) == [expected]


@pytest.mark.parametrize(
    "keys",
    [
        {"serpapi": {"api_key": "k"}},
        {"snov": {"client_id": "a", "client_secret": "b"}, "serpapi": {"api_key": ""}},
    ],
)
def test_one_whole_key_of_a_data_source_is_enough(production, keys):
    production.PUBLIC_SOURCES = False
    production.CREDENTIALS = keys

    assert checks.advice() == []


@pytest.mark.parametrize("provider", ["builtwith", "crunchbase"])
def test_what_stands_beside_a_key_is_no_key_and_needs_not_be_set(production, settings, provider):
    production.PUBLIC_SOURCES = False
    beside = settings.CREDENTIALS[provider]
    production.CREDENTIALS = {provider: beside}
    without = ids(checks.advice())
    production.CREDENTIALS = {provider: beside | {"api_key": "k"}}

    assert (without, checks.advice()) == (["salesintel.I001"], [])


@pytest.mark.parametrize(
    "keys", [{"snov": {"client_id": "a", "client_secret": ""}}, {"anthropic": {"api_key": "k"}}, {}]
)
def test_half_a_key_or_only_an_engine_is_not(production, keys):
    production.PUBLIC_SOURCES = False
    production.CREDENTIALS = keys

    assert ids(checks.advice()) == ["salesintel.I001"]


def test_a_server_that_runs_no_checks_refuses_all_unsafe_values_at_once(production):
    production.DEBUG = True
    production.SANDBOX_URL = "http://127.0.0.1:8100"

    with pytest.raises(ImproperlyConfigured, match=r"(?s)salesintel.E002: DEBUG .*salesintel.E006: SALESINTEL_SANDBOX"):
        checks.refuse_unsafe()


def test_sqlite_is_advised_against_and_stops_no_server(production, engine):
    engine("sqlite3")

    checks.refuse_unsafe()

    assert ids(checks.advice()) == ["salesintel.W002"]


def started(program: list[str], tmp_path, **given: str) -> subprocess.CompletedProcess[str]:
    """The program, run with production settings that lack nothing but what `given` spoils."""
    environment = {
        "PATH": os.environ["PATH"],
        "SALESINTEL_ENV": "production",
        "SALESINTEL_DATA_DIR": str(tmp_path),
        "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnop",
        "SALESINTEL_CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "sales.example.com",
        **given,
    }
    return subprocess.run([sys.executable, *program], env=environment, capture_output=True, text=True, check=False)


def test_the_web_process_does_not_start_with_an_unsafe_value(tmp_path):
    refused = started(["-c", "import salesintel.asgi"], tmp_path, SALESINTEL_SANDBOX_URL="http://127.0.0.1:8100")

    assert refused.returncode == 1
    assert "salesintel.E006: SALESINTEL_SANDBOX_URL is http://127.0.0.1:8100 in production" in refused.stderr


def test_no_command_runs_with_an_unsafe_value(tmp_path):
    refused = started(["manage.py", "migrate", "--plan"], tmp_path, API_KEY_REQUIRED="off")

    assert refused.returncode == 1
    assert "(salesintel.E005) API_KEY_REQUIRED is off" in refused.stderr


def test_production_without_its_own_secret_names_it_and_where_to_read_how_to_make_one(tmp_path):
    refused = started(["manage.py", "check"], tmp_path, SECRET_KEY="")

    assert refused.returncode == 1
    assert "SECRET_KEY is not set; production needs its own. docs/production.md says how" in refused.stderr
