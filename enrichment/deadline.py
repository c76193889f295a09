"""A deadline that holds: work that is not over by then is left behind, even where it will not be cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
LAST_WORDS = 1.0  # seconds that cancelled work gets to tidy up


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work` if it comes within so many seconds. Raises `TimeoutError`.

    `asyncio.timeout` takes a result that comes late, and waits for ever, where the work swallows its cancellation.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task}, timeout=max(seconds, 0.0))
        if task.done():
            return task.result()
    finally:
        task.cancel()
    await asyncio.wait({task}, timeout=LAST_WORDS)
    if task.done() and not task.cancelled():
        task.exception()  # looked at, so that nobody logs it as never retrieved
    raise TimeoutError
