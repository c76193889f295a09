from collections.abc import Callable

import pytest

from chat.api.sockets import ChatSocketView
from salesintel.accounts.permissions import HasScope
from tests.conftest import Trials
from tests.reliability import doors, lines
from tests.reliability.audit import Verdict
from tests.reliability.doors import talk_of
from tests.reliability.house import House
from tests.reliability.talks import talk

pytestmark = pytest.mark.chaos


def test_conversations_cut_at_random_moments_tell_every_event_once_and_in_order(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(lines.cut_at_random(house, trials(short=5, full=500), opened=talk))

    assert verdict.violations == ()


@pytest.mark.long
def test_whoever_is_only_pushed_what_is_new_misses_what_was_said(house: House) -> None:
    verdict = lines.cut_at_random(house, 20, numbered=False, opened=talk)

    assert any("never told" in words for words in verdict.violations)


def test_pages_of_other_origins_open_no_conversation(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(doors.hostile_origins(house, trials(short=6, full=100), at=talk_of))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_a_look_at_the_origin_any_page_opens_a_conversation(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChatSocketView, "permission_classes", (HasScope,))

    verdict = doors.hostile_origins(house, 5, at=talk_of)

    assert any("was answered 101" in words for words in verdict.violations)


def test_whoever_may_no_longer_converse_is_shut_out(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(doors.rights_taken(house, trials(short=3, full=60), at=talk_of))

    assert verdict.violations == ()
