"""A plan and its quote as tables: what would be asked, what is reused, what is left out, and why. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from enrichment.pages.picture import Picture, picture
from enrichment.pages.words import age_of_seconds, label_of, percent, span, usd
from enrichment.rules import Rules


@dataclass(frozen=True, slots=True)
class Price:
    """One of the three prices of a quote."""

    label: str
    cost: str
    time: str
    note: str = ""


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
class Without:
    """What would change if one source were disabled."""

    label: str
    cost: str  # "$0.13 less"
    instead: str  # labels; "" where nobody takes its place
    missed: str  # datasets that would fall below what is wanted, with their reliability before and after
    weaker: str  # those that would only be less reliable


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
    strategy: str  # "" for the usual one
    experiment: str  # whose rules the company has, in words; "" for the rules of today
    picture: Picture
    without: list[Without]
    bought: list[Asked]
    reused: list[Asked]
    left_out: list[LeftOut]
    notes: list[str]


STRATEGIES = {"legacy": "Every enabled source is asked, without a plan (the strategy legacy)."}
PRICES = {"best": "If all goes well", "expected": "Expected", "worst": "At most"}


def prices(quote: Mapping[str, Mapping[str, Any]]) -> list[Price]:
    """Best, expected and worst, in words."""
    found = [Price(label, usd(quote[name]["cost"]), span(quote[name]["seconds"])) for name, label in PRICES.items()]
    if quote["expected"]["cost"] < quote["best"]["cost"]:
        found[1] = replace(found[1], note="Less, since what finds nothing is not always charged.")
    return found


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
        strategy=STRATEGIES.get(explained["strategy"], ""),
        experiment=_experiment(explained.get("experiment")),
        picture=picture(plan, rules),
        without=[_without(each, rules) for each in explained["ifDisabled"]],
        bought=[_bought(call, rules) for call in asked],
        reused=[_reused(each, rules) for each in held],
        left_out=[_left_out(row, rules) for row in plan["rejected"]],
        notes=[_words(note, rules) for note in plan["notes"]],
    )


def _experiment(given: Mapping[str, str] | None) -> str:
    return f"By the rules of variant {given['variant']} of the experiment “{given['slug']}”." if given else ""


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


def _without(each: Mapping[str, Any], rules: Rules) -> Without:
    return Without(
        label=_source(each["source"], rules),
        cost=_change(Decimal(each["costChange"])),
        instead=", ".join(_source(slug, rules) for slug in each["instead"]),
        missed=", ".join(_loss(loss, rules) for loss in each["losses"] if loss["missed"]),
        weaker=", ".join(_loss(loss, rules) for loss in each["losses"] if not loss["missed"]),
    )


def _loss(loss: Mapping[str, Any], rules: Rules) -> str:
    return f"{_datasets([loss['dataset']], rules)} {percent(loss['before'])} → {percent(loss['after'])}"


def _change(amount: Decimal) -> str:
    if not amount:
        return "the same cost"
    return f"{usd(abs(amount))} {'more' if amount > 0 else 'less'}"


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
