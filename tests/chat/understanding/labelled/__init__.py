"""Labelled questions: `seen.jsonl`, by which rules may be mended, and `unseen.jsonl`, by others, which counts.

A row: text, intent ("" for none), kind; and where they matter context (what was asked before), company, about, also
(intents that are as right). A question without an intent is understood when nothing is answered with certainty.
"""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chat.understanding.model import Context, IntentRule, Understood
from chat.understanding.recognise import understand

HALVES = ("seen", "unseen")
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

    def is_met_by(self, found: Understood) -> bool:
        return found.intent in self.intents if self.intents else not found.is_sure


def rules() -> tuple[IntentRule, ...]:
    """The intents as they are seeded."""
    rows = tomllib.loads(INTENTS.read_text(encoding="utf-8"))
    return tuple(
        IntentRule(slug=slug, label=row["label"], phrases=tuple(row["phrases"]), words=tuple(row["words"]))
        for slug, row in rows.items()
    )


def labelled(half: str) -> list[Asked]:
    """The rows of a half; none while nobody has written it."""
    path = Path(__file__).with_name(f"{half}.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [_asked(json.loads(line)) for line in lines if line.strip()]


@cache
def answered(half: str) -> list[tuple[Asked, Understood]]:
    """Each row with what is understood of it."""
    known = rules()
    return [(asked, understand(asked.text, known, asked.context)) for asked in labelled(half)]


def _asked(row: dict[str, Any]) -> Asked:
    held = {name: tuple(value) if isinstance(value, list) else value for name, value in row.get("context", {}).items()}
    return Asked(
        text=row["text"],
        intents=frozenset({row["intent"], *row.get("also", ())} - {""}),
        kind=row["kind"],
        context=Context(**held),
        company=row.get("company", ""),
        about=frozenset(row.get("about", ())),
    )
