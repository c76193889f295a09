"""Sentences that are just being written: from the beginning for whoever listens, and kept by nobody."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

from chat import deltas
from enrichment.api.following import line


def said(delta: bytes) -> Callable[[int], bytes]:
    return lambda index: b"%d %b" % (index, delta)


async def test_all_who_listen_to_a_session_hear_it_and_nobody_of_another() -> None:
    session, other = uuid4(), uuid4()
    with (
        deltas.listening(session) as one,
        deltas.listening(session) as two,
        deltas.listening(other) as third,
        deltas.growing(session) as answer,
    ):
        await asyncio.to_thread(answer.tell, said(b"a"))

        assert [await one.heard(), await two.heard()] == [[b"0 a"], [b"0 a"]]
        assert not third._come.is_set()

    assert session not in deltas._ears


async def test_who_comes_in_the_midst_of_an_answer_hears_it_from_its_beginning() -> None:
    session = uuid4()
    with deltas.growing(session) as answer:
        answer.tell(said(b"a"))
        with deltas.listening(session) as ear:
            answer.tell(said(b"b"))
            await asyncio.sleep(0)

            assert await ear.heard() == [b"0 a", b"1 b"]


async def test_of_an_answer_that_is_whole_nothing_is_kept() -> None:
    session = uuid4()
    with deltas.growing(session) as answer:
        answer.tell(said(b"a"))

    with deltas.listening(session) as ear:
        assert not ear._come.is_set()
    assert session not in deltas._growing


async def test_a_slow_reader_holds_the_latest_and_no_more() -> None:
    session = uuid4()
    with deltas.listening(session) as ear, deltas.growing(session) as answer:
        for _number in range(deltas.MOST + 9):
            answer.tell(said(b"a"))
        await asyncio.sleep(0)

        assert await ear.heard() == [b"%d a" % number for number in range(9, deltas.MOST + 9)]


def test_in_a_stream_it_moves_no_client_s_place() -> None:
    assert line(0, "question_response", b"{}") == b"event: question_response\ndata: {}\n\n"
    assert line(7, "question_response", b"{}").startswith(b"id: 7\n")
