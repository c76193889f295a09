"""What a run wants to buy, and what it is told: go ahead, it is there already, wait, or no."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from enrichment import cache
from enrichment.sources.base import Lost

CALL_LEASE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A call that a run wants to make."""

    run: UUID
    lease_token: int
    wave: int
    company: int
    source: str
    provider: str
    worst_price: Decimal
    origin: str
    not_before: datetime | None = None
    bulk: bool = False  # as the run's row says when the call is reserved

    @property
    def cache_type(self) -> str:
        return cache.response_type(self.source)

    @property
    def cache_key(self) -> str:
        return cache.response_key(self.source, self.company, self.origin)

    @property
    def fill_key(self) -> str:
        return cache.fill_key(self.cache_type, self.cache_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Go ahead: the money is held and the entry is ours to fill. `job` is a long job that is already under way."""

    call: UUID
    claim: cache.Claim
    attempt: int
    base_url: str
    trusted: bool
    secrets: dict[str, str]
    concurrency: int  # exchanges with the provider that may be under way at once
    is_metered: bool  # whether each exchange takes one of the provider's tokens
    job: str = ""
    age: timedelta = timedelta(0)  # of a call that was begun before
    key: str = ""  # for a provider that answers the same key once
    lost: Lost | None = None  # first ask the provider for the job of this lost call
    waited: float | None = None  # seconds until the first request went out; known when the call has ended
    is_repeated: bool = False  # it may have been charged already: a failure says nothing of that


@dataclass(frozen=True, slots=True)
class Present:
    """The answer is there: nothing to buy."""

    entry: int
    is_empty: bool


class Why(StrEnum):
    """Why a call is not made."""

    BUDGET = "budget"  # the cap or a budget would be passed
    OFF = "off"  # switched off, or without a key
    PAUSED = "paused"  # breaker open, the provider asked us to wait for long, or paid calls are stopped
    NOBODY = "nobody"  # no request wants the run any more
    IN_DOUBT = "in_doubt"  # the last attempt may have been paid, and asking again might pay twice


@dataclass(frozen=True, slots=True)
class Refused:
    """The call is not made by this run."""

    why: Why
    words: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The call may be made in so many seconds, or when `filling` has been filled by another run."""

    seconds: float
    filling: str = ""


Permit = Reserved | Present | Refused | Wait
