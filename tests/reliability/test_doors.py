from collections.abc import Callable
from datetime import timedelta

import pytest

from enrichment.api.sockets import RunSocketView
from salesintel.accounts import callers
from salesintel.accounts.permissions import HasScope
from tests.conftest import Trials
from tests.reliability import doors
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_pages_of_other_origins_open_no_socket(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(doors.hostile_origins(house, trials(short=25, full=100)))

    assert verdict.violations == ()


def test_without_a_look_at_the_origin_any_page_opens_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunSocketView, "permission_classes", (HasScope,))

    verdict = doors.hostile_origins(house, 5)

    assert any("was answered 101" in words for words in verdict.violations)


def test_whoever_may_no_longer_look_is_shut_out(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(doors.rights_taken(house, trials(short=6, full=60)))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_a_second_look_they_go_on_looking(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "RECHECK", timedelta(hours=1).total_seconds())

    verdict = doors.rights_taken(house, 3)

    assert any("was closed after" in words for words in verdict.violations)
