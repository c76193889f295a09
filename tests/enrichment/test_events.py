import random
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from enrichment import events
from enrichment.events import News
from enrichment.models import RunEvent, WorkflowRun
from tests.conftest import Trials
from tests.enrichment import market

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> WorkflowRun:
    return market.run(market.company())


def numbers(run: WorkflowRun) -> list[int]:
    return [event.seq for event in events.after(run.pk, 0, limit=10_000)]


def test_events_are_numbered_from_one_without_gaps(run: WorkflowRun, now: datetime) -> None:
    assert events.append(run.pk, [News("planned"), News("progress")], at=now) == 2
    assert events.append(run.pk, [News("finished", {"status": "done"})], at=now) == 3

    assert [(event.seq, event.kind) for event in events.after(run.pk, 0)] == [
        (1, "planned"),
        (2, "progress"),
        (3, "finished"),
    ]


def test_no_news_takes_no_number(run: WorkflowRun, now: datetime) -> None:
    assert events.append(run.pk, [], at=now) == 0

    run.refresh_from_db()
    assert run.last_seq == 0


def test_each_run_counts_for_itself(run: WorkflowRun, now: datetime) -> None:
    other = market.run(run.company)
    events.append(run.pk, [News("progress")], at=now)

    assert events.append(other.pk, [News("progress")], at=now) == 1


def test_a_reader_gets_what_came_after_its_last_number_in_portions(run: WorkflowRun, now: datetime) -> None:
    events.append(run.pk, [News("progress", {"n": n}) for n in range(1, 8)], at=now)

    portion = events.after(run.pk, 2, limit=3)

    assert [event.seq for event in portion] == [3, 4, 5]
    assert [event.data["n"] for event in portion] == [3, 4, 5]


def test_a_number_is_given_once(run: WorkflowRun, now: datetime) -> None:
    events.append(run.pk, [News("progress")], at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        RunEvent.objects.create(run=run, seq=1, kind="progress", at=now)


@pytest.mark.django_db(transaction=True)
def test_numbers_of_what_was_rolled_back_are_given_again(run: WorkflowRun, now: datetime) -> None:
    with transaction.atomic():
        events.append(run.pk, [News("progress"), News("progress")], at=now)
        transaction.set_rollback(True)

    with transaction.atomic():
        events.append(run.pk, [News("finished")], at=now)

    assert numbers(run) == [1]


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_no_gap_and_no_number_twice(run: WorkflowRun, now: datetime, trials: Trials) -> None:
    dice = random.Random(7)
    sizes = [dice.randint(1, 4) for _ in range(trials(short=12, full=40))]

    def write(place: int) -> None:
        for _ in range(3):
            with transaction.atomic():
                events.append(run.pk, [News("progress", {"by": place})] * sizes[place], at=now)

    market.at_once(len(sizes), write)

    assert numbers(run) == list(range(1, 3 * sum(sizes) + 1))


@pytest.mark.django_db(transaction=True)
def test_a_reader_never_sees_a_number_before_a_smaller_one(run: WorkflowRun, now: datetime, trials: Trials) -> None:
    """One thread reads on and on while others write and, now and then, roll back."""
    writers, each = 5, trials(short=8, full=60)

    def take_part(place: int) -> list[int]:
        if place == 0:
            return read_until(run, (writers - 1) * each)
        for turn in range(2 * each):
            with transaction.atomic():
                events.append(run.pk, [News("progress")], at=now)
                transaction.set_rollback(turn % 2 == 1)
        return []

    seen, *_ = market.at_once(writers, take_part)

    assert seen == list(range(1, (writers - 1) * each + 1))


def read_until(run: WorkflowRun, last: int) -> list[int]:
    """Numbers in the order in which a reader who asks for what is new gets them."""
    seen: list[int] = []
    while not seen or seen[-1] < last:
        seen += [event.seq for event in events.after(run.pk, seen[-1] if seen else 0)]
    return seen
