"""The default rules, from one readable file into rows; a row that exists, was edited or was deleted is left alone."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction
from simple_history.utils import bulk_create_with_history

from enrichment.models import (
    AnalysisEngine,
    Brake,
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    Provider,
    ProviderState,
    RedundancyRule,
    RequestLimit,
    Retention,
    RulesVersion,
    SalesRole,
    SignalRule,
    Source,
    StepDeadline,
)
from salesintel.history import history_of

SEED_FILE = Path(__file__).resolve().parent.parent / "data" / "rules.toml"
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def span(text: str) -> timedelta:
    """A span such as "30d", "12h", "20m" or "1.5s"."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([dhms])", text)
    if match is None:
        raise ValueError(f"{text!r} is not a span such as 30d, 12h, 20m or 1.5s.")
    return timedelta(**{UNITS[match[2]]: float(match[1])})


@transaction.atomic
def seed(path: Path = SEED_FILE) -> Counter[str]:
    """Load the rules of `path`. Returns how many rows of each kind were new; run twice it changes nothing."""
    rules = tomllib.loads(path.read_text())
    made: Counter[str] = Counter()
    for load in (
        _datasets,
        _providers,
        _sources,
        _matrix,
        _consumers,
        _roles,
        _redundancies,
        _signals,
        _cache,
        _engines,
        _deadlines,
        _retention,
        _brakes,
        _limits,
    ):
        load(rules, made)
    if made:
        RulesVersion.bump()
    return made


Key = tuple[Any, ...]


def _fill(
    model: type[models.Model], made: Counter[str], fields: tuple[str, ...], wanted: Mapping[Key, dict[str, Any]]
) -> list[Key]:
    """Make the rows whose key never was; returns those keys. A key that is there, or that an admin deleted, is left."""
    known = set(model._default_manager.values_list(*fields))
    known |= set(history_of(model).values_list(*fields))
    new = [key for key in wanted if key not in known]
    if new:
        rows = [model(**dict(zip(fields, key, strict=True)), **wanted[key]) for key in new]
        bulk_create_with_history(rows, model)
        made[str(model._meta.verbose_name_plural)] += len(new)
    return new


def _ids(model: type[models.Model]) -> dict[str, int]:
    """Slug → id."""
    return dict(model._default_manager.values_list("slug", "pk"))


def _datasets(rules: dict[str, Any], made: Counter[str]) -> None:
    wanted = {
        (slug,): {
            "label": row["label"],
            "group": row["group"],
            "kind": row.get("kind", Dataset.Kind.SCALAR),
            "quality_threshold": row["threshold"],
            "half_life": span(row["half_life"]),
            "origin": row["origin"],
        }
        for slug, row in rules["datasets"].items()
    }
    _fill(Dataset, made, ("slug",), wanted)


def _providers(rules: dict[str, Any], made: Counter[str]) -> None:
    wanted = {
        (slug,): {
            "label": row["label"],
            "credential_names": row["credentials"],
            "requests_per_minute": row.get("per_minute"),
            "concurrency": row["concurrency"],
            "in_doubt": row["in_doubt"],
            "repeat_free_for": span(row["repeat_free_for"]) if "repeat_free_for" in row else None,
            "terms_note": row.get("terms", ""),
            "origin": row["origin"],
        }
        for slug, row in rules["providers"].items()
    }
    _fill(Provider, made, ("slug",), wanted)
    without_state = Provider.objects.filter(state=None)
    ProviderState.objects.bulk_create(ProviderState(provider=provider) for provider in without_state)


def _sources(rules: dict[str, Any], made: Counter[str]) -> None:
    providers = _ids(Provider)  # an admin may have deleted or renamed one, after its sources
    wanted = {
        (slug,): _source(row) | {"provider_id": providers[row["provider"]]}
        for slug, row in rules["sources"].items()
        if row["provider"] in providers
    }
    for (slug,) in _fill(Source, made, ("slug",), wanted):
        needs = rules["sources"][slug].get("needs")
        if needs:
            Source.objects.get(slug=slug).needs.set(Dataset.objects.filter(slug__in=needs))


def _source(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": row["label"],
        "cost": Decimal(row["cost"]),
        "charged": row.get("charged", Source.Charged.CALL),
        "max_records": row.get("max_records", 1),
        "expected_records": row.get("expected_records", 1.0),
        "latency": span(row["latency"]),
        "timeout": span(row.get("timeout", "20s")),
        "origin_group": row["group"],
        "ttl": span(row["ttl"]),
        "enabled": row.get("enabled", True),
        "note": row.get("note", ""),
        "origin": row["origin"],
    }


def _matrix(rules: dict[str, Any], made: Counter[str]) -> None:
    datasets, sources = _ids(Dataset), _ids(Source)
    fields = ("priority", "reliability", "fill_rate", "freshness_needed", "extraction_complexity", "origin")
    wanted = {
        (datasets[slug], sources[source]): dict(zip(fields, figures, strict=True))
        for slug, cells in rules["matrix"].items()
        for source, *figures in cells
        if slug in datasets and source in sources  # else an admin deleted one of them
    }
    _fill(DatasetSource, made, ("dataset_id", "source_id"), wanted)


def _consumers(rules: dict[str, Any], made: Counter[str]) -> None:
    wanted = {
        (slug,): {
            "label": row["label"],
            "objective": row.get("objective", DataConsumer.Objective.COST),
            "vendor_context": row.get("vendor_context", DataConsumer.VendorContext.NONE),
            "max_cost": Decimal(row["max_cost"]),
            "max_wait": span(row.get("max_wait", "15m")),
            "offered": row.get("offered", True),
            "origin": row["origin"],
        }
        for slug, row in rules["consumers"].items()
    }
    _fill(DataConsumer, made, ("slug",), wanted)
    consumers, datasets = _ids(DataConsumer), _ids(Dataset)
    requirements = {
        (consumers[slug], datasets[name]): {
            "required": required,
            "weight": 2.0 if name in row.get("core", ()) else 1.0,
            "origin": row["origin"],
        }
        for slug, row in rules["consumers"].items()
        for required, names in ((True, row["required"]), (False, row.get("optional", ())))
        for name in names
        if slug in consumers and name in datasets
    }
    _fill(ConsumerDataset, made, ("consumer_id", "dataset_id"), requirements)


def _roles(rules: dict[str, Any], made: Counter[str]) -> None:
    fields = ("long_name", "label", "focus", "talking_points", "recommendations", "origin")
    more = ("voice", "contact_order", "emphasis", "section_order")
    wanted = {
        (slug,): {name: row[name] for name in fields} | {name: row[name] for name in more if name in row}
        for slug, row in rules["roles"].items()
    }
    for (slug,) in _fill(SalesRole, made, ("slug",), wanted):
        extra = Dataset.objects.filter(slug__in=rules["roles"][slug]["extra"])
        SalesRole.objects.get(slug=slug).extra_datasets.set(extra)


def _redundancies(rules: dict[str, Any], made: Counter[str]) -> None:
    sources = _ids(Source)
    consumers: dict[str | None, int | None] = {None: None}  # for every consumer
    consumers.update(_ids(DataConsumer).items())
    rows = {
        (consumers[row.get("consumer")], sources[row["skip"]]): row
        for row in rules["redundancies"]
        if row.get("consumer") in consumers and row["skip"] in sources
    }
    wanted = {key: {"mode": row["mode"], "origin": row["origin"]} for key, row in rows.items()}
    for consumer, skip in _fill(RedundancyRule, made, ("consumer_id", "skip_id"), wanted):
        rule = RedundancyRule.objects.get(consumer=consumer, skip=skip)
        rule.because_of.set(Source.objects.filter(slug__in=rows[consumer, skip]["because_of"]))


def _signals(rules: dict[str, Any], made: Counter[str]) -> None:
    fields = ("signals", "urgency", "action", "origin")
    more = ("within_days", "witnesses")
    wanted = {
        (row["name"],): {name: row[name] for name in fields} | {name: row[name] for name in more if name in row}
        for row in rules["signals"]
    }
    _fill(SignalRule, made, ("name",), wanted)


def _cache(rules: dict[str, Any], made: Counter[str]) -> None:
    wanted = {(slug,): {"ttl": span(row["ttl"]), "origin": row["origin"]} for slug, row in rules["cache"].items()}
    _fill(CachePolicy, made, ("cache_type",), wanted)


def _engines(rules: dict[str, Any], made: Counter[str]) -> None:
    wanted = {(slug,): _engine(row) for slug, row in rules["engines"].items()}
    _fill(AnalysisEngine, made, ("slug",), wanted)


def _engine(row: dict[str, Any]) -> dict[str, Any]:
    """An engine's fields; a price that is not told is unknown."""
    prices = ("price_in", "price_out", "price_cached", "price_in_long", "price_out_long")
    return {
        "kind": row["kind"],
        "model": row.get("model", ""),
        "base_url": row.get("base_url", ""),
        "priority": row["priority"],
        "enabled": row.get("enabled", True),
        "timeout": span(row.get("timeout", "30s")),
        "long_above": row.get("long_above"),
        "origin": row["origin"],
        **{name: Decimal(row[name]) if name in row else None for name in prices},
    }


def _deadlines(rules: dict[str, Any], made: Counter[str]) -> None:
    rows = rules.get("deadlines", {})
    wanted = {(step,): {"limit": span(row["limit"]), "origin": row["origin"]} for step, row in rows.items()}
    _fill(StepDeadline, made, ("step",), wanted)


def _retention(rules: dict[str, Any], made: Counter[str]) -> None:
    rows = rules.get("retention", {})
    wanted = {(what,): {"keep": span(row["keep"]), "origin": row["origin"]} for what, row in rows.items()}
    _fill(Retention, made, ("what",), wanted)


def _brakes(rules: dict[str, Any], made: Counter[str]) -> None:
    providers: dict[str | None, int | None] = {None: None}
    providers.update(_ids(Provider).items())
    wanted = {
        (providers[row.get("provider")], span(row["window"])): {
            "factor": row["factor"],
            "at_least": Decimal(row["at_least"]),
            "pause_for": span(row["pause_for"]),
            "origin": row["origin"],
        }
        for row in rules.get("brakes", [])
    }
    _fill(Brake, made, ("provider_id", "window"), wanted)


def _limits(rules: dict[str, Any], made: Counter[str]) -> None:
    rows = rules.get("request_limits", {})
    wanted = {
        (scope, None): {"requests": row["requests"], "seconds": row["seconds"], "origin": row["origin"]}
        for scope, row in rows.items()
    }
    _fill(RequestLimit, made, ("scope", "key_id"), wanted)
