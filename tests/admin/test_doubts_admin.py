"""The calls in doubt: who may see and decide them, what a decision does and leaves behind."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from enrichment import settling
from enrichment.models import Provider, SourceCall
from enrichment.settling import Failure
from tests.admin.people import clerk
from tests.admin.test_rules_admin import change_address, send
from tests.enrichment.market import Deal, deal

LIST = reverse("admin:enrichment_doubtfulcall_changelist")
PRICE = Decimal("0.02")

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful() -> Deal:
    """A purchase whose answer was lost."""
    market_day = deal(cap="1")
    settling.record_failure(market_day.reserved(), market_day.intent(), Failure(words="No answer came.", in_doubt=True))
    return market_day


def decide(client: Client, action: str) -> int:
    chosen = {"action": action, "_selected_action": [str(SourceCall.objects.get().pk)]}
    return client.post(LIST, chosen).status_code


def test_the_list_says_what_why_and_how_much(admin_client: Client, doubtful: Deal) -> None:
    page = admin_client.get(LIST).content.decode()

    for words in ("serp_news", "SerpApi", "Acme Corp", "0.02", "No answer came."):
        assert words in page
    assert reverse("admin:enrichment_workflowrun_change", args=[doubtful.run.pk]) in page


def test_what_is_decided_leaves_the_list_and_is_found_by_the_filter(admin_client: Client, doubtful: Deal) -> None:
    decide(admin_client, "it_was_charged")

    assert "No answer came." not in admin_client.get(LIST).content.decode()
    assert "No answer came." in admin_client.get(LIST, {"state": "decided"}).content.decode()


@pytest.mark.parametrize(
    ("action", "verdict", "booked"),
    [("it_was_charged", "charged", PRICE), ("it_was_not_charged", "not_charged", 0), ("ask_again", "ask_again", PRICE)],
)
def test_a_decision_is_booked_and_logged(
    admin_client: Client, doubtful: Deal, action: str, verdict: str, booked: Decimal
) -> None:
    decide(admin_client, action)

    call = SourceCall.objects.get()
    assert (call.status, call.verdict, call.cost) == ("failed", verdict, booked)
    assert doubtful.payer().spent == booked
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id) == ("admin", str(call.pk))
    assert SourceCall.Verdict(verdict).label in entry.change_message


def test_who_may_only_look_decides_nothing(doubtful: Deal) -> None:
    client = clerk("view_doubtfulcall")

    decide(client, "it_was_not_charged")

    assert client.get(LIST).status_code == 200
    assert "It was not charged" not in client.get(LIST).content.decode()
    assert SourceCall.objects.get().status == "in_doubt"


def test_who_may_decide_does(doubtful: Deal) -> None:
    decide(clerk("view_doubtfulcall", "decide_doubtfulcall"), "it_was_not_charged")

    assert SourceCall.objects.get().verdict == "not_charged"


def test_who_may_not_look_sees_nothing(doubtful: Deal) -> None:
    assert clerk("view_provider").get(LIST).status_code == 403


def test_the_provider_says_how_many_wait_and_leads_there(admin_client: Client, doubtful: Deal) -> None:
    provider = doubtful.source.provider
    link = f"{LIST}?provider__id__exact={provider.pk}"

    for page in (reverse("admin:enrichment_provider_changelist"), change_address(provider)):
        assert f'{link}">1 undecided' in admin_client.get(page).content.decode()


def test_a_way_that_a_source_cannot_go_is_refused(admin_client: Client, rules: None) -> None:
    provider = Provider.objects.get(slug="snov")

    page = send(admin_client, provider, in_doubt="look_up")

    assert page.status_code == 200
    assert "cannot do that" in page.content.decode()
    assert Provider.objects.get(slug="snov").in_doubt == "ask_person"
