"""`manage.py runs`: what is under way, and doing something to it."""

import json
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from enrichment.models import ResearchRequest
from salesintel.accounts.models import User
from tests.enrichment.workflow.conftest import Desk
from tests.terminal import ended


def test_the_list_tells_id_state_cost_and_subject(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    request = desk.ask("Acme Corp")

    call_command("runs")

    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(str(request.pk))
    for part in ("queued", "0 USD (of 2.5)", "customer_intelligence of Acme Corp"):
        assert part in line


def test_the_list_of_one_user_has_nobody_elses(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    mine = desk.ask("Acme Corp")
    desk.ask("Globex", user=User.objects.create_user("second"))

    call_command("runs", user="rep", json=True)

    assert [told["requestId"] for told in json.loads(capsys.readouterr().out)] == [str(mine.pk)]


def test_a_user_who_is_not_there_is_no_empty_list(desk: Desk) -> None:
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("runs", user="nobody")


def test_an_empty_list_says_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("runs")

    assert capsys.readouterr().out == "Nothing is under way.\n"


def test_pause_and_resume_act_on_the_request(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    request = desk.ask("Acme Corp")

    call_command("runs", "pause", str(request.pk), until="2099-01-01T00:00:00Z")
    paused = ResearchRequest.objects.get(pk=request.pk).paused_until
    call_command("runs")
    call_command("runs", "resume", str(request.pk))

    assert paused is not None
    assert paused.year == 2099
    out = capsys.readouterr().out
    assert "paused until 2099-01-01" in out
    assert ResearchRequest.objects.get(pk=request.pk).paused_until is None


def test_cancel_and_retry_act_on_the_request(desk: Desk) -> None:
    request = desk.ask("Acme Corp")

    call_command("runs", "cancel", str(request.pk))
    cancelled = ResearchRequest.objects.get(pk=request.pk).status
    call_command("runs", "retry", str(request.pk))

    assert (cancelled, ResearchRequest.objects.get(pk=request.pk).status) == ("cancelled", "attached")


@pytest.mark.parametrize("until", ["tomorrow", "2099-01-01T00:00:00", "2020-01-01T00:00:00Z"])
def test_a_moment_that_cannot_be_is_a_bad_argument(desk: Desk, until: str) -> None:
    request = desk.ask("Acme Corp")

    with pytest.raises(CommandError) as error:
        call_command("runs", "pause", str(request.pk), until=until)

    assert error.value.returncode == 2


def test_exit_codes_tell_failure_from_bad_arguments(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    request = desk.ask("Acme Corp")

    def code(*arguments: str) -> tuple[int, int]:
        run = ended(capsys, "runs", *arguments)
        return run.code, len(run.err.splitlines())

    assert code() == (0, 0)
    assert code("resume", str(request.pk)) == (1, 1)
    assert code("pause", str(uuid4())) == (1, 1)
    assert code("pause")[0] == 2
    assert code("pause", "no-id")[0] == 2
