"""The planner's words, as frozen values.

Money is whole nano-USD (`int`), so sums are exact; a share is a float in [0, 1]; a span is in seconds.

Definition of the best plan
---------------------------
A *plan* is a set of sources to call. With the held responses it is *feasible* if

- each call's needs are met: every slug in `needs` is known, or given by a held response, or given by a call of an
  earlier layer (so needs form no circle);
- the sum of the calls' worst prices is within `budget` (None: no limit), and no chain of layers takes longer than
  `deadline` (a layer takes its slowest call's latency, layers add up; None: no limit);
- no redundancy rule is broken: a rule whose `because_of` (all or any of them) are called or held, while `skip` is
  called, is broken unless it *yields*: without `skip`, and without the calls that then lack a need, some required
  dataset that `skip` gives would be below its threshold.

*Reliability* of a dataset = 1 − Π(1 − r) over origin groups, where r is the greatest reliability that a call or a held
response of that group offers for it; 0 where nobody offers it. *Shortfall* = max(0, threshold − reliability). A dataset
is *missed* if it is below its threshold. *Seconds* of a plan: the slowest call of each layer, added up.

Among the feasible plans the one with the smallest tuple is chosen (`Score`, compared in order). It begins with the
levels of the `objective`, each rounded to 9 decimals:

- `cost`: Σ weight × shortfall over required datasets; the same over optional ones. What is wanted, for the least money.
- `quality`: Σ weight × shortfall over required datasets; Σ weight × (1 − reliability) over all datasets. The most
  certain answers that the budget buys, but no required one is given up for a more certain optional one.
- `completeness`: Σ weight of missed required datasets; Σ weight × shortfall over required ones; the same two over
  optional ones. As many whole answers as the budget buys, rather than many halves.
- `speed`: the levels of `cost`; then the plan's seconds. What is wanted, soonest.

It ends alike for all:

1. Σ over calls of round(expected price / chance): the price of a usable answer, in nano-USD, where the expected price
   is `price` per call, `price × chance` per hit, `price × expected_records` per record;
2. number of calls;
3. Σ over calls of the call's priority: the smallest priority among its offers for needed datasets;
4. the calls' slugs, sorted.

A call that offers no needed dataset may still be part of a plan because it meets another call's need; its priority is
then the smallest among all its offers.

`speed` starts fallbacks early where that is free: in the order of their slugs each candidate of price 0 joins the
chosen plan if it offers a needed dataset, with a reliability above 0, that a call of the plan so offers, too, and the
plan with it is feasible and takes no longer. The plan's score is then that of all its calls. Which datasets are so
offered is told from the chosen plan before any joined.

Made precise: a call's layer is the earliest at which its needs are met. "Below its threshold" means a shortfall that is
not 0 when rounded to 9 decimals; seconds and `deadline` are compared with both rounded to 9 decimals. Who joins a
speedy plan is decided with those in it that joined before. A dataset that is
`known` meets needs of calls, it has no reliability of its own. A source named in `unavailable` is never called.
"Needed" datasets are all of `PlanInput.needs`, required or optional. Without any `because_of` "all" holds, "any" does
not.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Objective(StrEnum):
    """What makes one plan better than another; see the module's definition."""

    COST = "cost"
    QUALITY = "quality"
    SPEED = "speed"
    COMPLETENESS = "completeness"


class Strategy(StrEnum):
    """Whether calls are chosen by the module's definition, or every source is asked: see `legacy`."""

    ENHANCED = "enhanced"
    LEGACY = "legacy"


class Charged(StrEnum):
    """What a source charges for."""

    CALL = "call"
    HIT = "hit"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One dataset that is wanted."""

    dataset: str
    threshold: float  # reliability that is good enough
    required: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One dataset that a source gives, or that a held response really gave."""

    dataset: str
    reliability: float
    priority: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A response that is already there and free to use."""

    source: str
    origin_group: str
    offers: tuple[Offer, ...]
    age: float = 0.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A source that could be called. `latency` is what an answer usually takes, in seconds."""

    source: str
    origin_group: str
    offers: tuple[Offer, ...]
    price: int  # nano-USD per call, hit or record
    charged: Charged = Charged.CALL
    chance: float = 0.9  # probability in (0, 1] of a usable answer
    expected_records: float = 1.0
    max_records: int = 1
    latency: float = 1.0
    needs: frozenset[str] = frozenset()

    @property
    def worst_price(self) -> int:
        """nano-USD that one call may cost at most."""
        return self.price * (self.max_records if self.charged is Charged.RECORD else 1)

    @property
    def expected_price(self) -> float:
        """nano-USD that one call costs on average."""
        match self.charged:
            case Charged.CALL:
                return float(self.price)
            case Charged.HIT:
                return self.price * self.chance
            case Charged.RECORD:
                return self.price * self.expected_records

    @property
    def usable_price(self) -> int:
        """nano-USD that a usable answer costs on average: the expected price over the chance of one."""
        return round(self.expected_price / self.chance)

    @property
    def gives(self) -> frozenset[str]:
        return frozenset(offer.dataset for offer in self.offers)


class Mode(StrEnum):
    """How many of the named sources make another one redundant."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """`skip` need not be asked where `because_of` (all or any) are asked or held."""

    skip: str
    because_of: frozenset[str]
    mode: Mode = Mode.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A source that may not be asked now, and why in words: switched off, no key, paused, already asked."""

    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInput:
    """Everything that a plan depends on. Slugs are unique in each tuple; `known` are datasets that are given."""

    needs: tuple[Need, ...]
    candidates: tuple[Candidate, ...]
    known: frozenset[str] = frozenset()
    held: tuple[Held, ...] = ()
    redundancies: tuple[Redundancy, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()
    budget: int | None = None  # nano-USD
    deadline: float | None = None  # seconds
    objective: Objective = Objective.COST
    strategy: Strategy = Strategy.ENHANCED


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Score:
    """The tuple that plans are compared by, in order; see the module's definition. Compare within one objective."""

    levels: tuple[float, ...]
    usable_price: int
    calls: int
    priority: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """One call of the plan."""

    source: str
    layer: int  # 0 is asked first
    serves: tuple[str, ...]  # needed datasets that it may fill, sorted
    worst_price: int
    expected_price: int
    latency: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """A held response that serves needed datasets."""

    source: str
    serves: tuple[str, ...]
    age: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A source that is not called, and why in words."""

    source: str
    why: str
    usable_price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the plan promises for one needed dataset."""

    dataset: str
    required: bool
    threshold: float
    reliability: float
    shortfall: float
    best_possible: float  # reliability if every candidate were asked, budget aside
    by: tuple[str, ...]  # sources, called or held, that give it


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The calls to buy, what is reused, what was rejected and what will be missing."""

    calls: tuple[PlannedCall, ...]  # by layer, then slug
    reused: tuple[Reused, ...]
    rejected: tuple[Rejected, ...]
    expectations: tuple[Expectation, ...]
    score: Score
    required_shortfall: float  # Σ weight × shortfall over required datasets, whatever the objective
    notes: tuple[str, ...] = field(default=())  # redundancy that yielded, budget that bound, in words

    @property
    def worst_price(self) -> int:
        """nano-USD at most, if every call is made once."""
        return sum(call.worst_price for call in self.calls)

    @property
    def expected_price(self) -> int:
        """nano-USD on average."""
        return sum(call.expected_price for call in self.calls)

    @property
    def seconds(self) -> float:
        """Time that the plan takes: the slowest call of each layer, added up."""
        slowest: dict[int, float] = {}
        for call in self.calls:
            slowest[call.layer] = max(slowest.get(call.layer, 0.0), call.latency)
        return sum(slowest.values(), 0.0)
