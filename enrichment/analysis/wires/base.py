"""What every wire has in common: a question, what comes back, and how a call breaks.

A wire asks once and says what happened. How often it is asked again, how long all of it may take and what it cost is
decided above (`models_engine.py`).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Annotated, Any, Protocol

from pydantic import Field

from enrichment.analysis.model import Trouble
from enrichment.analysis.prices import Counts
from enrichment.analysis.text import legible

LARGEST = 2_000_000  # bytes of a reply; `max_tokens` alone bounds only an honest server
SPARE = 5.0  # seconds beyond the deadline that the SDK gets, so that it is ours that ends a call
LONGEST_RETRY = 31 * 86_400.0  # seconds
LONGEST_WORDS = 600  # characters of what a vendor says about its error; less are kept, once our keys are out of them
MOST_TOKENS = 20_000_000  # of one call: no model reads as many, so a server that says more has not counted

Tokens = Annotated[int, Field(ge=0, le=MOST_TOKENS)]


class Form(StrEnum):
    """How an answer is held to its schema."""

    SCHEMA = "schema"
    JSON = "json"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One exchange with a model. `turns` are (role, text), the last one the user's. No `schema`: plain text."""

    system: str
    turns: tuple[tuple[str, str], ...]
    schema: dict[str, Any]
    form: Form
    max_tokens: int


Hear = Callable[[str], None]


def nobody(_text: str) -> None:
    """Who listens where an answer counts only as a whole."""


@dataclass(slots=True)
class Call:
    """One exchange as far as it got; the wire fills it while it reads, so that a call that is cut off leaves it too.

    `hear` is given the answer's text piece by piece, as it comes.
    """

    hear: Hear = nobody
    counts: Counts = field(default_factory=Counts)
    is_counted: bool = False  # the answer is whole, and the server said what it took
    is_free: bool = False  # it was refused before anything was written


@dataclass(frozen=True, slots=True)
class Said:
    """A whole reply. `fault`: why it is no answer all the same, in words; empty where it is one."""

    text: str
    fault: str = ""


class Broken(Exception):
    """A call brought no reply. `words` are ours; `detail` is what the vendor said, for an admin's eyes."""

    def __init__(
        self,
        words: str,
        *,
        trouble: Trouble,
        is_worth_repeating: bool = False,
        retry_after: float | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(words)
        self.words, self.trouble, self.detail = words, trouble, detail
        self.is_worth_repeating, self.retry_after = is_worth_repeating, retry_after


class Line(Protocol):
    """An open line to a vendor."""

    async def ask(self, question: Question, call: Call) -> Said:
        """What the model replies. Raises `Broken`; whatever else breaks is a mistake of ours."""
        ...


class Wire(Protocol):
    """One vendor's format, with all that is needed to be let in."""

    def open(self, deadline: float) -> AbstractAsyncContextManager[Line]:
        """A line, for calls of at most `deadline` seconds; imports the SDK off the loop."""
        ...


# --- A reply that is bounded ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Bound:
    """Why a reply was not read to its end; empty where it was."""

    passed_by: str = ""


@asynccontextmanager
async def bounded(sdk: Any, deadline: float) -> AsyncIterator[tuple[Any, Bound]]:
    """An HTTP client for the SDK that reads `LARGEST` bytes of a reply at most and follows no redirect with a key."""
    bound = Bound()

    async def bind(response: Any) -> None:
        response.stream = _bounded_stream()(response.stream, bound)
        if response.headers.get("content-encoding", "identity") != "identity":
            bound.passed_by = "sent a compressed answer, which nobody asked for"  # and which hides how large it is
            raise import_module("httpx2").ReadError("compressed", request=response.request)

    # Of the SDK's making, for it knows the settings of proxies.
    client = sdk.DefaultAsyncHttpxClient(
        event_hooks={"response": [bind]},
        timeout=deadline + SPARE,
        follow_redirects=False,
        verify=await asyncio.to_thread(_certificates),
    )
    client.headers["accept-encoding"] = "identity"
    async with client:
        yield client, bound


@lru_cache(maxsize=1)
def _certificates() -> Any:
    """Whom to trust: read once, for it takes a thirtieth of a second."""
    return import_module("httpx2").create_ssl_context()


@lru_cache(maxsize=1)
def _bounded_stream() -> type[Any]:
    wire = import_module("httpx2")

    class BoundedStream(wire.AsyncByteStream):  # type: ignore[misc,name-defined]  # mypy sees no import
        """Breaks off where a body is too large."""

        def __init__(self, inner: Any, bound: Bound) -> None:
            self._inner, self._bound = inner, bound

        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for chunk in self._inner:
                read += len(chunk)
                if read > LARGEST:
                    self._bound.passed_by = "sent more than any answer has"
                    raise wire.ReadError("too large")
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    return BoundedStream


# --- What an error means ----------------------------------------------------------------------------------------------

_FOR_A_PERSON = {401, 402, 403, 404}  # a key, a bill, a permission, the model's name
_PASSING = {408, 409, 500, 502, 503, 504, 529}


def refused(
    status: int, *, kind: str, detail: str, retry_after: float | None, is_spent: bool, is_free: bool = True
) -> Broken:
    """What a vendor's error says we are to do. `is_spent`: nothing more is sold to us for now."""
    kind = word_of(kind)
    words = f"answered {status} ({kind or 'no reason given'})" if is_free else f"broke off: {kind or 'no reason given'}"
    trouble, again = _meaning(status, is_spent=is_spent, retry_after=retry_after)
    return Broken(words, trouble=trouble, is_worth_repeating=again, retry_after=retry_after, detail=_short(detail))


def _meaning(status: int, *, is_spent: bool, retry_after: float | None) -> tuple[Trouble, bool]:
    if is_spent:
        return Trouble.SPENT, False
    if status == 429:
        return (Trouble.BUSY if retry_after is not None else Trouble.OUTAGE), True
    if status in _FOR_A_PERSON:
        return Trouble.REFUSED, False
    if status in _PASSING or status > 504:
        return Trouble.OUTAGE, True
    return Trouble.ANSWER, False


def _short(detail: str) -> str:
    return legible(detail, LONGEST_WORDS)


def word_of(said: object) -> str:
    """A vendor's name for a kind of error or ending, which readers see; blank for what is no such name.

    "overloaded_error" is one, and neither a sentence nor a key or markup is.
    """
    text = str(said or "")
    return text if _WORD.fullmatch(text) and not _KEY.search(text) else ""


def another_reason(stop: str | None) -> str:
    """Of an ending that we do not know."""
    word = word_of(stop)
    return f"stopped for another reason{f' ({word})' if word else ''}"


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_KEY = re.compile(r"\d.*\d.*\d.*\d|^(?:sk|pk|ABSK|AKIA|ASIA)[-_A-Z0-9]")


def seconds_of(header: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds of a `Retry-After`, which is a number or a date, `LONGEST_RETRY` at most; None where it is neither."""
    if not header:
        return None
    try:
        asked = float(header) if header[0].isdigit() else _until(header, now or datetime.now(UTC))
    except (ValueError, TypeError):
        return None
    return min(max(asked, 0.0), LONGEST_RETRY)  # "1e999" is a number, too, and no span of time


def _until(header: str, now: datetime) -> float:
    return max((parsedate_to_datetime(header) - now).total_seconds(), 0.0)


def cut_off() -> Broken:
    """The stream ended before the answer did."""
    return Broken("broke off in mid-answer", trouble=Trouble.OUTAGE, is_worth_repeating=True)


def unreached(error: Exception, call: Call, bound: Bound) -> Broken:
    """The connection broke. Where it came about, nobody knows whether we were heard, and so whether it is charged."""
    if bound.passed_by:
        return Broken(bound.passed_by, trouble=Trouble.OUTAGE)
    wire = import_module("httpx2")
    if isinstance(error.__cause__, (wire.ConnectError, wire.ConnectTimeout, wire.UnsupportedProtocol)):
        call.is_free = True
        return Broken("could not be reached", trouble=Trouble.OUTAGE, is_worth_repeating=True)
    return Broken("could not be reached, or broke off", trouble=Trouble.OUTAGE, is_worth_repeating=True)


def unreadable(what: str = "") -> Broken:
    """The reply is not of the vendor's format."""
    return Broken(f"answered what is not its format{f' ({what})' if what else ''}", trouble=Trouble.OUTAGE)
