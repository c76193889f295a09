import pytest
from django.core.management import CommandError, call_command

from tests.enrichment import market

pytestmark = pytest.mark.django_db


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    call_command("spending", *words)
    return capsys.readouterr().out.strip()


def test_paid_calls_are_stopped_and_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    market.provider()

    assert told(capsys) == "Paid calls are made."
    assert told(capsys, "stop", "--provider", "serpapi", "--why", "a drill") == (
        "Paid calls to SerpApi are stopped: a drill."
    )
    assert told(capsys, "lift", "--provider", "serpapi") == "Paid calls are made."


def test_an_unknown_provider_is_named_with_those_there_are() -> None:
    market.provider()

    with pytest.raises(CommandError, match="no provider 'snof'; there are serpapi"):
        call_command("spending", "stop", "--provider", "snof")


def test_nothing_to_lift_is_said() -> None:
    with pytest.raises(CommandError, match="Nothing is stopped"):
        call_command("spending", "lift")
