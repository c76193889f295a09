"""The settings as a whole: what an environment makes of them, and that every name in them is documented."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "salesintel" / "settings.py"
DOCUMENT = ROOT / "docs" / "configuration.md"
EXAMPLE = ROOT / ".env.example"
READERS = set("text credential flag integer port seconds words days origins choice database mail _secret".split())


def names_read() -> set[str]:
    """Every environment variable that the settings read, from their source."""
    calls = [node for node in ast.walk(ast.parse(SETTINGS.read_text())) if isinstance(node, ast.Call)]
    return {call.args[0].value for call in calls if _reads(call.func) and isinstance(call.args[0], ast.Constant)}


def _reads(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return called.value.id == "env" and called.attr in READERS
    return isinstance(called, ast.Name) and called.id in READERS


def names_documented() -> set[str]:
    """The names in the first column of the tables of docs/configuration.md."""
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", DOCUMENT.read_text(), re.MULTILINE))


def test_every_variable_that_the_settings_read_is_documented():
    assert names_read() - names_documented() == set()


def test_no_variable_is_documented_that_nothing_reads():
    only_for_tools = set(
        re.findall(
            r"^\| `(SALESINTEL_(?:TEST|REQUIRE|COVERAGE|TRIALS|REAL|MUTATIONS|RECORD|SCREENSHOTS|BENCH)\w*)` \|",
            DOCUMENT.read_text(),
            re.MULTILINE,
        )
    )

    assert names_documented() - only_for_tools - names_read() == set()


def test_nothing_but_the_settings_reads_the_environment():
    readers = [
        path.relative_to(ROOT).as_posix()
        for app in ("salesintel", "enrichment")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"os\.(getenv\(|environ(\.get\(|\[))", path.read_text())
    ]

    assert readers == ["salesintel/env.py"]


def test_the_example_environment_names_only_variables_that_exist():
    named = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(), re.MULTILINE))

    assert {name.removesuffix("_FILE") for name in named} - names_read() == set()


def settings_with(tmp_path: Path, *names: str, **given: str) -> dict[str, object]:
    """The named settings, as a new process has them in an environment of `given` alone."""
    program = (
        f"import json; from salesintel import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names}}}))"
    )
    environment = {"PATH": os.environ["PATH"], "SALESINTEL_DATA_DIR": str(tmp_path), **given}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


PRODUCTION = {
    "SALESINTEL_ENV": "production",
    "SECRET_KEY": "given",
    "SALESINTEL_CREDENTIAL_KEYS": "one,two",
}


def test_a_new_machine_needs_no_variable_at_all(tmp_path):
    found = settings_with(tmp_path, "DEBUG", "PRODUCTION", "ALLOWED_HOSTS", "SANDBOX_URL", "API_KEY_REQUIRED")

    assert found == {
        "DEBUG": False,
        "PRODUCTION": False,
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"],
        "SANDBOX_URL": "http://127.0.0.1:8100",
        "API_KEY_REQUIRED": True,
    }


def test_secrets_are_made_once_per_data_folder_and_only_their_owner_may_read_them(tmp_path):
    first = settings_with(tmp_path, "SECRET_KEY", "CREDENTIAL_KEYS")
    second = settings_with(tmp_path, "SECRET_KEY", "CREDENTIAL_KEYS")

    assert first == second
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "secret_key": 0o600,
        "credential_keys": 0o600,
    }


def test_two_data_folders_have_different_secrets(tmp_path):
    one = settings_with(tmp_path / "one", "SECRET_KEY")
    other = settings_with(tmp_path / "other", "SECRET_KEY")

    assert one != other


def test_production_leaves_no_secret_in_the_data_folder(tmp_path):
    found = settings_with(tmp_path, "SECRET_KEY", "CREDENTIAL_KEYS", **PRODUCTION)

    assert found == {"SECRET_KEY": "given", "CREDENTIAL_KEYS": ["one", "two"]}
    assert list(tmp_path.iterdir()) == []


def test_production_is_secure_without_being_told(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SANDBOX_URL")

    found = settings_with(tmp_path, *names, **PRODUCTION)

    assert found == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SANDBOX_URL": "",
    }


def test_sqlite_writes_at_once_rather_than_failing_when_two_want_to(tmp_path):
    found = settings_with(tmp_path, "DATABASES")

    options = found["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]


def test_the_database_url_may_name_postgresql(tmp_path):
    found = settings_with(tmp_path, "DATABASES", DATABASE_URL="postgres://app:p%40ss@db.example.com:6432/sales")

    database = found["DATABASES"]["default"]
    assert (database["ENGINE"], database["HOST"], database["PORT"], database["NAME"]) == (
        "django.db.backends.postgresql",
        "db.example.com",
        6432,
        "sales",
    )
    assert (database["USER"], database["PASSWORD"]) == ("app", "p@ss")


def test_the_queue_redelivers_only_what_surely_died(tmp_path):
    queue = settings_with(tmp_path, "Q_CLUSTER")["Q_CLUSTER"]

    assert queue["retry"] > queue["timeout"] * (1 + (queue["queue_limit"] + 1) / queue["workers"])
    assert queue["save_limit"] == 0
    assert queue["catch_up"] is False


def test_a_key_that_was_pasted_with_a_line_end_is_the_key(tmp_path):
    (tmp_path / "key").write_text("\ufeffk3y\r\n", encoding="utf-8")

    found = settings_with(
        tmp_path,
        "CREDENTIALS",
        SERPAPI_KEY="k3y\n",
        SNOV_API_KEY=" id : secret\r\n",
        BRIGHT_DATA_TOKEN="  \n",
        APOLLO_API_KEY_FILE=str(tmp_path / "key"),
    )["CREDENTIALS"]

    assert found["serpapi"] == found["apollo"] == {"api_key": "k3y"}
    assert found["snov"] == {"client_id": "id", "client_secret": "secret"}
    assert found["brightdata"] == {"api_key": ""}


def test_a_provider_key_of_two_parts_is_split_at_its_colon(tmp_path):
    found = settings_with(tmp_path, "CREDENTIALS", SNOV_API_KEY="id:secret:with:colons")

    assert found["CREDENTIALS"]["snov"] == {"client_id": "id", "client_secret": "secret:with:colons"}
