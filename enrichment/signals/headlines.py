"""Which signal a headline gives, and why. Pure.

Features of the text (`features.py`) are weighed for each signal and for none; the most weight wins. The weights in
`data/signals/weights.tsv` were learnt from labelled headlines (`tests/enrichment/analysis/labelled/learning.py`), the
same for everybody who runs it; they are there to be read, and `why` tells which of them decided.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from enrichment.signals.features import features

_DATA = Path(__file__).parents[1] / "data" / "signals"
WEIGHTS = _DATA / "weights.tsv"

EVERY_HEADLINE = ("recent_news", "recent_activities")  # datasets that take headlines of any signal
NONE = "none"

# The least lead of a reading that sentences may rest on. Learnt four times without a quarter of the dev headlines, 15
# of the 774 left out that lead by this are wrong (1.9 %), and 34 of the 969 that lead by 1; of the test half 1 of 97.
SURE = 1.3

_RAW = tomllib.loads((_DATA / "signals.toml").read_text(encoding="utf-8"))

SIGNALS: tuple[str, ...] = tuple(_RAW["signals"])

# Signal → slugs of the datasets that a headline of it bears on: funding → recent_news, …, budget_indicators.
DATASETS_OF_SIGNAL: Mapping[str, tuple[str, ...]] = {
    signal: (*EVERY_HEADLINE, *names) for signal, names in _RAW["datasets"].items()
}


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to the classes, by their places in `classes`; `known` are the stems of words."""

    classes: tuple[str, ...]
    of: Mapping[str, tuple[tuple[int, float], ...]]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature of the text, and how much more it says for the signal than for the next best."""

    feature: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text was read: its signal (None where it gives none), the next best, and what decided, most first."""

    signal: str | None
    instead_of: str | None
    lead: float
    because: tuple[Reason, ...]

    @property
    def is_sure(self) -> bool:
        """Whether a sentence may take the signal for granted: of such readings at most one in fifty is wrong."""
        return self.signal is not None and self.lead >= SURE


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The file's weights. Raises `ValueError` or `KeyError` on a broken one."""
    return weights_from(WEIGHTS.read_text(encoding="utf-8"))


def weights_from(text: str) -> Weights:
    """Weights from lines of "feature<tab>class:weight class:weight …"; lines that start with "# " are remarks."""
    classes = (*SIGNALS, NONE)
    place = {name: number for number, name in enumerate(classes)}
    of = {}
    for line in text.splitlines():
        if line and not line.startswith("# "):
            feature, _, told = line.partition("\t")
            pairs = (pair.rpartition(":") for pair in told.split())
            of[feature] = tuple((place[name], float(weight)) for name, _, weight in pairs)
    return Weights(classes, of, frozenset(name.removeprefix("word:") for name in of if name.startswith("word:")))


@lru_cache(maxsize=4096)
def classify(text: str) -> str | None:
    """The signal that a headline (or a headline and its snippet) gives, one of `SIGNALS`; None where it gives none.

    "Acme raises $50M Series C for European expansion" is funding: of several signals the one with most weight wins.
    Only the first 400 characters are read.
    """
    best = _ranked(_totals(features(text, weights().known)))[0]
    return None if best == NONE else best


@lru_cache(maxsize=1024)  # every part of a report reads the same headlines
def why(text: str, most: int = 8) -> Reading:
    """How `classify` came to its answer: the features that speak most for it against the next best answer."""
    weighed = features(text, weights().known)
    totals = _totals(weighed)
    best, second = _ranked(totals)[:2]
    lead = totals[best] - totals[second]
    reasons = [
        Reason(name, round(_added(name, strength, best) - _added(name, strength, second), 2))
        for name, strength in weighed.items()
    ]
    telling = sorted(
        (reason for reason in reasons if reason.weight > 0), key=lambda reason: (-reason.weight, reason.feature)
    )
    return Reading(
        signal=None if best == NONE else best,
        instead_of=None if second == NONE else second,
        lead=round(lead, 2),
        because=tuple(telling[:most]),
    )


def _totals(weighed: Mapping[str, float]) -> dict[str, float]:
    learnt = weights()
    totals = [0.0] * len(learnt.classes)
    for name, strength in {BIAS: 1.0, **weighed}.items():
        for place, weight in learnt.of.get(name, ()):
            totals[place] += strength * weight
    return dict(zip(learnt.classes, totals, strict=True))


BIAS = "always"


def _ranked(totals: Mapping[str, float]) -> list[str]:
    """The classes by weight, most first; of equal ones the file's order."""
    return sorted(totals, key=lambda name: -totals[name])


def _added(name: str, strength: float, to: str) -> float:
    learnt = weights()
    return sum(strength * weight for place, weight in learnt.of.get(name, ()) if learnt.classes[place] == to)
