import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from enrichment.models import Company
from salesintel.accounts.models import User
from tests.enrichment import market
from tests.enrichment.workflow.test_usage import CENT, asked, called

pytestmark = pytest.mark.django_db


def page(name: str, *permissions: str, **query: str) -> str:
    person = market.rep(name)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(User.objects.get(pk=person.pk))
    return client.get("/costs/", query).content.decode()


@pytest.fixture
def work(rules: None) -> None:
    market.Provider.objects.get(slug="serpapi")
    now = timezone.now()
    called(asked("ann", answered=now), 3 * CENT, at=now)
    called(asked("bob", answered=now), 4 * CENT, at=now)
    assert Company.objects.count() == 2


def test_a_rep_sees_its_own_costs_and_nobody_elses(work: None) -> None:
    shown = page("ann")

    assert "$0.03" in shown
    assert "$0.07" not in shown
    assert "bob" not in shown


def test_who_may_see_costs_sees_everybodys_by_name(work: None) -> None:
    shown = page("auditor", "see_costs")

    assert "$0.07" in shown
    assert "bob" in shown
    assert "Google News" in shown


def test_a_range_that_is_impossible_is_said(work: None) -> None:
    shown = page("ann", **{"from": "2026-11-02", "to": "2026-11-01"})

    assert "Give a day before" in shown


def test_each_day_is_told_in_words_too(work: None) -> None:
    assert "$0.03 paid, $0.00 saved" in page("ann")
