"""Language models as engines, when something goes wrong: what is asked again, what is a failure, what it costs."""

import asyncio
import gzip
import time
from decimal import Decimal
from typing import Any

import pytest

from enrichment.analysis.model import EngineError, Trouble
from tests.enrichment.analysis.model_servers import (
    ANTHROPIC,
    BEDROCK,
    DIALECTS,
    KEY,
    ONE_CALL,
    OPENAI,
    Dialect,
    Reply,
    answer,
    every_dialect,
    flood,
    hang_up,
    preload,
    respond,
    serving,
    silence,
    trickle,
)
from tests.enrichment.analysis.worlds import acme


@pytest.fixture(scope="module", autouse=True)
def _libraries() -> None:
    preload()


# --- What goes wrong, and is put right --------------------------------------------------------------------------------


@every_dialect
async def test_an_answer_outside_the_schema_is_sent_back_once(dialect: Dialect) -> None:
    async with serving(dialect.says('{"insights": "none"}'), dialect.says(answer())) as server:
        draft = await dialect.engine(server.url).draft(acme())

    first, second = (dialect.turns_in(asked) for asked in server.requests)
    assert [turn["role"] for turn in second] == ["user", "assistant", "user"]
    assert second[0] == first[0]
    assert "- persona_fits: Field required" in second[2]["content"]
    assert draft.body["talking_points"] == ["How will you onboard people in Berlin?"]
    assert (draft.usage.tokens_in, draft.usage.cost) == (2_000, 2 * ONE_CALL)


@every_dialect
async def test_an_overloaded_server_is_asked_again_for_nothing(dialect: Dialect) -> None:
    async with serving(dialect.fails(dialect.overloaded, "overloaded_error"), dialect.says(answer())) as server:
        draft = await dialect.engine(server.url).draft(acme())

    assert len(server.requests) == 2
    assert (draft.usage.cost, draft.usage.doubtful) == (ONE_CALL, 0)


@every_dialect
async def test_a_short_wait_that_is_asked_for_is_kept(dialect: Dialect) -> None:
    busy = dialect.fails(429, "rate_limit_error", "retry-after: 0.2\r\n")

    async with serving(busy, dialect.says(answer())) as server:
        began = time.monotonic()
        draft = await dialect.engine(server.url).draft(acme())

    assert time.monotonic() - began >= 0.2
    assert (len(server.requests), draft.usage.cost) == (2, ONE_CALL)


@every_dialect
@pytest.mark.parametrize("what", ["breaks_off", "is_overloaded_inside"])
async def test_an_answer_that_is_lost_on_its_way_is_booked_at_its_most_and_asked_for_again(
    dialect: Dialect, what: str
) -> None:
    async with serving(getattr(dialect, what)(), dialect.says(answer())) as server:
        asking = dialect.engine(server.url)
        draft = await asking.draft(acme())

    assert len(server.requests) == 2
    # All that it may have written, 8,000 tokens at 0.50; what it had read, or all that it may have read.
    assert Decimal("0.004") < draft.usage.doubtful < Decimal("0.006")
    assert draft.usage.cost == ONE_CALL + draft.usage.doubtful


async def test_what_was_read_is_known_once_an_answer_has_begun() -> None:
    async with serving(ANTHROPIC.breaks_off(), ANTHROPIC.says(answer())) as server:
        draft = await ANTHROPIC.engine(server.url).draft(acme())

    assert (draft.usage.tokens_in, draft.usage.doubtful) == (2_000, Decimal("0.0041"))


async def test_an_error_before_an_answer_has_begun_costs_nothing() -> None:
    said = respond(200, ANTHROPIC.spelt([ANTHROPIC.error_event()]), kind="text/event-stream")

    async with serving(said, ANTHROPIC.says(answer())) as server:
        draft = await ANTHROPIC.engine(server.url).draft(acme())

    assert (draft.usage.cost, draft.usage.doubtful) == (ONE_CALL, 0)


async def test_no_third_call_is_made_that_may_be_charged() -> None:
    failed, asked = await failure(ANTHROPIC, ANTHROPIC.breaks_off(), ANTHROPIC.says("{}"), ANTHROPIC.says(answer()))

    assert (str(failed), asked) == ("answered what is not of the schema", 2)
    assert failed.usage.cost is None


# --- What goes wrong --------------------------------------------------------------------------------------------------


async def failure(dialect: Dialect, *replies: Reply, **changes: Any) -> tuple[EngineError, int]:
    async with serving(*replies) as server:
        with pytest.raises(EngineError) as raised:
            await dialect.engine(server.url, **changes).draft(acme())
        return raised.value, len(server.requests)


@every_dialect
async def test_a_second_answer_outside_the_schema_is_a_failure_that_was_paid_for(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.says("not json"), dialect.says("{}"))

    assert (str(failed), asked) == ("answered twice what is not of the schema", 2)
    assert (failed.usage.tokens_in, failed.usage.cost) == (2_000, 2 * ONE_CALL)


@every_dialect
async def test_a_refusal_is_no_answer_and_was_paid_for(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.refuses())

    assert (str(failed), asked, failed.trouble) == ("refused to answer", 1, Trouble.ANSWER)
    assert (failed.usage.tokens_out, failed.usage.cost) == (200, ONE_CALL)


@every_dialect
async def test_an_answer_that_ran_out_of_tokens_is_none_however_whole_it_looks(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.truncates(answer()))

    assert (str(failed), asked) == ("ran out of tokens in mid-answer", 1)
    assert (failed.usage.tokens_out, failed.usage.cost) == (200, ONE_CALL)


@pytest.mark.parametrize(
    ("dialect", "stop", "said"),
    [
        (ANTHROPIC, "model_context_window_exceeded", "ran out of context in mid-answer"),
        (ANTHROPIC, "tool_use", "stopped for another reason (tool_use)"),
        (OPENAI, "content_filter", "refused to answer (content filter)"),
        (OPENAI, "tool_calls", "stopped for another reason (tool_calls)"),
    ],
)
async def test_an_answer_that_stopped_for_another_reason_is_none(dialect: Dialect, stop: str, said: str) -> None:
    failed, asked = await failure(dialect, dialect.says(answer(), stop))

    assert (str(failed), asked, failed.usage.cost) == (said, 1, ONE_CALL)


@every_dialect
async def test_a_server_that_stays_overloaded_is_asked_three_times(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.fails(dialect.overloaded, "overloaded_error"))

    assert (str(failed), asked) == (f"answered {dialect.overloaded} (overloaded_error)", 3)
    assert (failed.trouble, failed.usage.cost) == (Trouble.OUTAGE, Decimal(0))


@every_dialect
async def test_a_long_wait_that_is_asked_for_is_left_to_others(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.fails(429, "rate_limit_error", "retry-after: 86400\r\n"))

    assert (asked, failed.trouble, failed.retry_after) == (1, Trouble.BUSY, 86_400.0)
    assert failed.usage.cost == 0


@every_dialect
async def test_a_spent_account_is_not_asked_again(dialect: Dialect) -> None:
    reply, said = dialect.has_sold_out()

    failed, asked = await failure(dialect, reply)

    assert (str(failed), asked, failed.usage.cost) == (said, 1, Decimal(0))
    assert failed.trouble is (Trouble.REFUSED if dialect is BEDROCK else Trouble.SPENT)


@every_dialect
async def test_an_unknown_model_is_for_a_person_to_put_right(dialect: Dialect) -> None:
    reply, said = dialect.knows_no_model()

    failed, asked = await failure(dialect, reply)

    assert (str(failed), asked, failed.trouble) == (said, 1, Trouble.REFUSED)
    assert (failed.detail, failed.usage.cost) == ("said so", Decimal(0))


@every_dialect
@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (respond(200, {"type": "error", "error": {"type": "overloaded_error", "message": "no"}}), 1),
        (respond(200, b"not json"), 1),
        (respond(200, b'event: message_start\ndata: {"type": "message_start", "choices": 7, "message": 7}\n\n'), 1),
        (respond(200, b"event: message_start\ndata: [1, 2\n\n"), 1),
        (respond(200, b"\x1f\x8b", "content-encoding: gzip\r\n"), 1),
        (flood, 1),
        (hang_up, 2),
    ],
    ids=["json", "text", "wrong", "broken", "packed", "huge", "nothing"],
)
async def test_a_reply_of_another_format_is_a_failure_of_unknown_price(
    dialect: Dialect, reply: Reply, asked: int
) -> None:
    failed, requests = await failure(dialect, reply)

    assert (requests, failed.trouble) == (asked, Trouble.OUTAGE)
    assert failed.usage.cost is None


@every_dialect
async def test_a_compressed_answer_is_refused_however_right_it_is(dialect: Dialect) -> None:
    raw = gzip.compress(dialect.spelt(dialect.events(answer())))

    failed, asked = await failure(dialect, respond(200, raw, "content-encoding: gzip\r\n", dialect.content_type))

    assert (str(failed), asked) == ("sent a compressed answer, which nobody asked for", 1)


@every_dialect
async def test_a_stream_that_ends_in_good_order_before_its_answer_does_is_a_cut(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.stops_short())

    assert (str(failed), asked) == ("broke off in mid-answer", 2)
    assert (failed.trouble, failed.usage.cost) == (Trouble.OUTAGE, None)


@every_dialect
@pytest.mark.parametrize("what", ["breaks_off", "is_overloaded_inside"])
async def test_two_answers_lost_on_their_way_are_a_failure_of_unknown_price(dialect: Dialect, what: str) -> None:
    failed, asked = await failure(dialect, getattr(dialect, what)())

    assert (asked, failed.trouble, failed.usage.cost) == (2, Trouble.OUTAGE, None)
    assert failed.usage.tokens_in == (0 if dialect is OPENAI else 2_000)


@every_dialect
@pytest.mark.parametrize("reply", [silence, trickle])
async def test_the_deadline_spans_the_whole_exchange(dialect: Dialect, reply: Reply) -> None:
    began = time.monotonic()

    failed, asked = await failure(dialect, reply, deadline=0.8)

    assert time.monotonic() - began < 15
    assert (str(failed), asked) == ("gave no answer within 0.8 s", 1)
    assert failed.usage.cost is None


@every_dialect
async def test_no_repeat_begins_that_the_deadline_would_end(dialect: Dialect) -> None:
    failed, asked = await failure(dialect, dialect.fails(429, "busy", "retry-after: 29\r\n"), deadline=20.0)

    assert (asked, failed.trouble, failed.usage.cost) == (1, Trouble.BUSY, Decimal(0))


async def test_a_server_that_is_not_there_costs_nothing() -> None:
    with pytest.raises(EngineError, match="could not be reached") as raised:
        await ANTHROPIC.engine("http://127.0.0.1:9").draft(acme())

    assert raised.value.usage.cost == 0


async def test_being_cancelled_is_no_failure_of_the_engine() -> None:
    async with serving(silence) as server:
        drafting = asyncio.create_task(ANTHROPIC.engine(server.url).draft(acme()))
        while not server.requests:  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(0.01)
        drafting.cancel()

        with pytest.raises(asyncio.CancelledError):
            await drafting


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_key_is_not_printed(dialect: Dialect) -> None:
    assert KEY not in repr(dialect.engine("http://127.0.0.1:9"))
