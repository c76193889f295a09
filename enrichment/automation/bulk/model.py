"""What a caller sends in bulk, before anything is made of it."""

# BulkError
# ├── UnreadableList     no list of companies can be read from what was sent
# ├── InvalidBulk        a field's value is not possible; `errors` by field
# ├── SameKey            the Idempotency-Key was used before, with another body
# └── NotNow             what is asked does not fit the state that the bulk is in

from dataclasses import asdict, dataclass, field
from decimal import Decimal

from enrichment import cache
from enrichment.workflow.asks import Seller

MOST_LINES = 1_000
LONGEST_CELL = 250  # characters of a name, a domain or an id; what is longer is cut
NOBODY = Seller()
FIELDS = ("name", "domain", "externalId")


class BulkError(Exception):
    """The bulk cannot be taken, or not be steered so; nothing was changed."""


class UnreadableList(BulkError):
    pass


class InvalidBulk(BulkError):
    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(words)}" for name, words in errors.items()))
        self.errors = errors


class SameKey(BulkError):
    pass


class NotNow(BulkError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One company as it was sent. `line`: of the file, or its place in the list; the first is 1.

    `reason`: why nothing could be read of it, where a file shows that.
    """

    line: int
    name: str = ""
    domain: str = ""
    external_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What was read of a list: its companies, and which column each field was taken from."""

    entries: tuple[Entry, ...]
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAsk:
    """A list and what is wanted for each of its companies. `max_cost`: USD for all of them together."""

    listed: Listed
    consumer: str
    vendor: str | None = None
    vendor_domain: str | None = None
    seller: Seller = NOBODY
    max_cost: Decimal | None = None
    order: str = "value"
    require: tuple[str, ...] = ()
    label: str = ""

    @property
    def body_hash(self) -> str:
        sent = asdict(self)
        for entry in sent["listed"]["entries"]:
            del entry["reason"]  # ours, not the caller's
        return cache.digest("bulk", sent)
