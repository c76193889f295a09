"""What a headline tells of a company, and what money it names.

Pure: rules come from `data/signals.toml`, text from anywhere. Sources use it to file headlines under datasets, the
built-in engine to say what they mean, grounding to check that it was said rightly.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "data" / "signals.toml"

EVERY_HEADLINE = ("recent_news", "recent_activities")  # datasets that take headlines of any signal

LONGEST = 400  # characters that are read: a headline and the first sentence after it


@dataclass(frozen=True, slots=True)
class Rule:
    """Text that matches `pattern` speaks for `signal` with `weight`; a negative weight speaks against it."""

    signal: str
    weight: float
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule file. `order` settles equal weights, first wins."""

    order: tuple[str, ...]
    threshold: float
    rules: tuple[Rule, ...]
    datasets: Mapping[str, tuple[str, ...]]


def rules_from(text: str) -> Rules:
    """The rules in a TOML text. Raises `tomllib.TOMLDecodeError`, `KeyError` or `re.error` on a broken one."""
    raw = tomllib.loads(text)
    rules = tuple(
        Rule(rule["signal"], rule["weight"], _pattern(rule["pattern"], raw["parts"])) for rule in raw["rules"]
    )
    datasets = {signal: (*EVERY_HEADLINE, *names) for signal, names in raw["datasets"].items()}
    return Rules(tuple(raw["signals"]), raw["threshold"], rules, datasets)


def _pattern(text: str, parts: Mapping[str, Any]) -> re.Pattern[str]:
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return re.compile(text.replace(" ", r"\s"), re.IGNORECASE)


_RULES = rules_from(RULES.read_text(encoding="utf-8"))

SIGNALS: tuple[str, ...] = _RULES.order

# Signal → slugs of the datasets that a headline of it bears on: funding → recent_news, …, budget_indicators.
DATASETS_OF_SIGNAL: Mapping[str, tuple[str, ...]] = _RULES.datasets


@lru_cache(maxsize=4096)
def classify(text: str) -> str | None:
    """The signal that a headline (or a headline and its snippet) gives, one of `SIGNALS`; None where it gives none.

    "Acme raises $50M Series C for European expansion" is funding: of several signals the one with most weight wins.
    Only the first 400 characters are read.
    """
    read = " ".join(text[: LONGEST * 2].replace("’", "'").split())[:LONGEST]
    weights: dict[str, float] = dict.fromkeys(_RULES.order, 0.0)
    for rule in _RULES.rules:
        if rule.pattern.search(read):
            weights[rule.signal] += rule.weight
    best = max(_RULES.order, key=lambda signal: weights[signal])
    return best if weights[best] >= _RULES.threshold else None


_SCALE = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mm": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "bln": 10**9,
    "billion": 10**9,
    "t": 10**12,
    "tn": 10**12,
    "trillion": 10**12,
}
_UNIT = "|".join(sorted(_SCALE, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"

# "$50M", "US$ 1.2 billion", "USD 5,000,000", "$50-60M"; not "A$50M", "HK$5bn", whose dollars are others'.
_SIGN_FIRST = re.compile(
    rf"(?:(?<![a-z])us\s?\$|(?<![a-z$])\$|(?<![a-z])usd\s?\$?)\s?(?P<number>{_NUMBER})"
    rf"(?:\s?(?:-|–|to)\s?\$?\d[\d.,]*(?=\s?(?:{_UNIT})\b))?\s?-?(?:(?P<unit>{_UNIT})\b)?",
    re.IGNORECASE,
)
# "50 million dollars", "3.5m USD".
_SIGN_LAST = re.compile(
    rf"(?<![\w.,$€£])(?P<number>{_NUMBER})\s?(?:(?P<unit>{_UNIT})\s)?\s?(?:us\s|u\.s\.\s)?(?:dollars|usd)\b",
    re.IGNORECASE,
)


def money_in(text: str) -> Decimal | None:
    """The first sum in US dollars that the text names, in USD; None where it names none.

    "$50M" is 50000000, "USD 1.2 billion" 1200000000. Sums in other currencies are not converted: "€5m" gives None.
    """
    found = min(
        filter(None, (_SIGN_FIRST.search(text), _SIGN_LAST.search(text))), key=lambda match: match.start(), default=None
    )
    if found is None:
        return None
    amount = Decimal(found["number"].replace(",", ""))
    if found["unit"]:
        amount *= _SCALE[found["unit"].lower()]
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
