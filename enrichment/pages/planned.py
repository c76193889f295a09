"""A plan and its quote as tables: what would be asked, what is reused, what is left out, and why. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.pages.words import State, age_of_seconds, label_of, percent, span, usd
from enrichment.rules import Rules


@dataclass(frozen=True, slots=True)
class Price:
    """One of the three prices of a quote."""

    label: str
    cost: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call of the plan, or one answer that is reused."""

    label: str
    serves: str
    cost: str
    note: str  # expected time, or age
    why: str
    wave: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    label: str
    price: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One row of the picture: a dataset, and which of the columns' sources gives it."""

    label: str
    required: bool
    marks: list[str]  # one per column: bought, reused or ""
    state: State
    reliability: str
    threshold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, ready to be shown."""

    company: str
    domain: str
    consumer: str
    cached: bool
    sandbox: bool
    prices: list[Price]
    cap: str
    with_vendor_context: bool
    columns: list[str]
    needs: list[Need]
    bought: list[Asked]
    reused: list[Asked]
    left_out: list[LeftOut]
    notes: list[str]


PRICES = {"best": "If all goes well", "expected": "Expected", "worst": "At most"}


def prices(quote: Mapping[str, Mapping[str, Any]]) -> list[Price]:
    """Best, expected and worst, in words."""
    return [Price(label, usd(quote[name]["cost"]), span(quote[name]["seconds"])) for name, label in PRICES.items()]


def planned(explained: Mapping[str, Any], *, rules: Rules) -> Planned:
    """The page of an explained plan (`explaining.explain`)."""
    plan, company = explained["plan"], explained["company"]
    asked, held = plan["calls"], plan["reused"]
    return Planned(
        company=company["name"],
        domain=company["domain"] or "",
        consumer=explained.get("consumerLabel") or label_of(explained["consumer"]),
        cached=bool(explained.get("cached")),
        sandbox=explained["sandbox"],
        prices=prices(explained["quote"]),
        cap="" if explained.get("cap") is None else usd(explained["cap"]),
        with_vendor_context=bool(explained.get("vendorContext")),
        columns=[_source(each["source"], rules) for each in (*held, *asked)],
        needs=[_need(row, plan, rules) for row in plan["expectations"]],
        bought=[_bought(call, rules) for call in asked],
        reused=[_reused(each, rules) for each in held],
        left_out=[_left_out(row, rules) for row in plan["rejected"]],
        notes=[_words(note, rules) for note in plan["notes"]],
    )


def _source(slug: str, rules: Rules) -> str:
    return rules.sources[slug].label if slug in rules.sources else label_of(slug)


def _words(text: str, rules: Rules) -> str:
    """The planner's reason with labels in place of slugs, as a sentence."""

    def label(match: re.Match[str]) -> str:
        slug = match[0]
        known = rules.datasets.get(slug) or rules.sources.get(slug)
        return known.label if known else slug

    told = re.sub(r"[a-z0-9]+(?:_[a-z0-9]+)*", label, text)
    return told[:1].upper() + told[1:]


def _datasets(slugs: list[str], rules: Rules) -> str:
    return ", ".join(rules.datasets[s].label if s in rules.datasets else label_of(s) for s in slugs)


def _need(row: Mapping[str, Any], plan: Mapping[str, Any], rules: Rules) -> Need:
    slug = row["dataset"]
    marks = ["reused" if slug in each["serves"] else "" for each in plan["reused"]]
    marks += ["bought" if slug in each["serves"] else "" for each in plan["calls"]]
    is_met = row["shortfall"] <= 0
    return Need(
        label=_datasets([slug], rules),
        required=row["required"],
        marks=marks,
        state=State("good", "met") if is_met else State("warn", "falls short"),
        reliability=percent(row["reliability"]),
        threshold=percent(row["threshold"]),
    )


def _bought(call: Mapping[str, Any], rules: Rules) -> Asked:
    return Asked(
        label=_source(call["source"], rules),
        serves=_datasets(call["serves"], rules),
        cost=usd(call["expectedPrice"]),
        note=span(call["latency"]),
        why=_words(call["why"], rules),
        wave=call["layer"] + 1,
    )


def _reused(each: Mapping[str, Any], rules: Rules) -> Asked:
    return Asked(
        label=_source(each["source"], rules),
        serves=_datasets(each["serves"], rules),
        cost=usd(0),
        note=age_of_seconds(each["age"]),
        why=_words(each["why"], rules),
        wave=0,
    )


def _left_out(row: Mapping[str, Any], rules: Rules) -> LeftOut:
    price = row.get("usablePrice")
    return LeftOut(_source(row["source"], rules), "" if price is None else usd(price), _words(row["why"], rules))
