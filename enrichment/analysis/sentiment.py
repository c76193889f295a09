"""Whether a text speaks well or ill of the company that it is about, and which words say so.

Pure. Phrases come from `data/sentiment.toml`; nothing is asked of any model.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from enrichment.signals.phrases import Found, Lexicon, stem, words

Label = Literal["positive", "neutral", "negative"]

LONGEST = 1_000  # characters that are read: a headline and its snippet
STRONG, MILD = 2.0, 1.0
_TURNED_WITHIN = 3  # words after "not" and the like

_DATA = Path(__file__).parents[1] / "data" / "sentiment.toml"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` is in [-1, 1]: 0 where nothing was said or as much for as against. `because`: the words, as written."""

    label: Label
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    lexicon: Lexicon
    turning: Lexicon
    threshold: float


_WEIGHTS = {
    "positive strong": STRONG,
    "positive mild": MILD,
    "negative strong": -STRONG,
    "negative mild": -MILD,
    "neutral": 0.0,
}


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    raw = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    lexicon, turning = Lexicon(), Lexicon()
    for side in ("positive", "negative"):
        for strength, phrases in raw[side].items():
            lexicon.add(f"{side} {strength}", phrases)
    lexicon.add("neutral", raw["neutral"])
    turning.add("turning", raw["turning"])
    return _Rules(lexicon, turning, raw["threshold"])


@lru_cache(maxsize=4096)
def sentiment_of(text: str) -> Sentiment:
    """How a headline or snippet speaks of its company.

    "Acme posts record profit" is positive because of "record profit"; "Acme avoids fine" positive because of "avoids
    fine"; a plain fact ("Acme names CFO") is neutral and has no such words. Only the first 1,000 characters are read.
    """
    rules = _rules()
    read = words(text[:LONGEST])
    stemmed = [stem(word) for word in read]
    turns = {found.end: found.start for found in rules.turning.find(stemmed)}
    total, because = 0.0, []
    for found in _longest(list(rules.lexicon.find(stemmed))):
        if not _WEIGHTS[found.kind]:
            continue
        turned_at = next(
            (turns[end] for end in range(found.start, found.start - _TURNED_WITHIN, -1) if end in turns), None
        )
        weight = _WEIGHTS[found.kind]
        total += weight if turned_at is None else -MILD if weight > 0 else MILD
        start = found.start if turned_at is None else turned_at
        because.append(" ".join(read[start : found.end]))
    if abs(total) < rules.threshold:
        return Sentiment("neutral", 0.0, ())
    label: Label = "positive" if total > 0 else "negative"
    return Sentiment(label, round(total / (abs(total) + STRONG), 2), tuple(dict.fromkeys(because)))


def _longest(found: Sequence[Found]) -> list[Found]:
    """Of phrases that overlap the longest, of equally long ones the first: in the order of the text."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda phrase: (phrase.start - phrase.end, phrase.start)):
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda phrase: phrase.start)
