"""Labelled questions: `seen.jsonl`, by which rules may be mended, and `unseen.jsonl`, by others, which counts.

The `names` halves are of people, places, products, follow-ups and times, asked in mid-conversation (`ACME`).

A row: text, intent ("" for none), kind; and where they matter context (what was asked before), company, about, span,
also (intents that are as right). A question without an intent is understood when nothing is answered with certainty.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from chat.understanding.model import Context, IntentRule, Understood
from chat.understanding.recognise import understand

HALVES = ("seen", "unseen", "seen_names", "unseen_names")
ACME = {
    "company": "Acme Corp",
    "vendor": "Okta",
    "staff": ("Renata Oliveira", "Mark Yu", "Grace Long"),
    "places": ("San Francisco, CA", "Berlin", "Austin, TX"),
    "products": ("Lifecycle Management", "Workforce Identity Cloud", "Identity Governance"),
    "today": date(2026, 11, 22),
}  # what is known when a question of the `names` halves is asked
INTENTS = Path(__file__).parents[4] / "chat" / "data" / "intents.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A labelled question."""

    text: str
    intents: frozenset[str]  # right ones; empty where none is
    kind: str
    context: Context
    company: str
    about: frozenset[str]
    span: tuple[str, str] | None

    def is_met_by(self, found: Understood) -> bool:
        return found.intent in self.intents if self.intents else not found.is_sure


def rules() -> tuple[IntentRule, ...]:
    """The intents as they are seeded."""
    rows = tomllib.loads(INTENTS.read_text(encoding="utf-8"))
    return tuple(
        IntentRule(slug=slug, label=row["label"], phrases=tuple(row["phrases"]), words=tuple(row["words"]))
        for slug, row in rows.items()
        if row["phrases"]
    )


def labelled(half: str) -> list[Asked]:
    """The rows of a half; none while nobody has written it."""
    path = Path(__file__).with_name(f"{half}.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    world = ACME if half.endswith("_names") else {}
    return [_asked(json.loads(line), world) for line in lines if line.strip()]


@cache
def answered(half: str) -> list[tuple[Asked, Understood]]:
    """Each row with what is understood of it."""
    known = rules()
    return [(asked, understand(asked.text, known, asked.context)) for asked in labelled(half)]


def _asked(row: dict[str, Any], world: dict[str, Any]) -> Asked:
    held = world | {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.get("context", {}).items()
    }
    return Asked(
        text=row["text"],
        intents=frozenset({row["intent"], *row.get("also", ())} - {""}),
        kind=row["kind"],
        context=Context(**held),
        company=row.get("company", ""),
        about=frozenset(row.get("about", ())),
        span=tuple(row["span"]) if "span" in row else None,
    )
