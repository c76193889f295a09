"""Steps that will not end, in a driver's process: sources, readers and engines that misbehave for some companies."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enrichment import collection
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import Draft, Task, Usage
from enrichment.models import AnalysisEngine
from enrichment.sources.base import registry
from enrichment.workflow import analyse, backstop, engine_ledger
from enrichment.workflow.engines import engine_from
from tests.reliability import work
from tests.reliability.work import Orders

SOURCE = "serp_news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What does not end, and how. `dies`: nothing but the end of the process ends it."""

    step: str  # source, reader (of an answer, in a transaction) or engine
    how: str  # blocks, swallows (its cancellation, for ever), late (once, and then answers) or loops
    dies: bool = False

    @property
    def is_fatal(self) -> bool:
        """Whether the run is set aside. A collection that cost a process its life has used its time up, and is done."""
        return self.dies and self.step == "engine"


@dataclass(frozen=True, slots=True)
class Plot:
    """Domain → how things misbehave for that company; each time is noted in the file `diary`: domain, pid, time."""

    cases: dict[str, Case]
    diary: str

    def strikes(self, step: str, domain: str | None) -> str:
        """How `step` misbehaves for that company; empty where it does not. Notes the time."""
        case = self.cases.get(domain or "")
        if case is None or case.step != step:
            return ""
        with Path(self.diary).open("a") as file:
            file.write(f"{domain} {os.getpid()} {time.time()}\n")
        return case.how


async def misbehave(how: str) -> None:
    """Do not end; `late` ends when it is cancelled, as if nothing had been."""
    if how == "loops":
        loop_for_ever()
    while how:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if how == "blocks":
                raise
            if how == "late":
                return


def loop_for_ever() -> None:
    while True:
        pass


class BadSource:
    """A source that answers, but for the companies of the plot."""

    def __init__(self, good: Any, plot: Plot) -> None:
        self._good, self._plot = good, plot

    def __getattr__(self, name: str) -> Any:
        return getattr(self._good, name)

    async def fetch(self, company: Any, client: Any) -> Any:
        await misbehave(self._plot.strikes("source", company.domain))
        return await self._good.fetch(company, client)

    def extract(self, reply: Any, company: Any) -> Any:
        if self._plot.strikes("reader", company.domain):
            loop_for_ever()
        return self._good.extract(reply, company)


class BadEngine(Builtin):
    """A costly engine that writes like the built-in one, but for the companies of the plot."""

    slug = "anthropic"

    def __init__(self, plot: Plot) -> None:
        self._plot = plot

    async def draft(self, task: Task) -> Draft:
        await misbehave(self._plot.strikes("engine", task.domain))
        written = self.write(task)
        return Draft(body=written.body, claims=written.claims, engine=self.slug, usage=Usage())


async def cancellable(seconds: float, coroutine: Any) -> Any:
    """A deadline as the library has it, which believes that whatever is cancelled ends."""
    async with asyncio.timeout(seconds):
        return await coroutine


def drive_badly(orders: Orders, plot: Plot, protected: bool) -> None:
    """A worker whose sources and engines misbehave; without the protections where `protected` is off."""
    registry.sources[SOURCE] = BadSource(registry.sources[SOURCE], plot)
    bad = BadEngine(plot)
    analyse.engine_from = engine_ledger.engine_from = lambda row: (
        engine_from(row) if row.kind == AnalysisEngine.Kind.BUILTIN else bad
    )
    if not protected:
        collection.within = analyse.within = cancellable
        backstop.EVERY = 3600.0
    work.keep_driving(orders)
