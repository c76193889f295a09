"""The words of understanding, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from chat.understanding.spans import Span

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

    `company` and `vendor` are names; `intent`, `about` and `span` of the question before; `people` whom the last answer
    named. `staff` and `places` are those of the company in talk, `products` the vendor's own. `today` is the asker's.
    """

    company: str = ""
    vendor: str = ""
    intent: str = ""
    about: tuple[str, ...] = ()
    span: Span | None = None
    people: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    today: date | None = None  # without it no time is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What a question names. `company` is another one than before, as it was written ("same for Globex").

    `doubt`: what else that name may well be, as `marking` calls it (‹place›, ‹product›, …), or "ordinary" for words of
    the language; "" for nothing. `person` is one of whom nothing was told before: a company may be called so, too.
    """

    company: str = ""
    doubt: str = ""
    is_of_vendor: bool = False  # it names the vendor, or a product of it, and nobody besides
    person: str = ""
    about: tuple[str, ...] = ()  # lower-case words that single something out: "okta", "ciso", "berlin"
    span: Span | None = None
    is_follow_up: bool = False  # understood by what was asked before
    goes_on: bool = False  # it asks for what was not said yet of that: “who else?”, “more”


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
