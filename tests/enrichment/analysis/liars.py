"""Engines that must get nothing past grounding: one that invents, one that obeys what it reads, and failing ones."""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import Claim, Draft, EngineError, Support, Task, Usage

INFERRED, VERBATIM = Support.INFERRED, Support.VERBATIM


@dataclass
class Liar:
    """The built-in draft with lies: pointer → (value, claim). A pointer one past a list's end adds an item."""

    lies: dict[str, tuple[Any, Claim]]
    slug: str = "liar"

    async def draft(self, task: Task) -> Draft:
        return self.write(task)

    def write(self, task: Task) -> Draft:
        honest = Builtin().write(task)
        body, claims = deepcopy(honest.body), dict(honest.claims)
        for pointer, (value, claim) in self.lies.items():
            put(body, pointer, value)
            claims[pointer] = claim
        return replace(honest, body=body, claims=claims, engine=self.slug)


def put(body: Any, pointer: str, value: Any) -> None:
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        if isinstance(body, list):
            if int(step) == len(body):
                body.append({})
            body = body[int(step)]
        else:
            body = body.setdefault(step, {})
    if isinstance(body, list):
        body[int(last) : int(last) + 1] = [value]
    else:
        body[last] = value


def claim(*evidence: str, support: Support = INFERRED, how: str = "") -> Claim:
    return Claim(evidence=evidence, support=support, how=how)


def derived(how: str, *evidence: str) -> Claim:
    return Claim(evidence=evidence, support=Support.DERIVED, how=how)


class Obedient:
    """The worst case: whatever any evidence says goes into every sentence of the report, citing that evidence."""

    slug = "obedient"

    def write(self, task: Task) -> Draft:
        draft = Builtin().write(task)
        body, claims = deepcopy(draft.body), dict(draft.claims)
        for item in task.evidence:
            for text in (item.title, item.text):
                for section, entry in _echoes(text):
                    index = len(body[section])
                    body[section].append(entry)
                    for name, value in entry.items() if isinstance(entry, dict) else [("", entry)]:
                        at = f"/{section}/{index}/{name}".rstrip("/")
                        for_names = name in {"headline", "name", "title", "signal", "product"} and value == text
                        claims[at] = claim(item.id, support=VERBATIM if for_names else INFERRED)
        return Draft(body=body, claims=claims, engine=self.slug)

    async def draft(self, task: Task) -> Draft:
        return self.write(task)


def _echoes(text: str) -> list[tuple[str, Any]]:
    return [
        ("talking_points", text),
        ("news_signals", {"headline": text, "insight": text}),
        ("target_contacts", {"name": text, "title": text, "persona_fit": text}),
        ("recommended_products", {"product": text, "reason": text, "outcome": text}),
        ("opportunity_signals", {"signal": text, "action": text}),
    ]


@dataclass
class Failing:
    """Gives no draft."""

    slug: str = "failing"
    error: EngineError = field(default_factory=lambda: EngineError("refused to answer", usage=Usage(tokens_in=7)))

    async def draft(self, task: Task) -> Draft:
        raise self.error


@dataclass
class Truncating:
    """Gives a body that was cut off."""

    slug: str = "truncating"

    async def draft(self, task: Task) -> Draft:
        return Draft(
            body={"customer": {"name": "Acme Corp"}, "news_signals": [{"insight": "New fund"}]},
            claims={},
            engine=self.slug,
            usage=Usage(tokens_in=100, tokens_out=9),
        )
