"""The shapes of predictions on the wire."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from enrichment.api.shapes import Shape
from personas.models import Predictor
from personas.models.predictions import Asked
from personas.predicting.accuracy import Month
from personas.predicting.foretelling import Foretold
from personas.predicting.model import Compared, Method, Trial
from personas.predicting.training import fitted_of, trial_of
from personas.predicting.wording import lines, why_not

QUESTIONS = Asked.values
METHODS = [each.value for each in Method]
DIGITS = 6


class FactorOut(Shape):
    """What moves the chance."""

    name = serializers.CharField()
    words = serializers.CharField(help_text="What it is.")
    value = serializers.CharField(help_text="As it is with this contact.")
    usual = serializers.CharField(help_text="As it is on average.")
    points = serializers.IntegerField(help_text="By how many per cent the chance were less if this were as usual.")


class PredictionOut(Shape):
    """An answer, or why there is none."""

    question = serializers.ChoiceField(QUESTIONS, help_text="won: if it is closed at all.")
    withinDays = serializers.IntegerField(allow_null=True, help_text="Null where no time is asked about.")
    dealId = serializers.UUIDField(allow_null=True)
    chance = serializers.FloatField(allow_null=True, help_text="0 to 1; null where nothing is said.")
    low = serializers.FloatField(allow_null=True, help_text="95 % interval.")
    high = serializers.FloatField(allow_null=True)
    baseRate = serializers.FloatField(allow_null=True, help_text="Of all cases.")
    halfClosedInDays = serializers.FloatField(
        allow_null=True, help_text="Until half of such deals are closed, if the chance stays; of `closed` alone."
    )
    method = serializers.ChoiceField(METHODS, allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why nothing is said; empty where something is.")
    factors = FactorOut(many=True, help_text="What speaks for it, then what against, the strongest first.")
    trainedAt = serializers.DateTimeField(allow_null=True)


class ContactPredictionsOut(Shape):
    contactId = serializers.UUIDField()
    askedAt = serializers.DateTimeField()
    predictions = PredictionOut(many=True, help_text="Of a mail that goes now, then of each open deal.")


class ComparedOut(Shape):
    ours = serializers.FloatField(help_text="Less is better.")
    baseRate = serializers.FloatField(help_text="The same score of saying the earlier share each time.")
    gain = serializers.FloatField()
    low = serializers.FloatField(help_text="95 % interval of the gain.")
    high = serializers.FloatField()


class CalibrationOut(Shape):
    said = serializers.FloatField(help_text="Mean chance.")
    came = serializers.FloatField(help_text="Share that happened.")
    low = serializers.FloatField(help_text="95 % interval of that share.")
    high = serializers.FloatField()
    n = serializers.IntegerField()


class TrialOut(Shape):
    """How it did on cases after those that it was made of."""

    splitAt = serializers.DateTimeField()
    learntFrom = serializers.IntegerField()
    triedOn = serializers.IntegerField()
    groups = serializers.IntegerField(help_text="Contacts, or deals, that these are of.")
    baseRate = serializers.FloatField()
    brier = ComparedOut()
    logLoss = ComparedOut()
    calibration = CalibrationOut(many=True)


class PredictionMonthOut(Shape):
    """Predictions of a month, each made before what it was of, whose answer is known."""

    month = serializers.DateField(help_text="Its first day.")
    said = serializers.FloatField(help_text="Mean chance.")
    came = serializers.FloatField(help_text="Share that happened.")
    low = serializers.FloatField(help_text="95 % interval of that share.")
    high = serializers.FloatField()
    brier = serializers.FloatField(help_text="Less is better.")
    baseRateBrier = serializers.FloatField(help_text="Of saying the share of all cases each time.")
    n = serializers.IntegerField()


class PredictorOut(Shape):
    """What your records teach about a question."""

    question = serializers.ChoiceField(QUESTIONS)
    withinDays = serializers.IntegerField(allow_null=True)
    isUsed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text="Why it is not.")
    method = serializers.ChoiceField(METHODS, allow_null=True)
    cases = serializers.IntegerField()
    happened = serializers.IntegerField()
    baseRate = serializers.FloatField(allow_null=True)
    trial = TrialOut(allow_null=True)
    months = PredictionMonthOut(many=True, help_text="How it came true, the last twelve months, the earliest first.")
    trainedAt = serializers.DateTimeField()


class PredictorsOut(Shape):
    results = PredictorOut(many=True, help_text="At most one of each question; none before the first day's work.")


def prediction_told(found: Foretold) -> dict[str, Any]:
    row, told = found.predictor, found.told
    counts = {"cases": row.cases, "happened": row.happened} if row else {}
    speaks_for, against = lines(found.factors)
    return {
        "question": found.question.value,
        "withinDays": found.days or None,
        "dealId": found.deal.pk if found.deal else None,
        "chance": round(told.chance, DIGITS) if told else None,
        "low": round(told.low, DIGITS) if told else None,
        "high": round(told.high, DIGITS) if told else None,
        "baseRate": round(row.fitted["base"], DIGITS) if row and row.fitted and told else None,
        "halfClosedInDays": round(found.half_life, 1) if found.half_life else None,
        "method": found.method,
        "reason": "" if told else why_not(row.why if row else None, trial=found.trial, **counts),
        "factors": [
            {"name": each.name, "words": each.label, "value": each.value, "usual": each.usual, "points": each.points}
            for each in (*speaks_for, *against)
        ],
        "trainedAt": row.trained if row else None,
    }


def predictor_told(row: Predictor, months: Sequence[Month] = ()) -> dict[str, Any]:
    fitted, trial = fitted_of(row), trial_of(row)
    return {
        "question": row.question,
        "withinDays": row.days or None,
        "isUsed": fitted is not None,
        "reason": "" if fitted else why_not(row.why, cases=row.cases, happened=row.happened, trial=trial),
        "method": fitted.method.value if fitted else None,
        "cases": row.cases,
        "happened": row.happened,
        "baseRate": round(row.happened / row.cases, DIGITS) if row.cases else None,
        "trial": _trial(trial) if trial else None,
        "months": [month_told(each) for each in months],
        "trainedAt": row.trained,
    }


def month_told(month: Month) -> dict[str, Any]:
    told = {name: round(getattr(month, name), DIGITS) for name in ("said", "came", "low", "high", "brier")}
    return {"month": month.begins, **told, "baseRateBrier": round(month.base, DIGITS), "n": month.n}


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "splitAt": trial.split,
        "learntFrom": trial.learnt,
        "triedOn": trial.tried,
        "groups": trial.groups,
        "baseRate": round(trial.base, DIGITS),
        "brier": _compared(trial.brier),
        "logLoss": _compared(trial.log_loss),
        "calibration": [asdict(each) for each in trial.bins],
    }


def _compared(found: Compared) -> dict[str, float]:
    named = {"ours": found.ours, "baseRate": found.base, "gain": found.gain, "low": found.low, "high": found.high}
    return {name: round(value, DIGITS) for name, value in named.items()}
