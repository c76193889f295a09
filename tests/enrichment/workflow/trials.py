"""Experiments for tests: a variant that does without Bright Data, and companies by the variant that their lot gives."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from enrichment.models import Company, DataConsumer, Experiment, Trial, Variant
from enrichment.models.clock import database_now
from enrichment.rules.trials import drawn

WITHOUT = {"sources": {"brightdata_company_db": {"enabled": False}}}
# Companies that every source knows, and knows alike; the salt is chosen so that their lots give them these variants,
# whatever ids they have.
PLAIN = {"sentrelis.com": "A", "kontorly.com": "A", "polarpay.fi": "B", "relayforge.dev": "B"}


def experiment(
    *, changes: dict[str, Any] | None = None, strategy: str = "", shares: tuple[int, int] = (50, 50), **values: Any
) -> Experiment:
    """A draft on profiles, of a control and B."""
    defaults = {
        "slug": "cheaper",
        "label": "Cheaper profiles",
        "consumer": DataConsumer.objects.get(slug="profile"),
        "ends": database_now() + timedelta(days=7),
        "salt": _salt([("A", shares[0]), ("B", shares[1])]),
    }
    made = Experiment.objects.create(**{**defaults, **values})
    Variant.objects.create(experiment=made, label="A", is_control=True, share=shares[0])
    changes = WITHOUT if changes is None else changes
    Variant.objects.create(experiment=made, label="B", share=shares[1], changes=changes, strategy=strategy)
    return made


def _salt(shares: list[tuple[str, int]]) -> str:
    ids = dict(Company.objects.filter(domain__in=PLAIN).values_list("domain", "pk"))
    salts = (f"salt {number}" for number in range(1000))
    fits = (salt for salt in salts if all(drawn(salt, ids[name], shares) == PLAIN[name] for name in ids))
    return next(fits, "salt")


def companies(made: Experiment, label: str) -> list[Company]:
    """Known companies whose lot gives them that variant, the plain ones first."""
    shares = [(variant.label, variant.share) for variant in made.variants.all()]
    rows = sorted(Company.objects.exclude(domain=None), key=lambda row: (row.domain not in PLAIN, row.pk))
    return [row for row in rows if drawn(made.salt, row.pk, shares) == label]


def ended(made: Experiment, label: str, costs: Sequence[float], *, name: str = "", **values: Any) -> None:
    """Ended runs of one variant, a company each."""
    at, variant = database_now(), made.variants.get(label=label)
    for place, cost in enumerate(costs):
        company = Company.objects.create(name=f"{label}{name}{place}", domain=f"{label}{name}{place}.example".lower())
        figures = {"cost": Decimal(str(cost)), "quality": 0.8, "coverage": 0.7, "is_complete": True, **values}
        Trial.objects.create(variant=variant, company=company, began=at, ended=at, **figures)
