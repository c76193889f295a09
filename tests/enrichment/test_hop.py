import asyncio
import sqlite3
import threading
import time
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from enrichment.hop import Hop
from enrichment.models import Company
from tests.enrichment import market

pytestmark = pytest.mark.django_db(transaction=True)


def count_companies() -> int:
    return Company.objects.count()


async def test_a_plain_function_reads_the_database_from_the_loop() -> None:
    with Hop() as hop:
        made = await hop(market.company, "Acme Corp", domain="acme.example")
        found = await hop(count_companies)

    assert (made.domain, found) == ("acme.example", 1)


async def test_work_runs_on_a_thread_of_its_own_and_not_on_the_loops() -> None:
    with Hop() as hop:
        name = await hop(lambda: threading.current_thread().name)

    assert name.startswith("db")


async def test_an_error_comes_back_as_it_was_raised_and_rolls_back() -> None:
    def fail() -> None:
        with transaction.atomic():
            market.company()
            raise LookupError("of its own")

    with Hop() as hop:
        with pytest.raises(LookupError, match="of its own"):
            await hop(fail)
        left = await hop(count_companies)

    assert left == 0


async def test_on_postgresql_four_transactions_run_at_once_and_on_sqlite_one_after_the_other() -> None:
    with Hop() as hop:
        most = await most_at_once(hop)

    assert most == (4 if connection.vendor == "postgresql" else 1)


async def test_who_asks_for_a_number_of_threads_gets_it() -> None:
    with Hop(threads=3) as hop:
        most = await most_at_once(hop)

    assert most == 3


async def most_at_once(hop: Hop) -> int:
    """How many of eight functions ran at the same time, at most."""
    running, most = set[int](), list[int]()

    def work(place: int) -> None:
        running.add(place)
        time.sleep(0.05)
        most.append(len(running))
        running.discard(place)

    await asyncio.gather(*(hop(work, place) for place in range(8)))
    return max(most)


async def test_its_connections_end_with_it() -> None:
    def mine() -> object:
        connection.ensure_connection()
        return connection.connection

    with Hop() as hop:
        opened = await asyncio.gather(*(hop(mine) for _ in range(4)))

    assert all(is_closed(each) for each in opened)


def is_closed(raw: Any) -> bool:
    """Whether the driver's own connection is of no use any more."""
    if connection.vendor == "postgresql":
        return bool(raw.closed)
    try:
        raw.execute("SELECT 1")
    except (sqlite3.ProgrammingError, ProgrammingError):  # whichever of the two the connection tells it by
        return True
    return False


async def test_its_threads_end_with_it_used_or_not() -> None:
    before = set(threading.enumerate())

    with Hop() as hop:
        await hop(count_companies)

    assert set(threading.enumerate()) <= before
