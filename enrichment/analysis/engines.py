"""Writing a report: engines in order until one gives a draft, what its evidence bears, and what every try cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import Draft, Engine, EngineError, Grounded, Product, Task, Usage, VendorContext
from enrichment.analysis.schemas import misfit
from enrichment.analysis.text import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One engine's try. `failure` is empty where its draft was used."""

    engine: str
    usage: Usage
    failure: str = ""
    retry_after: float | None = None  # seconds, where the engine's provider asks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The report, and every try it took, the successful one last."""

    grounded: Grounded
    attempts: tuple[Attempt, ...]


async def write(task: Task, engines: Sequence[Engine]) -> Written:
    """The report by the first engine that gives a draft of the task's schema; `builtin` stands in after the last.

    Never raises `EngineError`: a failed engine is an attempt, and its usage is kept.
    """
    attempts: list[Attempt] = []
    for engine in engines:
        try:
            draft = checked(await engine.draft(task), task)
        except EngineError as error:
            attempts.append(_failed(engine.slug, error))
        else:
            return _written(draft, task, attempts)
    return _written(Builtin().write(task), task, attempts)


def checked(draft: Draft, task: Task) -> Draft:
    """The draft, if it is of the task's schema. Raises `EngineError` if it is not."""
    if why := misfit(task.purpose, draft.body):
        raise EngineError(f"The draft is not of the report's schema: {why}", usage=draft.usage)
    return draft


def _failed(engine: str, error: EngineError) -> Attempt:
    return Attempt(engine=engine, usage=error.usage, failure=str(error), retry_after=error.retry_after)


def _written(draft: Draft, task: Task, attempts: list[Attempt]) -> Written:
    last = Attempt(engine=draft.engine, usage=draft.usage)
    return Written(grounded=ground(draft, task), attempts=(*attempts, last))


def vendor_context_from(body: dict[str, Any]) -> VendorContext:
    """What the rep sells, from a grounded `vendor_context` body; missing parts are empty.

    The competitors that a person wants to be minded come first.
    """
    details = body.get("productDetails") or [{"name": name} for name in body.get("products") or ()]
    return VendorContext(
        name=body.get("companyName") or "",
        products=tuple(
            Product(name=detail["name"], description=tidy(detail.get("description") or "", 900)) for detail in details
        ),
        value_propositions=tuple(body.get("valuePropositions") or ()),
        competitors=tuple(dict.fromkeys([*(body.get("competitorFocus") or ()), *(body.get("competitors") or ())])),
        target_markets=tuple(body.get("targetMarkets") or ()),
    )
