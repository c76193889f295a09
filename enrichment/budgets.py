"""Money that is held before it is spent: a request's cap and the budgets of the admin, exact under any concurrency.

Functions run in the caller's transaction; rows are locked in one order: request, then budget periods by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from enrichment import spending
from enrichment.announcing import announce
from enrichment.models import Budget, BudgetPeriod, Notice, ResearchRequest
from enrichment.models.fields import usd


@dataclass(frozen=True, slots=True)
class Purse:
    """Who pays, and every budget that the spending falls under; all of it locked.

    `payer` is None for what is of no request: then `cap` is the USD that it may cost. `per_run` are budgets of single
    runs, for a payer who has none: what is bought counts as a run of its own.
    """

    payer: ResearchRequest | None
    periods: tuple[BudgetPeriod, ...]
    at: datetime
    per_run: tuple[Budget, ...] = ()
    cap: Decimal | None = None

    @property
    def left(self) -> Decimal | None:
        """USD that may still be committed under the payer's cap; None without one."""
        return self.cap if self.payer is None else self.payer.left

    def refusal(self, price: Decimal) -> str:
        """Which limit `price` would pass, in words; empty if none. What is free passes none, overdrawn or not.

        The words are kept with the run, which others see too: they tell nobody's name, cap or balance.
        """
        if not price:
            return ""
        left = self.left
        if left is not None and price > left:
            return f"It may cost {price:f} USD, more than is left of the cap."
        for period in self._passed_by(price):
            if period.budget.at_limit == Budget.AtLimit.STOP:
                _tell(period, self.at)
                _warn(period, period.reserved + period.spent, self.at)
                return f"It may cost {price:f} USD, more than is left of {_named(period.budget)}."
        for budget in self.per_run:
            if budget.at_limit == Budget.AtLimit.STOP and price > budget.limit:
                return f"It may cost {price:f} USD, more than {_named(budget)} allows."
        return ""

    def _passed_by(self, price: Decimal) -> list[BudgetPeriod]:
        return [each for each in self.periods if price > each.budget.limit - each.reserved - each.spent]

    @property
    def is_capped(self) -> bool:
        """Whether a limit holds that nothing may pass; a cost that nobody knows could."""
        budgets = (*(period.budget for period in self.periods), *self.per_run)
        stops = any(budget.at_limit == Budget.AtLimit.STOP for budget in budgets)
        return self.left is not None or stops

    def hold(self, price: Decimal) -> None:
        """Reserve `price`; of a budget that only warns the admins are told when that passes it."""
        if price:
            for period in self._passed_by(price):
                _tell(period, self.at)
            for period in self.periods:
                used, share = period.reserved + period.spent + price, period.budget.warn_at
                if share is not None and used >= period.budget.limit * Decimal(str(share)):
                    _warn(period, used, self.at)
            if self.payer is not None:
                ResearchRequest.objects.filter(pk=self.payer.pk).update(reserved=F("reserved") + usd(price))
            self._periods().update(reserved=F("reserved") + usd(price))

    def _periods(self) -> QuerySet[BudgetPeriod]:
        return BudgetPeriod.objects.filter(pk__in=[period.pk for period in self.periods])


def _tell(period: BudgetPeriod, at: datetime) -> None:
    """Tell the admins, once a period, that a budget is used up; a run that reaches its own is nothing unusual."""
    budget = period.budget
    if period.run_id is not None:
        return
    goes_on = "Spending goes on" if budget.at_limit == Budget.AtLimit.WARN else "Paid calls under it are refused"
    of = "of one person" if budget.user_id is not None else f"for {_scope(budget)}"
    text = f"Budget {budget.pk} {of}, {budget.limit:f} USD {budget.get_period_display()}, is used up. {goes_on}."
    spending.tell(Notice.Kind.BUDGET, key=f"budget:{period.pk}", text=text, now=at)


def _warn(period: BudgetPeriod, used: Decimal, at: datetime) -> None:
    """Announce, once a period, that a budget runs low: to the person whose it is, else to the admins."""
    budget = period.budget
    if period.warned is not None or period.run_id is not None or not budget.limit or budget.warn_at is None:
        return
    data = {
        "budgetId": budget.pk,
        "period": str(budget.period),
        "startsOn": period.starts_on.isoformat(),
        "limit": float(budget.limit),
        "used": float(used),
        "share": round(float(used / budget.limit), 4),
        "atLimit": str(budget.at_limit),
        "provider": budget.provider.slug if budget.provider else None,
        "consumer": budget.consumer.slug if budget.consumer else None,
    }
    announce(budget.user, "budget.warning", data, once=f"budget:{budget.pk}:{period.starts_on}")
    BudgetPeriod.objects.filter(pk=period.pk).update(warned=at)
    period.warned = at


def _scope(budget: Budget) -> str:
    return " and ".join(str(part) for part in (budget.provider, budget.consumer) if part) or "everything"


def _named(budget: Budget) -> str:
    if budget.user_id is not None:
        return "a budget of the person who pays"
    return f"the budget for {_scope(budget)}" + (" in one run" if budget.period == Budget.Period.RUN else "")


def open_purse(run: UUID, *, provider: str | None, now: datetime) -> Purse | None:
    """The purse of whoever pays for the run now; None if nobody wants it any more, or everybody has paused."""
    found = ResearchRequest.objects.payer(run, now)
    if found is None:
        return None
    return _purse(found.pk, provider=provider, now=now)


def purse_of(request: UUID, *, now: datetime) -> Purse | None:
    """The purse of a request that pays for no run, but for one answer of an engine; None if it is gone."""
    is_there = ResearchRequest.objects.filter(pk=request).exists()
    return _purse(request, provider=None, now=now) if is_there else None


def own_purse(user: int, *, consumer: str, cap: Decimal, now: datetime) -> Purse:
    """The purse of a person for what is of no request, at most `cap` USD; the caller has locked the person's row."""
    periods, per_run = _periods_of(user, consumer, provider=None, run=None, today=now.date())
    return Purse(None, periods, now, per_run, max(cap, Decimal(0)))


def _purse(request: UUID, *, provider: str | None, now: datetime) -> Purse:
    payer = ResearchRequest.objects.select_for_update(no_key=True).get(pk=request)
    periods, per_run = _periods_of(payer.user_id, payer.consumer, provider=provider, run=payer.run_id, today=now.date())
    return Purse(payer, periods, now, per_run)


def _periods_of(
    user: int, consumer: str, *, provider: str | None, run: UUID | None, today: date
) -> tuple[tuple[BudgetPeriod, ...], tuple[Budget, ...]]:
    """The locked periods that the spending falls under, and budgets of single runs where it is of none."""
    found = Budget.objects.filter(
        Q(provider=None) | Q(provider__slug=provider),
        Q(user=None) | Q(user=user),
        Q(consumer=None) | Q(consumer__slug=consumer),
        enabled=True,
    )
    budgets = list(found)
    per_run = () if run else tuple(each for each in budgets if each.period == Budget.Period.RUN)
    others = [each for each in budgets if each not in per_run]
    return _locked_periods(others, run, today), per_run


def _locked_periods(budgets: Sequence[Budget], run: UUID | None, today: date) -> tuple[BudgetPeriod, ...]:
    """Today's period of each budget, or that of the run, made where missing, locked in the order of their ids.

    What is collected for a run, the vendor's context, is paid by the run's request and counts with that run.
    """
    if not budgets:
        return ()
    wanted = Q(pk__in=[])
    for budget in budgets:
        if budget.period == Budget.Period.RUN:
            its: dict[str, Any] = {"budget": budget, "run_id": run}
            BudgetPeriod.objects.get_or_create(**its, defaults={"starts_on": today})
        else:
            first_day = today if budget.period == Budget.Period.DAY else today.replace(day=1)
            its = {"budget": budget, "starts_on": first_day, "run_id": None}
            BudgetPeriod.objects.get_or_create(**its)
        wanted |= Q(**its)
    return tuple(
        BudgetPeriod.objects.filter(wanted)
        .select_for_update(of=("self",), no_key=True)
        .select_related("budget")
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Room:
    """What the tightest of the budgets leaves that somebody's spending falls under, and when it is whole again."""

    left: Decimal  # USD, never below 0
    resets: datetime


def room(*, user: int, consumer: str, at: datetime) -> Room | None:
    """What `user` may still spend for `consumer`, whichever the provider; None where no budget stops them.

    A look, not a reservation: what is bought is held against every budget by `open_purse`.
    """
    rows = Budget.objects.filter(
        Q(user=None) | Q(user=user),
        Q(consumer=None) | Q(consumer__slug=consumer),
        provider=None,
        enabled=True,
        at_limit=Budget.AtLimit.STOP,
        period__in=(Budget.Period.DAY, Budget.Period.MONTH),
    )
    rooms = [_room(budget, at) for budget in rows]
    return min(rooms, key=lambda each: (each.left, -each.resets.timestamp()), default=None)


def _room(budget: Budget, at: datetime) -> Room:
    today = at.astimezone(UTC).date()
    if budget.period == Budget.Period.DAY:
        first, after = today, today + timedelta(days=1)
    else:
        first, after = today.replace(day=1), (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    used = budget.periods.filter(starts_on=first, run=None).values_list("reserved", "spent").first()
    left = budget.limit - sum(used or (), Decimal(0))
    return Room(max(left, Decimal(0)), datetime.combine(after, time(), tzinfo=UTC))


def settle(
    *, request: UUID | None, periods: Sequence[int], held: Decimal, cost: Decimal, booked: Decimal = Decimal(0)
) -> None:
    """Free `held` and book `cost`; `booked` is what was booked for the same call before, while it was in doubt."""
    if not (held or cost or booked):
        return
    change = {"reserved": F("reserved") - usd(held), "spent": F("spent") + usd(cost - booked)}
    if request:
        ResearchRequest.objects.filter(pk=request).update(**change)
    if periods:
        list(BudgetPeriod.objects.filter(pk__in=periods).select_for_update(no_key=True).order_by("pk"))
    BudgetPeriod.objects.filter(pk__in=periods).update(**change)
