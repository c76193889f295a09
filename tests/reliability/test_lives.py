from collections.abc import Callable
from uuid import UUID

import pytest
from pytest_django import Settings

from enrichment.models import ResearchRequest
from enrichment.models.runs import ResearchRequestQuerySet, RunQuerySet
from tests.conftest import Trials
from tests.reliability import sequences
from tests.reliability.audit import Verdict
from tests.reliability.drivers import Broken, How
from tests.reliability.lives import COMPANIES, Lives

pytestmark = [pytest.mark.chaos, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _furnished(settings: Settings, db: None) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"  # nobody is asked there: the sequence itself plays the providers
    sequences.furnish()


def test_no_sequence_of_events_breaks_a_promise(trials: Trials, tell: Callable[[Verdict], Verdict]) -> None:
    verdict = tell(sequences.random_sequences(trials(short=6, full=10_000), chosen_anew=trials.in_full))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_fences_a_sequence_breaks_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunQuerySet, "fenced", lambda runs, pk, token: runs.select_for_update().get(pk=pk))

    assert "without a lease was not refused" in sequences.first_broken(1_000)


def test_without_pauses_a_life_breaks_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random sequences seldom pause between a driver's start and its first call: here it is done on purpose."""

    def first(requests: ResearchRequestQuerySet, run: UUID, at: object) -> ResearchRequest | None:
        return requests.attached().filter(run=run).select_related("parent").first()

    monkeypatch.setattr(ResearchRequestQuerySet, "awake", lambda requests, at: requests.attached())
    monkeypatch.setattr(ResearchRequestQuerySet, "_first", first)
    life = Lives()
    life.ask(company=COMPANIES[0], consumer="news", cap=None, refresh=False, role="AE")
    life.start(limit=1)
    life.pause(which=0, seconds=None)

    with pytest.raises(Broken, match="is bought for nobody"):
        life.go_on(which=0, hows=[How.WELL] * 4)
    life.all_of_it.__exit__(Broken, Broken(), None)  # undone, as at a sequence's end
