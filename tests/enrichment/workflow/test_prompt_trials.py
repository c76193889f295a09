"""A wording tried on a share of the companies, and judged by its readers."""

from decimal import Decimal

import pytest
from pytest_django import Settings

from enrichment.models import AnalysisEngine, DataConsumer, Experiment, PromptVersion, Report, ResearchRequest
from enrichment.rules import current
from enrichment.rules.edits import Edits, InvalidEdit, edited
from enrichment.workflow import experiments
from enrichment.workflow.findings import found, outcome_to_json
from enrichment.workflow.rating import rate
from enrichment.workflow.verdict import Frame, Result, Side, outcome
from tests.enrichment.workflow.conftest import Desk
from tests.enrichment.workflow.trials import companies, experiment

pytestmark = pytest.mark.once
PURPOSE = "customer_intelligence"
OTHER = {"prompts": {PURPOSE: {"version": 2}}}


@pytest.fixture
def wordings(settings: Settings, desk: Desk) -> None:
    """An engine that reads prompts, and two wordings, the first of them active."""
    settings.TRIAL_ENGINES = True
    AnalysisEngine.objects.create(
        slug="fake", kind=AnalysisEngine.Kind.FAKE, priority=1, price_in=Decimal(0), price_out=Decimal(0)
    )
    PromptVersion.objects.create(purpose=PURPOSE, version=1, text="Write for a rep.", active=True)
    PromptVersion.objects.create(purpose=PURPOSE, version=2, text="Write for a rep, in short sentences.")


def started() -> Experiment:
    made = experiment(changes=OTHER, consumer=DataConsumer.objects.get(slug=PURPOSE), slug="wording")
    experiments.start(made)
    made.refresh_from_db()
    return made


def brief(desk: Desk, company: object) -> tuple[ResearchRequest, Report]:
    request = desk.research(str(getattr(company, "domain", company)), vendor=None)
    assert request.report is not None
    return request, request.report


def test_two_variants_are_written_with_two_wordings_and_judged_by_their_readers(desk: Desk, wordings: None) -> None:
    made = started()
    control, ordinary = brief(desk, companies(made, "A")[0])
    other, tried = brief(desk, companies(made, "B")[0])

    rate(control, desk.user, stars=2)
    rate(other, desk.user, stars=5)

    assert (ordinary.engine, ordinary.prompt, tried.prompt) == ("fake", "v1", "v2")
    told = {side["label"]: side for side in outcome_to_json(found(made))["variants"]}
    assert (told["A"]["rated"], told["A"]["estimates"]["stars"]["mean"]) == (1, 2.0)
    assert (told["B"]["rated"], told["B"]["estimates"]["stars"]["mean"]) == (1, 5.0)

    experiments.stop(made, why="Enough.")
    _, again = brief(desk, companies(made, "B")[0])

    assert (again.pk != tried.pk, again.prompt) == (True, "v1")


def test_a_version_that_is_none_is_refused_by_name(rules: None) -> None:
    with pytest.raises(InvalidEdit) as refused:
        edited(current().rules, Edits.parse({"prompts": {PURPOSE: {"version": 7}}}))

    assert refused.value.errors == {f"prompts.{PURPOSE}.version": ["There is no version 7; of this purpose: none."]}


def test_without_a_version_the_built_in_wording_holds(rules: None) -> None:
    PromptVersion.objects.create(purpose=PURPOSE, version=1, text="Write for a rep.", active=True)

    assert PURPOSE in current().rules.prompts
    assert PURPOSE not in edited(current().rules, Edits.parse({"prompts": {PURPOSE: None}})).prompts


def test_who_draws_up_a_wording_that_no_engine_reads_is_told(rules: None) -> None:
    PromptVersion.objects.create(purpose=PURPOSE, version=2, text="Write for a rep, in short sentences.")
    made = experiment(changes=OTHER, consumer=DataConsumer.objects.get(slug=PURPOSE))

    assert "B: no engine that reads a prompt is ready; the built-in one reads none." in experiments.warnings(
        made, current().rules
    )


def test_readers_who_like_one_wording_better_are_heard_in_the_verdict() -> None:
    def side(label: str, stars: tuple[float, float], *, is_control: bool = False) -> Side:
        results = [
            Result(company=n, cost=0.1, quality=0.8, coverage=0.9, is_complete=True, seconds=5, stars=stars[n % 2])
            for n in range(40)
        ]
        return Side(label=label, is_control=is_control, results=results, wanted=40)

    frame = Frame(
        is_over=True,
        was_stopped=False,
        why="",
        cost_step=0.02,
        quality_step=0.02,
        same_yardstick=True,
        level=0.95,
    )

    told = outcome([side("A", (2, 3), is_control=True), side("B", (4, 5))], frame)

    assert "Readers give it 2.0 stars more" in told.verdict
