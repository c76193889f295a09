"""The themes that are listened for: `data/hearing.toml`, as patterns."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["objection", "motivation", "pain"]
KINDS: tuple[Kind, ...] = ("objection", "motivation", "pain")

_SPACE = r"\s+"
_SOME = r"(?:[\w'-]+\s+){0,4}?"  # up to four words
_DATA = Path(__file__).parents[1] / "data" / "hearing.toml"


@dataclass(frozen=True, slots=True)
class Theme:
    """One thing that people say, and what to do about it. `label` and `answer` are ours."""

    kind: Kind
    name: str
    label: str
    answer: str
    says: re.Pattern[str]
    denies: re.Pattern[str] | None


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme, in the order of the file; read once."""
    return tuple(
        Theme(
            kind, name, row["label"], row["answer"], any_of(row["says"]), any_of(row["not"]) if "not" in row else None
        )
        for kind in KINDS
        for name, row in raw()[kind].items()
    )


def theme(kind: str, name: str) -> Theme:
    """One of them. Raises `KeyError`."""
    return _by_name()[kind, name]


@cache
def _by_name() -> dict[tuple[str, str], Theme]:
    return {(each.kind, each.name): each for each in themes()}


@dataclass(frozen=True, slots=True)
class Preference:
    """One way in which people want to be reached. `aspect`: channel, time or length."""

    aspect: str
    name: str
    label: str
    says: re.Pattern[str]


@cache
def wishes() -> tuple[Preference, ...]:
    """Every preference, in the order of the file; read once."""
    return tuple(
        Preference(aspect, name, row["label"], any_of(row["says"]))
        for aspect, rows in raw()["preference"].items()
        for name, row in rows.items()
    )


@cache
def group(table: str, row: str) -> re.Pattern[str]:
    """The phrases of a row that is no theme: steps of a process, words that state."""
    return any_of(raw()[table][row])


@cache
def raw() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    # The longest first, so that the whole of what is said is quoted.
    return re.compile("|".join(_pattern(phrase) for phrase in sorted(phrases, key=len, reverse=True)))


def _pattern(phrase: str) -> str:
    words = phrase.split()
    made = "".join(_SOME if word == "…" else _word(word) + _SPACE for word in words).removesuffix(_SPACE)
    return rf"(?<![\w-]){made}(?![\w-])"


def _word(word: str) -> str:
    return re.escape(word[:-1]) + r"[\w-]*" if word.endswith("*") else re.escape(word)
