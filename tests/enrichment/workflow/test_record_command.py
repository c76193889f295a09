"""`manage.py research --record` where there was nothing to record."""

from pathlib import Path

import pytest

from enrichment.management.commands import research
from enrichment.models import ResearchRequest
from tests import factories
from tests.enrichment.workflow.conftest import Desk
from tests.terminal import ended

pytestmark = pytest.mark.once


def test_a_recording_of_a_cached_answer_fails_and_says_why(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["research", "Acme Corp", "--consumer", "profile", "--user", desk.user.username]
    ended(capsys, *asked)

    run = ended(capsys, *asked, "--record", f"{tmp_path}/a.har")

    assert run.code == 1
    assert f"Nothing was recorded in {tmp_path}/a.har: the answer was served from the cache." in run.err
    assert run.out.startswith("Acme Corp")


@pytest.mark.django_db
@pytest.mark.parametrize(("calls", "why"), [(1, research.TAKEN_BY_A_WORKER), (0, research.ALL_WAS_HELD)])
def test_the_calls_of_a_run_without_exchanges_here_tell_whether_another_worker_took_it(
    rules: None, calls: int, why: str
) -> None:
    run = factories.run(factories.company(), status="completed")
    for _ in range(calls):
        factories.call(run, "serp_news", "serpapi")

    assert research.why_nothing_was_recorded(ResearchRequest(run=run)) == why
