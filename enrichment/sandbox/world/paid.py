"""How sellers of company data see a company. Empty or None: they tell the truth, if they have the company."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApolloRecord:
    """What Apollo holds. Without a word here it has nine of ten companies and four of five of their people."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    listed: bool | None = None  # None: by chance
    employees: int | None = None
    industry: str = ""
    city: str = ""
    former: frozenset[str] = frozenset()  # names of people who have left and are still listed


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWithRecord:
    """What BuiltWith holds: what a site shows, and three of four of what a database has."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    still: frozenset[str] = frozenset()  # technologies that are gone and pass for live


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedInPage:
    """The company's page on LinkedIn, as its owner left it. Without a word here, seven of eight have one."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    listed: bool | None = None  # None: by chance
    employees: int | None = None  # that its band was chosen for
    industry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearbitRecord:
    """What Clearbit's old records hold. Without a word here it has seven of ten companies, as they are."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    listed: bool | None = None  # None: by chance
    employees: int | None = None
    city: str = ""
