"""An engine for trials without a model: it writes as one would, from the prompt alone, and fails on demand.

Its answer is JSON text that goes the way of a model's: read against the schema, laid over the built-in draft, grounded.
One prompt, one answer. What it does is the row's `model`: "" writes well, the other conducts fail.
"""

import asyncio
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from enrichment.analysis import prompts
from enrichment.analysis.answers import ANSWERS, draft_from
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import Draft, EngineError, Task, Usage
from enrichment.analysis.shown import Line, Shown

_MILLION = 1_000_000
_CHARACTERS = 4  # of a token, as one reckons
_MOST = 8  # sentences of a section


class Conduct(StrEnum):
    WELL = ""
    REFUSES = "refuses"
    TRUNCATES = "truncates"  # the answer breaks off in the middle
    SLOW = "slow"  # answers after twice its deadline
    BREAKS_SCHEMA = "breaks-schema"

    @classmethod
    def named(cls, model: str) -> "Conduct":
        """The conduct of that name; of any other model that of one that writes well."""
        return next((conduct for conduct in cls if conduct == model), cls.WELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeEngine:
    """`price_in` and `price_out` are USD per million tokens, None where unknown; `deadline` in seconds."""

    conduct: Conduct = Conduct.WELL
    price_in: Decimal | None = Decimal(0)
    price_out: Decimal | None = Decimal(0)
    deadline: float = 45.0
    slug: str = "fake"
    sleeps: Any = field(default=asyncio.sleep, repr=False)

    async def draft(self, task: Task) -> Draft:
        base = Builtin().write(task)
        if task.purpose not in ANSWERS:
            return base
        shown = Shown(prompts.system_text(task), prompts.user_text(task, base.body))
        if self.conduct is Conduct.SLOW:
            await self._answer_late()
        text = self._said(json.dumps(answer_to(task.purpose, shown), ensure_ascii=False))
        usage = self._usage(shown, text)
        if self.conduct is Conduct.REFUSES:
            raise EngineError("refused to answer", usage=usage)
        try:
            answer = ANSWERS[task.purpose].model_validate_json(text)
        except ValidationError as error:
            why = (
                "broke off in mid-answer" if self.conduct is Conduct.TRUNCATES else "answered what is not of the schema"
            )
            raise EngineError(why, usage=usage) from error
        return draft_from(answer, base, task, engine=self.slug, usage=usage)

    def worst_cost(self, task: Task) -> Decimal | None:
        """USD that a draft costs at most."""
        if task.purpose not in ANSWERS:
            return Decimal(0)
        text = prompts.system_text(task) + prompts.user_text(task, Builtin().write(task).body)
        return self._cost(len(text), 60_000)

    async def _answer_late(self) -> None:
        try:
            async with asyncio.timeout(self.deadline):
                await self.sleeps(2 * self.deadline)
        except TimeoutError as error:
            raise EngineError(f"gave no answer within {self.deadline:g} s", usage=Usage(cost=None)) from error

    def _said(self, text: str) -> str:
        match self.conduct:
            case Conduct.REFUSES:
                return ""
            case Conduct.TRUNCATES:
                return text[: len(text) // 2]
            case Conduct.BREAKS_SCHEMA:
                return json.dumps({"answer": text})
        return text

    def _usage(self, shown: Shown, text: str) -> Usage:
        read, written = len(shown.system) + len(shown.user), len(text)
        return Usage(tokens_in=read // _CHARACTERS, tokens_out=written // _CHARACTERS, cost=self._cost(read, written))

    def _cost(self, read: int, written: int) -> Decimal | None:
        if self.price_in is None or self.price_out is None:
            return None
        return (read // _CHARACTERS * self.price_in + written // _CHARACTERS * self.price_out) / _MILLION


# --- What it writes ---------------------------------------------------------------------------------------------------


def answer_to(purpose: str, shown: Shown) -> dict[str, Any]:
    """A model's answer to the prompt, as JSON of the purpose's schema."""
    writer = _Writer(shown)
    return writer.positioning() if purpose == "vendor_context" else writer.brief()


class _Writer:
    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.company = shown.label("Company")
        self.vendor = shown.label("Vendor") or "we"
        self.themes = [theme.strip() for theme in shown.label("Themes").split(",") if theme.strip()]
        self.facts = list(shown.facts())

    def positioning(self) -> dict[str, Any]:
        products, markets = self._named("products", "name"), self._texts("target_markets")
        told = [line for line, _ in (*products[:3], *markets[:2])]
        text = f"{self.company} sells {_joined([name for _, name in products[:3]])}" if products else ""
        if text and markets:
            text += f" to buyers such as {_joined([name for _, name in markets[:2]])}"
        return {"positioning": {"text": f"{text}." if text else "", "evidence": _cited(told)}}

    def brief(self) -> dict[str, Any]:
        return {
            "insights": [self._about(line, _INSIGHTS) for line in self.shown.entries("n")][:_MOST],
            "persona_fits": [self._about(line, _FITS) for line in self.shown.entries("c")][:_MOST],
            "actions": [self._about(line, _ACTIONS) for line in self.shown.entries("o")][:_MOST],
            "observations": self._observations(),
            "products": self._products(),
            "positioning_advantage": self._advantage(),
            "objection_handling": self._objections(),
            "talking_points": self._talking_points(),
        }

    def _about(self, line: Line, sentences: Sequence[str]) -> dict[str, str]:
        return {"about": line.about, "text": self._filled(_chosen(sentences, line.text), line.text)}

    def _filled(self, sentence: str, text: str, **more: str) -> str:
        theme = _chosen(self.themes, text) if self.themes else "their plans"
        names = {"company": self.company, "vendor": self.vendor, "text": _clause(text), "theme": theme} | more
        return re.sub(r"\{(\w+)\}", lambda hole: names[hole[1]], sentence)

    def _observations(self) -> list[dict[str, Any]]:
        named = self._named("tech_stack", "name")
        pairs = list(zip(named[::2], named[1::2], strict=False))[:4]
        return [
            {
                "text": self._filled(_chosen(_OBSERVATIONS, one + other), one, one=one, other=other),
                "evidence": _cited([first, second]),
            }
            for (first, one), (second, other) in pairs
        ]

    def _products(self) -> list[dict[str, Any]]:
        needs = self._needs()
        return [
            {
                "product": product,
                "reason": self._filled(_chosen(_REASONS, product), text, product=product),
                "outcome": self._filled(_chosen(_OUTCOMES, product), text, product=product),
                "evidence": _cited([line]),
            }
            for product, (line, text) in zip(self.shown.products()[:4], needs, strict=False)
        ]

    def _advantage(self) -> dict[str, Any]:
        used, promises = self._named("competitive_usage", "product"), self.shown.vendor().get("propositions") or [""]
        if not used:
            return {"text": "", "evidence": []}
        line, name = used[0]
        text = self._filled(_chosen(_ADVANTAGES, name), str(promises[0]), name=name)
        return {"text": text, "evidence": _cited([line])}

    def _objections(self) -> list[dict[str, Any]]:
        return [
            {"text": self._filled(_chosen(_OBJECTIONS, name), name, name=name), "evidence": _cited([line])}
            for line, name in self._named("competitive_usage", "product")[:3]
        ]

    def _talking_points(self) -> list[dict[str, Any]]:
        told = [*self._needs()[:3], *self._read()[:5]]
        return [
            {"text": self._filled(_chosen(_POINTS, text), text), "evidence": _cited([line])} for line, text in told
        ][:_MOST]

    def _needs(self) -> list[tuple[Line, str]]:
        return [*self._named("business_challenges", "challenge"), *self._named("hiring_trends", "title")]

    def _read(self) -> list[tuple[Line, str]]:
        """The first sentence of each item that was collected."""
        first = {line.evidence: line for line in reversed(list(self.shown.items())) if len(line.text) > 20}
        return [(line, line.text) for line in reversed(first.values())]

    def _texts(self, dataset: str) -> list[tuple[Line, str]]:
        found = ((line, _read_json(line.text)) for line in self.facts if line.about == dataset)
        return [(line, value) for line, value in found if isinstance(value, str) and value]

    def _named(self, dataset: str, key: str) -> list[tuple[Line, str]]:
        found = ((line, _read_json(line.text)) for line in self.facts if line.about == dataset)
        return [
            (line, value[key]) for line, value in found if isinstance(value, dict) and isinstance(value.get(key), str)
        ]


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None  # cut


def _cited(lines: Iterable[Line]) -> list[str]:
    return list(dict.fromkeys(key for line in lines for key in line.evidence[:2]))


def _chosen(texts: Sequence[str], key: str) -> str:
    return texts[zlib.crc32(key.encode()) % len(texts)]


def _clause(text: str) -> str:
    """The text's first sentence, to be quoted."""
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0].rstrip(".…")[:160]


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


_INSIGHTS = (
    "“{text}” gives you a timely reason to get in touch with {company}.",
    "This suggests that {company} will rethink its priorities over the coming months, {theme} among them.",
    "{company} is probably under pressure to show results, so a short and concrete proposal should land well.",
    "Since {text}, expect new budget owners at {company} and new questions about {theme}.",
    "A change like this tends to open a window for new suppliers: {company} may be ready to talk about {theme}.",
    "It signals that {company} is investing, and that it will need partners who can keep up.",
)
_FITS = (
    "As {text}, this person likely decides on or strongly influences the choice of tools.",
    "The {text} is a natural first contact for {theme}.",
    "A {text} cares about results more than features, so keep the message short.",
    "Likely to feel the day-to-day pain, which makes the {text} a good champion.",
    "Holds the budget or has the ear of whoever does, and will ask about {theme}.",
)
_ACTIONS = (
    "Reach out this week with “{text}” as the hook, and ask about {theme}.",
    "Prepare two questions on {theme} before the call.",
    "Send a short note on {text} and offer a working session.",
    "Ask who owns the follow-up to “{text}”, and get introduced.",
    "Share a reference from a similar company and suggest a first meeting.",
)
_OBSERVATIONS = (
    "{company} runs {one} alongside {other}, so a new tool has to fit in with both.",
    "With {one} and {other} in place, integration will be one of the first questions.",
    "{one} and {other} point to a team that prefers managed services over building its own.",
    "The use of {one} suggests a modern stack; {other} is where data is most likely to be stuck.",
)
_REASONS = (
    "{product} addresses “{text}” directly.",
    "{company} says that {text}, which is what {product} was built for.",
    "Given “{text}”, {product} would take work off the team from the start.",
    "{product} fits because {text} leaves a gap that {vendor} can close.",
)
_OUTCOMES = (
    "Less manual work and fewer delays for the people concerned.",
    "A faster start, with {theme} under control.",
    "Costs that can be planned and fewer open questions for the team.",
    "Teams at {company} spend their time on customers instead of on workarounds.",
)
_ADVANTAGES = (
    "Where {company} uses {name}, {vendor} can point to “{text}”.",
    "{vendor} does not have to replace {name}: it works next to it and adds “{text}”.",
    "Compared with {name}, {vendor} offers “{text}”, which matters for {theme}.",
)
_OBJECTIONS = (
    "If they say that {name} is good enough, ask what still takes manual work today.",
    "“We already have {name}”: acknowledge it, and ask what it does not cover.",
    "If {name} comes up, offer a pilot beside it instead of a replacement.",
)
_POINTS = (
    "I read that {text}: what does that change for your team?",
    "You mention that “{text}”. How are you dealing with it today?",
    "“{text}” caught my eye: who is working on that, and what would help?",
    "Given {text}, is {theme} something that you are looking at this year?",
    "How does “{text}” fit with your plans for {theme}?",
)
