"""Worlds of which the truth is known, because it was planted: cases of which one figure matters, or none."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from personas.predicting.model import Example

FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
NAMES = tuple(f"figure{number}" for number in range(10))
MATTERS = NAMES[3]
STRENGTH = 1.5  # log odds of a deviation of what matters


def world(seed: int, *, cases: int = 600, strength: float = STRENGTH, groups: int = 60) -> list[Example]:
    """One case an hour, of ten standard normal figures; log odds −0.5 + strength × the fourth. Known a day later."""
    chance = np.random.default_rng(seed)
    figures = chance.standard_normal((cases, len(NAMES)))
    odds = -0.5 + strength * figures[:, NAMES.index(MATTERS)]
    happened = chance.random(cases) < 1 / (1 + np.exp(-odds))
    return [
        Example(
            at=FIRST + timedelta(hours=number),
            known=FIRST + timedelta(hours=number + 24),
            group=UUID(int=number % groups),
            happened=bool(happened[number]),
            weight=1.0,
            features=dict(zip(NAMES, map(float, figures[number]), strict=True)),
            hits=0.0,
            n=0.0,
        )
        for number in range(cases)
    ]
