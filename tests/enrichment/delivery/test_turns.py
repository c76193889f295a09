"""Whose delivery is sent next."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from enrichment.delivery import turns
from enrichment.delivery.turns import Standing, shared_out

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def standing(number: int, user: int = 1, **given) -> Standing:
    values = {"answers_in": 0.1, "failures": 0, "first": NOW, "waiting": 100, "under_way": 0, "late": False, **given}
    return Standing(endpoint=UUID(int=number), user=user, **values)


def given(standings, room=1000, **how) -> dict[int, int]:
    return {each.endpoint.int: count for each, count in shared_out(standings, room, **how)}


def test_an_endpoint_gets_four_places_one_that_nobody_knows_two_and_one_that_fails_one():
    there = [
        standing(1),
        standing(2, answers_in=None),
        standing(3, answers_in=9.0),
        standing(4, failures=5),
        standing(5, under_way=3),
        standing(6, waiting=1),
    ]

    assert given(there) == {1: 4, 2: 2, 3: 2, 4: 1, 5: 1, 6: 1}


def test_nobody_gets_more_than_their_share_with_however_many_endpoints():
    there = [standing(number) for number in range(40)]

    assert sum(given(there).values()) == turns.PER_USER
    assert sum(given([standing(99, under_way=3, waiting=0), *there]).values()) == turns.PER_USER - 3


def test_the_one_with_least_on_the_way_comes_first_however_long_others_wait():
    older = [standing(number, user=1, first=NOW - timedelta(hours=1), under_way=1) for number in range(8)]

    assert given([*older, standing(50, user=2)], room=2) == {50: 2}


def test_of_ones_own_endpoints_the_quick_come_before_the_slow():
    there = [standing(1, answers_in=9.0, first=NOW - timedelta(hours=1)), standing(2), standing(3, late=True)]

    assert given(there, room=4) == {2: 4}


def test_the_slow_of_everybody_together_leave_places_for_the_quick():
    slow = [standing(number, user=number, answers_in=9.0) for number in range(40)]

    found = given([*slow, standing(99, user=99)], room=64)

    assert found.pop(99) == 4
    assert sum(found.values()) == turns.FOR_SLOW


def test_the_quick_alone_where_that_is_asked():
    assert given([standing(1, answers_in=9.0), standing(2, user=2)], quick_alone=True) == {2: 4}


def test_three_quick_answers_after_one_that_was_cut_off_a_receiver_counts_as_quick():
    answers_in = turns.lately(None, 15.0)
    known = [turns.is_quick(answers_in := turns.lately(answers_in, 0.1), failures=0) for _ in range(4)]

    assert known == [False, False, True, True]
