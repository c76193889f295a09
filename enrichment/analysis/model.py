"""The words of analysis, as frozen values: what an engine is given, what it drafts, what grounding leaves of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """A collected item, as an engine may cite it. All text is untrusted."""

    id: str  # "e12"
    source: str  # slug
    kind: str  # article, page, profile, record, job
    title: str = ""
    url: str = ""
    publisher: str = ""
    text: str = ""
    published_at: datetime | None = None
    collected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherClaim:
    """What other sources say of a field of a record instead, say another title of the same person."""

    field: str
    value: Any
    evidence: tuple[str, ...]  # ids
    sources: tuple[str, ...]
    reliability: float
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactItem:
    """One claim of a fact: a record or word of a list, or one of the values that a scalar was given."""

    value: Any  # a scalar, a string or one record (dict)
    evidence: tuple[str, ...]  # ids
    sources: tuple[str, ...]
    reliability: float  # 0 to 1, over agreeing origin groups
    observed_at: datetime
    also: tuple[OtherClaim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A merged fact, as an engine may use it.

    `value` is `items[0].value` of a scalar, else the list of the items' values. A scalar's further items are what other
    sources said instead; a list's items are all of it, best first.
    """

    dataset: str
    kind: str  # scalar, list, records
    value: Any
    items: tuple[FactItem, ...]
    reliability: float  # of the fact as a whole, 0 to 1
    observed_at: datetime
    half_life: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the vendor's."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorContext:
    """What the rep sells, from the vendor's own context report."""

    name: str
    products: tuple[Product, ...] = ()
    value_propositions: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    target_markets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """The rep's role: what it stresses."""

    slug: str  # AE
    label: str
    focus: str
    talking_points: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    voice: str = ""  # whose sentences are written for it; empty: its own
    contact_order: tuple[str, ...] = ()  # parts played in a purchase, first to last
    emphasis: tuple[str, ...] = ()  # what a conversation is opened with, first to last

    @property
    def speaks_as(self) -> str:
        return self.voice or self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRuleView:
    """Signals that together mean something."""

    name: str
    signals: frozenset[str]
    urgency: str
    action: str
    within_days: int = 36_500  # that a signal counts
    witnesses: int = 1  # origin groups that the signals come from, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherView:
    """What an admin says of a publisher: how far it is believed, 0 to 1, and why."""

    domain: str
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """A dataset that the report needs, for its quality and its gaps."""

    dataset: str
    threshold: float
    required: bool
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """All that a report is written from. Holds no person of the seller's."""

    purpose: str  # customer_intelligence, vendor_context, profile
    company: str
    domain: str | None
    facts: Mapping[str, FactView]
    evidence: tuple[EvidenceItem, ...]
    as_of: datetime
    needs: tuple[NeedView, ...] = ()
    vendor_name: str | None = None
    vendor: VendorContext | None = None
    role: RoleView | None = None
    segment: str = ""
    region: str = ""
    context: str = ""  # what the caller says that the conversation is about
    signal_rules: tuple[SignalRuleView, ...] = ()
    publishers: tuple[PublisherView, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)  # source → origin group; absent: the source itself
    prompt: str = ""  # the active prompt version's text


class Support(StrEnum):
    """How evidence bears a statement."""

    VERBATIM = "verbatim"  # the words are in the cited evidence
    DERIVED = "derived"  # a named, recomputable function of it
    INFERRED = "inferred"  # cites evidence and adds no name, number, date or product of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an engine says bears one statement of its draft."""

    evidence: tuple[str, ...]  # ids
    support: Support
    how: str = ""  # for derived: the function's name, say "head_count_band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a draft used. `cost` is None where nobody knows: a price is unknown, or the use of a call that failed is."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0  # read from the prompt cache
    tokens_cache_written: int = 0
    cost: Decimal | None = Decimal(0)
    doubtful: Decimal = Decimal(0)  # USD of `cost` for calls that were cut off, and that may not have been charged


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """What stands in a statement's place if it is withheld; it is checked like any other."""

    value: Any
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an engine wrote: a body of the purpose's schema, and its claims and spares by JSON Pointer of a leaf."""

    body: dict[str, Any]
    claims: Mapping[str, Claim]
    engine: str
    usage: Usage = field(default_factory=Usage)
    spares: Mapping[str, Spare] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A statement that nothing bears, left out of the report."""

    pointer: str
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a second reading restores a sentence by: words that follow from what is cited, and the quotation of it."""

    words: frozenset[str]
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """A report that says only what its evidence bears.

    `statements`: JSON Pointer in `body` → {"evidence": [ids], "support": …}. `recall`: share of the collected findings
    (articles, people, technologies) that the report shows, 0 to 1.
    """

    body: dict[str, Any]
    statements: dict[str, dict[str, Any]]
    withheld: tuple[Withheld, ...]
    recall: float
    engine: str
    usage: Usage
    second_reading: str = ""  # what came of one by an engine, in words; empty where none was due


class Trouble(StrEnum):
    """What an engine's failure says about asking it again."""

    ANSWER = "answer"  # it answered, and what it said is of no use: the next task may fare better
    UNKNOWN = "unknown"  # nobody can tell: it was not given the time, or the fault is ours
    OUTAGE = "outage"  # it does not answer
    BUSY = "busy"  # it asks us to wait
    SPENT = "spent"  # its vendor sells us nothing more for now
    REFUSED = "refused"  # a key, a bill, a permission, a model's name: until a person acts, every call fails


class EngineError(Exception):
    """An engine gave no usable draft; the next one is tried. `usage` is what it cost all the same.

    `retry_after` in seconds, where its vendor asks for it; `detail` is what the vendor said, for an admin's eyes alone.
    """

    def __init__(
        self,
        message: str,
        *,
        usage: Usage | None = None,
        retry_after: float | None = None,
        trouble: Trouble = Trouble.ANSWER,
        detail: str = "",
    ) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
        self.retry_after = retry_after
        self.trouble = trouble
        self.detail = detail


class Engine(Protocol):
    """Writes drafts."""

    @property
    def slug(self) -> str: ...

    async def draft(self, task: Task) -> Draft:
        """A draft of the task's report, within the engine's own deadline. Raises `EngineError`."""
        ...

    def worst_cost(self, task: Task) -> Decimal | None:
        """USD that a draft costs at most, a repair included; None where a price is unknown."""
        ...
