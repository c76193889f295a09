import asyncio
from contextlib import suppress

import pytest

from enrichment.deadline import LAST_WORDS, within


async def answer(after: float) -> str:
    await asyncio.sleep(after)
    return "answer"


async def late() -> str:
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(60)
    return "late"


async def deaf() -> None:
    for _ in range(100):
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            continue


def test_what_comes_in_time_is_the_result() -> None:
    assert asyncio.run(within(5, answer(0.01))) == "answer"


def test_what_fails_in_time_fails_so() -> None:
    async def fail() -> None:
        raise ValueError("so")

    with pytest.raises(ValueError, match="so"):
        asyncio.run(within(5, fail()))


def test_what_comes_late_is_no_result_even_if_it_swallows_its_cancellation() -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(within(0.05, late()))


def test_what_will_not_be_cancelled_is_left_behind() -> None:
    async def both() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(TimeoutError):
            await within(0.05, deaf())
        return loop.time() - begun

    assert asyncio.run(both()) < LAST_WORDS + 1


def test_who_waits_for_it_can_be_cancelled_and_so_is_the_work() -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def both() -> None:
        waiting = asyncio.create_task(within(60, work()))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.sleep(0.01)

    asyncio.run(both())

    assert ended == [True]
