"""The default rules, from one readable file into rows; a row that exists, was edited or was deleted is left alone."""

import re
import tomllib
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction

from enrichment.models import (
    AnalysisEngine,
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    Provider,
    ProviderState,
    RedundancyRule,
    RulesVersion,
    SalesRole,
    SignalRule,
    Source,
)

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
    ):
        load(rules, made)
    if made:
        RulesVersion.bump()
    return made


def _create(model: type[models.Model], made: Counter[str], values: dict[str, Any], **key: Any) -> Any:
    """The row of that key, new if there never was one; None if an admin deleted it."""
    found = model._default_manager.filter(**key).first()
    if found is not None:
        return found
    if model.history.filter(**key).exists():  # type: ignore[attr-defined]  # simple-history adds the manager
        return None
    made[str(model._meta.verbose_name_plural)] += 1
    return model._default_manager.create(**key, **values)


def _datasets(rules: dict[str, Any], made: Counter[str]) -> None:
    for slug, row in rules["datasets"].items():
        values = {
            "label": row["label"],
            "group": row["group"],
            "kind": row.get("kind", Dataset.Kind.SCALAR),
            "quality_threshold": row["threshold"],
            "half_life": span(row["half_life"]),
            "origin": row["origin"],
        }
        _create(Dataset, made, values, slug=slug)


def _providers(rules: dict[str, Any], made: Counter[str]) -> None:
    for slug, row in rules["providers"].items():
        values = {
            "label": row["label"],
            "credential_names": row["credentials"],
            "requests_per_minute": row.get("per_minute"),
            "concurrency": row["concurrency"],
            "in_doubt": row["in_doubt"],
            "terms_note": row.get("terms", ""),
            "origin": row["origin"],
        }
        provider = _create(Provider, made, values, slug=slug)
        if provider is not None:
            ProviderState.objects.get_or_create(provider=provider)


def _sources(rules: dict[str, Any], made: Counter[str]) -> None:
    providers = Provider.objects.in_bulk(field_name="slug")
    for slug, row in rules["sources"].items():
        if row["provider"] not in providers:
            continue  # an admin deleted or renamed it, after its sources
        values = {
            "label": row["label"],
            "provider": providers[row["provider"]],
            "cost": Decimal(row["cost"]),
            "charged": row.get("charged", Source.Charged.CALL),
            "latency": span(row["latency"]),
            "timeout": span(row.get("timeout", "20s")),
            "origin_group": row["group"],
            "ttl": span(row["ttl"]),
            "enabled": row.get("enabled", True),
            "origin": row["origin"],
        }
        before = made.total()
        source = _create(Source, made, values, slug=slug)
        if made.total() > before:
            source.needs.set(Dataset.objects.filter(slug__in=row.get("needs", ())))


def _matrix(rules: dict[str, Any], made: Counter[str]) -> None:
    datasets, sources = Dataset.objects.in_bulk(field_name="slug"), Source.objects.in_bulk(field_name="slug")
    for slug, cells in rules["matrix"].items():
        for source, priority, reliability, fill_rate, freshness, complexity, origin in cells:
            if slug not in datasets or source not in sources:
                continue  # an admin deleted one of them
            values = {
                "priority": priority,
                "reliability": reliability,
                "fill_rate": fill_rate,
                "freshness_needed": freshness,
                "extraction_complexity": complexity,
                "origin": origin,
            }
            _create(DatasetSource, made, values, dataset=datasets[slug], source=sources[source])


def _consumers(rules: dict[str, Any], made: Counter[str]) -> None:
    datasets = Dataset.objects.in_bulk(field_name="slug")
    for slug, row in rules["consumers"].items():
        values = {
            "label": row["label"],
            "objective": row.get("objective", DataConsumer.Objective.COST),
            "vendor_context": row.get("vendor_context", DataConsumer.VendorContext.NONE),
            "max_cost": Decimal(row["max_cost"]),
            "origin": row["origin"],
        }
        consumer = _create(DataConsumer, made, values, slug=slug)
        if consumer is None:
            continue
        for required, names in ((True, row["required"]), (False, row.get("optional", ()))):
            for name in names:
                if name in datasets:
                    needs = {
                        "required": required,
                        "weight": 2.0 if name in row.get("core", ()) else 1.0,
                        "origin": row["origin"],
                    }
                    _create(ConsumerDataset, made, needs, consumer=consumer, dataset=datasets[name])


def _roles(rules: dict[str, Any], made: Counter[str]) -> None:
    for slug, row in rules["roles"].items():
        values = {
            name: row[name] for name in ("long_name", "label", "focus", "talking_points", "recommendations", "origin")
        }
        before = made.total()
        role = _create(SalesRole, made, values, slug=slug)
        if made.total() > before:
            role.extra_datasets.set(Dataset.objects.filter(slug__in=row["extra"]))


def _redundancies(rules: dict[str, Any], made: Counter[str]) -> None:
    for row in rules["redundancies"]:
        consumer = DataConsumer.objects.filter(slug=row.get("consumer", "")).first()
        skip = Source.objects.filter(slug=row["skip"]).first()
        if skip is None or ("consumer" in row and consumer is None):
            continue
        before = made.total()
        values = {"mode": row["mode"], "origin": row["origin"]}
        rule = _create(RedundancyRule, made, values, consumer=consumer, skip=skip)
        if made.total() > before:
            rule.because_of.set(Source.objects.filter(slug__in=row["because_of"]))


def _signals(rules: dict[str, Any], made: Counter[str]) -> None:
    for row in rules["signals"]:
        values = {name: row[name] for name in ("signals", "urgency", "action", "origin")}
        _create(SignalRule, made, values, name=row["name"])


def _cache(rules: dict[str, Any], made: Counter[str]) -> None:
    for cache_type, row in rules["cache"].items():
        _create(CachePolicy, made, {"ttl": span(row["ttl"]), "origin": row["origin"]}, cache_type=cache_type)


def _engines(rules: dict[str, Any], made: Counter[str]) -> None:
    for slug, row in rules["engines"].items():
        prices = {name: Decimal(row[name]) for name in ("price_in", "price_out", "price_cached")}
        values = {
            "kind": row["kind"],
            "model": row.get("model", ""),
            "priority": row["priority"],
            "timeout": span(row.get("timeout", "30s")),
            "origin": row["origin"],
        }
        _create(AnalysisEngine, made, {**values, **prices}, slug=slug)
