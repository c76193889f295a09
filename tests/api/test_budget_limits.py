"""Money that is used up is told before work is started: what is left, what it takes, and when there is more."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from enrichment import budgets
from enrichment.models import Budget, BudgetPeriod, DataConsumer, ResearchRequest, Source
from salesintel.accounts.models import User

PROFILE = {"company": "acmecorp.com", "consumer": "profile"}
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def only_paid(rules):
    """Nothing required can be had for nothing."""
    Source.objects.filter(cost=0).update(enabled=False)


def spent_up(spent="1", **scope) -> Budget:
    """A budget of 1 USD a day of which so much is spent today."""
    budget = Budget.objects.create(limit=Decimal(1), period="day", **scope)
    BudgetPeriod.objects.create(budget=budget, starts_on=datetime.now(UTC).date(), spent=Decimal(spent))
    return budget


def start(api_client, **more):
    return api_client.post("/api/v1/runs", PROFILE | more, format="json")


def test_work_that_a_budget_leaves_nothing_for_is_refused_until_the_next_day(api_client, only_paid, user, clock):
    spent_up("0.9999", user=user)

    answer = start(api_client)

    told = answer.json()
    assert (answer.status_code, told["type"]) == (429, "budget-spent")
    assert (told["left"], told["resetsAt"]) == (0.0001, "2026-11-03T00:00:00+00:00")
    assert told["needed"] > 0.0001
    assert answer["Retry-After"] == str(15 * 3600)
    assert "A budget leaves 0.0001 USD until 03 November 2026 00:00 UTC" in told["detail"]
    assert not ResearchRequest.objects.exists()


@pytest.mark.parametrize("scope", ["everybody", "user", "consumer"])
def test_every_budget_that_the_work_falls_under_counts(api_client, only_paid, user, scope):
    consumer = DataConsumer.objects.get(slug="profile")
    spent_up(**{"everybody": {}, "user": {"user": user}, "consumer": {"consumer": consumer}}[scope])

    assert start(api_client).status_code == 429


def test_budgets_of_others_and_those_that_only_warn_refuse_nobody(api_client, only_paid, user):
    spent_up(user=User.objects.create_user("other"))
    spent_up(user=user, at_limit="warn")
    spent_up(user=user, enabled=False)

    assert start(api_client).status_code == 202


def test_what_is_free_is_done_however_little_is_left(api_client, rules, user):
    spent_up(user=user)

    assert start(api_client).status_code == 202


def test_who_joins_pays_nothing_and_may(api_client, only_paid, user):
    first = start(api_client)
    spent_up(user=user)

    answer = start(api_client)

    assert (first.status_code, answer.status_code, answer["X-Cache"]) == (202, 202, "joined")


def test_a_cap_below_what_the_budget_leaves_is_the_callers_own_affair(api_client, only_paid, user):
    spent_up("0.5", user=user)

    answer = start(api_client, maxCost=0.00001)

    assert (answer.status_code, answer.json()["type"]) == (422, "unaffordable")


@pytest.mark.parametrize(
    ("period", "starts_on", "resets"),
    [
        ("day", date(2026, 11, 2), "2026-11-03T00:00:00+00:00"),
        ("month", date(2026, 11, 1), "2026-12-01T00:00:00+00:00"),
    ],
)
def test_room_is_what_is_neither_spent_nor_held(rules, user, period, starts_on, resets):
    budget = Budget.objects.create(limit=Decimal(5), period=period, user=user)
    BudgetPeriod.objects.create(budget=budget, starts_on=starts_on, spent=Decimal(2), reserved=Decimal(1))

    room = budgets.room(user=user.pk, consumer="profile", at=NOW)

    assert (room.left, room.resets.isoformat()) == (Decimal(2), resets)


def test_without_a_budget_there_is_no_bound(rules, user):
    assert budgets.room(user=user.pk, consumer="profile", at=NOW) is None
