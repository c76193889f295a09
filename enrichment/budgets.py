"""Money that is held before it is spent: a request's cap and the budgets of the admin, exact under any concurrency.

Functions run in the caller's transaction; rows are locked in one order: request, then budget periods by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet

from enrichment.models import Budget, BudgetPeriod, ResearchRequest
from enrichment.models.fields import usd


@dataclass(frozen=True, slots=True)
class Purse:
    """Who pays, and every budget that the spending falls under; all of it locked."""

    payer: ResearchRequest
    periods: tuple[BudgetPeriod, ...]

    def refusal(self, price: Decimal) -> str:
        """Which limit `price` would pass, in words; empty if none. What is free passes none, overdrawn or not.

        The words are kept with the run, which others see too: they tell nobody's name, cap or balance.
        """
        if not price:
            return ""
        left = self.payer.left
        if left is not None and price > left:
            return f"It may cost {price:f} USD, more than is left of the cap."
        for period in self.periods:
            left = period.budget.limit - period.reserved - period.spent
            if price > left:
                return f"It may cost {price:f} USD, more than is left of {_named(period.budget)}."
        return ""

    def hold(self, price: Decimal) -> None:
        """Reserve `price`."""
        if price:
            ResearchRequest.objects.filter(pk=self.payer.pk).update(reserved=F("reserved") + usd(price))
            self._periods().update(reserved=F("reserved") + usd(price))

    def _periods(self) -> QuerySet[BudgetPeriod]:
        return BudgetPeriod.objects.filter(pk__in=[period.pk for period in self.periods])


def _named(budget: Budget) -> str:
    if budget.user_id is not None:
        return "a budget of the person who pays"
    scope = " and ".join(str(part) for part in (budget.provider, budget.consumer) if part) or "everything"
    return f"the budget for {scope}"


def open_purse(run: UUID, *, provider: str | None, today: date) -> Purse | None:
    """The purse of the run's oldest request, or of that one's parent; None if nobody wants the run any more."""
    first = ResearchRequest.objects.attached().filter(run_id=run).first()
    if first is None:
        return None
    payer = ResearchRequest.objects.select_for_update(no_key=True).get(pk=first.parent_id or first.pk)
    budgets = Budget.objects.filter(
        Q(provider=None) | Q(provider__slug=provider),
        Q(user=None) | Q(user=payer.user_id),
        Q(consumer=None) | Q(consumer__slug=payer.consumer),
        enabled=True,
    )
    return Purse(payer, _locked_periods(list(budgets), today))


def _locked_periods(budgets: Sequence[Budget], today: date) -> tuple[BudgetPeriod, ...]:
    """Today's period of each budget, made where missing, locked in the order of their ids."""
    if not budgets:
        return ()
    wanted = Q(pk__in=[])
    for budget in budgets:
        first_day = today if budget.period == Budget.Period.DAY else today.replace(day=1)
        BudgetPeriod.objects.get_or_create(budget=budget, starts_on=first_day)
        wanted |= Q(budget=budget, starts_on=first_day)
    return tuple(
        BudgetPeriod.objects.filter(wanted)
        .select_for_update(of=("self",), no_key=True)
        .select_related("budget")
        .order_by("pk")
    )


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
