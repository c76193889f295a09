"""The words of understanding, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SURE = 0.55  # from this score on a question is answered without asking back
GUESS = 0.25  # below it nothing is offered as "did you mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRule:
    """An intent as its row has it. `phrases` are examples of how people ask; `words` ask for it wherever they stand."""

    slug: str
    label: str
    phrases: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was spoken of before, by which a follow-up is understood.

    `company` and `vendor` are names; `intent` and `about` of the question before; `people` whom the last answer named.
    """

    company: str = ""
    vendor: str = ""
    intent: str = ""
    about: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What a question names. `company` is another one than before, as it was written ("same for Globex")."""

    company: str = ""
    about: tuple[str, ...] = ()  # lower-case words that single something out: "okta", "ciso", "last quarter"
    is_follow_up: bool = False  # understood by what was asked before


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """`intent` is "" where nothing fits; `score` in [0, 1]; `others` are the next best, best first."""

    intent: str
    score: float
    slots: Slots = Slots()
    others: tuple[tuple[str, float], ...] = ()
    why: Mapping[str, float] = field(default_factory=dict)  # what decided: feature → weight

    @property
    def is_sure(self) -> bool:
        return bool(self.intent) and self.score >= SURE
