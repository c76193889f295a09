"""A headline about the company, filed under the datasets that it bears on. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from enrichment.signals import DATASETS_OF_SIGNAL, EVERY_HEADLINE, classify, money_in
from enrichment.sources.base import Evidence, Observation
from enrichment.sources.dates import day


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What somebody wrote about the company, as found. `evidence` holds the same words."""

    text: str
    evidence: Evidence
    url: str = ""
    publisher: str = ""
    at: datetime | None = None


def filed(headline: Headline, *, under: frozenset[str]) -> Iterator[Observation]:
    """The observations that the headline gives to the datasets `under`, of those that its signal bears on."""
    signal = classify(headline.text)
    datasets = DATASETS_OF_SIGNAL.get(signal, EVERY_HEADLINE) if signal else EVERY_HEADLINE
    for dataset in datasets:
        if dataset in under:
            yield Observation(dataset=dataset, value=_value(dataset, headline, signal), evidence=(headline.evidence,))


def _value(dataset: str, headline: Headline, signal: str | None) -> dict[str, Any]:
    known = {"url": headline.url, "publisher": headline.publisher, "date": day(headline.at)}
    match dataset:
        case "business_challenges":
            return stated({"challenge": headline.text, "url": headline.url, "date": known["date"]})
        case "budget_indicators":
            amount = money_in(headline.text)
            indicator = {"indicator": headline.text, "amount_usd": usd(amount) if amount is not None else None}
            return stated(indicator | {"date": known["date"], "url": headline.url})
        case _:
            return stated({"headline": headline.text} | known | {"signal_type": signal})


def stated(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record without the fields that are not known."""
    return {name: value for name, value in record.items() if value not in (None, "")}


def usd(amount: Decimal | float) -> int | float:
    """An amount as JSON has it: whole where it is whole."""
    return int(amount) if amount == int(amount) else float(amount)
