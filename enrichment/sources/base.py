"""What every source is: one module that talks to a provider and reads its replies, and nothing else knows how.

`fetch` (or `start` and `poll`) talks; `extract` reads bytes and is pure. Neither sees the database.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from enrichment.egress import ProviderClient

# --- Errors -----------------------------------------------------------------------------------------------------------
# SourceError
# ├── KeyRejected       the provider does not accept our credentials
# ├── QuotaExhausted    nothing is left to spend there; waiting does not help
# ├── Throttled         too many requests; `retry_after` seconds where it says so
# ├── Unavailable       it is down, slow or unreachable
# │   └── HostUnavailable   the company's own host is; that says nothing of other companies' hosts
# ├── Busy              we have no turn to ask it; the provider is not to blame
# ├── Refused           it does not accept this request, or our own guard does not; asking again will not help
# ├── BadReply          it answered something that is not its format
# ├── JobFailed         a long job ended without a result
# └── NeverBegun        the provider has no trace of a call in doubt; nothing was paid, and it may be made


class SourceError(Exception):
    """A provider gave no usable answer. `retryable` steers the retry, `paid` the ledger.

    `in_doubt`: a request that costs money may have reached the provider, and its answer was never seen.
    """

    retryable: ClassVar[bool] = False
    paid: bool = False

    def __init__(
        self, message: str, *, retry_after: float | None = None, in_doubt: bool = False, paid: bool | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds
        self.in_doubt = in_doubt
        self.paid = type(self).paid if paid is None else paid


class KeyRejected(SourceError):
    pass


class QuotaExhausted(SourceError):
    pass


class Throttled(SourceError):
    retryable = True


class Unavailable(SourceError):
    retryable = True


class HostUnavailable(Unavailable):
    pass


class Busy(SourceError):
    retryable = True


class Refused(SourceError):
    pass


class BadReply(SourceError):
    paid = True


class JobFailed(SourceError):
    pass


class NeverBegun(SourceError):
    retryable = True


# --- Values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRef:
    """Which company is asked about. `aliases` are other names it is known by."""

    name: str
    domain: str | None = None  # registrable domain
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A collected item that a reader can open. `text` is plain text of at most 2,000 characters, untrusted."""

    kind: str  # article, page, profile, record, job
    title: str = ""
    url: str = ""
    text: str = ""
    publisher: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing the reply says, with the items it was read from. Shapes of values: `docs/datasets.md`.

    A dataset of kind `list` or `records` takes one observation per word or record.
    """

    dataset: str
    value: Any  # JSON: a scalar, one string of a list, or one record
    evidence: tuple[Evidence, ...] = ()
    observed_at: datetime | None = None  # None: when the reply was fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that one reply says. Empty `observations` = the source was asked and knows nothing."""

    observations: tuple[Observation, ...] = ()
    records: int = 0  # records that the provider charges for
    dropped: int = 0  # items of another company with a similar name, left out
    name: str | None = None  # the company's own name, where the reply states it
    domain: str | None = None  # its domain, where the reply states it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A long job that is not ready: ask again after so many seconds."""

    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The bytes of a complete answer, as they are cached and extracted."""

    body: bytes
    fetched_at: datetime


class Source(Protocol):
    """One exchange, one answer."""

    slug: ClassVar[str]
    provider: ClassVar[str]
    gives: ClassVar[frozenset[str]]

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The reply's bytes. Raises `SourceError`."""
        ...

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the bytes say. Pure; raises `BadReply` only where nothing can be read at all."""
        ...


@runtime_checkable
class JobSource(Protocol):
    """A long job: its id is stored before the first poll, so a restarted run polls on instead of buying again."""

    slug: ClassVar[str]
    provider: ClassVar[str]
    gives: ClassVar[frozenset[str]]

    async def start(self, company: CompanyRef, http: ProviderClient) -> str:
        """The provider's id of the job. Raises `SourceError`."""
        ...

    async def poll(self, job: str, http: ProviderClient) -> bytes | Pending:
        """The reply's bytes, or how long to wait. Raises `SourceError`."""
        ...

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A call whose answer was lost. `others`: jobs that calls of ours to the same provider are known to have begun."""

    at: datetime
    others: frozenset[str] = frozenset()


@runtime_checkable
class LookUpSource(JobSource, Protocol):
    """A long job that its provider can be asked for, free, when the answer that named it was lost."""

    async def find(self, company: CompanyRef, lost: Lost, http: ProviderClient) -> str | Pending | None:
        """The id of the job that the lost call began, None if it began none that costs. Raises `SourceError`.

        `Pending`: it cannot be told yet.
        """
        ...


AnySource = Source | JobSource


@dataclass(slots=True)
class Registry:
    """The sources that exist, by slug."""

    sources: dict[str, AnySource] = field(default_factory=dict)

    def add(self, source: AnySource) -> None:
        if source.slug in self.sources:
            raise ValueError(f"Two sources are called {source.slug!r}.")
        self.sources[source.slug] = source


registry = Registry()


SourceType = TypeVar("SourceType", bound=type)


def register(cls: SourceType) -> SourceType:
    """Class decorator: one instance of the source joins the registry."""
    registry.add(cls())
    return cls
