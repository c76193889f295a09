"""An experiment's results from the tables, for `verdict` to judge, and as JSON."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Avg

from enrichment import rules
from enrichment.models import Experiment, Rating, Trial, Variant
from enrichment.rules.edits import InvalidEdit
from enrichment.rules.trials import changed, moves_the_yardstick
from enrichment.workflow.experiments import wanted
from enrichment.workflow.intervals import Difference
from enrichment.workflow.sizing import level_for
from enrichment.workflow.verdict import DECIMALS, Estimate, Found, Frame, Outcome, Result, Side, outcome


def found(experiment: Experiment) -> Outcome:
    """What the experiment found so far. Three queries, and one for the rules that it began with."""
    variants = list(experiment.variants.all())
    results: defaultdict[int, list[Result]] = defaultdict(list)
    ended = Trial.objects.filter(variant__in=variants).exclude(ended=None).order_by("pk")
    fields = ("variant", "company", "cost", "quality", "coverage", "is_complete", "seconds", "run")
    stars = _stars(variants)
    for variant, company, cost, quality, coverage, is_complete, seconds, run in ended.values_list(*fields):
        results[variant].append(
            Result(
                company=company,
                cost=float(cost),
                quality=quality,
                coverage=coverage,
                is_complete=is_complete,
                seconds=seconds,
                stars=stars.get(run),
            )
        )
    sides = [
        Side(
            label=variant.label,
            is_control=variant.is_control,
            results=results[variant.pk],
            wanted=None if experiment.planned is None else wanted(experiment, variant, variants),
        )
        for variant in variants
    ]
    return outcome(sides, _frame(experiment, variants))


def _stars(variants: list[Variant]) -> dict[Any, float]:
    """Run → the mean stars of its reports; of runs that count, without those that nobody rated."""
    rated = Rating.objects.filter(report__run__trial__variant__in=variants).order_by()
    return dict(rated.values_list("report__run").annotate(mean=Avg("stars")))


def _frame(experiment: Experiment, variants: list[Variant]) -> Frame:
    return Frame(
        is_over=experiment.is_over,
        was_stopped=experiment.status == Experiment.Status.STOPPED,
        why=experiment.why,
        cost_step=float(experiment.cost_step),
        quality_step=experiment.quality_step,
        same_yardstick=not any(_moves(experiment, variant) for variant in variants if not variant.is_control),
        level=level_for(len(variants) - 1),
    )


def _moves(experiment: Experiment, variant: Variant) -> bool:
    base = rules.load(experiment.base_id) if experiment.base_id else rules.current().rules
    try:
        after = changed(base, variant.all_changes)
    except InvalidEdit:  # rows of then that are gone: what cannot be told to be the same is not taken for it
        return True
    return moves_the_yardstick(base, after, experiment.consumer.slug)


# --- As JSON ----------------------------------------------------------------------------------------------------------


def experiment_to_json(experiment: Experiment) -> dict[str, Any]:
    """The experiment without its outcome. Reads its consumer and its variants."""
    return {
        "slug": experiment.slug,
        "label": experiment.label,
        "question": experiment.question,
        "consumer": experiment.consumer.slug,
        "status": experiment.status,
        "why": experiment.why,
        "starts": experiment.starts,
        "ends": experiment.ends,
        "finished": experiment.finished,
        "variants": [
            {
                "label": variant.label,
                "isControl": variant.is_control,
                "share": variant.share,
                "strategy": variant.strategy or None,
                "changes": variant.changes,
            }
            for variant in experiment.variants.all()
        ],
    }


def outcome_to_json(told: Outcome) -> dict[str, Any]:
    return {
        "verdict": told.verdict,
        "isFinal": told.is_final,
        "comparedBy": told.worth,
        "variants": [_side(side) for side in told.sides],
    }


def _side(side: Found) -> dict[str, Any]:
    return {
        "label": side.label,
        "isControl": side.is_control,
        "runs": side.runs,
        "companies": side.companies,
        "rated": side.rated,
        "companiesNeeded": side.wanted,
        "estimates": {name: _estimate(name, estimate) for name, estimate in side.estimates.items()},
        "differences": {name: _difference(name, each) for name, each in side.differences.items()},
    }


def _estimate(name: str, estimate: Estimate) -> Mapping[str, float | None]:
    return {part: _rounded(name, getattr(estimate, part)) for part in ("mean", "low", "high")}


def _difference(name: str, each: Difference) -> Mapping[str, float | None]:
    return {part: _rounded(name, getattr(each, part)) for part in ("value", "low", "high")}


def _rounded(name: str, value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS[name]) + 0.0
