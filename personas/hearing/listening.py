"""Hears themes in a contact's own words, sentence by sentence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from personas.hearing.themes import Kind, group, themes

LONGEST = 20_000  # characters of one text that are listened to
LONGEST_QUOTE = 240  # characters

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'"})
_DENIES = re.compile(r"\b(?:no|not|never|n't|without|isn't|aren't|don't|doesn't|wasn't|nothing)\s+(?:[\w'-]+\s+){0,2}$")
# Themes whose phrases hold the denial itself, or are said of the matter whether it is denied or not.
_STANDS_DENIED = frozenset(f"objection.{name}" for name in "security integration authority terms".split())
_DECIDERS = frozenset({"procurement"})  # a step that is somebody who decides, too
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
        sentences = sentences_of(text)
        folded = [plain_of(sentence) for sentence in sentences]
        for theme in themes():
            for sentence, plain in zip(sentences, folded, strict=True):
                if _is_said(theme.says, theme.denies, plain, f"{theme.kind}.{theme.name}"):
                    found.append(Heard(theme.kind, theme.name, source, quoted(sentence)))
                    break
    return found


def _is_said(says: re.Pattern[str], denies: re.Pattern[str] | None, plain: str, name: str) -> bool:
    if denies is not None and denies.search(plain):
        return False
    if _RESOLVED.search(plain):
        return False
    return any(
        (name in _STANDS_DENIED or not is_denied(plain, match)) and not _is_a_step(plain, match)
        for match in says.finditer(plain)
    )


def _is_a_step(plain: str, match: re.Match[str]) -> bool:
    """Whether it tells how long a step of theirs takes ("security review takes three weeks"): that troubles nobody."""
    step, lasts = group("process", "steps"), group("process", "lasts")
    if not (step.search(plain) and lasts.search(plain)):
        return False
    is_step = step.fullmatch(match.group()) is not None and match.group() not in _DECIDERS
    return is_step or lasts.fullmatch(match.group()) is not None


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, as they stand."""
    return [sentence.strip() for sentence in _SENTENCE.split(text[:LONGEST]) if sentence.strip()]


def plain_of(sentence: str) -> str:
    """In lower case, with plain apostrophes, as patterns are written."""
    return sentence.translate(_APOSTROPHES).casefold()


def is_denied(plain: str, match: re.Match[str]) -> bool:
    """Whether a denial stands just before it."""
    return _DENIES.search(plain, 0, match.start()) is not None


def quoted(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
