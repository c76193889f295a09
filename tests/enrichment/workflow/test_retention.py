"""What is pruned of ended runs, when, and what never is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from enrichment import throttling
from enrichment.companies import learn_alias, resolve
from enrichment.models import (
    Announcement,
    CacheEntry,
    CallerMaterial,
    Company,
    EngineCall,
    Evidence,
    Fact,
    Observation,
    Report,
    RequestCount,
    ResearchRequest,
    Retention,
    RunEvent,
    SourceCall,
    StepRun,
    UserNotice,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.workflow import erasing, retention
from enrichment.workflow.retention import Pruner
from salesintel.accounts.models import User
from salesintel.privacy.registry import REGISTRY
from tests import factories
from tests.enrichment import market

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def limits(rules: None) -> None:
    Retention.objects.update(keep=timedelta(days=10))


def ended(days: float) -> WorkflowRun:
    """A run that ended so many days ago, with all that it left."""
    run: WorkflowRun = factories.answered(market.rep()).run
    WorkflowRun.objects.filter(pk=run.pk).update(finished=database_now() - A_DAY * days, plan_input={"big": "input"})
    return run


def test_steps_events_and_raw_plans_go_when_their_time_is_over() -> None:
    run = ended(11)
    RunEvent.objects.filter(run=run).exclude(kind="finished").get_or_create(
        run=run, seq=99, defaults={"kind": "progress", "at": database_now()}
    )

    retention.prune()

    assert not StepRun.objects.exists()
    assert not RunEvent.objects.exclude(kind="finished").exists()
    assert WorkflowRun.objects.get().plan_input is None


def test_the_money_the_reports_and_the_requests_stay() -> None:
    ended(1000)
    kept = {model: model.objects.count() for model in (SourceCall, EngineCall, Report, ResearchRequest, WorkflowRun)}

    retention.prune()

    assert {model: model.objects.count() for model in kept} == kept
    assert kept[SourceCall] > 0


def test_the_event_that_tells_the_end_stays() -> None:
    run = ended(11)
    RunEvent.objects.create(run=run, seq=100, kind="finished", at=database_now())

    retention.prune()

    assert "finished" in RunEvent.objects.values_list("kind", flat=True)


def test_what_is_younger_stays() -> None:
    ended(9)

    assert retention.prune() == {}
    assert StepRun.objects.exists()


@pytest.mark.parametrize("status", ["queued", "running", "parked"])
def test_a_run_under_way_is_never_touched(status: str) -> None:
    run = ended(1000)
    WorkflowRun.objects.filter(pk=run.pk).update(status=status)

    assert retention.prune() == {}


def test_what_is_kept_for_ever_stays() -> None:
    ended(1000)
    Retention.objects.filter(what="steps").update(keep=None)

    retention.prune()

    assert StepRun.objects.exists()


def test_less_than_a_day_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least a day"):
        Retention(what="steps", keep=timedelta(hours=1)).full_clean(exclude=["what"])


def test_the_daily_job_prunes_a_batch_at_a_time_and_then_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    run = ended(11)
    had, pruner = run.steps.count(), Pruner()

    pruner.tick()
    assert run.steps.count() == had - 3
    while retention.prunable():
        pruner.tick()
    pruner.tick()
    ended(11)
    pruner.tick()

    assert StepRun.objects.exists()


# --- Responses --------------------------------------------------------------------------------------------------------


def expired(days: float) -> CacheEntry:
    """A response that ran out so many days ago, with what was read from it."""
    acme = factories.company()
    item = factories.evidence(acme, title="Jane Doe, CFO")
    said = {"source": "snov_contacts", "value": {"name": "Jane Doe"}, "entry": item.entry}
    factories.observation(acme, "key_contacts", **said).evidence.add(item)
    erasing.remerge([acme.pk])
    CacheEntry.objects.update(expires_at=database_now() - A_DAY * days)
    return item.entry


def test_a_response_goes_with_all_that_nothing_else_bears() -> None:
    expired(11)
    assert Fact.objects.exists()

    assert retention.prune() == {"responses": 1}

    assert not any(model.objects.exists() for model in (CacheEntry, Evidence, Observation, Fact))


def test_a_response_whose_time_is_not_over_stays() -> None:
    expired(9)

    assert retention.prune() == {}


def test_what_a_run_under_way_bought_stays() -> None:
    entry = expired(1000)
    run = ended(0)
    WorkflowRun.objects.filter(pk=run.pk).update(status="parked")
    SourceCall.objects.filter(pk=run.calls.first().pk).update(entry=entry)

    retention.prune()

    assert CacheEntry.objects.filter(pk=entry.pk).exists()


def announced(days: float, state: str) -> WebhookDelivery:
    """A delivery that was made so many days ago."""
    rep, at = market.rep(), database_now() - A_DAY * days
    message = Announcement.objects.create(owner=rep, type="persona.generated", data={}, once=f"{days} {state}", at=at)
    UserNotice.objects.create(user=rep, announcement=message)
    where, _ = WebhookEndpoint.objects.get_or_create(user=rep, url="https://hooks.example.com/in")
    row = WebhookDelivery.objects.create(
        message=message, endpoint=where, state=state, next_at=at, until=at + 3 * A_DAY, created=at
    )
    WebhookAttempt.objects.create(delivery=row, number=1, at=at, status=500)
    return row


def test_announcements_go_with_their_notices_and_deliveries_unless_one_is_to_be_delivered() -> None:
    announced(11, "delivered")
    announced(12, "failed")
    kept = {announced(9, "delivered"), announced(13, "pending")}

    pruned = retention.prune()

    assert pruned["deliveries"] == 2
    assert set(WebhookDelivery.objects.all()) == kept
    assert (UserNotice.objects.count(), WebhookAttempt.objects.count()) == (2, 2)


def test_a_callers_name_for_a_request_goes_when_the_request_has_ended_long_ago() -> None:
    Retention.objects.filter(what="keys").update(keep=A_DAY)
    old, fresh, waiting = (factories.answered(market.rep(), idempotency_key=f"crm-{name}") for name in "abc")
    ago = ResearchRequest.objects.filter(pk__in=[old.pk, waiting.pk])
    ago.update(created=database_now() - A_DAY * 2)
    ResearchRequest.objects.filter(pk=waiting.pk).update(status="attached")

    retention.prune()

    assert set(ResearchRequest.objects.values_list("pk", "idempotency_key")) == {
        (old.pk, None),
        (fresh.pk, "crm-b"),
        (waiting.pk, "crm-c"),
    }


def test_counts_of_requests_go_after_a_day() -> None:
    at = database_now()
    throttling.count("read", "key 1", at=at - A_DAY * 2)
    throttling.count("read", "key 2", at=at)

    retention.prune()

    assert [row.bucket for row in RequestCount.objects.all()] == ["read key 2"]


def test_a_company_that_was_only_typed_goes_after_a_month_unless_somebody_asked_for_it(user: User) -> None:
    typed, young, wanted, known = (resolve(name, by=user) for name in ("Acme Crop", "Bolt Ltd", "Cogs Ltd", "Dyes Ltd"))
    learn_alias(known, "Dyes and Sons", learned_from="person")
    ResearchRequest.objects.create(user=user, consumer="profile", company=wanted)
    all_of_them = Company.objects.filter(pk__in=[each.pk for each in (typed, young, wanted, known)])
    all_of_them.exclude(pk=young.pk).update(created=database_now() - 31 * A_DAY)

    retention.prune()

    assert set(all_of_them) == {young, wanted, known}


def test_what_the_registry_says_is_pruned_is_there_to_be_pruned() -> None:
    pruned = {StepRun, RunEvent, WorkflowRun, Observation, Evidence, CacheEntry, CallerMaterial}
    pruned |= {Announcement, UserNotice, WebhookAttempt, ResearchRequest}

    said = {row.model for row in REGISTRY if row.keep in set(Retention.What.values)}
    assert said == {model._meta.label for model in pruned}


# --- The command ------------------------------------------------------------------------------------------------------


def prune(*arguments: str) -> str:
    out = StringIO()
    call_command("prune", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prunes_and_counts() -> None:
    steps = ended(11).steps.count()

    assert f"steps     {steps:>9} pruned; kept 10 days" in prune()
    assert not StepRun.objects.exists()


def test_the_command_only_counts_when_told_so() -> None:
    steps = ended(11).steps.count()

    assert f"steps     {steps:>9} would be pruned; kept 10 days" in prune("--dry-run")
    assert StepRun.objects.count() == steps
