"""Edited rows in memory: the rules as they would be, never saved.

Edits have the sections and words of the seed file (`enrichment/data/rules.toml`); what is left out stays as it is:

    {"sources": {"snov_contacts": {"cost": "0.20"}, "apollo_contacts": {"enabled": true}},
     "matrix": {"decision_makers": {"apollo_contacts": {"priority": 1, "reliability": 0.9}, "serp_linkedin": null}},
     "datasets": {"tech_stack": {"threshold": 0.9}},
     "consumers": {"profile": {"objective": "quality", "requirements": {"headquarters": null}}},
     "redundancies": [{"skip": "serp_linkedin", "because_of": ["snov_contacts"], "mode": "any"}],
     "prompts": {"customer_intelligence": {"version": 3}},
     "engines": {"anthropic": {"enabled": false}}}

null removes a matrix cell, a requirement, a consumer's `max_cost`, or a prompt, so that the built-in wording holds; a
row that does not exist is made, with the admin's defaults. `redundancies` replaces all of them. Spans are seconds, or
texts such as "30d", "12h", "1.5s".
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from enrichment.models import ConsumerDataset, DataConsumer, DatasetSource, PromptVersion, RedundancyRule, Source
from enrichment.rules.model import Cell, ConsumerRule, Prompt, RedundancyRuleView, Requirement, Rules
from enrichment.rules.seed import span
from enrichment.rules.snapshot import from_rows

LONGEST = timedelta(days=3660)


class InvalidEdit(Exception):
    """Edits that make no rules. `errors`: the place, say `sources.snov_contacts.cost` → what is wrong with it."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{place}: {' '.join(words)}" for place, words in errors.items()))
        self.errors = errors


def _span(value: Any) -> Any:
    if isinstance(value, str):
        return span(value)  # raises ValueError, with words for people
    return value


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Span = Annotated[timedelta, BeforeValidator(_span), Field(ge=timedelta(0), le=LONGEST)]
Usd = Annotated[Decimal, Field(ge=0, lt=10**6, max_digits=15, decimal_places=9, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=10**6)]


class Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)

    @property
    def changes(self) -> dict[str, Any]:
        """What was said, by field."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class DatasetEdit(Edit):
    threshold: Share = 0.0
    half_life: Span = timedelta(0)


class SourceEdit(Edit):
    enabled: bool = True
    cost: Usd = Decimal(0)
    charged: Source.Charged = Source.Charged.CALL
    max_records: Count = 1
    expected_records: Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False)] = 1.0
    needs: tuple[str, ...] = ()
    latency: Span = timedelta(0)
    timeout: Span = timedelta(0)
    origin_group: Annotated[str, Field(min_length=1, max_length=50)] = "-"
    ttl: Span = timedelta(0)


class CellEdit(Edit):
    priority: Annotated[int, Field(ge=0, le=32767)] = 5
    reliability: Share = 0.0
    fill_rate: Share = 0.9
    freshness_needed: DatasetSource.Freshness = DatasetSource.Freshness.LOW
    extraction_complexity: DatasetSource.Complexity = DatasetSource.Complexity.SIMPLE


class RequirementEdit(Edit):
    required: bool = True
    weight: Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False)] = 1.0
    threshold: Share = 0.0


class ConsumerEdit(Edit):
    objective: DataConsumer.Objective = DataConsumer.Objective.COST
    strategy: DataConsumer.Strategy = DataConsumer.Strategy.ENHANCED
    max_cost: Usd | None = None
    max_wait: Span = timedelta(0)
    requirements: dict[str, RequirementEdit | None] = {}


class RedundancyEdit(Edit):
    consumer: str | None = None
    skip: str
    because_of: tuple[str, ...]
    mode: RedundancyRule.Mode = RedundancyRule.Mode.ALL


class PromptEdit(Edit):
    """The version to ask with, as if it were the active one."""

    version: Count


class EngineEdit(Edit):
    """An engine that is not to write by these rules; one that is switched off for everybody stays so."""

    enabled: bool = True


class Edits(Edit):
    """Edited rows, checked for shape."""

    datasets: dict[str, DatasetEdit] = {}
    sources: dict[str, SourceEdit] = {}
    matrix: dict[str, dict[str, CellEdit | None]] = {}
    consumers: dict[str, ConsumerEdit] = {}
    redundancies: tuple[RedundancyEdit, ...] | None = None
    prompts: dict[str, PromptEdit | None] = {}
    engines: dict[str, EngineEdit] = {}

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> "Edits":
        """Raises `InvalidEdit`."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InvalidEdit(_told(error)) from error

    @property
    def switched_on(self) -> frozenset[str]:
        return frozenset(s for s, edit in self.sources.items() if edit.changes.get("enabled") is True)

    @property
    def switched_off(self) -> frozenset[str]:
        return frozenset(s for s, edit in self.sources.items() if edit.changes.get("enabled") is False)


def _told(error: ValidationError) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for found in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part)[:60] for part in found["loc"]) or "rules"
        errors.setdefault(place, []).append(found["msg"].removeprefix("Value error, ") + ".")
    return dict(list(errors.items())[:20])


def edited(rules: Rules, edits: Edits) -> Rules:
    """`rules` as they would be with these edits. Raises `InvalidEdit` where an edit names what does not exist.

    One query each where a threshold or a prompt is edited, and those of a whole rule set where a source is switched on
    that `rules` have not. Saves nothing.
    """
    more = edits.switched_on - rules.sources.keys()
    base = from_rows(and_sources=more) if more else rules
    _refuse_unknown(base, edits)
    datasets = {
        slug: row.model_copy(update=edits.datasets[slug].changes) if slug in edits.datasets else row
        for slug, row in base.datasets.items()
    }
    sources = {
        slug: row.model_copy(update=_without(edits.sources[slug].changes, "enabled")) if slug in edits.sources else row
        for slug, row in base.sources.items()
        if slug not in edits.switched_off
    }
    consumers = {slug: _consumer(row, datasets, edits) for slug, row in _follow(base, edits).items()}
    barred = {slug for slug, edit in edits.engines.items() if not edit.enabled}
    parts = {
        "datasets": datasets,
        "sources": sources,
        "cells": tuple(cell for cell in _cells(base, edits) if cell.source in sources),
        "consumers": consumers,
        "redundancies": base.redundancies if edits.redundancies is None else _redundancies(edits.redundancies),
        "prompts": _prompts(base, edits) if edits.prompts else base.prompts,
        "engines": tuple(row for row in base.engines if row.slug not in barred),
        "barred_engines": tuple(sorted({*base.barred_engines, *barred})),
    }
    # Made anew and not copied: a copy would remember what was computed from the old parts.
    return Rules(**{name: parts.get(name, getattr(base, name)) for name in Rules.model_fields})


def _without(changes: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in changes.items() if field != name}


def _refuse_unknown(base: Rules, edits: Edits) -> None:
    named = [(f"datasets.{slug}", slug, "dataset") for slug in (*edits.datasets,)]
    named += [(f"sources.{slug}", slug, "source") for slug in edits.sources if slug not in edits.switched_off]
    named += [(f"sources.{s}.needs", need, "dataset") for s, edit in edits.sources.items() for need in edit.needs]
    for slug, cells in edits.matrix.items():
        named.append((f"matrix.{slug}", slug, "dataset"))
        named += [(f"matrix.{slug}.{s}", s, "source") for s, cell in cells.items() if cell is not None]
    for slug, edit in edits.consumers.items():
        named.append((f"consumers.{slug}", slug, "consumer"))
        named += [(f"consumers.{slug}.requirements.{need}", need, "dataset") for need in edit.requirements]
    for place, rule in enumerate(edits.redundancies or ()):
        named += [(f"redundancies.{place}", slug, "source") for slug in (rule.skip, *rule.because_of)]
        named += [(f"redundancies.{place}.consumer", rule.consumer, "consumer")] if rule.consumer else []
    # Rows that are switched off may be edited; nothing follows from that.
    off = set(Source.objects.exclude(slug__in=base.sources).values_list("slug", flat=True))
    named += [(f"engines.{slug}", slug, "engine") for slug in edits.engines]
    engines = {row.slug for row in base.engines}
    known = {
        "engine": engines,
        "dataset": base.datasets.keys(),
        "source": base.sources.keys() | off,
        "consumer": base.consumers.keys(),
    }
    errors = {
        place: [f"“{slug[:60]}” is no {kind}; there are {', '.join(sorted(known[kind]))}."]
        for place, slug, kind in named
        if slug not in known[kind]
    }
    if errors:
        raise InvalidEdit(dict(list(errors.items())[:20]))


def _cells(base: Rules, edits: Edits) -> list[Cell]:
    cells = {(cell.dataset, cell.source): cell for cell in base.cells}
    for dataset, row in edits.matrix.items():
        for source, edit in row.items():
            if edit is None:
                cells.pop((dataset, source), None)
            elif (dataset, source) in cells:
                cells[dataset, source] = cells[dataset, source].model_copy(update=edit.changes)
            elif "reliability" in edit.changes:
                cells[dataset, source] = Cell(dataset=dataset, source=source, **edit.model_dump())
            else:
                place = f"matrix.{dataset}.{source}.reliability"
                raise InvalidEdit({place: [f"{source} does not give {dataset} yet: say how reliably it would."]})
    return [cells[key] for key in sorted(cells)]


def _follow(base: Rules, edits: Edits) -> dict[str, ConsumerRule]:
    """Consumers whose requirements without a threshold of their own have the edited one of the dataset."""
    moved = {slug: edit.threshold for slug, edit in edits.datasets.items() if "threshold" in edit.changes}
    if not moved:
        return dict(base.consumers)
    rows = ConsumerDataset.objects.filter(threshold=None, dataset__slug__in=moved)
    follows = set(rows.values_list("consumer__slug", "dataset__slug"))
    return {
        slug: row.model_copy(
            update={
                "requirements": tuple(
                    need.model_copy(update={"threshold": moved[need.dataset]})
                    if (slug, need.dataset) in follows
                    else need
                    for need in row.requirements
                )
            }
        )
        for slug, row in base.consumers.items()
    }


def _consumer(row: ConsumerRule, datasets: Mapping[str, Any], edits: Edits) -> ConsumerRule:
    edit = edits.consumers.get(row.slug)
    if edit is None:
        return row
    needs = {need.dataset: need for need in row.requirements}
    for slug, wanted in edit.requirements.items():
        if wanted is None:
            needs.pop(slug, None)
        else:
            new = Requirement(dataset=slug, required=True, weight=1.0, threshold=datasets[slug].threshold)
            needs[slug] = needs.get(slug, new).model_copy(update=wanted.changes)
    changes = _without(edit.changes, "requirements")
    return row.model_copy(update={**changes, "requirements": tuple(needs[slug] for slug in sorted(needs))})


def _prompts(base: Rules, edits: Edits) -> dict[str, Prompt]:
    """The active prompts with the named versions in their place; the text is copied, so that it stays what it is."""
    known = {(row.purpose, row.version): row.text for row in PromptVersion.objects.filter(purpose__in=edits.prompts)}
    found = {purpose: prompt for purpose, prompt in base.prompts.items() if purpose not in edits.prompts}
    errors: dict[str, list[str]] = {}
    for purpose, edit in edits.prompts.items():
        if edit is None:
            continue
        if (purpose, edit.version) in known:
            found[purpose] = Prompt(version=edit.version, text=known[purpose, edit.version])
        else:
            there = ", ".join(f"{version}" for of, version in sorted(known) if of == purpose) or "none"
            errors[f"prompts.{purpose}.version"] = [f"There is no version {edit.version}; of this purpose: {there}."]
    if errors:
        raise InvalidEdit(errors)
    return {purpose: found[purpose] for purpose in sorted(found)}


def _redundancies(edits: tuple[RedundancyEdit, ...]) -> tuple[RedundancyRuleView, ...]:
    return tuple(RedundancyRuleView(**edit.model_dump()) for edit in edits)
