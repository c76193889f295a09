"""Versions of a rule: compared field by field, reverted to; what a form says of contradictions."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from enrichment.models import ConsumerDataset, Dataset, DatasetSource, Source
from enrichment.models.rule import Rule
from enrichment.rules.fields import NAMES
from tests.admin.people import clerk
from tests.admin.test_rules_admin import Fields, send

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def source(rules: None) -> Source:
    return Source.objects.get(slug="serp_news")


def compare_address(row: Rule) -> str:
    return reverse(f"admin:enrichment_{row._meta.model_name}_compare", args=[row.pk])


def test_two_versions_are_compared_field_by_field(admin_client: Client, source: Source) -> None:
    first = source.history.first()
    send(admin_client, source, cost="0.03", needs=[str(Dataset.objects.get(slug="company_domain").pk)])

    page = admin_client.get(compare_address(source), {"old": first.pk}).content.decode()

    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "<td>0.02</td><td>0.03</td>" in table
    assert "Domain" in table
    assert "latency" not in table.lower()


def test_any_two_versions_are_compared(admin_client: Client, source: Source) -> None:
    first = source.history.first()
    for cost in ("0.03", "0.04"):
        send(admin_client, source, cost=cost)

    page = admin_client.get(compare_address(source), {"old": first.pk}).content.decode()

    assert "<td>0.02</td><td>0.04</td>" in page


def test_every_rule_has_its_versions_compared(admin_client: Client, rules: None) -> None:
    rows = [row for model in NAMES if (row := model._default_manager.first()) is not None]

    statuses = {type(row).__name__: admin_client.get(compare_address(row)).status_code for row in rows}

    assert set(statuses.values()) == {200}, statuses


@pytest.mark.parametrize("row", ["0", "999999", "x", "9" * 30])
def test_a_row_without_versions_is_not_found(row: str, admin_client: Client, rules: None) -> None:
    assert admin_client.get(f"/admin/enrichment/source/{row}/history/compare/").status_code == 404


def test_a_revert_is_a_new_version_that_says_so(admin_client: Client, source: Source) -> None:
    first = source.history.first()
    send(admin_client, source, cost="0.03")
    past = reverse("admin:enrichment_source_simple_history", args=[source.pk, first.pk])
    data = Fields(admin_client.get(past).content.decode()).data
    versions = source.history.count()

    admin_client.post(past, {name: v for name, v in data.items() if not name.startswith("_")})

    newest = source.history.first()
    assert source.history.count() > versions
    assert f"{newest.cost:f}" == "0.02"
    assert newest.history_change_reason == f"Reverted to the version of {first.history_date:%d %b %Y %H:%M:%S} UTC"


def test_who_may_only_look_reverts_nothing(admin_client: Client, source: Source) -> None:
    first = source.history.first()
    send(admin_client, source, cost="0.03")
    past = reverse("admin:enrichment_source_simple_history", args=[source.pk, first.pk])
    data = Fields(admin_client.get(past).content.decode()).data

    answer = clerk("view_source").post(past, {name: v for name, v in data.items() if not name.startswith("_")})

    source.refresh_from_db()
    assert (answer.status_code, f"{source.cost:f}") == (403, "0.03")


# --- Contradictions ---------------------------------------------------------------------------------------------------


def test_every_rule_is_known_by_its_name() -> None:
    models = [m for m in apps.get_app_config("enrichment").get_models() if issubclass(m, Rule)]

    assert set(NAMES) == set(models)


def test_a_form_that_makes_a_dataset_unreachable_saves_and_says_so(admin_client: Client, rules: None) -> None:
    snov = Source.objects.get(slug="snov_contacts")

    answer = send(admin_client, snov, enabled=None)

    page = admin_client.get(answer["Location"]).content.decode()
    assert "Customer intelligence requires Decision makers, which no enabled source gives" in page
    snov.refresh_from_db()
    assert not snov.enabled


def test_a_form_that_changes_nothing_of_that_says_nothing(admin_client: Client, source: Source) -> None:
    answer = send(admin_client, source, cost="0.03")

    assert "no enabled source gives" not in admin_client.get(answer["Location"]).content.decode()


def test_a_circle_of_needs_is_refused(admin_client: Client, rules: None) -> None:
    snov = Source.objects.get(slug="snov_contacts")

    page = send(admin_client, snov, needs=[str(Dataset.objects.get(slug="decision_makers").pk)])

    assert page.status_code == 200
    assert "Snov contacts needs Decision makers, which it gives itself" in page.content.decode()
    assert [need.slug for need in snov.needs.all()] == ["company_domain"]


def test_a_dataset_without_a_source_cannot_be_required(admin_client: Client, rules: None) -> None:
    need = ConsumerDataset.objects.filter(dataset__slug="industry", consumer__slug="profile").get()
    DatasetSource.objects.filter(dataset=need.dataset).delete()

    page = send(admin_client, need, **{"row-weight": "2"})

    assert "No source gives Industry: add a cell to the matrix first" in page.content.decode()


@pytest.mark.parametrize("field", ["ttl", "timeout"])
def test_a_time_of_nothing_is_refused(field: str, admin_client: Client, source: Source) -> None:
    page = send(admin_client, source, **{field: "0:00:00"})

    assert page.status_code == 200
    assert "Give a time above zero" in page.content.decode()


def test_a_requirement_and_a_cell_are_saved_by_their_own_forms(admin_client: Client, rules: None) -> None:
    need = ConsumerDataset.objects.filter(dataset__slug="industry", consumer__slug="profile").get()
    cell = DatasetSource.objects.get(dataset__slug="industry", source__slug="company_website")

    send(admin_client, need, **{"row-weight": "2"})
    send(admin_client, cell, **{"row-reliability": "0.9"})

    need.refresh_from_db()
    cell.refresh_from_db()
    assert (need.weight, cell.reliability) == (2.0, 0.9)


def test_a_cell_is_added_by_its_form(admin_client: Client, rules: None) -> None:
    dataset, source = Dataset.objects.get(slug="industry"), Source.objects.get(slug="serp_news")
    address = reverse("admin:enrichment_datasetsource_add")
    data = Fields(admin_client.get(address, {"dataset": dataset.pk}).content.decode()).data
    data = {name: values for name, values in data.items() if not name.startswith("_")}

    data |= {"row-source": [str(source.pk)], "row-reliability": ["0.5"]}
    admin_client.post(address, data)

    assert DatasetSource.objects.get(dataset=dataset, source=source).reliability == 0.5
