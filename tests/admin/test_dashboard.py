"""The admin's first page: each card for those who may see what it is made from, at a fixed number of queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enrichment import spending
from enrichment.models import Budget, BudgetPeriod, ChangeSet, Provider, ProviderState, SourceCall
from salesintel.accounts.models import User
from tests.enrichment import market
from tests.enrichment.workflow.test_usage import CENT, asked, called

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def trouble(rules: None) -> None:
    """Money spent, a budget used up, a stop, a call in doubt, a failure, an open breaker, a change of rules."""
    now, snov = timezone.now(), Provider.objects.get(slug="snov")
    request = asked("ann", answered=now)
    called(request, 3 * CENT, at=now)
    for status, error in (("in_doubt", "It died."), ("failed", "It answered 503.")):
        SourceCall.objects.filter(pk=called(request, CENT, at=now).pk).update(status=status, error=error)
    budget = Budget.objects.create(limit=Decimal("0.05"), period="month")
    BudgetPeriod.objects.create(budget=budget, starts_on=now.date().replace(day=1), spent=5 * CENT)
    spending.stop(snov, why="Its prices rose.")
    ProviderState.objects.update_or_create(
        provider=snov, defaults={"open_until": now + timedelta(hours=1), "failures": 7}
    )
    ChangeSet.objects.create(
        user=User.objects.get(username="ann"), kind="grid", why="Sites say it first.", changes=[{}]
    )


def cards(*groups: str, name: str = "chief") -> dict[str, str]:
    """Title → all that the card says, for somebody of these groups."""
    person = User.objects.create_user(name, f"{name}@example.com", "correct horse", is_staff=True)
    person.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(person)
    shown = client.get("/admin/").context["cards"]
    return {
        card.title.partition(":")[0]: " ".join(f"{r.what} {r.figure} {r.detail}" for r in card.rows) for card in shown
    }


def test_an_admin_sees_what_was_spent_what_is_stopped_what_waits_and_what_fails(trouble: None) -> None:
    call_command("seed_rules")

    told = cards("Admin")

    assert "Today $0.05 3 calls" in told["Money"]
    assert "Everything $0.05 of $0.05 a month, stops there" in told["Money"]
    assert "Snov.io until lifted Its prices rose." in told["Stopped now"]
    assert told["In doubt"] == "Calls to sources 1 $0.01 booked as spent"
    assert "Snov.io left alone until" in told["Sources that fail"]
    assert "It answered 503." in told["Sources that fail"]
    assert "ann: 1 row, Sites say it first." in told["Rules changed lately"]
    assert "Company enrichment processed 0 % 0 of 1" in told["Found in the cache today"]


def test_who_may_edit_rules_sees_no_money(trouble: None) -> None:
    call_command("seed_rules")

    told = cards("Rules editor")

    assert set(told) == {"Sources that fail", "Found in the cache today", "Rules changed lately"}
    assert "$" not in " ".join(told.values())


def test_who_may_see_nothing_of_it_is_shown_the_way_on(rules: None) -> None:
    assert cards() == {}


def test_the_page_takes_as_many_queries_whatever_happened(
    trouble: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    chief = User.objects.create_superuser("chief", "chief@example.com", "correct horse")
    client = Client()
    client.force_login(chief)
    client.get("/admin/")  # what is read once per process
    for place in range(5):
        called(asked(f"rep{place}", answered=timezone.now()), at=timezone.now())
        market.provider(f"provider{place}")
        spending.stop(Provider.objects.get(slug=f"provider{place}"), why="")

    with django_assert_max_num_queries(40):
        client.get("/admin/")
