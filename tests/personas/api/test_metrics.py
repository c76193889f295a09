"""A contact's figures and what is usual, as programs meet them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from personas.metrics.names import FIGURES
from personas.models import Contact, Deal, DealContact, Grant, Interaction, PersonaPolicy
from salesintel.accounts.models import User
from tests.personas.api.conftest import Call

RANGE = {"metric": "emailEngagementRate", "low": 0.4, "typical": 0.5, "high": 0.6}


def plant(contact: Contact) -> None:
    """Six mails a week apart, each opened and answered after two hours; a deal that was won."""
    monday = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday() + 70)
    rows = []
    for week in range(6):
        when, key = monday + timedelta(weeks=week), f"m{week}"
        rows += [
            Interaction(type="email_sent", direction="out", occurred_at=when, message_key=key),
            Interaction(type="email_opened", occurred_at=when + timedelta(hours=1), answers_key=key),
            Interaction(
                type="email_replied", direction="in", occurred_at=when + timedelta(hours=2), answers_key=key, mood=0.5
            ),
        ]
    for row in rows:
        row.owner, row.contact = contact.owner, contact
    Interaction.objects.bulk_create(rows)
    deal = Deal.objects.create(
        owner=contact.owner, name="Renewal", opened_at=monday, status="won", closed_at=monday + timedelta(days=30)
    )
    DealContact.objects.create(owner=contact.owner, deal=deal, contact=contact)


def metrics(call: Call, contact: Contact) -> dict[str, Any]:
    answer = call("GET", f"contacts/{contact.pk}/metrics")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_every_figure_is_told_under_its_name(mine: Call, contact: Contact) -> None:
    plant(contact)

    told = metrics(mine, contact)

    assert set(FIGURES) <= set(told)
    assert told["totalInteractions"]["value"] == 18
    assert {
        name: told[name]["value"]
        for name in ("emailEngagementRate", "averageResponseTimeClockHours", "mood", "emailBounceRate")
    } == {"emailEngagementRate": 1, "averageResponseTimeClockHours": 2, "mood": 0.5, "emailBounceRate": 0}
    assert (told["conversionRate"]["value"], told["conversionRate"]["n"], told["conversionRate"]["enough"]) == (
        None, 1, False,
    )  # fmt: skip
    engaged = told["emailEngagementRate"]
    assert engaged["low"] == pytest.approx(0.61, abs=0.01)
    assert (engaged["benchmark"]["low"], engaged["benchmark"]["high"]) == (0.22, 0.36)
    assert engaged["benchmark"]["source"] == "persona-builder"
    assert sum(week["theirs"] for week in told["charts"]["weeks"]) == 12
    assert sum(map(sum, told["charts"]["hours"])) == 12
    assert told["quality"]["deals"] == 10


def test_the_figures_are_those_of_the_shape(mine: Call, contact: Contact) -> None:
    from personas.api.metrics_shapes import ContactMetricsOut

    told = metrics(mine, contact)

    assert set(told) == set(ContactMetricsOut().fields)


def test_enough_is_what_an_admin_says(mine: Call, contact: Contact) -> None:
    plant(contact)
    PersonaPolicy.objects.all().delete()
    PersonaPolicy.objects.create(enough=7)

    told = metrics(mine, contact)

    assert (told["terms"]["enough"], told["emailEngagementRate"]["value"]) == (7, None)


def test_another_contacts_history_does_not_matter(mine: Call, contact: Contact, stranger: User) -> None:
    plant(contact)
    before = metrics(mine, contact)
    plant(Contact.objects.create(owner=contact.owner, name="Ola Berg"))
    plant(Contact.objects.create(owner=stranger, name="Dana Whitfield"))

    after = metrics(mine, contact)

    volatile = {"measuredAt", "silenceDays", *(name for name in before if "PerWeek" in name or "Trend" in name)}
    assert {name: before[name]["value"] for name in FIGURES if name not in volatile} == {
        name: after[name]["value"] for name in FIGURES if name not in volatile
    }


def test_a_strangers_contact_is_as_one_that_there_is_not(theirs: Call, contact: Contact) -> None:
    held = theirs("GET", f"contacts/{contact.pk}/metrics")
    nowhere = theirs("GET", "contacts/00000000-0000-4000-8000-000000000000/metrics")

    assert held.status_code == nowhere.status_code == 404
    assert held.json()["detail"] == nowhere.json()["detail"]


def test_who_is_let_in_sees_the_figures(theirs: Call, contact: Contact, stranger: User) -> None:
    Grant.objects.create(owner=contact.owner, grantee=stranger, contact=contact)

    assert metrics(theirs, contact)["totalInteractions"]["value"] == 0


def test_the_queries_do_not_grow_with_the_history(
    mine: Call, contact: Contact, django_assert_max_num_queries: Any
) -> None:
    plant(contact)
    metrics(mine, contact)

    with django_assert_max_num_queries(20):
        metrics(mine, contact)


def test_ones_own_benchmark_is_added_used_changed_and_deleted(mine: Call, contact: Contact) -> None:
    added = mine("POST", "benchmarks", RANGE | {"source": "our last year", "industry": "SaaS"})
    assert (added.status_code, added.json()["industry"], added.json()["isOwn"]) == (201, "technology", True)
    address = f"benchmarks/{added.json()['id']}"

    changed = mine("PATCH", address, {"industry": "", "high": 0.7})
    assert (changed.status_code, changed.json()["industry"], changed.json()["high"]) == (200, "", 0.7)
    assert [row["id"] for row in mine("GET", "benchmarks").json()["results"]] == [added.json()["id"]]
    assert metrics(mine, contact)["emailEngagementRate"]["benchmark"]["source"] == "our last year"

    assert mine("DELETE", address).status_code == 204
    assert metrics(mine, contact)["emailEngagementRate"]["benchmark"]["source"] == "persona-builder"


def test_a_benchmark_is_nobody_elses(mine: Call, theirs: Call) -> None:
    address = f"benchmarks/{mine('POST', 'benchmarks', RANGE).json()['id']}"

    assert theirs("GET", "benchmarks").json()["results"] == []
    assert theirs("PATCH", address, {}).status_code == 404
    assert theirs("DELETE", address).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (RANGE | {"typical": 0.9}, 400),
        (RANGE | {"low": -1}, 400),
        (RANGE | {"metric": "charm"}, 400),
        (RANGE | {"owner": 1}, 400),
        (RANGE, 409),
    ],
)
def test_what_is_no_range_or_there_already_is_refused(mine: Call, sent: dict[str, Any], status: int) -> None:
    mine("POST", "benchmarks", RANGE)

    assert mine("POST", "benchmarks", sent).status_code == status


def test_the_products_benchmarks_are_listed_with_their_origin(mine: Call) -> None:
    rows = mine("GET", "benchmarks/general", metric="dealCycleDays", industry="Software").json()["results"]

    assert {(row["industry"], row["size"]) for row in rows} == {
        ("", ""), ("technology", "small"), ("technology", "medium"), ("technology", "large"),
    }  # fmt: skip
    assert {row["source"] for row in rows} == {"persona-builder", "ours"}
