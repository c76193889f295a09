"""Experiments in the admin: drawn up, started by who may, never edited afterwards."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrichment.models import DataConsumer, Experiment
from enrichment.workflow import experiments
from tests.admin.people import clerk
from tests.enrichment.workflow.trials import WITHOUT, ended, experiment

pytestmark = pytest.mark.once

ADD = reverse("admin:enrichment_experiment_add")


def address(name: str, made: Experiment) -> str:
    return reverse(f"admin:enrichment_experiment_{name}", args=[made.pk])


def form(*, share: int = 50, changes: object = WITHOUT) -> dict[str, Any]:
    variants = [
        {"label": "A", "is_control": "on", "share": 50, "changes": "{}"},
        {"label": "B", "share": share, "changes": json.dumps(changes)},
    ]
    return {
        "label": "Cheaper profiles",
        "slug": "cheaper",
        "consumer": DataConsumer.objects.get(slug="profile").pk,
        "ends_0": "2099-01-01",
        "ends_1": "00:00",
        "cost_step": "0.02",
        "quality_step": "0.02",
        "rails_after": "20",
        "variants-TOTAL_FORMS": 2,
        "variants-INITIAL_FORMS": 0,
        **{f"variants-{place}-{name}": value for place, row in enumerate(variants) for name, value in row.items()},
    }


def test_a_draft_is_saved_with_its_variants_and_told_what_they_contradict(admin_client: Client, rules: None) -> None:
    changes = {"datasets": {"industry": {"threshold": 0.999}}}

    page = admin_client.post(ADD, form(changes=changes), follow=True).content.decode()

    made = Experiment.objects.get()
    assert [variant.label for variant in made.variants.all()] == ["A", "B"]
    assert made.history.get().history_user.is_superuser
    assert "B: Company profile wants Industry at 0.99; all enabled sources together reach" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"share": 51}, "The shares add up to more than 100 per cent."),
        ({"changes": {"sources": {"snov": {}}}}, "“snov” is no source"),
        ({"changes": {}}, "B: It changes nothing."),
    ],
)
def test_variants_that_cannot_be_tried_are_not_saved(
    admin_client: Client, rules: None, values: dict[str, Any], words: str
) -> None:
    page = admin_client.post(ADD, form(**values)).content.decode()

    assert words in page
    assert not Experiment.objects.exists()


def test_who_may_starts_and_stops_it(rules: None) -> None:
    made, person = experiment(), clerk("view_experiment", "run_experiment")

    person.post(address("start", made))
    made.refresh_from_db()
    started = made.status
    person.post(address("stop", made), {"why": "Enough."})

    made.refresh_from_db()
    assert (started, made.status, made.why) == ("running", "stopped", "Enough.")
    assert [str(row.history_user) for row in made.history.all()[:2]] == ["clerk", "clerk"]


def test_who_may_only_edit_does_not_start_it(rules: None) -> None:
    made = experiment()

    answer = clerk("view_experiment", "change_experiment").post(address("start", made))

    made.refresh_from_db()
    assert (answer.status_code, made.status) == (403, "draft")


def test_what_runs_cannot_be_edited_nor_deleted(admin_client: Client, rules: None) -> None:
    made = experiment()
    experiments.start(made)
    control = made.variants.get(label="A")
    sent = form() | {"variants-INITIAL_FORMS": 1, "variants-0-id": control.pk, "variants-0-share": 10}

    changed = admin_client.post(address("change", made), sent).status_code
    deleted = admin_client.post(address("delete", made), {"post": "yes"}).status_code

    control.refresh_from_db()
    assert (changed, deleted, control.share) == (403, 403, 50)


def test_the_history_of_an_experiment_is_no_way_back(admin_client: Client, rules: None) -> None:
    made = experiment()
    experiments.start(made)
    draft = reverse("admin:enrichment_experiment_simple_history", args=[made.pk, made.history.last().pk])

    assert admin_client.get(draft).status_code == 200
    assert admin_client.post(draft, form()).status_code == 403
    assert Experiment.objects.get().status == "running"


def test_the_page_compares_nothing_while_it_runs_and_draws_intervals(admin_client: Client, rules: None) -> None:
    made = experiment()
    experiments.start(made)
    Experiment.objects.update(planned=40)
    ended(made, "A", [0.08, 0.12] * 10)
    ended(made, "B", [0.04, 0.08] * 10)

    during = admin_client.get(address("change", made)).content.decode()
    experiments.look(made.pk)
    after = admin_client.get(address("change", made)).content.decode()

    assert "Not enough data yet (40 of 40 companies)." in during
    assert "is cheaper" not in during
    assert 'class="trial__span"' in during
    assert "B is cheaper by 0.04 USD a run (0.0269 to 0.0531), quality the same within 0.000." in after
    assert "−0.0400 (−0.0531 to −0.0269)" in after
