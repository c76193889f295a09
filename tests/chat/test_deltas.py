"""Sentences that are just being written: for who listens, and no burden on anybody else."""

import asyncio
from uuid import uuid4

from chat import deltas
from enrichment.api.following import line


async def test_all_who_listen_to_a_session_hear_it_and_nobody_of_another() -> None:
    session, other = uuid4(), uuid4()
    with deltas.listening(session) as one, deltas.listening(session) as two, deltas.listening(other) as third:
        await asyncio.to_thread(deltas.publish, session, b"a")

        assert [await one.heard(), await two.heard()] == [[b"a"], [b"a"]]
        assert not third._come.is_set()

    assert not deltas.are_heard(session)


async def test_a_slow_reader_holds_the_latest_and_no_more() -> None:
    session = uuid4()
    with deltas.listening(session) as ear:
        for number in range(deltas.MOST + 9):
            deltas.publish(session, b"%d" % number)
        await asyncio.sleep(0)

        assert await ear.heard() == [b"%d" % number for number in range(9, deltas.MOST + 9)]


async def test_a_session_that_nobody_listens_to_costs_nothing_and_is_not_kept() -> None:
    session = uuid4()

    deltas.publish(session, b"a")

    assert session not in deltas._ears


def test_in_a_stream_it_moves_no_client_s_place() -> None:
    assert line(0, "question_response", b"{}") == b"event: question_response\ndata: {}\n\n"
    assert line(7, "question_response", b"{}").startswith(b"id: 7\n")
