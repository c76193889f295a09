"""How public registers see a company. Empty or None: they tell the truth, as far as such a register knows it."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecRecord:
    """What a company listed in New York files. Its events are the news of the world; see `sandbox/sec_filings.py`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str = ""  # as it was filed once, say "OKTA, INC."
    industry: str = ""  # the register's own word for the trade
    employees: int | None = None  # of the last annual report
    revenue_usd: int | None = None
    year_ends: str = "1231"  # month and day


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrant:
    """A listed company that nobody asks for, and that a careless reader takes for a namesake."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    ticker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataItem:
    """What volunteers wrote about the company. Without a word here, a company of size has an item that is right."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    listed: bool | None = None  # None: where it has 300 people or is on a stock exchange
    industry: str = ""
    employees: int | None = None
    employees_year: int | None = None  # None: last year
    headquarters: str = ""  # city
    chief: str = ""  # who is still called the head
    parent: str = ""
    website: str = ""  # a domain that it left


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBoard:
    """Where the company takes applications. Without a word here it has a board at one of three systems, or none."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    system: Literal["", "none", "greenhouse", "lever", "ashby", "recruitee", "smartrecruiters", "teamtailor"] = ""
    token: str = ""  # made of the domain where empty
    linked: bool | None = None  # whether the careers page links to it; None: by chance
    closed: tuple[str, ...] = ()  # titles of the company's jobs that the board has no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangeBoard:
    """A board of somebody whose name begins like that of a company of the world."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    system: Literal["greenhouse", "lever", "ashby"]
    token: str
    name: str
    titles: tuple[str, ...]
