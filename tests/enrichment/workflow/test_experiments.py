"""Experiments over real runs: who gets which rules, what counts, and how it ends."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import Experiment, Notice, RulesVersion, Source, SourceCall, Trial, Variant, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.rules import current, live
from enrichment.rules import trials as lots
from enrichment.workflow import experiments
from enrichment.workflow.chores import Chores
from enrichment.workflow.experiments import CannotStart
from enrichment.workflow.explaining import explain
from enrichment.workflow.requests import Ask
from tests import factories
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk
from tests.enrichment.workflow.trials import companies, ended, experiment

pytestmark = pytest.mark.once


@pytest.fixture
def running(desk: Desk) -> Experiment:
    return started()


def started() -> Experiment:
    made = experiment()
    experiments.start(made)
    made.refresh_from_db()
    return made


def asked(run: WorkflowRun | None) -> set[str]:
    return set(SourceCall.objects.filter(run=run).values_list("source", flat=True))


def profile(desk: Desk, company: object, **more: object) -> WorkflowRun:
    request = desk.research(str(getattr(company, "domain", company)), consumer="profile", **more)
    assert request.run is not None
    return request.run


def test_two_companies_in_different_variants_are_planned_for_by_different_rules(
    desk: Desk, running: Experiment
) -> None:
    control, other = profile(desk, companies(running, "A")[0]), profile(desk, companies(running, "B")[0])

    assert (control.variant.label, other.variant.label) == ("A", "B")
    assert (asked(control), asked(other)) == ({"brightdata_company_db"}, {"company_website"})
    assert control.rule_set_id == current().digest != other.rule_set_id
    trials = {trial.variant.label: trial for trial in Trial.objects.exclude(ended=None)}
    assert (trials["A"].cost, trials["B"].cost) == (control.cost, Decimal(0))
    assert 0 < trials["B"].coverage < trials["A"].coverage <= 1
    assert trials["A"].quality == control.reports.get().quality["overall"]


def test_the_lot_holds_for_everybody_who_asks(desk: Desk, running: Experiment) -> None:
    company = companies(running, "B")[0]

    runs = [profile(desk, company, role=role, refresh=True) for role in ("AE", "SE")]

    assert {run.variant.label for run in runs} == {"B"}


def test_a_guard_rail_stops_it_and_the_rules_of_today_are_back(desk: Desk) -> None:
    made = experiment(lowest_coverage=0.9, rails_after=1)
    experiments.start(made)
    company = companies(made, "B")[0]

    profile(desk, company)

    made.refresh_from_db()
    assert (made.status, made.why) == ("stopped", "B found 83% of what is needed, less than 90%.")
    assert Notice.objects.get().text == f"Experiment “Cheaper profiles” was stopped: {made.why}"
    after = profile(desk, company)
    assert after.variant is None
    assert asked(after) == {"brightdata_company_db"}


def test_a_run_under_way_keeps_its_variant(desk: Desk, running: Experiment) -> None:
    request = desk.ask(companies(running, "B")[0].domain or "", consumer="profile")

    experiments.stop(running, why="Enough.")
    drive_on()

    run = WorkflowRun.objects.get(requests=request)
    assert (run.status, run.variant.label) == ("partial", "B")
    assert asked(run) == {"company_website"}
    assert run.trial.ended is not None


def test_it_ends_by_itself(rules: None) -> None:
    running = started()
    Experiment.objects.update(ends=database_now() - timedelta(seconds=1))

    Chores(exporter=None).tick()

    running.refresh_from_db()
    assert (running.status, running.why) == ("ended", "Its time was over.")


def test_it_ends_when_it_has_the_data_that_it_needs(rules: None) -> None:
    running = started()
    Experiment.objects.update(planned=20)
    ended(running, "A", [0.1] * 10)
    ended(running, "B", [0.1] * 9)
    experiments.look(running.pk)
    assert Experiment.objects.get().status == "running"

    ended(running, "B", [0.1], name="last")
    experiments.look(running.pk)

    assert Experiment.objects.get().why == "It has the data that it needs."


def test_who_names_a_strategy_takes_no_part(desk: Desk, running: Experiment) -> None:
    run = profile(desk, companies(running, "B")[0], strategy="legacy")

    assert run.variant is None
    assert asked(run) == {"brightdata_company_db", "company_website"}
    assert not Trial.objects.exists()


def test_a_variants_strategy_is_that_of_its_runs(desk: Desk) -> None:
    made = experiment(changes={}, strategy="legacy")
    experiments.start(made)

    assert profile(desk, companies(made, "B")[0]).strategy == "legacy"


def test_a_run_that_the_control_would_have_answered_at_once_does_not_count(desk: Desk) -> None:
    made = experiment()
    company = companies(made, "B")[0]
    profile(desk, company)
    experiments.start(made)

    again = profile(desk, company)

    assert again.variant.label == "B"
    assert not Trial.objects.exists()


def test_live_and_sandbox_runs_never_count_together(desk: Desk, running: Experiment) -> None:
    control, other = companies(running, "A")[:2]
    profile(desk, control)
    WorkflowRun.objects.update(origin="live")

    profile(desk, other)

    assert Trial.objects.get().company == control


def test_a_plan_says_whose_rules_it_has(desk: Desk, running: Experiment) -> None:
    ask = Ask(consumer="profile", company=companies(running, "B")[0].domain or "")

    told, by_edited = explain(ask), explain(ask, edits={"sources": {"company_website": {"cost": "0.01"}}})

    assert told["experiment"] == {"slug": "cheaper", "variant": "B"}
    assert [call["source"] for call in told["plan"]["calls"]] == ["company_website"]
    assert by_edited["experiment"] is None
    assert [call["source"] for call in by_edited["plan"]["calls"]] == ["brightdata_company_db"]


def test_a_report_of_one_variant_answers_its_companies_again(desk: Desk, running: Experiment) -> None:
    company = companies(running, "B")[0]
    first = desk.research(company.domain or "", consumer="profile")

    again = desk.research(company.domain or "", consumer="profile")

    assert (again.from_cache, again.report_id) == (True, first.report_id)


def test_a_variant_may_ask_a_source_that_is_switched_off_for_everybody_else(desk: Desk) -> None:
    source = Source.objects.get(slug="brightdata_company_db")
    source.enabled = False
    source.save()
    made = experiment(changes={"sources": {source.slug: {"enabled": True}}})
    experiments.start(made)

    runs = [profile(desk, companies(made, label)[0]) for label in "AB"]
    may_go_on = [Variant.objects.tries(source.slug, run=runs[1].pk)]
    experiments.stop(made, why="Enough.")
    may_go_on.append(Variant.objects.tries(source.slug, run=runs[1].pk))
    after = profile(desk, companies(made, "B")[0])

    assert may_go_on == [True, False]
    assert [source.slug in asked(run) for run in (*runs, after)] == [False, True, False]


def test_drawing_a_lot_asks_the_database_nothing_once_it_is_remembered(desk: Desk, running: Experiment) -> None:
    version = RulesVersion.now()
    lots.arm_of("profile", 1, at=timezone.now(), version=version)

    with CaptureQueriesContext(connection) as asked_for:
        lots.arm_of("profile", 2, at=timezone.now(), version=version)

    assert len(asked_for) == 0


@pytest.mark.parametrize("is_running", [False, True])
def test_a_cached_answer_costs_the_same_queries_while_an_experiment_runs(desk: Desk, is_running: bool) -> None:
    made = experiment()
    if is_running:
        experiments.start(made)
    company = companies(made, "B")[0].domain or ""
    desk.research(company, consumer="profile")

    with CaptureQueriesContext(connection) as asked_for:
        assert desk.ask(company, consumer="profile").from_cache

    assert len(asked_for) == 7  # version, company, report; the request with its line in the audit log, in a transaction


def test_two_at_a_time_are_refused_for_one_consumer(rules: None) -> None:
    started()

    with pytest.raises(CannotStart, match="“Cheaper profiles” runs for Company profile already"):
        experiments.start(experiment(slug="another"))


def test_how_many_it_takes_is_planned_from_the_consumers_past(rules: None) -> None:
    at, origin = timezone.now(), live.origin()
    for number in range(30):
        company = factories.company(f"Past {number}", f"past{number}.example")
        cost = Decimal("0.1") if number % 2 else Decimal("0.3")
        run = factories.run(
            company, consumer="profile", status="completed", finished=at, cost=cost, origin=origin, vendor=None
        )
        factories.report(run, body={}, evidence={})

    assert started().planned == 812  # deviation 0.1017, step 0.02, halves


def test_how_many_it_takes_is_planned_from_its_own_first_companies_where_there_is_no_past(rules: None) -> None:
    made = started()
    assert made.planned is None
    ended(made, "A", [0.1, 0.3] * 14)
    ended(made, "B", [0.1], name="one")
    experiments.look(made.pk)
    too_few = Experiment.objects.get().planned
    ended(made, "B", [0.3], name="two")

    experiments.look(made.pk)

    assert too_few is None
    assert Experiment.objects.get().planned == 812


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "B: It changes nothing."),
        ({"sources": {"nobody": {"cost": 1}}}, "B: sources.nobody: “nobody” is no source"),
        ({"sources": {"serp_news": {"enabled": True}}}, "B: sources.serp_news.enabled: it is switched on already"),
        (["x"], "B: Give changes as an object"),
        ({"sources": {"snov_contacts": {"needs": ["decision_makers"]}}}, "it can never be asked"),
    ],
)
def test_changes_that_make_no_rules_are_refused(rules: None, changes: object, words: str) -> None:
    made = experiment(changes=changes)

    with pytest.raises(CannotStart) as refused:
        experiments.start(made)

    assert words in str(refused.value)


def test_an_experiment_whose_rows_were_deleted_stops_and_disturbs_nobody(desk: Desk) -> None:
    running = experiment(changes={"sources": {"brightdata_company_db": {"cost": "0.50"}}})
    experiments.start(running)
    Source.objects.get(slug="brightdata_company_db").delete()

    run = profile(desk, companies(running, "B")[0])
    Chores(exporter=None).tick()

    assert run.variant is None
    assert Experiment.objects.get().why.startswith("Its changes fit the rules no more. sources.brightdata_company_db")
