"""The invented world: companies, what is true of them, and what each source gets wrong.

world = load()
world.by_domain("acmecorp.com").employees      # 500
world.truth("acmecorp.com").employee_count     # {"low": 500, "high": 500}
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from enrichment.sandbox.world.chapters import LAST as LAST_CHAPTER
from enrichment.sandbox.world.chapters import after
from enrichment.sandbox.world.lies import lying
from enrichment.sandbox.world.loading import (
    BadWorld,
    boards_on_file,
    companies_on_file,
    noise_on_file,
    rates_on_file,
    registrants_on_file,
)
from enrichment.sandbox.world.model import Article, Company, DemoCompany, KnownError
from enrichment.sandbox.world.public import Registrant, StrangeBoard
from enrichment.sandbox.world.truth import Truth, truth_of

__all__ = [
    "LAST_CHAPTER",
    "BadWorld",
    "Company",
    "DemoCompany",
    "KnownError",
    "Truth",
    "World",
    "companies",
    "load",
    "rates_on_file",
]


@dataclass(frozen=True)
class World:
    """Every company that exists, and what there is of nobody in particular."""

    companies: tuple[Company, ...]
    noise: tuple[Article, ...] = ()
    registrants: tuple[Registrant, ...] = ()
    boards: tuple[StrangeBoard, ...] = ()

    def __iter__(self) -> Iterator[Company]:
        return iter(self.companies)

    @cached_property
    def _domains(self) -> dict[str, Company]:
        return {company.domain: company for company in self.companies}

    def by_domain(self, domain: str) -> Company | None:
        """The company that owns `domain`, with or without `www.`."""
        return self._domains.get(domain.lower().rstrip(".").removeprefix("www."))

    def truth(self, domain: str) -> Truth:
        """What is true of the company at `domain`. Raises `KeyError` if there is none."""
        return truth_of(self._domains[domain], self.companies)

    def in_chapter(self, chapter: int) -> "World":
        """The world as it is by then, 1 to `LAST_CHAPTER`; the first is the one on file."""
        return self if chapter == 1 else self._chapters[chapter - 2]

    @cached_property
    def _chapters(self) -> tuple["World", ...]:
        courses = [after(company)[1:] for company in self.companies]
        later = zip(*courses, strict=True)
        return tuple(World(companies, self.noise, self.registrants, self.boards) for companies in later)

    @cached_property
    def liar(self) -> "World":
        """The same companies with invented facts: what a source says that lies."""
        return World(tuple(lying(company) for company in self.companies), self.noise, self.registrants, self.boards)


def load() -> World:
    """The world on file. Raises `BadWorld`."""
    return World(companies_on_file(), noise_on_file(), registrants_on_file(), boards_on_file())


def companies() -> tuple[DemoCompany, ...]:
    """The companies that the demo knows from the start: all but those to be met as an unknown name."""
    return tuple(
        DemoCompany(name=c.name, domain=c.domain, aliases=c.aliases, ticker=c.ticker.partition(":")[2] or None)
        for c in companies_on_file()
        if c.in_demo
    )
