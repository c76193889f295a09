"""What a list is told before anything is bought."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enrichment.automation.bulk import pricing
from enrichment.automation.bulk.model import InvalidBulk, SameKey, UnreadableList
from enrichment.models import BulkLine, Company, DatasetSource, ResearchRequest, WorkflowRun
from enrichment.workflow.explaining import explain
from enrichment.workflow.requests import Ask
from tests import factories
from tests.enrichment.automation.conftest import Office, again, line, states

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_lines_are_told_apart_before_anything_is_bought(office: Office) -> None:
    factories.company("Acme Corp", "acmecorp.com")
    factories.company("Globex Inc", "globex.com")
    factories.company("Globex Industries Inc", "globex-industries.com")
    at_first = Company.objects.count()

    bulk = office.quoted("Acme Corp", ("Initech", "initech.com"), "Globex", "8.8.8.8", ("acme", "www.acmecorp.com"), "")

    assert states(bulk) == ["ready", "ready", "ambiguous", "invalid", "duplicate", "invalid"]
    assert [line(bulk, n).found for n in (1, 2)] == ["known", "new"]
    assert line(bulk, 5).reason == "The same company as line 1."
    assert line(bulk, 4).reason == "“8.8.8.8” is neither a company's name nor its domain."
    assert "globex.com" in line(bulk, 3).reason
    assert bulk.status == "quoted"
    assert (Company.objects.count(), ResearchRequest.objects.count(), WorkflowRun.objects.count()) == (at_first, 0, 0)


def test_a_line_costs_what_its_plan_alone_would(office: Office) -> None:
    bulk = office.quoted(("Initech", "initech.com"))

    told = explain(Ask(consumer="profile", company="Initech", company_domain="initech.com"))["quote"]

    priced = line(bulk, 1)
    assert (float(priced.expected), float(priced.worst)) == (told["expected"]["cost"], told["worst"]["cost"])
    assert priced.expected > 0


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_answered_already_costs_nothing(plant: Office) -> None:
    plant.work_off(plant.started(("Acme Corp", "acmecorp.com")))

    bulk = plant.quoted(("Acme Corp", "acmecorp.com"))

    assert (line(bulk, 1).found, line(bulk, 1).worst) == ("cached", 0)


def test_lines_are_started_by_what_they_add_for_their_money(office: Office) -> None:
    known = factories.company("Acme Corp", "acmecorp.com")
    held = factories.entry(known, source="brightdata_company_db", expires_at=timezone.now() + timedelta(days=1))
    for cell in DatasetSource.objects.filter(source__slug="brightdata_company_db").select_related("dataset"):
        factories.observation(known, cell.dataset.slug, entry=held)

    bulk = office.quoted(("Initech", "initech.com"), ("Acme Corp", "acmecorp.com"))

    new, half = line(bulk, 1), line(bulk, 2)
    assert half.expected < new.expected
    per_usd = {each.line: each.value / float(each.expected) if each.expected else float("inf") for each in (new, half)}
    assert [each.line for each in bulk.lines.order_by("rank")] == sorted(per_usd, key=lambda n: -per_usd[n])


def test_lines_keep_their_order_where_that_is_asked_for(office: Office) -> None:
    bulk = office.quoted(("Initech", "initech.com"), ("Acme Corp", "acmecorp.com"), order="given")

    assert [each.line for each in bulk.lines.order_by("rank")] == [1, 2]


def test_the_vendors_context_is_quoted_once(office: Office) -> None:
    bulk = office.quoted(
        ("Initech", "initech.com"), ("Hooli", "hooli.com"), consumer="customer_intelligence", vendor="okta.com"
    )

    assert Decimal(bulk.extra["expected"]) > 0
    assert Decimal(bulk.extra["worst"]) >= Decimal(bulk.extra["expected"])


def test_pricing_goes_on_where_it_was(office: Office) -> None:
    bulk = office.take_in(*((f"Company {n}", f"company{n}.com") for n in range(120)))

    assert not pricing.price(bulk, seconds=0)
    assert 0 < bulk.lines.exclude(state=BulkLine.State.UNREAD).count() < 120

    assert pricing.price(bulk, seconds=60)
    assert again(bulk).status == "quoted"


def test_pricing_new_companies_asks_no_more_for_more_of_them(
    office: Office, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bulk = office.take_in(*((f"Company {n}", f"company{n}.com") for n in range(50)))

    with django_assert_max_num_queries(50 * 3 + 30):  # three to find each by its domain, the rest for all
        pricing.price(bulk, seconds=60)


# --- What is refused --------------------------------------------------------------------------------------------------


def test_the_same_key_and_list_give_the_same_bulk(office: Office) -> None:
    first = office.take_in("Acme Corp", key="k")

    assert office.take_in("Acme Corp", key="k") == first
    with pytest.raises(SameKey):
        office.take_in("Initech", key="k")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"consumer": "nothing"}, "consumer"),
        ({"max_cost": "-1"}, "maxCost"),
        ({"order": "best"}, "order"),
        ({"require": ("nothing",)}, "require"),
    ],
)
def test_an_impossible_value_is_named(office: Office, more: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidBulk) as refused:
        office.take_in("Acme Corp", **more)

    assert refused.value.errors.keys() == {field}


@pytest.mark.parametrize("count", [0, 1001])
def test_a_list_has_one_to_a_thousand_companies(office: Office, count: int) -> None:
    with pytest.raises(UnreadableList):
        office.take_in(*(f"Company {n}" for n in range(count)))
