"""`manage.py plan` with edited rules and with past runs."""

import json
import re
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from enrichment.models import Source
from tests import factories
from tests.enrichment.workflow.pasts import past_run

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TOML = "[sources.brightdata_company_db]\nenabled = false\n"


@pytest.fixture(autouse=True)
def product(rules: None, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8100"
    past_run(factories.company(), asked=["brightdata_company_db", "company_website"], strategy="legacy")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(TOML)
    return path


def plan(*arguments: str) -> str:
    out = StringIO()
    call_command("plan", *arguments, stdout=out)
    return out.getvalue()


def test_the_plan_by_edited_rules(file: Path) -> None:
    told = json.loads(plan("okta.com", "--consumer", "profile", "--rules", str(file), "--json"))

    assert [call["source"] for call in told["plan"]["calls"]] == ["company_website"]


def test_the_terminal_says_what_would_change_without_a_source() -> None:
    told = plan("okta.com", "--consumer", "profile")

    assert "If a source were switched off" in told
    assert "- brightdata_company_db: 0.13 USD less; company_website asked instead;" in told
    assert "MISSED" in told


def test_the_terminal_tells_every_sum_to_the_cent() -> None:
    Source.objects.filter(slug="brightdata_company_db").update(cost=Decimal("0.118363636"))

    told = plan("okta.com", "--consumer", "profile", "--max-cost", "0.05") + plan("okta.com", "--consumer", "profile")

    assert "0.12 USD" in told
    assert re.findall(r"\d\.\d{3,} USD", told) == []


def test_edited_rules_on_past_runs(file: Path) -> None:
    told = plan("--rules", str(file), "--replay", "10")

    assert "Re-planned: 1 runs, 1 of them would be planned otherwise" in told
    assert "Replayed: 1 runs, 100% of them, whose every answer is recorded" in told
    assert "- brightdata_company_db" in told
    assert "Nothing was bought, nothing saved." in told


def test_the_same_as_json(file: Path) -> None:
    told = json.loads(plan("--rules", str(file), "--replay", "10", "--from", "2020-01-01", "--json"))

    assert told["replayed"]["before"]["cost"] == 0.15


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a company, or say --replay N."),
        (["Acme Corp", "--replay", "5"], "leave the company out"),
        (["--replay", "0"], "--replay 0 is not between 1 and 1000"),
        (["--replay", "5", "--from", "soon"], "--from soon is no date"),
        (["--replay", "5", "--rules", "/nowhere.json"], "--rules /nowhere.json cannot be read"),
    ],
)
def test_a_mistake_is_told(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        plan(*arguments)


def test_a_mistake_in_the_rules_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text('{"sources": {"nobody": {"cost": 1.5}}}')

    with pytest.raises(CommandError, match=r"sources\.nobody: “nobody” is no source"):
        plan("--replay", "5", "--rules", str(path))
