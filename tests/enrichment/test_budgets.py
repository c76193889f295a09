from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from enrichment import budgets
from enrichment.budgets import Purse, open_purse
from enrichment.models import Announcement, Budget, BudgetPeriod, DataConsumer, Notice, ResearchRequest, WorkflowRun
from tests.enrichment import market

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 17)
NINE = datetime(2026, 11, 17, 9, tzinfo=UTC)
CENT = Decimal("0.01")


@pytest.fixture
def run() -> WorkflowRun:
    return market.run(market.company())


def purse(run: WorkflowRun, *, provider: str | None = "serpapi", today: date = TODAY) -> Purse:
    found = open_purse(run.pk, provider=provider, now=datetime(today.year, today.month, today.day, 9, tzinfo=UTC))
    assert found is not None
    return found


def limits(found: Purse) -> list[Decimal]:
    """The limits of the budgets that a spending falls under, in whole USD."""
    return sorted(period.budget.limit for period in found.periods)


# --- Who pays ---------------------------------------------------------------------------------------------------------


def test_the_oldest_request_pays(run: WorkflowRun) -> None:
    first = market.ask(run)
    market.ask(run, user=market.rep("other"))

    assert purse(run).payer == first


def test_when_the_oldest_goes_the_next_pays(run: WorkflowRun) -> None:
    market.ask(run, status=ResearchRequest.Status.CANCELLED)
    second = market.ask(run)

    assert purse(run).payer == second


def test_a_part_of_a_request_is_paid_by_the_whole(run: WorkflowRun) -> None:
    whole = market.ask(market.run(market.company("Okta", domain="okta.com")), cap=Decimal(1))
    market.ask(run, parent=whole, cap=Decimal(9))

    assert purse(run).payer == whole


def test_nobody_pays_for_what_nobody_wants(run: WorkflowRun) -> None:
    assert open_purse(run.pk, provider="serpapi", now=NINE) is None


# --- Which budgets count ----------------------------------------------------------------------------------------------


def test_every_budget_that_names_nobody_else_counts(run: WorkflowRun) -> None:
    seller, other = market.provider(), market.provider("snov")
    mine, theirs = market.rep(), market.rep("other")
    profile = DataConsumer.objects.create(slug="profile", label="Profile")
    chat = DataConsumer.objects.create(slug="chat", label="Chat")
    market.ask(run, user=mine)
    for limit, scope in enumerate(
        [{}, {"provider": seller}, {"user": mine}, {"consumer": profile}, {"provider": seller, "user": mine}], start=1
    ):
        Budget.objects.create(limit=limit, **scope)
    for scope in ({"provider": other}, {"user": theirs}, {"consumer": chat}, {"provider": seller, "user": theirs}):
        Budget.objects.create(limit=99, **scope)
    Budget.objects.create(limit=99, enabled=False)

    assert limits(purse(run)) == [1, 2, 3, 4, 5]


def test_what_is_bought_from_no_provider_falls_under_no_providers_budget(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=1)
    Budget.objects.create(limit=2, provider=market.provider())

    assert limits(purse(run, provider=None)) == [1]


@pytest.mark.parametrize(("period", "first_day"), [("day", date(2026, 11, 17)), ("month", date(2026, 11, 1))])
def test_a_budget_counts_by_its_period(run: WorkflowRun, period: str, first_day: date) -> None:
    market.ask(run)
    Budget.objects.create(limit=1, period=period)

    assert [row.starts_on for row in purse(run).periods] == [first_day]


def test_a_new_month_begins_with_nothing_spent(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=CENT)
    purse(run).hold(CENT)

    assert purse(run).refusal(CENT)
    assert not purse(run, today=date(2026, 12, 1)).refusal(CENT)


# --- Holding and settling ---------------------------------------------------------------------------------------------


def test_what_is_held_is_held_from_the_payer_and_every_budget(run: WorkflowRun) -> None:
    request = market.ask(run, cap=Decimal(1))
    Budget.objects.create(limit=1)
    Budget.objects.create(limit=2)

    purse(run).hold(CENT)

    request.refresh_from_db()
    assert request.left == Decimal("0.99")
    assert [row.reserved for row in BudgetPeriod.objects.all()] == [CENT, CENT]


def test_the_budget_that_would_be_passed_is_named(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=Decimal("0.05"))
    purse(run).hold(Decimal("0.04"))

    assert purse(run).refusal(Decimal("0.02")) == (
        "It may cost 0.02 USD, more than is left of the budget for everything."
    )


def test_a_persons_budget_is_not_named_where_others_read(run: WorkflowRun) -> None:
    request = market.ask(run)
    Budget.objects.create(limit=Decimal("0.01"), user=request.user)

    words = purse(run).refusal(Decimal("0.02"))

    assert words == "It may cost 0.02 USD, more than is left of a budget of the person who pays."


def test_what_is_held_and_spent_already_counts_against_the_cap(run: WorkflowRun) -> None:
    market.ask(run, cap=Decimal("0.10"), reserved=Decimal("0.03"), spent=Decimal("0.06"))

    assert not purse(run).refusal(CENT)
    assert purse(run).refusal(Decimal("0.02")) == "It may cost 0.02 USD, more than is left of the cap."


def test_an_overdrawn_cap_has_nothing_left_to_give(run: WorkflowRun) -> None:
    market.ask(run, cap=Decimal("0.10"), spent=Decimal("0.15"))

    assert purse(run).refusal(CENT) == "It may cost 0.01 USD, more than is left of the cap."


def test_what_is_free_is_granted_under_an_overdrawn_budget(run: WorkflowRun) -> None:
    market.ask(run)
    budget = Budget.objects.create(limit=CENT)
    purse(run).hold(CENT)
    Budget.objects.filter(pk=budget.pk).update(limit=0)

    assert purse(run).refusal(Decimal(0)) == ""


def settled(run: WorkflowRun, *, held: str, cost: str, booked: str = "0") -> tuple[Decimal, Decimal]:
    """What is reserved and spent after a settlement; the same for the payer and the budget."""
    request = market.ask(run, reserved=Decimal("0.10"), spent=Decimal("0.20"))
    period = BudgetPeriod.objects.create(
        budget=Budget.objects.create(limit=1), starts_on=TODAY, reserved=Decimal("0.10"), spent=Decimal("0.20")
    )
    budgets.settle(
        request=request.pk, periods=[period.pk], held=Decimal(held), cost=Decimal(cost), booked=Decimal(booked)
    )
    request.refresh_from_db()
    period.refresh_from_db()
    assert (request.reserved, request.spent) == (period.reserved, period.spent)
    return request.reserved, request.spent


@pytest.mark.parametrize(
    ("held", "cost", "booked", "after"),
    [
        ("0.10", "0.02", "0", ("0", "0.22")),  # cheaper than feared
        ("0.10", "0", "0", ("0", "0.20")),  # free in the end
        ("0.10", "0.15", "0", ("0", "0.35")),  # dearer than promised
        ("0", "0.02", "0.10", ("0.10", "0.12")),  # the real price after a doubt
        ("0", "0", "0", ("0.10", "0.20")),
    ],
)
def test_a_settlement_frees_what_was_held_and_books_what_it_cost(
    run: WorkflowRun, held: str, cost: str, booked: str, after: tuple[str, str]
) -> None:
    assert settled(run, held=held, cost=cost, booked=booked) == (Decimal(after[0]), Decimal(after[1]))


def test_what_a_deleted_request_held_is_still_settled_with_the_budgets(run: WorkflowRun) -> None:
    period = BudgetPeriod.objects.create(
        budget=Budget.objects.create(limit=1), starts_on=TODAY, reserved=Decimal("0.10")
    )

    budgets.settle(request=None, periods=[period.pk], held=Decimal("0.10"), cost=CENT)

    period.refresh_from_db()
    assert (period.reserved, period.spent) == (0, CENT)


# --- A run's budget, and one that only warns --------------------------------------------------------------------------


def test_a_runs_budget_counts_what_that_run_commits(run: WorkflowRun) -> None:
    market.ask(run)
    other = market.run(market.company("Okta", domain="okta.com"))
    market.ask(other, user=market.rep("other"))
    Budget.objects.create(limit=CENT, period=Budget.Period.RUN)

    purse(run).hold(CENT)

    assert (
        purse(run).refusal(CENT) == "It may cost 0.01 USD, more than is left of the budget for everything in one run."
    )
    assert not purse(other).refusal(CENT)


def test_what_is_collected_for_a_run_counts_with_it(run: WorkflowRun) -> None:
    main = market.run(market.company("Okta", domain="okta.com"))
    whole = market.ask(main)
    market.ask(run, parent=whole)
    Budget.objects.create(limit=CENT, period=Budget.Period.RUN)

    purse(run).hold(CENT)

    assert purse(main).refusal(CENT)


def test_a_budget_that_warns_refuses_nothing_and_tells_the_admins_once(run: WorkflowRun) -> None:
    market.ask(run)
    budget = Budget.objects.create(limit=CENT, at_limit=Budget.AtLimit.WARN)

    for _ in range(3):
        assert not purse(run).refusal(CENT)
        purse(run).hold(CENT)

    assert [str(notice) for notice in Notice.objects.all()] == [
        f"Budget {budget.pk} for everything, 0.01 USD a month (UTC), is used up. Spending goes on."
    ]


def test_the_admins_are_told_of_a_budget_that_stops_not_of_a_runs(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=0, period=Budget.Period.RUN)
    assert purse(run).refusal(CENT)
    assert not Notice.objects.exists()

    month = Budget.objects.create(limit=0, user=market.rep())
    Budget.objects.filter(period=Budget.Period.RUN).delete()

    assert purse(run).refusal(CENT)
    assert Notice.objects.get().text.startswith(f"Budget {month.pk} of one person, 0 USD a month")


# --- Warnings ---------------------------------------------------------------------------------------------------------


def warned() -> list[tuple[str | None, float]]:
    """Whom a warning went to, and the share that was used."""
    rows = Announcement.objects.filter(type="budget.warning").order_by("at", "pk").select_related("owner")
    return [(row.owner.username if row.owner else None, row.data["share"]) for row in rows]


def test_a_budget_that_is_used_to_its_share_is_announced_once_a_period(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=1, warn_at=0.5)

    purse(run).hold(Decimal("0.49"))
    assert warned() == []
    purse(run).hold(CENT)
    purse(run).hold(CENT)

    assert warned() == [(None, 0.5)]
    assert BudgetPeriod.objects.get().warned is not None


def test_the_next_period_warns_again(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=1, period="day")

    purse(run).hold(Decimal("0.9"))
    purse(run, today=date(2026, 11, 18)).hold(Decimal("0.8"))

    assert warned() == [(None, 0.9), (None, 0.8)]


def test_of_a_persons_own_budget_that_person_is_warned(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=1, user=market.rep())

    purse(run).hold(Decimal("0.8"))

    assert warned() == [("rep", 0.8)]


def test_what_would_pass_the_limit_warns_too(run: WorkflowRun) -> None:
    market.ask(run)
    Budget.objects.create(limit=1)

    purse(run).refusal(Decimal("1.01"))

    assert warned() == [(None, 0.0)]


@pytest.mark.parametrize("given", [{"warn_at": None}, {"period": "run"}, {"limit": 0, "at_limit": "warn"}])
def test_where_no_warning_is_wanted_none_comes(run: WorkflowRun, given: dict[str, object]) -> None:
    market.ask(run)
    Budget.objects.create(**{"limit": 1, **given})

    purse(run).hold(Decimal("0.95"))

    assert warned() == []
