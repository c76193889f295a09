"""Planning problems as they come up in earnest: the seeded rules, thirteen datasets, twenty-five sources."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from enrichment.planning.model import Candidate, Charged, Held, Mode, Need, Offer, PlanInput, Redundancy

RULES = Path(__file__).resolve().parents[2] / "enrichment" / "data" / "rules.toml"
SOURCES = 25
FEW_SOURCES = 6
DATASETS = 13
MORE_PRICES = (0.02, 0.03, 0.05, 0.08, 0.10, 0.10, 0.12, 0.15, 0.20, 0.25, 0.30)  # USD, those of the seed
MORE_RELIABILITIES = (0.65, 0.70, 0.75, 0.78, 0.80, 0.82, 0.85, 0.88, 0.90, 0.92)


def seeded_candidates(rules: dict[str, Any], wanted: set[str]) -> list[Candidate]:
    """Every source of the rules that gives something wanted, those included that are switched off by default."""
    cells: dict[str, list[list[Any]]] = {}
    for dataset, rows in rules["matrix"].items():
        for source, *cell in rows:
            cells.setdefault(source, []).append([dataset, *cell])
    return [
        Candidate(
            source=slug,
            origin_group=row["group"],
            offers=tuple(Offer(dataset=cell[0], priority=cell[1], reliability=cell[2]) for cell in cells[slug]),
            price=int(Decimal(row["cost"]) * 10**9),
            charged=Charged(row.get("charged", "call")),
            chance=mean(cell[3] for cell in cells[slug] if cell[0] in wanted),
            latency=float(row["latency"].removesuffix("s")),
            needs=frozenset(row.get("needs", ())),
        )
        for slug, row in rules["sources"].items()
        if any(cell[0] in wanted for cell in cells.get(slug, ()))
    ]


def more_candidates(draw: Random, datasets: list[str], how_many: int) -> Iterator[Candidate]:
    """Paid sources like the seeded ones, so that there are as many as the figure asks for."""
    for number in range(how_many):
        offered = draw.sample(datasets, draw.randint(1, 5))
        yield Candidate(
            source=f"more_{number}",
            origin_group=draw.choice(["news", "linkedin", "builtwith", f"more_{number}"]),
            offers=tuple(
                Offer(dataset=dataset, reliability=draw.choice(MORE_RELIABILITIES), priority=draw.randint(1, 6))
                for dataset in offered
            ),
            price=round(draw.choice(MORE_PRICES) * 10**9),
            charged=draw.choice([Charged.CALL, Charged.HIT, Charged.RECORD]),
            chance=draw.choice([0.7, 0.8, 0.85, 0.9]),
            max_records=draw.choice([1, 5]),
            latency=draw.choice([0.6, 0.8, 1.5, 3.0]),
            needs=frozenset(draw.sample(["company_name", "company_domain"], 1)),
        )


def small_problem(seed: int) -> PlanInput:
    """Up to six sources of `seeded_problem`, up to five of its datasets, and no limit but what a call needs."""
    given = seeded_problem(seed)
    draw = Random(f"small {seed}")
    needs = tuple(draw.sample(given.needs, draw.randint(1, 5)))
    wanted = {need.dataset for need in needs} | {"company_domain"}
    useful = [candidate for candidate in given.candidates if candidate.gives & wanted]
    return replace(
        given,
        needs=needs,
        candidates=tuple(draw.sample(useful, min(FEW_SOURCES, len(useful)))),
        held=(),
        redundancies=(),
        budget=None,
        deadline=None,
    )


def seeded_problem(seed: int) -> PlanInput:
    """Customer intelligence over the seeded rules, filled up to 13 datasets and 25 sources.

    By `seed` vary: the sources that fill up, up to four answers that are held, whether the domain is known, the budget
    (none in two of five), the deadline, the role's extra datasets (two of the thirteen become optional).
    """
    draw = Random(seed)
    rules = tomllib.loads(RULES.read_text())
    datasets = rules["consumers"]["customer_intelligence"]["required"][:DATASETS]
    core = set(rules["consumers"]["customer_intelligence"]["core"])
    optional = set(draw.sample(datasets, draw.choice([0, 2])))
    seeded = seeded_candidates(rules, set(datasets))
    candidates = [*seeded, *more_candidates(draw, datasets, SOURCES - len(seeded))]
    held = draw.sample(candidates, draw.choice([0, 0, 1, 2, 4]))
    return PlanInput(
        needs=tuple(
            Need(
                dataset=slug,
                threshold=rules["datasets"][slug]["threshold"],
                required=slug not in optional,
                weight=2.0 if slug in core else 1.0,
            )
            for slug in datasets
        ),
        candidates=tuple(candidate for candidate in candidates if candidate not in held),
        known=frozenset(draw.choice([["company_name"], ["company_name", "company_domain"]])),
        held=tuple(Held(source=c.source, origin_group=c.origin_group, offers=c.offers) for c in held),
        redundancies=tuple(
            Redundancy(skip=rule["skip"], because_of=frozenset(rule["because_of"]), mode=Mode(rule["mode"]))
            for rule in rules["redundancies"]
        ),
        budget=draw.choice([None, None, 2_500_000_000, 250_000_000, 100_000_000]),
        deadline=draw.choice([None, 30.0, 3.0]),
    )
