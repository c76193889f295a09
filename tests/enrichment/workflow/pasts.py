"""Runs that ended, with the plan's input and the answers that they got; needs the `rules` and a sandbox to plan for."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from enrichment.models import CacheEntry, Company, DatasetSource, Observation, Source, WorkflowRun
from enrichment.planning.codec import input_to_json
from enrichment.rules import current
from enrichment.workflow.plans import Wish, plan_input
from tests import factories


def past_run(
    of: Company, *, asked: Iterable[str] = (), failed: Iterable[str] = (), consumer: str = "profile", **values: Any
) -> WorkflowRun:
    """A run that planned by the rules of this moment, and that these sources answered with all that they may give."""
    strategy = values.pop("strategy", "enhanced")
    wish = Wish(rules=current().rules, consumer=consumer, company=of, origin="sandbox", strategy=strategy)
    given = input_to_json(plan_input(wish, at=timezone.now()))
    run = factories.run(
        of, consumer=consumer, vendor=None, role="", status="completed", strategy=strategy, plan_input=given, **values
    )
    for slug in asked:
        answer(run, slug)
    for slug in failed:
        provider = Source.objects.get(slug=slug).provider
        factories.call(run, slug, provider.slug, status="failed", cost=0)
    return run


def answer(run: WorkflowRun, slug: str) -> None:
    """The source answered the run, two seconds after it was asked."""
    source = Source.objects.get(slug=slug)
    kept = CacheEntry.objects.filter(company=run.company, source=slug).first() or factories.entry(
        run.company, source=slug, paid=source.cost
    )
    begin = run.created + timedelta(seconds=1)
    factories.call(
        run,
        slug,
        source.provider.slug,
        cost=source.cost,
        entry=kept,
        started=begin,
        answered=begin + timedelta(seconds=2),
    )
    datasets = DatasetSource.objects.filter(source=source).values_list("dataset__slug", flat=True)
    Observation.objects.bulk_create(
        Observation(
            company=run.company,
            entry=kept,
            dataset=dataset,
            source=slug,
            origin="sandbox",
            value="x",
            observed_at=begin,
        )
        for dataset in datasets
    )
