"""The matrix as one grid: what is saved, refused, warned of, and told of a plan before anything is saved."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrichment.models import ChangeSet, DatasetSource, RulesVersion, Source
from enrichment.rules.grid import read_grid
from salesintel.accounts.models import User
from tests import factories
from tests.admin.people import clerk
from tests.enrichment.workflow.pasts import past_run

GRID = reverse("admin:enrichment_datasetsource_grid")

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def cell(rules: None, sandbox: object) -> DatasetSource:
    return DatasetSource.objects.get(dataset__slug="industry", source__slug="company_website")


@pytest.fixture
def site(cell: DatasetSource) -> Source:
    return cell.source


def sent(**typed: object) -> dict[str, str]:
    """What a browser sends of the grid as it is now, after somebody typed."""
    grid = read_grid()
    shown = {name: ("on" if box.value is True else "off" if box.value is False else str(box.value))
             for name, box in grid.inputs.items()}  # fmt: skip
    return {**shown, "seen": json.dumps(grid.seen), "action": "save", **{k: str(v) for k, v in typed.items()}}


def named(row: DatasetSource | Source, field: str) -> str:
    return f"{'cell' if isinstance(row, DatasetSource) else 'source'}-{row.pk}-{field}"


def test_a_save_changes_what_was_typed_and_nothing_else(
    admin_client: Client, cell: DatasetSource, site: Source
) -> None:
    others = DatasetSource.objects.exclude(pk=cell.pk).order_by("pk").values_list("priority", "reliability")
    before = list(others)

    data = sent(**{named(cell, "reliability"): "0.9", named(cell, "priority"): "1", named(site, "cost"): "0.01"})
    answer = admin_client.post(GRID, data | {"why": "It improved."})

    cell.refresh_from_db()
    site.refresh_from_db()
    assert answer.status_code == 302
    assert (cell.reliability, cell.priority, f"{site.cost:f}") == (0.9, 1, "0.01")
    assert list(others) == before


def test_a_save_is_kept_with_who_when_what_and_why(admin_client: Client, cell: DatasetSource, site: Source) -> None:
    before = site.history.count()

    admin_client.post(GRID, sent(**{named(cell, "reliability"): "0.9", "why": "It improved."}))

    past, made = cell.history.first(), ChangeSet.objects.get()
    assert (past.history_user.username, past.history_change_reason) == (
        "admin",
        f"the matrix ({made.pk}): It improved.",
    )
    assert (made.user.username, made.why) == ("admin", "It improved.")
    assert made.changes[0]["fields"] == {"reliability": [0.7, 0.9]}
    assert site.history.count() == before


def test_a_save_tells_that_the_rules_changed(admin_client: Client, cell: DatasetSource) -> None:
    before = RulesVersion.now()

    admin_client.post(GRID, sent(**{named(cell, "reliability"): "0.9"}))

    assert RulesVersion.now() > before


def test_what_was_not_changed_makes_no_change(admin_client: Client, cell: DatasetSource) -> None:
    admin_client.post(GRID, sent(**{named(cell, "reliability"): " 0.70 "}))

    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("reliability", "1.2", "less than or equal to 1.0"),
        ("reliability", "nan", "Enter a number"),
        ("reliability", "much", "Enter a number"),
        ("reliability", "", "A value is needed"),
        ("priority", "-1", "greater than or equal to 0"),
        ("priority", "1.5", "Enter a whole number"),
        ("priority", "99999999999999999999", "less than or equal to"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name_and_nothing_is_saved(
    field: str, text: str, words: str, admin_client: Client, cell: DatasetSource, site: Source
) -> None:
    page = admin_client.post(GRID, sent(**{named(cell, field): text, named(site, "cost"): "5"})).content.decode()

    assert "Industry from Company&#x27;s own site: " + field in page
    assert words in page
    assert not ChangeSet.objects.exists()


def test_a_refused_value_stays_in_the_grid(admin_client: Client, cell: DatasetSource) -> None:
    page = admin_client.post(GRID, sent(**{named(cell, "reliability"): "7"})).content.decode()

    assert f'name="{named(cell, "reliability")}" value="7"' in page


# --- Somebody else ----------------------------------------------------------------------------------------------------


def test_somebody_elses_change_is_not_overwritten_but_told(admin_client: Client, cell: DatasetSource) -> None:
    data = sent(**{named(cell, "reliability"): "0.9"})
    cell.reliability = 0.75
    cell._history_user = User.objects.create_user("rival")
    cell.save()

    page = admin_client.post(GRID, data).content.decode()

    cell.refresh_from_db()
    assert cell.reliability == 0.75
    assert "reliability was changed from 0.7 to 0.75 in the meantime by rival" in page
    assert f'name="{named(cell, "reliability")}" value="0.9"' in page


def test_saving_again_after_a_conflict_is_told_saves(admin_client: Client, cell: DatasetSource) -> None:
    data = sent(**{named(cell, "reliability"): "0.9"})
    DatasetSource.objects.filter(pk=cell.pk).update(reliability=0.75)
    admin_client.post(GRID, data)

    admin_client.post(GRID, sent(**{named(cell, "reliability"): "0.9"}))

    cell.refresh_from_db()
    assert cell.reliability == 0.9


def test_somebody_elses_change_of_another_cell_is_left_alone(
    admin_client: Client, cell: DatasetSource, site: Source
) -> None:
    data = sent(**{named(cell, "reliability"): "0.9"})
    Source.objects.filter(pk=site.pk).update(cost="0.5")

    admin_client.post(GRID, data)

    cell.refresh_from_db()
    site.refresh_from_db()
    assert (cell.reliability, f"{site.cost:f}") == (0.9, "0.5")


def test_a_cell_that_was_deleted_is_told(admin_client: Client, cell: DatasetSource, site: Source) -> None:
    page = read_grid()
    data = sent(**{named(site, "cost"): "0.05"})
    DatasetSource.objects.filter(pk=cell.pk).delete()

    answer = admin_client.post(GRID, data | {named(cell, "reliability"): "0.9"})

    assert named(cell, "reliability") in page.inputs
    assert answer.status_code == 302  # the rest is saved; what is gone is in the grid no more
    assert Source.objects.get(pk=site.pk).cost


# --- The effect -------------------------------------------------------------------------------------------------------


def test_the_effect_is_shown_before_and_nothing_is_saved(admin_client: Client, cell: DatasetSource) -> None:
    staff = DatasetSource.objects.get(dataset__slug="employee_count", source=cell.source)
    typed = {named(cell, "reliability"): "0.9", named(staff, "reliability"): "0.9"}

    page = admin_client.post(GRID, sent(**typed, action="effect")).content.decode()

    profile = page[page.index("<h3>Company profile") :]
    assert "<del>Bright Data company database</del>" in profile
    assert "<ins>Company&#x27;s own site</ins>" in profile
    assert "2 rows changed" in page
    assert DatasetSource.objects.get(pk=cell.pk).reliability == 0.7
    assert not ChangeSet.objects.exists()


def test_the_effect_alone_is_a_part_of_the_page(admin_client: Client, cell: DatasetSource) -> None:
    typed = sent(**{named(cell, "reliability"): "0.9"}, action="effect")

    part = admin_client.post(GRID, typed, headers={"X-Part": "effect"}).content.decode()

    assert "1 row changed" in part
    assert "<html" not in part


def test_what_nobody_could_reach_any_more_is_saved_only_when_accepted(
    admin_client: Client, cell: DatasetSource
) -> None:
    database = Source.objects.get(slug="brightdata_company_db")
    off = {named(database, "enabled"): "off"}

    page = admin_client.post(GRID, sent(**off))

    database.refresh_from_db()
    text = page.content.decode()
    assert database.enabled
    assert "Company profile wants Industry at 0.80; all enabled sources together reach 0.70" in text
    accept = text.split('name="accept" value="')[1].split('"')[0]
    admin_client.post(GRID, sent(**off, accept=accept))
    database.refresh_from_db()
    assert not database.enabled


def test_a_change_is_tried_on_past_runs_and_nothing_is_saved(admin_client: Client, cell: DatasetSource) -> None:
    past_run(factories.company(), asked=["brightdata_company_db", "company_website"])
    staff = DatasetSource.objects.get(dataset__slug="employee_count", source=cell.source)
    typed = {named(cell, "reliability"): "0.9", named(staff, "reliability"): "0.9"}

    page = admin_client.post(GRID, sent(**typed, action="past")).content.decode()

    assert "The last 1 run, of the sandbox" in page
    assert "1 would have been planned differently" in page
    assert not ChangeSet.objects.exists()


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_who_may_only_look_sees_the_grid_and_saves_nothing(cell: DatasetSource) -> None:
    client = clerk("view_datasetsource")

    page = client.get(GRID)
    saved = client.post(GRID, sent(**{named(cell, "reliability"): "0.9"}))

    assert 'value="save"' not in page.content.decode()
    assert (page.status_code, saved.status_code) == (200, 403)
    assert DatasetSource.objects.get(pk=cell.pk).reliability == 0.7


def test_who_may_not_look_is_refused() -> None:
    assert clerk("view_dataset").get(GRID).status_code == 403


def test_who_may_change_cells_alone_changes_no_price(cell: DatasetSource, site: Source) -> None:
    client = clerk("change_datasetsource")

    client.post(GRID, sent(**{named(cell, "reliability"): "0.9", named(site, "cost"): "9"}))

    assert DatasetSource.objects.get(pk=cell.pk).reliability == 0.9
    assert Source.objects.get(pk=site.pk).cost == 0


# --- What is shown ----------------------------------------------------------------------------------------------------


def test_the_grid_costs_no_query_per_cell(admin_client: Client, cell: DatasetSource) -> None:
    admin_client.get(GRID)
    with CaptureQueriesContext(connection) as many:
        admin_client.get(GRID)
    DatasetSource.objects.exclude(pk=cell.pk).delete()

    with CaptureQueriesContext(connection) as few:
        admin_client.get(GRID)

    assert len(many) <= len(few) + 2
    assert len(many) < 60


def test_the_grid_shows_a_group_or_the_sources_that_are_asked(admin_client: Client, cell: DatasetSource) -> None:
    page = admin_client.get(GRID, {"group": "People", "sources": "enabled"}).content.decode()

    assert "Decision makers" in page
    assert "Snov contacts" in page
    assert named(cell, "reliability") not in page
    assert 'aria-label="Apollo contacts' not in page


# --- Taking back ------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(admin_client: Client, cell: DatasetSource, site: Source) -> ChangeSet:
    admin_client.post(GRID, sent(**{named(cell, "reliability"): "0.9", named(site, "cost"): "0.05"}))
    return ChangeSet.objects.get()


def undo_address(made: ChangeSet) -> str:
    return reverse("admin:enrichment_changeset_undo", args=[made.pk])


def test_a_save_is_taken_back_as_a_whole(
    admin_client: Client, saved: ChangeSet, cell: DatasetSource, site: Source
) -> None:
    admin_client.post(undo_address(saved), {"why": "Too early."})

    cell.refresh_from_db()
    site.refresh_from_db()
    assert (cell.reliability, site.cost) == (0.7, 0)
    assert saved.undone_by.why == f"takes back {saved.pk}, Too early."
    assert "takes back" in cell.history.first().history_change_reason


def test_what_was_changed_since_is_not_taken_back(admin_client: Client, saved: ChangeSet, cell: DatasetSource) -> None:
    DatasetSource.objects.filter(pk=cell.pk).update(reliability=0.95)

    page = admin_client.post(undo_address(saved), follow=True).content.decode()

    assert "reliability was changed from 0.9 to 0.95 in the meantime" in page
    assert f"{Source.objects.get(pk=cell.source_id).cost:f}" == "0.05"


def test_a_save_is_taken_back_once(admin_client: Client, saved: ChangeSet) -> None:
    admin_client.post(undo_address(saved))

    page = admin_client.post(undo_address(saved), follow=True).content.decode()

    assert "was taken back before" in page
    assert ChangeSet.objects.count() == 2


def test_who_may_not_change_a_row_takes_nothing_back(saved: ChangeSet) -> None:
    client = clerk("view_changeset", "change_datasetsource")

    answer = client.post(undo_address(saved))

    assert answer.status_code == 403
    assert not hasattr(ChangeSet.objects.get(pk=saved.pk), "undone_by")


def test_a_look_takes_nothing_back(admin_client: Client, saved: ChangeSet) -> None:
    assert admin_client.get(undo_address(saved)).status_code == 405
