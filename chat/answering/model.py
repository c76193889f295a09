"""The words of answers, as frozen values, and their form on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

HIGH, FAIR = 0.8, 0.6  # above HIGH a source is well, above FAIR fairly believed (the document's dots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement. `support` is verbatim, derived or inferred; "" where a person says it.

    What `is_ours` states nothing of the company ("Would a quarter of an hour suit you?"): it needs no evidence.
    """

    text: str
    evidence: tuple[str, ...] = ()  # ids in `Known.evidence`
    support: str = ""
    dataset: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Statements under one heading, as a list or as paragraphs; `heading` may be empty.

    `rest`: what is left for whoever asks for more.
    """

    heading: str
    said: tuple[Said, ...]
    is_list: bool = True
    rest: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something that was asked for and is not known."""

    dataset: str
    label: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said: a sentence of ours, the statement that answers best, parts, and what is not known.

    `opening` states nothing of the company, or no more than what is held.
    """

    opening: str
    lead: Said | None = None
    parts: tuple[Part, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def said(self) -> tuple[Said, ...]:
        """Every statement on the company, in order; what is said twice once."""
        told = (*([self.lead] if self.lead else ()), *(each for part in self.parts for each in part.said))
        return tuple({each.text: each for each in told if not each.is_ours}.values())

    @property
    def is_empty(self) -> bool:
        return not self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReference:
    """A badge. `confidence` in [0, 1]; `url` where a reader can open it."""

    name: str
    confidence: float
    last_updated: datetime
    url: str = ""

    @property
    def band(self) -> str:
        """The document's three dots, in words."""
        return "high" if self.confidence > HIGH else "fair" if self.confidence > FAIR else "low"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "confidence": round(self.confidence, 2),
            "band": self.band,
            "lastUpdated": self.last_updated.isoformat(),
            "url": self.url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button. `action` is what the client sends back with `payload`."""

    id: str
    label: str
    action: str
    payload: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "label": self.label, "action": self.action, "payload": dict(self.payload)}
