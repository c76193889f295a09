"""What edited rules would have meant for past runs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from enrichment.models import CacheEntry, Company, DataConsumer, Provider, RuleSet, Source, SourceCall, WorkflowRun
from enrichment.rules.edits import InvalidEdit
from enrichment.workflow.past import Past
from enrichment.workflow.whatif import what_if
from tests import factories
from tests.enrichment.workflow.conftest import Desk
from tests.enrichment.workflow.pasts import past_run

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BRIGHTDATA, SITE = "brightdata_company_db", "company_website"
DEARER = {"sources": {BRIGHTDATA: {"cost": "0.20"}}}
WITHOUT_BRIGHTDATA = {"sources": {BRIGHTDATA: {"enabled": False}}}
NEWS_KNOW_IT_ALL = {"matrix": {slug: {"serp_news": {"reliability": 0.99}} for slug in ("industry", "employee_count")}}
NOTHING: dict[str, object] = {}


@pytest.fixture(autouse=True)
def product(rules: None, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8100"


@pytest.fixture
def acme() -> Company:
    return factories.company()


@pytest.fixture
def researched(acme: Company) -> WorkflowRun:
    """A profile, asked of everybody who gives anything of it."""
    return past_run(acme, asked=[BRIGHTDATA, SITE], strategy="legacy")


@pytest.fixture
def remembered(researched: WorkflowRun, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    """What a process remembers of the rules after its first look at them."""
    with django_capture_on_commit_callbacks(execute=True):
        what_if(NOTHING)


def another(**values: object) -> WorkflowRun:
    """A planned profile of Okta."""
    return past_run(factories.company("Okta", "okta.com"), asked=[BRIGHTDATA], **values)


@pytest.mark.django_db(transaction=True)
def test_a_real_run_costs_in_its_replay_what_it_cost(desk: Desk) -> None:
    request = desk.research("Acme Corp", consumer="profile")
    desk.sandbox.reset()

    effect = what_if(DEARER)

    assert (effect.replayed.share, effect.replayed.comparison.before.cost) == (1.0, request.spent)
    assert effect.replayed.comparison.after.cost == request.spent + Decimal("0.05")
    assert request.report is not None
    assert effect.replayed.comparison.before.quality == pytest.approx(request.report.quality["overall"], abs=0.02)
    assert desk.sandbox.calls() == []


def test_without_an_edit_nothing_changes(researched: WorkflowRun) -> None:
    effect = what_if(NOTHING)

    assert (effect.replanned.runs, effect.replanned.changed, effect.replanned.most_changed) == (1, 0, ())
    assert effect.replanned.before == effect.replanned.after
    assert effect.replayed.comparison.before == effect.replayed.comparison.after


def test_a_dearer_source_shows_in_both_results(researched: WorkflowRun) -> None:
    effect = what_if(DEARER)

    after, before = effect.replayed.comparison.after, effect.replayed.comparison.before
    assert (before.cost, after.cost) == (Decimal("0.15"), Decimal("0.20"))
    assert effect.replanned.after.cost > effect.replanned.before.cost
    assert effect.replanned.after.reliability == effect.replanned.before.reliability


def test_a_source_less_shows_what_it_gave(researched: WorkflowRun) -> None:
    effect = what_if(WITHOUT_BRIGHTDATA)

    (change,) = effect.replanned.most_changed
    assert (change.run, change.dropped, change.asked) == (researched.pk, (BRIGHTDATA,), ())
    assert effect.replanned.after.met < effect.replanned.before.met
    after, before = effect.replayed.comparison.after, effect.replayed.comparison.before
    assert (after.cost, after.coverage) == (Decimal(0), 1.0)
    assert after.quality < before.quality


def test_a_source_that_failed_fails_again(acme: Company) -> None:
    past_run(acme, asked=[SITE], failed=[BRIGHTDATA], strategy="legacy")

    outcome = what_if(NOTHING).replayed.comparison.before

    assert (outcome.cost, outcome.coverage, outcome.seconds) == (Decimal(0), 1.0, 2.0)


def test_a_run_whose_new_source_was_never_asked_is_not_replayed(researched: WorkflowRun) -> None:
    effect = what_if(WITHOUT_BRIGHTDATA | NEWS_KNOW_IT_ALL)

    assert (effect.replayed.share, effect.replayed.comparison.runs, effect.replanned.runs) == (0.0, 0, 1)
    assert effect.replayed.lacking == {"serp_news": 1}


def test_what_the_source_told_another_run_about_that_time_counts(researched: WorkflowRun) -> None:
    past_run(researched.company, asked=["serp_news"], consumer="customer_intelligence")

    effect = what_if(WITHOUT_BRIGHTDATA | NEWS_KNOW_IT_ALL, Past(consumer="profile"))

    assert effect.replayed.share == 1.0
    assert effect.replayed.comparison.most_changed[0].asked == ("serp_news",)


def test_what_it_told_long_before_does_not_count(researched: WorkflowRun) -> None:
    past_run(researched.company, asked=["serp_news"], consumer="customer_intelligence")
    CacheEntry.objects.filter(source="serp_news").update(fetched_at=timezone.now() - timedelta(days=3))

    assert what_if(WITHOUT_BRIGHTDATA | NEWS_KNOW_IT_ALL, Past(consumer="profile")).replayed.share == 0.0


def test_what_was_held_then_costs_nothing_now(researched: WorkflowRun) -> None:
    past_run(researched.company)

    effect = what_if(NOTHING, Past(last=1))

    assert effect.replanned.before.cost == effect.replayed.comparison.before.cost == Decimal(0)


def test_what_was_held_is_too_old_where_answers_may_be_kept_for_less(researched: WorkflowRun) -> None:
    CacheEntry.objects.update(fetched_at=timezone.now() - timedelta(hours=5))
    past_run(researched.company)

    effect = what_if({"sources": {BRIGHTDATA: {"ttl": "4h"}}}, Past(last=1))

    assert effect.replanned.before.cost == Decimal(0) < effect.replanned.after.cost


def test_a_strategy_can_be_tried() -> None:
    another()

    effect = what_if({"consumers": {"profile": {"strategy": "legacy"}}})

    assert effect.replanned.most_changed[0].asked == (SITE,)


def test_hybrid_is_tried_as_legacy_on_companies_that_were_known() -> None:
    run = another()
    known = another(created=timezone.now() + timedelta(seconds=5))
    WorkflowRun.objects.filter(pk=known.pk).update(created=timezone.now() + timedelta(seconds=5))
    factories.report(run, generated_at=timezone.now())

    effect = what_if({"consumers": {"profile": {"strategy": "hybrid"}}})

    assert {change.run for change in effect.replanned.most_changed} == {known.pk}


def test_a_source_that_is_switched_on_is_asked_where_its_provider_can_be() -> None:
    source = Source.objects.get(slug=BRIGHTDATA)
    source.enabled = False
    source.save()
    past_run(factories.company(), asked=[SITE])
    edits = {"sources": {BRIGHTDATA: {"enabled": True}}}

    effect = what_if(edits)
    Provider.objects.filter(slug="brightdata").update(enabled=False)
    without = what_if(edits)

    assert BRIGHTDATA in effect.replanned.most_changed[0].asked
    assert without.replanned.changed == 0


def test_runs_are_chosen_by_consumer_time_and_number(researched: WorkflowRun) -> None:
    another()
    later = timezone.now() + timedelta(minutes=1)

    counts = [
        what_if(NOTHING, past).replanned.runs
        for past in (Past(consumer="vendor_context"), Past(since=later), Past(until=later), Past(last=1), Past(last=0))
    ]

    assert counts == [0, 0, 2, 1, 0]


@pytest.mark.parametrize("values", [{"plan_input": None}, {"status": "running"}, {"plan_input": {"needs": 1}}])
def test_runs_under_way_and_runs_whose_plan_cannot_be_read_are_no_part(
    researched: WorkflowRun, values: dict[str, object]
) -> None:
    WorkflowRun.objects.update(**values)

    assert what_if(NOTHING).replanned.runs == 0


def test_a_run_whose_consumer_is_gone_is_left_out_and_counted(researched: WorkflowRun) -> None:
    DataConsumer.objects.get(slug="profile").delete()

    effect = what_if(NOTHING)

    assert (effect.replanned.runs, effect.left_out) == (0, 1)


def test_consumers_are_told_apart(researched: WorkflowRun) -> None:
    past_run(factories.company("Okta", "okta.com"), consumer="vendor_context")

    effect = what_if(DEARER)

    assert [(each.consumer, each.comparison.runs) for each in effect.by_consumer] == [
        ("profile", 1),
        ("vendor_context", 1),
    ]


def test_nothing_is_saved(researched: WorkflowRun, remembered: None) -> None:
    stored = (RuleSet.objects.count(), SourceCall.objects.count())

    with CaptureQueriesContext(connection) as queries:
        what_if(DEARER)

    assert {query["sql"].split()[0] for query in queries.captured_queries} == {"SELECT"}
    assert (RuleSet.objects.count(), SourceCall.objects.count()) == stored
    assert Source.objects.get(slug=BRIGHTDATA).cost == Decimal("0.15")


def test_the_number_of_queries_does_not_depend_on_the_number_of_runs(researched: WorkflowRun, remembered: None) -> None:
    another()

    with CaptureQueriesContext(connection) as one:
        what_if(DEARER, Past(last=1))
    with CaptureQueriesContext(connection) as two:
        what_if(DEARER, Past(last=2))

    assert len(two) == len(one) <= 13


def test_a_mistake_is_told_with_its_place() -> None:
    with pytest.raises(InvalidEdit) as raised:
        what_if({"matrix": {"industry": {"serp_news": {"reliability": 1.5}}}})

    assert list(raised.value.errors) == ["matrix.industry.serp_news.reliability"]
