"""A4 for answers to questions, and what its check holds alone."""

from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability.answers import every_instruction_obeyed_in_answers, said
from tests.reliability.audit import Verdict
from tests.reliability.injections import injections
from tests.reliability.test_injections import unrecognised

__all__ = ["unrecognised"]
pytestmark = [pytest.mark.chaos, pytest.mark.once]


def test_no_instruction_is_followed_in_an_answer(trials: Trials, tell: Callable[[Verdict], Verdict]) -> None:
    verdict = tell(every_instruction_obeyed_in_answers(trials(short=40, full=1_080)))

    assert verdict.violations == ()


def test_without_any_wall_many_instructions_would_be_followed(unrecognised: None, trials: Trials) -> None:
    found = [said(each, in_question=False, checked=False) for each in injections(trials(short=24, full=120))]

    assert sum(bool(each.harm) for each in found) >= 0.3 * len(found)
