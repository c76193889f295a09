"""Single flight: one holder at a time may fetch an entry, until its lease ends."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from enrichment import cache
from enrichment.cache import Claim
from enrichment.models import Fill
from tests.conftest import Trials
from tests.enrichment import market

pytestmark = pytest.mark.django_db
OVER = timedelta(seconds=-1)  # a lease that has ended already


def claimed(key: str = "k", holder: UUID | None = None, **values: Any) -> Claim:
    with transaction.atomic():
        held = cache.claim(key, holder=holder or uuid4(), data_epoch=0, **values)
    assert held is not None
    return held


def test_what_nobody_fills_may_be_filled() -> None:
    assert cache.claim("k", holder=uuid4(), data_epoch=3) == Claim("k", 1, 3)


def test_what_somebody_fills_may_not() -> None:
    claimed()

    assert cache.claim("k", holder=uuid4(), data_epoch=0) is None


def test_what_was_given_back_may_be_filled_by_the_next_with_a_greater_token() -> None:
    first = claimed()
    cache.release(first)

    assert claimed().token == first.token + 1


def test_what_a_dead_holder_left_may_be_filled_when_its_lease_has_ended() -> None:
    claimed(lease=OVER)

    assert claimed().token == 2


def test_a_lease_that_goes_on_is_not_taken_over() -> None:
    held = claimed(lease=OVER)

    assert cache.extend(held)

    assert cache.claim("k", holder=uuid4(), data_epoch=0) is None


def test_who_was_taken_over_cannot_go_on_nor_free_it_for_others() -> None:
    stale = claimed(lease=OVER)
    claimed()

    assert not cache.extend(stale)
    cache.release(stale)

    assert cache.claim("k", holder=uuid4(), data_epoch=0) is None


def test_a_fill_whose_holder_is_dead_is_free_at_once_and_its_token_void() -> None:
    holder = uuid4()
    dead = claimed(holder=holder)

    cache.let_go("k", holder=holder)

    assert not cache.extend(dead)
    assert claimed().token > dead.token


def test_a_fill_that_another_call_took_over_is_not_let_go() -> None:
    dead = uuid4()
    claimed(holder=dead, lease=OVER)
    mine = claimed()

    cache.let_go("k", holder=dead)

    assert cache.extend(mine)


def test_a_call_takes_its_own_fill_again_under_a_new_token() -> None:
    call = uuid4()
    dead = claimed(holder=call)

    mine = claimed(holder=call)

    assert mine.token == dead.token + 1
    assert cache.claim("k", holder=uuid4(), data_epoch=0) is None
    assert not cache.extend(dead)


def test_a_call_does_not_take_back_what_another_one_fills_now() -> None:
    late = uuid4()
    claimed(holder=late, lease=OVER)
    claimed()

    assert cache.claim("k", holder=late, data_epoch=0) is None


def test_fills_of_different_keys_do_not_wait_for_each_other() -> None:
    claimed("one")

    assert claimed("two").key == "two"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_to_fill_at_once_one_may(trials: Trials) -> None:
    def want(_: int) -> Claim | None:
        with transaction.atomic():
            return cache.claim("k", holder=uuid4(), data_epoch=0)

    claims = market.at_once(trials(short=20, full=60), want)

    assert [held for held in claims if held is not None] == [Claim("k", 1, 0)]
    assert Fill.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_over_from_the_dead_at_once_one_may(trials: Trials) -> None:
    claimed(lease=OVER)

    def want(_: int) -> Claim | None:
        with transaction.atomic():
            return cache.claim("k", holder=uuid4(), data_epoch=0)

    claims = market.at_once(trials(short=20, full=60), want)

    assert [held for held in claims if held is not None] == [Claim("k", 2, 0)]


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_was_rolled_back_is_free_for_the_next() -> None:
    with transaction.atomic():
        claimed()
        transaction.set_rollback(True)

    assert claimed().token == 1


@pytest.mark.django_db(transaction=True)
def test_holders_follow_each_other_and_are_never_two(trials: Trials) -> None:
    """Each thread claims until it gets the fill, and looks who else is in the room while it holds it."""
    inside, most = set[int](), list[int]()

    def fill(place: int) -> int:
        while True:
            with transaction.atomic():
                held = cache.claim("k", holder=uuid4(), data_epoch=0)
            if held is not None:
                break
        inside.add(place)
        most.append(len(inside))
        inside.discard(place)
        cache.release(held)
        return held.token

    count = trials(short=8, full=30)
    tokens = market.at_once(count, fill)

    assert sorted(tokens) == list(range(1, count + 1))
    assert set(most) == {1}
