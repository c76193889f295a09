"""What is asked of a history, when, and what came of it; and that nothing of afterwards is known before."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.history import DealHistory, History
from personas.predicting import features
from personas.predicting.cases import cases_of
from personas.predicting.examples import OWN, examples_of
from personas.predicting.model import Question
from tests.personas.metrics.planted import NOW, ROOT, THREAD, at, history, later, moment, reply, sent
from tests.personas.metrics.test_properties import FEW, histories

MONDAY = at("2026-03-02 10:00")
DEAL = DealHistory(id=UUID(int=7), status="won", opened=MONDAY, closed=later(MONDAY, days=70), parties=2)


def outcomes(story: History, question: Question = Question.REPLY, days: int = 7) -> list[bool]:
    return [case.happened for case in cases_of(story, question, days=days, now=NOW)]


def test_a_mail_is_answered_if_an_answer_names_it_in_time() -> None:
    asked = sent(MONDAY, message="m", thread=None)

    assert outcomes(history(asked, reply(later(MONDAY, days=7), answers="m", thread=None))) == [True]
    assert outcomes(history(asked, reply(later(MONDAY, days=7, minutes=1), answers="m", thread=None))) == [False]
    assert outcomes(history(asked, reply(later(MONDAY, days=1), answers="other", thread=None))) == [False]


def test_a_later_mail_of_theirs_in_the_thread_is_an_answer_and_of_another_is_none() -> None:
    assert outcomes(history(sent(MONDAY), reply(later(MONDAY, days=1)))) == [True]
    assert outcomes(history(sent(MONDAY), reply(later(MONDAY, days=1), thread=UUID(int=9)))) == [False]


def test_an_answer_that_names_nothing_belongs_to_the_latest_mail() -> None:
    first, second = sent(MONDAY, thread=None), sent(later(MONDAY, days=1), thread=None)

    assert outcomes(history(first, second, reply(later(MONDAY, days=2), thread=None))) == [False, True]


@pytest.mark.parametrize("fields", [{"is_automatic": True}, {"type_": "email_opened"}])
def test_a_machine_or_a_look_is_no_answer(fields: dict[str, object]) -> None:
    type_ = str(fields.pop("type_", "email_replied"))
    answer = moment(type_, later(MONDAY, days=1), direction="in", thread=THREAD, **fields)

    assert outcomes(history(sent(MONDAY), answer)) == [False]


def test_a_mail_that_came_back_or_is_too_young_is_no_case() -> None:
    bounced = moment("email_bounced", later(MONDAY, hours=1), thread=THREAD)
    young = sent(NOW - timedelta(days=6))

    assert outcomes(history(sent(MONDAY), bounced)) == []
    assert outcomes(history(young, reply(NOW - timedelta(days=5)))) == []


def test_a_closed_deal_is_asked_about_every_thirty_days_and_weighs_as_one_among_its_contacts() -> None:
    cases = cases_of(history(deals=(DEAL,)), Question.WON, days=30, now=NOW)

    assert [case.at for case in cases] == [later(MONDAY, days=days) for days in (0, 30, 60)]
    assert {case.known for case in cases} == {DEAL.closed}
    assert sum(case.weight for case in cases) == pytest.approx(1 / 2)


def test_a_deal_that_is_open_is_no_case_of_being_won_but_one_of_not_closing() -> None:
    still_open = replace(DEAL, status="open", closed=None)

    assert outcomes(history(deals=(still_open,)), Question.WON) == []
    assert outcomes(history(deals=(still_open,)), Question.CLOSED, days=30) == [False] * 3


def test_a_time_that_is_not_over_is_no_case_though_the_deal_is_closed() -> None:
    quick = replace(DEAL, opened=NOW - timedelta(days=9), closed=NOW - timedelta(days=1))

    assert outcomes(history(deals=(quick,)), Question.CLOSED, days=30) == []


def test_a_deal_closes_in_the_time_in_which_it_does() -> None:
    assert outcomes(history(deals=(DEAL,)), Question.CLOSED, days=30) == [False, False, True]


def test_times_of_one_deal_do_not_overlap() -> None:
    cases = cases_of(history(deals=(DEAL,)), Question.CLOSED, days=60, now=later(NOW, days=60))

    assert [case.at for case in cases] == [later(MONDAY, days=days) for days in (0, 60)]


def test_of_ones_own_earlier_cases_only_those_count_that_were_known() -> None:
    mails = [sent(later(MONDAY, days=days), thread=None, message=f"m{days}") for days in (0, 8, 20)]
    answered = reply(later(MONDAY, days=1), thread=None, answers="m0")

    first, second, third = examples_of(
        cases_of(history(*mails, answered), Question.REPLY, days=7, now=NOW), Question.REPLY
    )

    assert [(each.hits, each.n) for each in (first, second, third)] == [(0, 0), (1, 1), (1, 2)]
    assert first.features[OWN] is None


def test_figures_of_a_contact_are_those_before_the_moment() -> None:
    tuesday = later(MONDAY, days=1)
    story = history(sent(MONDAY), reply(later(MONDAY, hours=3)), sent(tuesday), reply(later(tuesday, days=1)))

    found = features.of_contact(story, tuesday)

    assert found["turn"] == 1.0  # the last word was theirs
    assert found["pace"] == pytest.approx(1.386, abs=0.001)  # log(1 + 3 hours)
    assert found["unanswered"] == 0.0
    assert found["workingTime"] == 1.0


def test_figures_of_a_deal_know_no_stage_that_comes_later() -> None:
    stages = tuple((name, later(MONDAY, days=days)) for name, days in (("talks", 0), ("offer", 10), ("won", 70)))

    found = features.of_deal(history(deals=(DEAL,)), replace(DEAL, stages=stages), later(MONDAY, days=30))

    assert found["stages"] == pytest.approx(1.0986, abs=0.001)  # log(1 + 2)
    assert found["stageAge"] == pytest.approx(3.0445, abs=0.001)  # log(1 + 20 days)


@FEW
@given(histories(), histories(), st.integers(0, 180 * 24 * 60))
def test_nothing_that_comes_later_changes_what_was_known(story: History, other: History, minutes: int) -> None:
    """Neither interactions, nor stages, nor how and when deals were closed."""
    when = NOW - timedelta(minutes=minutes)
    before = tuple(each for each in story.moments if each.at < when)
    after = tuple(replace(each, id=UUID(int=1_000 + each.id.int)) for each in other.moments if each.at >= when)
    past = History(contact=ROOT, hours=story.hours, moments=before, deals=tuple(_opened(story, when)))
    future = replace(past, moments=before + after, deals=tuple(_closed_later(past, when)) + tuple(_begun(when)))
    deal = replace(DEAL, opened=NOW - timedelta(days=200), closed=None, status="open")
    ended = replace(deal, closed=when, status="won", stages=(("won", when),))

    assert features.of_contact(past, when) == features.of_contact(future, when)
    assert features.of_deal(past, deal, when) == features.of_deal(future, ended, when)


@FEW
@given(histories(), histories(), st.integers(0, 180 * 24 * 60))
def test_cases_that_are_known_are_not_changed_by_what_comes_later(story: History, other: History, minutes: int) -> None:
    when = NOW - timedelta(minutes=minutes)
    before = tuple(each for each in story.moments if each.at <= when)
    after = tuple(replace(each, id=UUID(int=1_000 + each.id.int)) for each in other.moments if each.at > when)
    past, future = (replace(story, moments=some) for some in (before, before + after))

    for question in Question:
        known = [_told(past, question, when), _told(future, question, when)]
        assert known[0] == known[1]


def _told(story: History, question: Question, when: datetime) -> list[object]:
    cases = cases_of(story, question, days=7, now=when)
    return [(each.at, each.happened, each.hits, each.n, each.features) for each in examples_of(cases, question)]


def _opened(story: History, when: datetime) -> list[DealHistory]:
    return [replace(deal, closed=None, status="open", stages=()) for deal in story.deals if deal.opened < when]


def _closed_later(story: History, when: datetime) -> list[DealHistory]:
    return [replace(deal, closed=when, status="lost", stages=(("lost", when),)) for deal in story.deals]


def _begun(when: datetime) -> list[DealHistory]:
    return [replace(DEAL, id=UUID(int=8), opened=when, closed=None, status="open")]
