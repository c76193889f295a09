"""What a monitor watches, read from the rows at the moment that it looks: true over all processes. Reads only.

Days are UTC's. No name, no id: labels are slugs and states, of which there are as many as rows that admins made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import Now

from enrichment.models import EngineCall, Origin, ProviderState, SourceCall, StepRun, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.usage import By, Scope, reuse, usage

UTC = ZoneInfo("UTC")
RECENT = timedelta(hours=1)
MOST = 5_000  # steps that one look reads
Values = dict[tuple[str, ...], float]
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One gauge: its value for each combination of labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    values: Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long each of `by` took lately: how many within each bound, how many in all, and their sum in seconds."""

    name: str
    help: str
    by: str
    seconds: Mapping[str, Sequence[float]]


def figures() -> list[Figure]:
    """All gauges; about a dozen queries, each over this day's or the active rows."""
    now = database_now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [*_runs(now, today), *_calls(today), *_engines(today), *_uses(now), *_providers(now)]


def _runs(now: datetime, today: datetime) -> Iterable[Figure]:
    active: Values = {(str(status),): 0.0 for status in WorkflowRun.ACTIVE}
    counted = WorkflowRun.objects.active().values_list("status").annotate(n=Count("pk")).order_by()
    yield Figure(
        name="runs_active",
        help="Runs under way, by state.",
        labels=("status",),
        values=active | {(status,): float(n) for status, n in counted},
    )
    ended = WorkflowRun.objects.filter(finished__gte=today).values_list("status", "consumer")
    yield Figure(
        name="runs_ended_today",
        help="Runs that ended today (UTC).",
        labels=("status", "consumer"),
        values=_numbers(ended.annotate(n=Count("pk")).order_by()),
    )
    oldest = WorkflowRun.objects.due(Now()).order_by("wake_at").values_list("wake_at", flat=True).first()
    age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield Figure(name="queue_age_seconds", help="For how long the oldest due run has waited.", values={(): age})
    waiting = float(WorkflowRun.objects.due(Now()).count())
    yield Figure(name="queue_due", help="Runs that are due and that nobody drives.", values={(): waiting})


def _calls(today: datetime) -> Iterable[Figure]:
    rows = SourceCall.objects.filter(origin__in=Origin.values, started__gte=today).order_by()
    grouped = list(rows.values_list("source", "status", "origin").annotate(n=Count("pk"), usd=Sum("cost")))
    yield Figure(
        name="source_calls_today",
        help="Calls to sources today (UTC).",
        labels=("source", "status", "origin"),
        values={(source, status, origin): float(n) for source, status, origin, n, _ in grouped},
    )
    yield Figure(
        name="source_cost_usd_today",
        help="USD charged by sources today (UTC).",
        labels=("source", "status", "origin"),
        values={(source, status, origin): float(usd or 0) for source, status, origin, _, usd in grouped},
    )


def _engines(today: datetime) -> Iterable[Figure]:
    rows = EngineCall.objects.filter(started__gte=today).order_by().values_list("engine", "status")
    grouped = list(rows.annotate(n=Count("pk"), usd=Sum("cost"), read=Sum("tokens_in"), wrote=Sum("tokens_out")))
    labels = ("engine", "status")
    kinds = (
        ("engine_calls_today", "Analyses today (UTC).", 2),
        ("engine_cost_usd_today", "USD charged by engines today (UTC); calls without a price are in no sum.", 3),
        ("engine_tokens_in_today", "Tokens read at the full price today (UTC).", 4),
        ("engine_tokens_out_today", "Tokens written today (UTC).", 5),
    )
    for name, words, place in kinds:
        values: Values = {(row[0], row[1]): float(row[place] or 0) for row in grouped}
        yield Figure(name=name, help=words, labels=labels, values=values)


def _uses(now: datetime) -> Iterable[Figure]:
    """By consumer and cache type, as the usage page has them; live work and the sandbox's apart."""
    by_consumer: dict[str, dict[tuple[str, ...], float]] = {"cost": {}, "requests": {}, "saved": {}}
    reads: dict[tuple[str, ...], float] = {}
    for origin in Origin.values:
        day = now.astimezone(UTC).date()
        scope = Scope(first=day, last=day, zone=UTC, origin=origin, whose=None)
        for line in usage(scope, [By.CONSUMER])[By.CONSUMER]:
            for what, values in by_consumer.items():
                values[line.key or "unknown", origin] = float(getattr(line, what))
        for each in reuse(scope):
            reads[each.cache_type, "hit", origin] = float(each.hits)
            reads[each.cache_type, "miss", origin] = float(each.misses)
    words = {
        "cost": ("consumer_cost_usd_today", "USD spent today (UTC), by consumer."),
        "requests": ("consumer_requests_today", "Requests answered today (UTC), by consumer."),
        "saved": ("consumer_saved_usd_today", "USD that reuse saved today (UTC), by consumer."),
    }
    for what, values in by_consumer.items():
        yield Figure(name=words[what][0], help=words[what][1], labels=("consumer", "origin"), values=values)
    yield Figure(
        name="cache_reads_today",
        help="Answers that were needed today (UTC), and whether they were held.",
        labels=("type", "result", "origin"),
        values=reads,
    )


def _providers(now: datetime) -> Iterable[Figure]:
    states = list(ProviderState.objects.select_related("provider"))
    for column, name, words in (
        ("open_until", "provider_breaker_open", "1 while a provider is not asked because it failed."),
        ("paused_until", "provider_paused", "1 while a provider asked us to wait."),
    ):
        ends = {state.provider.slug: getattr(state, column) for state in states}
        values: Values = {(slug,): float(end is not None and end > now) for slug, end in ends.items()}
        yield Figure(name=name, help=words, labels=("provider",), values=values)


def step_durations() -> Spread:
    """The steps of runs that ended within the hour: they run in workers, which nobody scrapes."""
    ended = WorkflowRun.objects.filter(finished__gte=database_now() - RECENT)
    rows = StepRun.objects.filter(run__in=ended, finished__isnull=False).only("name", "started", "finished")
    found: dict[str, list[float]] = {}
    for step in rows.order_by("-pk")[:MOST]:
        if step.finished is not None:
            found.setdefault(step.name, []).append((step.finished - step.started).total_seconds())
    words = "Seconds that steps took, of runs that ended within the last hour."
    return Spread(name="step_seconds_lasthour", help=words, by="step", seconds=found)


def within(seconds: Sequence[float]) -> list[tuple[str, float]]:
    """How many took at most each bound, cumulative, as Prometheus has it: [("0.1", 3.0), …, ("+Inf", 9.0)]."""
    counted = Counter(next((bound for bound in BOUNDS if each <= bound), None) for each in seconds)
    found, total = [], 0
    for bound in BOUNDS:
        total += counted[bound]
        found.append((str(bound), float(total)))
    return [*found, ("+Inf", float(len(seconds)))]


def _numbers(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, ...], float]:
    return {tuple(str(part) for part in labels): float(n) for *labels, n in rows}
