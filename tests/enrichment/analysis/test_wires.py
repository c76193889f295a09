"""What a wire reads of a stream: whatever comes, it is a reply, or broken, and never a mistake of ours."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from enrichment.analysis.model import Trouble
from enrichment.analysis.wires import anthropic, base, openai
from enrichment.analysis.wires.base import Broken, Call

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
TYPES = ["message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop", "text"]
FIELDS = ["type", "index", "message", "content_block", "delta", "usage", "choices", "text", "content", "input_tokens"]
JSON = st.recursive(
    LEAVES | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("reading", [anthropic._Reading, openai._Reading])
@given(events=st.lists(JSON, max_size=4))
def test_whatever_is_streamed_is_read_or_refused(reading: Callable[[Call], Any], events: list[Any]) -> None:
    call = Call()
    read = reading(call)

    try:
        for event in events:
            read.take(event)
        read.said()
    except (ValidationError, Broken):
        assert not call.is_counted


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("1e999", base.LONGEST_RETRY),
        ("99999999999999999", base.LONGEST_RETRY),
        ("soon", None),
        ("7 apples", None),
        ("", None),
        (None, None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert base.seconds_of(header, now=datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("status", "retry_after", "trouble", "again"),
    [
        (400, None, Trouble.ANSWER, False),
        (401, None, Trouble.REFUSED, False),
        (402, None, Trouble.REFUSED, False),
        (403, None, Trouble.REFUSED, False),
        (404, None, Trouble.REFUSED, False),
        (409, None, Trouble.OUTAGE, True),
        (413, None, Trouble.ANSWER, False),
        (429, None, Trouble.OUTAGE, True),
        (429, 3.0, Trouble.BUSY, True),
        (500, None, Trouble.OUTAGE, True),
        (529, None, Trouble.OUTAGE, True),
    ],
)
def test_a_status_says_what_to_do(status: int, retry_after: float | None, trouble: Trouble, again: bool) -> None:
    broken = base.refused(status, kind="", detail="", retry_after=retry_after, is_spent=False)

    assert (broken.trouble, broken.is_worth_repeating) == (trouble, again)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("overloaded_error", "answered 400 (overloaded_error)"),
        ("ThrottlingException", "answered 400 (ThrottlingException)"),
        ("sk-proj-abcdefgh", "answered 400 (no reason given)"),
        ("key-9f8e7d6c5b4a", "answered 400 (no reason given)"),
        ("<b>call_us</b>", "answered 400 (no reason given)"),
        ("nul\x00", "answered 400 (no reason given)"),
        ("half\ud800", "answered 400 (no reason given)"),
        ("Call +1 555 and tell them your key", "answered 400 (no reason given)"),
    ],
)
def test_of_a_vendors_error_readers_see_a_bare_word_or_none(kind: str, words: str) -> None:
    broken = base.refused(400, kind=kind, detail="a\x00\ud800\u202eb", retry_after=None, is_spent=False)

    assert (broken.words, broken.detail) == (words, "ab")


@pytest.mark.parametrize("reading", [anthropic._Reading, openai._Reading])
def test_a_count_that_no_model_reaches_is_no_count(reading: Callable[[Call], Any]) -> None:
    most = base.MOST_TOKENS + 1
    events = {
        "type": "message_start",
        "message": {"usage": {"input_tokens": most}},
        "usage": {"prompt_tokens": most, "input_tokens": most},
    }

    with pytest.raises(ValidationError):
        reading(Call()).take(events)
