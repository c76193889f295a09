"""The one place where HTTP becomes `SourceError`."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from enrichment.egress import (
    AddressRefused,
    BadUrl,
    EgressError,
    Response,
    Saturated,
    TooLarge,
    TooManyRedirects,
)
from enrichment.sources.base import (
    BadReply,
    Busy,
    KeyRejected,
    QuotaExhausted,
    Refused,
    SourceError,
    Throttled,
    Unavailable,
)


async def answered(exchange: Awaitable[Response], *, buys: bool = False) -> Response:
    """The answer of an exchange, whatever its status. `buys`: the provider charges for it.

    Raises `SourceError` where there is no answer, in doubt if it may have been charged.
    """
    try:
        return await exchange
    except EgressError as error:
        raise source_error(error, buys=buys) from error


def source_error(error: EgressError, *, buys: bool) -> SourceError:
    """What an exchange without an answer means for its source."""
    match error:
        case Saturated():
            return Busy(str(error))
        case AddressRefused() | BadUrl() | TooManyRedirects():
            return Refused(str(error))
        case TooLarge():
            return BadReply(str(error), paid=buys)
        case _:
            return Unavailable(str(error), in_doubt=buys and error.sent)


def error_of(response: Response, *, who: str, buys: bool = False) -> SourceError:
    """What a status outside 2xx means where the provider has no rule of its own. `who`: the provider, for people.

    A gateway's 502 or 504 may hide an answer that was charged, so it leaves a purchase in doubt.
    """
    status, said = response.status, f"{who} answered HTTP {response.status}"
    after = retry_after(response)
    if status in {401, 403}:
        return KeyRejected(f"{said}: the credentials are not accepted")
    if status == 402:
        return QuotaExhausted(f"{said}: nothing is left to spend")
    if status == 429:
        return Throttled(f"{said}: too many requests", retry_after=after)
    if status == 408 or status >= 500:
        return Unavailable(said, retry_after=after, in_doubt=buys and status in {502, 504})
    return Refused(said)


def retry_after(response: Response) -> float | None:
    """Seconds that `Retry-After` asks to wait, from seconds or an HTTP date; None where it does not say."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return float(said)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    now = datetime.now(UTC)
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
