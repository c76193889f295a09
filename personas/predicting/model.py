"""What a prediction is about, what it is made of, and how it did. Plain values; knows neither tables nor the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from personas.history import DealHistory, History


class Question(StrEnum):
    """What is asked. All are yes or no, so that all are judged by the same scores."""

    REPLY = "reply"  # do they answer a mail of ours within so many days
    WON = "won"  # is a deal won, if it is closed at all
    CLOSED = "closed"  # is a deal that is open closed within so many days


class Method(StrEnum):
    LOGISTIC = "logistic"  # regularised logistic regression
    SHRUNKEN = "shrunken"  # the share of all cases, moved by the contact's own as far as these weigh


class Why(StrEnum):
    """Why nothing is predicted; "" is that it is."""

    NONE = ""
    FEW = "few"
    ALIKE = "alike"  # nearly all cases went the same way
    BRIEF = "brief"  # too few cases after the time that it would be learnt from
    NO_BETTER = "no_better"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A moment at which the question might have been asked, and what came: None where that is not known yet.

    `known`: when it could be known.
    """

    history: History
    deal: DealHistory | None
    at: datetime
    known: datetime
    happened: bool | None
    weight: float = 1.0  # the cases of one deal's `WON` weigh 1 together

    @property
    def group(self) -> UUID:
        """What cases have in common that makes them alike: the deal, else the contact."""
        return self.deal.id if self.deal else self.history.contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A case in figures: what was known at its moment, None where nothing was."""

    at: datetime
    known: datetime
    group: UUID
    happened: bool
    weight: float
    features: Mapping[str, float | None]
    hits: float  # of the contact's earlier cases that were known by then, how many happened
    n: float  # and of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A predictor as it is kept: plain numbers. For `SHRUNKEN` all but `base` is empty.

    chance = 1 ÷ (1 + e^−(intercept + Σ coefficient × (feature − mean) ÷ scale)); what is unknown counts as the mean.
    """

    method: Method
    base: float  # share of all cases that happened
    names: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    coefficients: tuple[float, ...] = ()
    intercept: float = 0.0
    covariance: tuple[tuple[float, ...], ...] = ()  # of intercept and coefficients, in this order


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A chance with its 95 % interval."""

    chance: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What moves a chance: by how much it differs from what it were if this were as usual."""

    name: str
    value: float
    usual: float
    points: float  # −1 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A score of the predictor and of the base rate, less is better; `gain` is base − ours with its 95 % interval."""

    ours: float
    base: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Cases with much the same chance: what was said of them on average, and what share happened, with its interval."""

    said: float
    came: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a predictor did on cases after those that it was made of."""

    split: datetime
    learnt: int  # cases known before the split
    tried: int  # cases from it on
    groups: int  # contacts or deals that these are of
    base: float  # share that happened before the split
    brier: Compared
    log_loss: Compared
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a question can be answered; `fitted` where it can."""

    why: Why
    cases: int
    happened: int
    fitted: Fitted | None = None
    trial: Trial | None = None
