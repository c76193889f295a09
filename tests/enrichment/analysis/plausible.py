"""An engine that lies in every section as somebody would who wants to be believed: a digit off, a name recombined, a
title inflated, another item's evidence, a competitor's product, last year's date, a sentence turned into its opposite.
"""

import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from enrichment.analysis import findings, prompts
from enrichment.analysis.answers import ANSWERS, draft_from
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.fake_engine import answer_to
from enrichment.analysis.model import Claim, Draft, Support, Task, Usage
from enrichment.analysis.shown import Shown

_ROLES = ("Decision Maker", "Champion", "Technical Buyer", "Influencer")
_URGENCIES = ("high", "medium", "low")
_FOREIGN = ("Splunk", "ServiceNow", "Workday", "Snowflake", "Datadog", "Oracle", "SAP", "Tableau", "Jenkins", "Vault")
_PEOPLE = ("Daniel Hartmann", "Priya Raman", "Sofia Lindqvist", "Marcus Webb")
_INFLATED = (
    ("Senior ", "Chief "),
    ("Head of", "Chief of"),
    ("Director", "Vice President"),
    ("Manager", "Director"),
    ("Engineer", "Engineering Director"),
    ("VP", "Executive Vice President"),
    ("Analyst", "Chief Analyst"),
)
_OPPOSITES = (
    (" is ", " is not "),
    (" are ", " are not "),
    (" has to ", " does not have to "),
    (" will ", " will not "),
    (" runs ", " does not run "),
    (" uses ", " does not use "),
    (" raised ", " failed to raise "),
    ("New ", "No new "),
    ("less ", "more "),
    ("likely ", "certainly not likely "),
    ("Fewer ", "More "),
    ("opens ", "closes "),
    ("hiring ", "cutting "),
)


@dataclass(frozen=True, slots=True)
class Plausible:
    """A draft whose every third statement is a lie; `seed` says which and how."""

    seed: int = 0
    share: float = 0.34
    slug: str = "plausible"

    async def draft(self, task: Task) -> Draft:
        return self.write(task)

    def worst_cost(self, _task: Task) -> Decimal:
        return Decimal(0)

    def write(self, task: Task) -> Draft:
        lying = _Lying(task, _fluent(task), random.Random(f"{self.seed} {task.company} {task.vendor_name}"))
        for pointer in list(lying.claims):
            if lying.dice.random() < self.share:
                lying.about(pointer)
        return Draft(body=lying.body, claims=lying.claims, engine=self.slug, usage=Usage())


def _fluent(task: Task) -> Draft:
    """The built-in draft with sentences as a model writes them."""
    base = Builtin().write(task)
    if task.purpose not in ANSWERS:
        return base
    shown = Shown(prompts.system_text(task), prompts.user_text(task, base.body))
    answer = ANSWERS[task.purpose].model_validate(answer_to(task.purpose, shown))
    return replace(draft_from(answer, base, task, engine="fluent", usage=Usage()), spares={})


class _Lying:
    def __init__(self, task: Task, honest: Draft, dice: random.Random) -> None:
        self.task = task
        self.body = deepcopy(honest.body)
        self.claims = dict(honest.claims)
        self.dice = dice
        self.lies: dict[str, str] = {}  # pointer → what kind of lie stands there

    def about(self, pointer: str) -> None:
        """Put a lie in the place of what stands there, if one can be thought of."""
        holder, step = self._holder(pointer)
        value, claim = holder[step], self.claims[pointer]
        kind, told = self._lie(str(step if not isinstance(step, int) else pointer.split("/")[-2]), value, claim)
        if kind:
            holder[step], self.claims[pointer], self.lies[pointer] = *told, kind

    def _lie(self, field: str, value: Any, claim: Claim) -> tuple[str, tuple[Any, Claim]]:
        if claim.support is Support.INFERRED:
            ways = _SENTENCES
        else:
            ways = {name: way for name, way in _FIELDS.items() if field in _MAY.get(name, {field})}
        names = list(ways)
        self.dice.shuffle(names)
        if self.dice.random() < 0.7:  # it is always possible, and would be half of the lies
            names.sort(key="swapped evidence".__eq__)
        for name in names:
            told = ways[name](self, field, value, claim)
            if told is not None and (told[0] != value or told[1] != claim):
                return name, told
        return "", (value, claim)

    def other_evidence(self, claim: Claim) -> Claim:
        others = [item.id for item in self.task.evidence if item.id not in claim.evidence]
        return replace(claim, evidence=(self.dice.choice(others),)) if others else claim

    def names(self) -> list[str]:
        return [person.name for person in findings.people(self.task)]

    def technologies(self) -> list[str]:
        return [found.name for found in findings.technologies(self.task)]

    def _holder(self, pointer: str) -> tuple[Any, Any]:
        holder: Any = self.body
        *steps, last = pointer.split("/")[1:]
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        return holder, int(last) if isinstance(holder, list) else last


Told = tuple[Any, Claim] | None
Way = Callable[[_Lying, str, Any, Claim], Told]


# --- Fields -----------------------------------------------------------------------------------------------------------


def _digit_off(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    found = re.search(r"\d+", str(value))
    if found is None or not isinstance(value, str):
        return None
    return value[: found.start()] + str(int(found[0]) + lying.dice.choice((1, -1, 10))) + value[found.end() :], claim


def _swapped_evidence(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    return value, lying.other_evidence(claim)


def _recombined(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    others = [name for name in lying.names() if name != value and " " in name]
    if not isinstance(value, str) or " " not in value or not others:
        return None
    return f"{value.split()[0]} {lying.dice.choice(others).split()[-1]}", claim


def _inflated(_lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    for low, high in _INFLATED:
        if isinstance(value, str) and low in value:
            return value.replace(low, high), claim
    return None


def _old_date(_lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    try:
        day = date.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return (day - timedelta(days=365)).isoformat(), claim


def _not_theirs(lying: _Lying, _field: str, _value: Any, claim: Claim) -> Told:
    rivals = lying.task.vendor.competitors if lying.task.vendor else ()
    return lying.dice.choice((*rivals, *_FOREIGN)), claim


def _another_word(lying: _Lying, field: str, value: Any, claim: Claim) -> Told:
    words = {"role": _ROLES, "urgency": _URGENCIES}[field]
    return lying.dice.choice([word for word in words if word != value]), claim


def _another_of_its_kind(lying: _Lying, field: str, value: Any, claim: Claim) -> Told:
    """The same field of another entry, with this one's evidence."""
    others = []
    for pointer in lying.claims:
        if pointer.rsplit("/", 1)[-1] == field or pointer.split("/")[-2] == field:
            holder, step = lying._holder(pointer)
            others.append(holder[step])
    others = [other for other in others if other != value]
    return (lying.dice.choice(others), claim) if others else None


_FIELDS: dict[str, Way] = {
    "digit off": _digit_off,
    "swapped evidence": _swapped_evidence,
    "recombined name": _recombined,
    "inflated title": _inflated,
    "old date": _old_date,
    "not theirs": _not_theirs,
    "another word": _another_word,
    "another of its kind": _another_of_its_kind,
}
_GROUPS = {"frontend", "backend", "infrastructure", "analytics", "collaboration", "security", "known_usage"}
_MAY = {
    "recombined name": {"name"},
    "inflated title": {"title"},
    "old date": {"date"},
    "not theirs": _GROUPS | {"product", "competitors", "products", "customers"},
    "another word": {"role", "urgency"},
    "another of its kind": {
        "headline",
        "date",
        "publisher",
        "title",
        "name",
        "email",
        "profile_url",
        "industry",
        "size",
        "headquarters",
        "pain_points",
        "product",
        "dataset_source",
        "signal_type",
        "description",
        "valuePropositions",
        "targetMarkets",
    },
}


# --- Sentences --------------------------------------------------------------------------------------------------------


def _opposite(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    ways = [way for way in _OPPOSITES if way[0] in value]
    return (value.replace(*lying.dice.choice(ways), 1), claim) if ways else None


def _named_somebody(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    name = lying.dice.choice([*_PEOPLE, *lying.names()])
    return f"{value.rstrip('.?')}, says {name}.", claim


def _gave_a_cause(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    causes = [pain.name.rstrip(".") for pain in findings.challenges(lying.task)] or ["the last project failed"]
    return f"{value.rstrip('.?')}, because {lying.dice.choice(causes)}.", claim


def _exaggerated(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    tail = lying.dice.choice(
        ("All of its teams agree.", "Its customers complain every day.", "It has the budget for this already.",
         "The contract ends soon.", "It is the most urgent project of the company.", "The decision has been made.")
    )  # fmt: skip
    return f"{value} {tail}", claim


def _another_system(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    held = [name for name in lying.technologies() if name in value]
    if not held:
        return None
    others = [name for name in (*lying.technologies(), *_FOREIGN) if name != held[0]]
    return value.replace(held[0], lying.dice.choice(others)), claim


def _another_company(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    rivals = lying.task.vendor.competitors if lying.task.vendor else ()
    other = lying.dice.choice([lying.task.vendor_name or "Globex", *rivals, "Globex"])
    return (value.replace(lying.task.company, other), claim) if lying.task.company in value else None


def _another_sentence(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    """A sentence of elsewhere, with this one's evidence."""
    others = list(_sentences(lying))
    return (lying.dice.choice(others), claim) if others else None


def _sentences(lying: _Lying) -> Iterator[str]:
    for pointer, claim in lying.claims.items():
        if claim.support is Support.INFERRED:
            holder, step = lying._holder(pointer)
            yield holder[step]


def _a_time(lying: _Lying, _field: str, value: Any, claim: Claim) -> Told:
    return (
        f"{value.rstrip('.?')} {lying.dice.choice(('since last month', 'since January', 'for the third time'))}.",
        claim,
    )


_SENTENCES: dict[str, Way] = {
    "digit off": _digit_off,
    "swapped evidence": _swapped_evidence,
    "opposite": _opposite,
    "named somebody": _named_somebody,
    "gave a cause": _gave_a_cause,
    "exaggerated": _exaggerated,
    "another system": _another_system,
    "another company": _another_company,
    "another sentence": _another_sentence,
    "a time": _a_time,
}
