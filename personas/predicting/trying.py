"""Tries a predictor on a later time than it was made of, and says whether it may be used. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from personas.metrics.intervals import Floats
from personas.predicting import scoring
from personas.predicting.fitting import ask, fit, method_for, share
from personas.predicting.model import Example, Fitted, Trial, Verdict, Why

FEWEST = 40  # cases, by weight, of which anything is learnt
RAREST = 5  # of the rarer answer
EARLIER = 0.7  # share of the cases before the split
FEWEST_TRIED = 15  # cases, by weight, and of at least so many groups:
FEWEST_GROUPS = 8


def verdict(examples: Sequence[Example], names: Sequence[str]) -> Verdict:
    """Whether the question can be answered from the examples (the earliest first), by what, and how that was tried.

    Learnt is what was known before the split, tried what was asked from it on: what was asked before and known after
    is in neither. It may be used where its Brier score is better than that of the earlier base rate with 97.5 %
    confidence, and its log loss is better too; then it is made anew of all.
    """
    found = Verdict(why=Why.FEW, cases=len(examples), happened=sum(each.happened for each in examples))
    if why := _lacking(examples):
        return replace(found, why=why)
    split = _split(examples)
    learnt = [each for each in examples if each.known < split]
    tried = [each for each in examples if each.at >= split]
    if why := _lacking(learnt, fewest=FEWEST * EARLIER) or _untried(tried):
        return replace(found, why=why)
    trial = _trial(fit(learnt, names, method_for(learnt)), learnt, tried)
    if trial.brier.low <= 0 or trial.log_loss.gain <= 0:
        return replace(found, why=Why.NO_BETTER, trial=trial)
    return replace(found, why=Why.NONE, trial=trial, fitted=fit(examples, names, method_for(learnt)))


def _trial(fitted: Fitted, learnt: Sequence[Example], tried: Sequence[Example]) -> Trial:
    chances = chances_of(fitted, tried)
    happened = np.array([each.happened for each in tried], dtype=float)
    base = np.full(len(tried), share(learnt))
    losses = (scoring.brier, scoring.log_loss)
    scores = [scoring.compared(loss(chances, happened), loss(base, happened), tried) for loss in losses]
    return Trial(
        split=tried[0].at,
        learnt=len(learnt),
        tried=len(tried),
        groups=len({each.group for each in tried}),
        base=float(base[0]),
        brier=scores[0],
        log_loss=scores[1],
        bins=scoring.bins(chances, tried),
    )


def chances_of(fitted: Fitted, examples: Sequence[Example]) -> Floats:
    return np.array([ask(fitted, each.features, hits=each.hits, n=each.n).chance for each in examples])


def _split(examples: Sequence[Example]) -> datetime:
    """The moment before which seven of ten cases, by weight, were asked."""
    reached = np.cumsum([each.weight for each in examples])
    place = int(np.searchsorted(reached, EARLIER * reached[-1]))
    return examples[min(place, len(examples) - 1)].at


def _lacking(examples: Sequence[Example], fewest: float = FEWEST) -> Why:
    weight = sum(each.weight for each in examples)
    hits = sum(each.weight for each in examples if each.happened)
    if weight < fewest:
        return Why.FEW
    return Why.ALIKE if min(hits, weight - hits) < RAREST else Why.NONE


def _untried(tried: Sequence[Example]) -> Why:
    groups = len({each.group for each in tried})
    is_enough = sum(each.weight for each in tried) >= FEWEST_TRIED and groups >= FEWEST_GROUPS
    return Why.NONE if is_enough else Why.BRIEF
