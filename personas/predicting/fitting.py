"""Makes a predictor of examples, and asks one. Pure."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from math import exp, log, sqrt

import numpy as np

from personas.metrics.intervals import Floats, Z, wilson
from personas.predicting.model import Example, Factor, Fitted, Method, Told

PENALTY = 1.0  # each coefficient of a scaled feature is held to 0 as by a normal law of variance 1
OWN_WEIGHS = 10.0  # how many cases of one's own weigh as much as the share of all
LEARNS, RAREST = 100, 20  # cases, and of the rarer answer, below which coefficients are not worth fitting
_EDGE = 1e-4  # no chance is nearer to 0 or 1: no data here could bear it


def can_fit() -> bool:
    """Whether scikit-learn is here (the extra `predict`)."""
    return find_spec("sklearn") is not None


def method_for(examples: Sequence[Example]) -> Method:
    """Chosen by how many cases there are, before anything is tried: to try both and keep the better flatters it."""
    weight = sum(each.weight for each in examples)
    hits = sum(each.weight for each in examples if each.happened)
    is_enough = weight >= LEARNS and min(hits, weight - hits) >= RAREST
    return Method.LOGISTIC if is_enough and can_fit() else Method.SHRUNKEN


def share(examples: Sequence[Example]) -> float:
    """What share happened, by weight."""
    return sum(each.weight for each in examples if each.happened) / sum(each.weight for each in examples)


def fit(examples: Sequence[Example], names: Sequence[str], method: Method) -> Fitted:
    """A predictor of the examples, of which some happened and some did not."""
    if method is Method.SHRUNKEN:
        return Fitted(method=method, base=share(examples))
    return _logistic(examples, tuple(names))


def _logistic(examples: Sequence[Example], names: tuple[str, ...]) -> Fitted:
    """Logistic regression with a ridge penalty (scikit-learn, lbfgs) on features of mean 0 and deviation 1.

    The covariance is that of the normal approximation at the maximum: (XᵀWX + penalty)⁻¹, W = weight × p(1 − p).
    """
    from sklearn.linear_model import LogisticRegression

    raw = np.array([[_number(each.features.get(name)) for name in names] for each in examples], dtype=float)
    weights = np.array([each.weight for each in examples])
    happened = np.array([each.happened for each in examples])
    means, scales = _moments(raw, weights)
    scaled = _scaled(raw, means, scales)
    model = LogisticRegression(C=1 / PENALTY, max_iter=1_000).fit(scaled, happened, sample_weight=weights)
    chances = model.predict_proba(scaled)[:, 1]
    design = np.column_stack([np.ones(len(scaled)), scaled])
    penalty = np.diag([0.0] + [PENALTY] * len(names))
    information = design.T @ (design * (weights * chances * (1 - chances))[:, None]) + penalty
    return Fitted(
        method=Method.LOGISTIC,
        base=share(examples),
        names=names,
        means=_plain(means),
        scales=_plain(scales),
        coefficients=_plain(model.coef_[0]),
        intercept=float(model.intercept_[0]),
        covariance=tuple(_plain(row) for row in np.linalg.inv(information)),
    )


def ask(fitted: Fitted, features: Mapping[str, float | None], *, hits: float = 0.0, n: float = 0.0) -> Told:
    """The chance, with its interval.

    Logistic: the interval of the log odds by the normal law. Shrunken: (hits + 10 base) ÷ (n + 10), Wilson's
    interval of as many.
    """
    if fitted.method is Method.SHRUNKEN:
        total, happened = n + OWN_WEIGHS, hits + OWN_WEIGHS * fitted.base
        low, high = wilson(happened, total)
        return Told(chance=_kept(happened / total), low=low or 0.0, high=1.0 if high is None else high)
    point = np.concatenate([[1.0], _point(fitted, features)])
    odds = float(point @ np.array([fitted.intercept, *fitted.coefficients]))
    half = Z * sqrt(max(0.0, float(point @ np.array(fitted.covariance) @ point)))
    return Told(chance=_kept(_chance(odds)), low=_chance(odds - half), high=_chance(odds + half))


def factors(fitted: Fitted, features: Mapping[str, float | None]) -> list[Factor]:
    """What speaks for and against, the strongest first: the chance less what it were if this alone were as usual."""
    point = _point(fitted, features)
    moves = point * np.array(fitted.coefficients)
    odds = fitted.intercept + float(moves.sum())
    found = [
        Factor(name=name, value=value, usual=mean, points=_chance(odds) - _chance(odds - float(move)))
        for name, mean, move in zip(fitted.names, fitted.means, moves, strict=True)
        if (value := features.get(name)) is not None
    ]
    return sorted(found, key=lambda each: -abs(each.points))


def half_life(chance: float, days: int) -> float:
    """Days until half of such deals are closed if the chance of `days` days stays: days × ln 2 ÷ −ln(1 − p)."""
    return days * log(2) / -log(1 - _kept(chance))


def _point(fitted: Fitted, features: Mapping[str, float | None]) -> Floats:
    raw = np.array([[_number(features.get(name)) for name in fitted.names]], dtype=float)
    point: Floats = _scaled(raw, np.array(fitted.means), np.array(fitted.scales))[0]
    return point


def _moments(raw: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Mean and deviation of what is known of each feature; 0 and 1 where nothing is, or it is always the same."""
    is_known = ~np.isnan(raw)
    weighed = is_known * weights[:, None]
    total = np.maximum(weighed.sum(axis=0), 1e-12)
    means = (np.where(is_known, raw, 0.0) * weighed).sum(axis=0) / total
    spread = np.sqrt((np.where(is_known, raw - means, 0.0) ** 2 * weighed).sum(axis=0) / total)
    return means, np.where(spread > 1e-9, spread, 1.0)


def _scaled(raw: Floats, means: Floats, scales: Floats) -> Floats:
    """In deviations from the mean, no further than four; what is unknown is the mean."""
    return np.clip(np.nan_to_num((raw - means) / scales, nan=0.0), -4.0, 4.0)


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-odds)) if odds > -500 else 0.0


def _kept(chance: float) -> float:
    return min(1 - _EDGE, max(_EDGE, chance))


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(each) for each in values)
