"""Groups among many who behave alike. Pure.

k-means by Lloyd's algorithm, where a distance is the mean of (difference)² over the components that are known of the
one: most histories know but some, and to fill the others with a middling value would group people by what is unknown
of them. That is why it is not scikit-learn's, which takes no gaps and is an extra besides. k is the one of 2 to 8 with
the greatest mean silhouette (Rousseeuw 1987), over a thousand of them at most; below 0.25 it is said that there are no
groups (Kaufman and Rousseeuw 1990: "no substantial structure"). The same input gives the same groups.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from personas.likeness.features import CLIP, FEATURES, Known
from personas.retrieval.hashing import Vectors

MOST_GROUPS = 8
LEAST = 5  # members, below which it is no pattern but a few people
STRUCTURE = 0.25  # mean silhouette
FEWEST = 3  # components known of somebody, to be of a group
TRIES, ROUNDS, SAMPLE = 4, 50, 1_000
SETS_APART = 0.8  # pooled standard deviations (Cohen's d: a large effect)
MOST_MARKS = 3
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What sets a group apart: a component, its mean inside and outside as the figure has it, and how many bear it."""

    figure: str
    words: str
    value: float
    others: float
    n: int
    effect: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of the input, what sets them apart from all others, their middle, and their mean silhouette."""

    members: tuple[int, ...]
    marks: tuple[Mark, ...]
    centre: Vectors
    cohesion: float

    @property
    def name(self) -> str:
        """“Slow to answer, prefers mail”."""
        return ", ".join(mark.words for mark in self.marks[:2]).capitalize()


def groups(behaviour: Vectors, known: Known) -> list[Group]:
    """The groups, the largest first; none where there is no structure. Those that nothing sets apart are left out."""
    rows = np.flatnonzero(known.sum(axis=1) >= FEWEST)
    if len(rows) < 2 * LEAST:
        return []
    weight = known[rows].astype(np.float32)
    told = np.clip(behaviour[rows], -CLIP, CLIP) * weight
    labels, widths = _best(told, weight)
    found = [] if labels is None else [_group(told, weight, labels == k, widths, rows) for k in np.unique(labels)]
    return sorted((group for group in found if group.marks), key=lambda group: (-len(group.members), group.name))


def _best(told: Vectors, weight: Vectors) -> tuple[Labels | None, Vectors]:
    """The labels of the k with the greatest mean silhouette, and the silhouettes (NaN of who is not in the sample)."""
    chance = np.random.default_rng(1)
    sample = np.sort(chance.permutation(len(told))[:SAMPLE])
    apart = _pairs(told[sample], weight[sample])
    best: Labels | None = None
    greatest, widths = STRUCTURE, np.full(len(told), np.nan, dtype=np.float32)
    for k in range(2, MOST_GROUPS + 1):
        labels = _lloyd(told, weight, k, chance)
        if np.bincount(labels, minlength=k).min() < LEAST or len(np.unique(labels[sample])) < k:
            continue
        found = _silhouettes(apart, labels[sample])
        if found.mean() > greatest:
            best, greatest = labels, float(found.mean())
            widths[sample] = found
    return best, widths


def _lloyd(told: Vectors, weight: Vectors, k: int, chance: np.random.Generator) -> Labels:
    """The best of a few starts from members that were drawn far from each other (k-means++)."""
    best, least = np.zeros(len(told), dtype=np.int64), np.inf
    for _ in range(TRIES):
        centres = _begun(told, weight, k, chance)
        for _ in range(ROUNDS):
            away = _distances(told, weight, centres)
            labels = away.argmin(axis=1)
            moved = np.array([_middle(told[labels == each], weight[labels == each]) for each in range(k)])
            if np.allclose(moved, centres):
                break
            centres = moved
        if (total := float(away.min(axis=1).sum())) < least:
            best, least = labels, total
    return best


def _begun(told: Vectors, weight: Vectors, k: int, chance: np.random.Generator) -> Vectors:
    centres = told[[int(chance.integers(len(told)))]]
    while len(centres) < k:
        away = _distances(told, weight, centres).min(axis=1).clip(min=1e-9)
        centres = np.vstack([centres, told[int(chance.choice(len(told), p=away / away.sum()))]])
    return centres


def _distances(told: Vectors, weight: Vectors, centres: Vectors) -> NDArray[np.float64]:
    """Mean (difference)² over what is known of each row, to each centre."""
    squares = (told**2).sum(axis=1, keepdims=True) - 2 * told @ centres.T + weight @ (centres**2).T
    found: NDArray[np.float64] = (squares / weight.sum(axis=1, keepdims=True)).clip(min=0).astype(float)
    return found


def _pairs(told: Vectors, weight: Vectors) -> NDArray[np.float64]:
    """The same between rows, over what is known of both; the mean of all where nothing is."""
    common = weight @ weight.T
    square = told**2
    sums = square @ weight.T + weight @ square.T - 2 * told @ told.T
    found = np.divide(sums, common, out=np.full(common.shape, np.nan, dtype=np.float32), where=common > 0)
    filled: NDArray[np.float64] = np.nan_to_num(found, nan=float(np.nanmean(found))).clip(min=0).astype(float)
    return filled


def _middle(told: Vectors, weight: Vectors) -> Vectors:
    """The mean of what is known of the members; 0, the middling, where nothing is."""
    counts = weight.sum(axis=0)
    made: Vectors = np.divide(told.sum(axis=0), counts, out=np.zeros_like(counts), where=counts > 0)
    return made


def _silhouettes(apart: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """(b − a) ÷ max(a, b): a the mean distance to one's own group, b to the nearest other; 0 for who is alone."""
    own = labels[:, None] == np.unique(labels)[None, :]
    counts = own.sum(axis=0)
    sums = apart @ own
    inside = (sums / (counts - 1).clip(min=1))[own]
    outside = np.where(own, np.inf, sums / counts).min(axis=1)
    widths = (outside - inside) / np.maximum(inside, outside).clip(min=1e-12)
    found: NDArray[np.float64] = np.where((own * counts).sum(axis=1) > 1, widths, 0.0)
    return found


def _group(told: Vectors, weight: Vectors, inside: NDArray[np.bool_], widths: Vectors, rows: Labels) -> Group:
    marks = [mark for place in range(len(FEATURES)) if (mark := _mark(place, told, weight, inside)) is not None]
    seen = widths[inside & ~np.isnan(widths)]
    return Group(
        members=tuple(int(row) for row in rows[inside]),
        marks=tuple(sorted(marks, key=lambda mark: -abs(mark.effect))[:MOST_MARKS]),
        centre=_middle(told[inside], weight[inside]),
        cohesion=float(seen.mean()),
    )


def _mark(place: int, told: Vectors, weight: Vectors, inside: NDArray[np.bool_]) -> Mark | None:
    """Cohen's d of a component between members and others; None where it is small, or known of few."""
    feature, has = FEATURES[place], weight[:, place] > 0
    one, other = told[inside & has, place], told[~inside & has, place]
    if min(len(one), len(other)) < LEAST:
        return None
    spread = np.sqrt(
        (one.var(ddof=1) * (len(one) - 1) + other.var(ddof=1) * (len(other) - 1)) / (len(one) + len(other) - 2)
    )
    effect = float((one.mean() - other.mean()) / max(float(spread), 0.05))
    if abs(effect) < SETS_APART:
        return None
    words = feature.high if effect > 0 else feature.low
    value, others = feature.value(float(one.mean())), feature.value(float(other.mean()))
    return Mark(figure=feature.figure, words=words, value=value, others=others, n=len(one), effect=effect)
