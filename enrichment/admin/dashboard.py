"""The admin's first page: what was spent, what is stopped, what waits for a person, what fails, who changed what.

Each card is shown to those who may open what it is made from; one that a person may not see is not counted either.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from enrichment.models import (
    Budget,
    BudgetPeriod,
    ChangeSet,
    EngineCall,
    EngineState,
    Notice,
    ProviderState,
    Source,
    SourceCall,
    SpendingStop,
)
from enrichment.models.rule import Rule
from enrichment.pages import costs
from enrichment.pages.words import label_of, usd
from enrichment.rules import live
from enrichment.workflow import usage
from enrichment.workflow.usage import By, Scope
from salesintel.accounts.models import User

MOST = 6  # lines of a card
LATELY = timedelta(days=1)
LOOKED_AT = 200  # failed calls, the latest
UTC = ZoneInfo("UTC")
LIST = "admin:enrichment_{}_changelist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: what, a figure, words about it. `used`: of a limit, in hundredths; `alert`: somebody should look."""

    what: str
    figure: str = ""
    detail: str = ""
    used: int | None = None
    alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`none` is said where there are no rows."""

    title: str
    href: str
    rows: Sequence[Row]
    none: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the admin's index, with the cards and the ways that the person may see."""
    user, now = request.user, timezone.now()
    cards = [make(user, now) for rights, make in CARDS if any(user.has_perm(right) for right in rights)]
    ways = [(words, reverse(name)) for right, words, name in WAYS if right is None or user.has_perm(right)]
    return {**context, "cards": cards, "ways": ways, "sandbox": live.origin() == "sandbox"}


# --- Money ------------------------------------------------------------------------------------------------------------


def _scope(first: date, last: date) -> Scope:
    return Scope(first=first, last=last, zone=UTC, origin=live.origin(), whose=None)


def _money(user: Any, now: datetime) -> Card:
    """Days of UTC, as budgets have them."""
    today = now.astimezone(UTC).date()
    days = usage.usage(_scope(today.replace(day=1), today), [])[By.DAY]
    this_day, month = days[-1], usage.total(days)
    rows = [
        Row(what="Today", figure=usd(this_day.cost), detail=f"{this_day.calls:,} calls, {usd(this_day.saved)} saved"),
        Row(what="This month", figure=usd(month.cost), detail=f"{month.calls:,} calls, {usd(month.saved)} saved"),
        *_budgets(today),
    ]
    return Card(title="Money", href=reverse("costs"), rows=rows, none="")


def _budgets(today: date) -> list[Row]:
    """Budgets of the day and of the month, the fullest first."""
    starts = {Budget.Period.DAY: today, Budget.Period.MONTH: today.replace(day=1)}
    found = list(Budget.objects.filter(enabled=True, period__in=starts).select_related("provider", "user", "consumer"))
    now = Q(pk__in=[])
    for period, first in starts.items():
        now |= Q(budget__period=period, starts_on=first)
    periods = {row.budget_id: row for row in BudgetPeriod.objects.filter(now, run=None, budget__in=found)}
    rows = [_budget(budget, periods.get(budget.pk)) for budget in found]
    return sorted(rows, key=lambda row: -(row.used or 0))[:MOST]


def _budget(budget: Budget, period: BudgetPeriod | None) -> Row:
    taken = period.spent + period.reserved if period else usage.NOTHING
    used = min(round(taken / budget.limit * 100), 100) if budget.limit else 100
    scope = ", ".join(str(part) for part in (budget.provider, budget.user, budget.consumer) if part) or "Everything"
    spell = "a day" if budget.period == Budget.Period.DAY else "a month"
    words = {Budget.AtLimit.STOP: "stops there", Budget.AtLimit.WARN: "warns there"}[Budget.AtLimit(budget.at_limit)]
    detail = f"of {usd(budget.limit)} {spell}, {words}"
    return Row(what=scope, figure=usd(taken), detail=detail, used=used, alert=used >= 100)


# --- What needs a person ----------------------------------------------------------------------------------------------


def _stops(user: Any, now: datetime) -> Card:
    """Stops and brakes that hold."""
    rows = SpendingStop.objects.active(now).select_related("provider", "by", "brake")[:MOST]
    told = [
        Row(
            what=row.provider.label if row.provider else "Every provider",
            figure=f"until {row.until:%d %b %H:%M} UTC" if row.until else "until lifted",
            detail=f"{row.why or 'Stopped'}, since {row.began:%d %b %H:%M} UTC, by {_who(row)}",
            alert=True,
        )
        for row in rows
    ]
    return Card(title="Stopped now", href=_list("spendingstop"), rows=told, none="No paid call is stopped.")


def _who(stop: SpendingStop) -> str:
    return str(stop.by) if stop.by else f"brake {stop.brake_id}" if stop.brake_id else "the command line"


def _doubts(user: Any, now: datetime) -> Card:
    rows = []
    ledgers = [
        ("Calls to sources", SourceCall.objects.in_doubt()),
        ("Analyses", EngineCall.objects.filter(status=EngineCall.Status.IN_DOUBT)),
    ]
    for what, calls in ledgers:
        found = calls.order_by().aggregate(count=Count("pk"), booked=Sum("cost"))
        if found["count"]:
            booked = f"{usd(found['booked'] or 0)} booked as spent" if user.has_perm("enrichment.see_costs") else ""
            rows.append(Row(what=what, figure=f"{found['count']:,}", detail=booked, alert=True))
    none = "No call waits for a decision."
    return Card(title="In doubt", href=_list("doubtfulcall"), rows=rows, none=none)


def _notices(user: Any, now: datetime) -> Card:
    rows = [
        Row(what=row.get_kind_display().capitalize(), figure=f"{row.at:%d %b %H:%M} UTC", detail=row.text, alert=True)
        for row in Notice.objects.filter(seen=None)[:MOST]
    ]
    return Card(title="Not seen yet", href=_list("notice"), rows=rows, none="Every notice was seen.")


# --- How it goes ------------------------------------------------------------------------------------------------------


def _sources(user: Any, now: datetime) -> Card:
    """Providers and engines that are left alone or paused, and sources whose calls failed in the last day."""
    states = ProviderState.objects.filter(Q(open_until__gt=now) | Q(paused_until__gt=now)).select_related("provider")
    rows = [_left_alone(state.provider.label, state, now) for state in states[:MOST]]
    engines = EngineState.objects.filter(Q(open_until__gt=now) | Q(paused_until__gt=now)).select_related("engine")
    rows += [_left_alone(f"Engine {state.engine}", state, now) for state in engines[:MOST]]
    calls = SourceCall.objects.since(now - LATELY).filter(origin=live.origin(), status=SourceCall.Status.FAILED)
    failed: dict[str, list[tuple[str, datetime]]] = {}
    for source, error, started in calls.order_by("-started").values_list("source", "error", "started")[:LOOKED_AT]:
        failed.setdefault(source, []).append((error, started))
    labels = _labels()
    for source, errors in sorted(failed.items(), key=lambda item: -len(item[1]))[:MOST]:
        error, at = errors[0]
        figure = f"{len(errors)} failed"
        rows.append(
            Row(
                what=labels.get(source, label_of(source)),
                figure=figure,
                detail=f"{at:%H:%M} UTC: {error or 'no reason given'}",
            )
        )
    none = "No provider or engine is left alone, and no call failed within a day."
    return Card(title="Sources that fail", href=_list("providerstate"), rows=rows, none=none)


def _left_alone(what: str, state: ProviderState | EngineState, now: datetime) -> Row:
    is_open = state.open_until is not None and state.open_until > now
    until = state.open_until if is_open else state.paused_until
    words = f"{state.failures} failures in a row" if is_open else state.note or "It asked us to wait"
    figure = f"{'left alone' if is_open else 'paused'} until {until:%d %b %H:%M} UTC"
    return Row(what=what, figure=figure, detail=words, alert=True)


def _reuse(user: Any, now: datetime) -> Card:
    today = now.astimezone(UTC).date()
    found = usage.reuse(_scope(today, today))
    needed = sorted(found, key=lambda each: -(each.hits + each.misses))[:MOST]
    rows = [
        Row(what=row.label, figure=row.rate, detail=f"{row.hits} of {row.needed}")
        for row in costs.cache_rows(needed, _labels())
    ]
    title = f"Found in the cache today: {costs.hit_rate(found)}" if rows else "Found in the cache today"
    return Card(title=title, href=_list("cacheentry"), rows=rows, none="Nothing was needed today.")


def _labels() -> dict[str, str]:
    return dict(Source.objects.values_list("slug", "label"))


def _changes(user: Any, now: datetime) -> Card:
    """The latest changes of rules, by the forms and as sets, of what the person may view."""
    names = [
        model._meta.model_name for model in apps.get_app_config("enrichment").get_models() if _is_seen(model, user)
    ]
    log = LogEntry.objects.filter(content_type__app_label="enrichment", content_type__model__in=names)
    found: list[tuple[datetime, User | None, str, str]] = [
        (entry.action_time, entry.user, entry.object_repr, entry.get_change_message())
        for entry in log.select_related("user", "content_type").order_by("-action_time")[:MOST]
    ]
    if user.has_perm("enrichment.view_changeset"):
        sets = ChangeSet.objects.select_related("user").order_by("-pk")[:MOST]
        found += [(each.made, each.user, each.get_kind_display().capitalize(), _set(each)) for each in sets]
    rows = [
        Row(what=what, figure=f"{at:%d %b %H:%M} UTC", detail=f"{who or 'Somebody who was deleted'}: {words}")
        for at, who, what, words in sorted(found, key=lambda each: each[0], reverse=True)[:MOST]
    ]
    return Card(title="Rules changed lately", href=_list("changeset"), rows=rows, none="Nobody changed a rule yet.")


def _is_seen(model: type[Any], user: Any) -> bool:
    return issubclass(model, Rule) and user.has_perm(f"enrichment.view_{model._meta.model_name}")


def _set(change: ChangeSet) -> str:
    count = len(change.changes)
    return f"{count} {'row' if count == 1 else 'rows'}{f', {change.why}' if change.why else ''}"


def _list(model: str) -> str:
    return reverse(LIST.format(model))


# A card, and the rights of which one is enough.
CARDS: tuple[tuple[tuple[str, ...], Callable[[Any, datetime], Card]], ...] = (
    (("enrichment.see_costs",), _money),
    (("enrichment.view_spendingstop", "enrichment.stop_spending"), _stops),
    (("enrichment.view_doubtfulcall", "enrichment.decide_doubtfulcall"), _doubts),
    (("enrichment.view_notice",), _notices),
    (("enrichment.view_providerstate",), _sources),
    (("enrichment.view_cacheentry",), _reuse),
    (("enrichment.view_changeset", "enrichment.view_datasetsource"), _changes),
)

# The right that a way needs, what it is called, and its page.
WAYS: tuple[tuple[str | None, str, str], ...] = (
    ("enrichment.view_datasetsource", "The matrix", "admin:enrichment_datasetsource_grid"),
    (None, "A quote, and why", "plan"),
    (None, "Costs", "costs"),
    ("enrichment.view_datasetsource", "Rules as files", "admin:enrichment_datasetsource_import"),
)
