"""Hears themes in a contact's own words, sentence by sentence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from personas.hearing.themes import Kind, themes

LONGEST = 20_000  # characters of one text that are listened to
LONGEST_QUOTE = 240  # characters

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'"})
_DENIES = re.compile(r"\b(?:no|not|never|n't|without|isn't|aren't|don't|doesn't|wasn't|nothing)\s+(?:[\w'-]+\s+){0,2}$")
# Themes whose phrases hold the denial itself, or are said of the matter whether it is denied or not.
_STANDS_DENIED = frozenset(f"objection.{name}" for name in "security integration authority terms".split())
_RESOLVED = re.compile(r"\b(?:resolved|solved|fixed|no longer an? (?:issue|problem|concern)|thanks for sorting)\b")


@dataclass(frozen=True, slots=True)
class Heard:
    """That a theme was heard: where, and in which sentence of theirs."""

    kind: Kind
    name: str
    source: UUID
    quote: str


def listen(said: Iterable[tuple[UUID, str]]) -> list[Heard]:
    """What is heard in texts of the contact's own words, by (interaction, text); each theme once an interaction.

    A theme that is denied ("the price is not an issue", "we have no audits") or told as done ("that is fixed") is not
    heard. Order is that of the texts, then of the themes.
    """
    found: list[Heard] = []
    for source, text in said:
        sentences = [sentence.strip() for sentence in _SENTENCE.split(text[:LONGEST]) if sentence.strip()]
        folded = [sentence.translate(_APOSTROPHES).casefold() for sentence in sentences]
        for theme in themes():
            for sentence, plain in zip(sentences, folded, strict=True):
                if _is_said(theme.says, theme.denies, plain, f"{theme.kind}.{theme.name}"):
                    found.append(Heard(theme.kind, theme.name, source, _quoted(sentence)))
                    break
    return found


def _is_said(says: re.Pattern[str], denies: re.Pattern[str] | None, plain: str, name: str) -> bool:
    if denies is not None and denies.search(plain):
        return False
    if _RESOLVED.search(plain):
        return False
    return any(name in _STANDS_DENIED or not _DENIES.search(plain, 0, match.start()) for match in says.finditer(plain))


def _quoted(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
