"""Which signal a headline gives. Pure: rules come from `data/signals.toml`, text from anywhere."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parents[1] / "data" / "signals.toml"

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
