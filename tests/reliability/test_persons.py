from collections.abc import Callable

import pytest

from enrichment.workflow import forgetting, mentions
from salesintel.privacy.registry import REGISTRY
from tests.conftest import Trials
from tests.reliability import persons
from tests.reliability.audit import Verdict
from tests.reliability.house import House, prospects

pytestmark = pytest.mark.chaos


@pytest.mark.once
def test_an_export_has_everything_that_is_held(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(persons.exports(house, trials(short=1, full=30)))

    assert verdict.violations == ()


@pytest.mark.long
def test_a_column_that_the_registry_lacks_is_missed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentions, "REGISTRY", tuple(row for row in REGISTRY if row.model != "enrichment.Report"))

    verdict = persons.exports(house, 1)

    assert any("enrichment_report.body" in words for words in verdict.violations)


def test_an_erased_person_is_nowhere_and_stays_away(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(persons.erasures(house, trials(short=1, full=100)))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_the_list_runs_under_way_bring_them_back(house: House) -> None:
    gone = persons.erased_meanwhile(house, prospects()[:2], with_list=False)

    assert all(persons.places(words) for words in gone)


@pytest.mark.once
def test_every_field_has_a_source_and_goes_with_it(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(persons.provenance(house, trials(short=1, full=30)))

    assert verdict.violations == ()


@pytest.mark.long
def test_what_was_written_from_a_source_would_outlive_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "written", list)

    verdict = persons.provenance(house, 1)

    assert any("enrichment_report" in words for words in verdict.violations)
