"""Every model of the engine in the admin: its list and its rows open, and cost no query per row."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from enrichment.models import Budget, PromptVersion, ProviderState
from enrichment.models.rule import Rule
from tests import factories

MODELS = [
    model
    for app in ("enrichment", "chat", "personas")
    for model in apps.get_app_config(app).get_models()
    if not model.__name__.startswith("Historical") and not model._meta.auto_created
]


def address(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def world(rules, user):
    """At least one row of what matters."""
    answered = factories.answered(user)
    company = answered.company
    held = factories.evidence(company).entry
    factories.observation(company, entry=held)
    factories.fact(company, "industry", "Financial technology")
    return answered


def test_every_model_is_registered():
    assert [model.__name__ for model in MODELS if not admin.site.is_registered(model)] == []


@pytest.mark.once
def test_every_list_opens(admin_client, world):
    statuses = {model.__name__: admin_client.get(address(model, "changelist")).status_code for model in MODELS}

    assert set(statuses.values()) == {200}, statuses


@pytest.mark.once
def test_every_row_opens(admin_client, world):
    rows = {model.__name__: model._default_manager.first() for model in MODELS}
    rows = {name: row for name, row in rows.items() if row is not None}

    statuses = {name: admin_client.get(address(type(row), "change", row.pk)).status_code for name, row in rows.items()}

    assert set(statuses.values()) == {200}, statuses
    assert len(rows) > 20


def test_every_rule_has_history_and_everything_else_is_no_rule():
    rules = {model for model in MODELS if issubclass(model, Rule)}

    with_history = {model for model in MODELS if isinstance(admin.site._registry[model], RuleAdmin)}

    assert with_history == rules


LEDGERS = "SourceCall EngineCall WorkflowRun ResearchRequest RunEvent StepRun Observation Evidence Fact Report RuleSet"


def test_what_happened_is_only_read(admin_client):
    models = [apps.get_model("enrichment", name) for name in LEDGERS.split()]

    added = {model.__name__: admin_client.get(address(model, "add")).status_code for model in models}

    assert set(added.values()) == {403}, added
    assert all(isinstance(admin.site._registry[model], ReadOnlyAdmin) for model in models)


def test_a_ledger_line_is_neither_changed_nor_deleted(admin_client, world):
    call = world.run.calls.get(source="company_website")

    changed = admin_client.post(address(type(call), "change", call.pk), {"cost": "0"}).status_code
    deleted = admin_client.post(address(type(call), "delete", call.pk), {"post": "yes"}).status_code

    call.refresh_from_db()
    assert (changed, deleted) == (403, 403)
    assert call.source == "company_website"


def queries(client, model):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address(model, "changelist")).status_code == 200
    return len(seen)


LISTS = [*LEDGERS.split()[:-1], "CacheEntry", "Company", "CompanyAlias"]


@pytest.mark.once
def test_a_list_of_what_happened_costs_no_query_per_row(admin_client, world, user):
    models = [apps.get_model("enrichment", name) for name in LISTS]
    for model in models:
        queries(admin_client, model)  # what is asked for once per process
    before = {model.__name__: queries(admin_client, model) for model in models}

    for number in range(3):
        more = factories.company(f"Company {number}", f"company{number}.example")
        factories.answered(user, of=more)
        factories.observation(more, entry=factories.evidence(more).entry)
        factories.fact(more, "industry", "Retail")

    assert {model.__name__: queries(admin_client, model) for model in models} == before


@pytest.mark.once
@pytest.mark.parametrize("name", ["DatasetSource", "ConsumerDataset"])
def test_a_grid_of_rules_costs_no_query_per_row(name, admin_client, rules):
    model = apps.get_model("enrichment", name)
    many = queries(admin_client, model)
    kept = model._default_manager.order_by("pk").values_list("pk", flat=True)[:4]

    model._default_manager.exclude(pk__in=list(kept)).delete()

    assert queries(admin_client, model) >= many - 2


@pytest.mark.once
@pytest.mark.parametrize("name", ["Source", "RedundancyRule", "Provider"])
def test_a_list_of_rules_costs_no_query_per_row(name, admin_client, rules):
    model = apps.get_model("enrichment", name)
    queries(admin_client, model)
    before = queries(admin_client, model)

    for number in range(3):
        _another(model, number)

    assert queries(admin_client, model) == before


def _another(model, number):
    row = model._default_manager.first()
    related = {field.name: list(getattr(row, field.name).all()) for field in model._meta.many_to_many}
    row.pk, row._state.adding = None, True
    if hasattr(row, "slug"):
        row.slug = f"another_{number}"
    row.save()
    for name, rows in related.items():
        getattr(row, name).set(rows)
    if model.__name__ == "Provider":
        ProviderState.objects.create(provider=row)


def test_a_budget_says_what_it_holds_for(admin_client, rules):
    Budget.objects.create(limit=5)

    page = admin_client.get(address(Budget, "changelist")).content.decode()

    assert "everything: 5 USD a month (UTC)" in page


def test_activating_a_prompt_puts_it_in_the_place_of_the_active_one(admin_client, rules):
    old = PromptVersion.objects.create(purpose="customer_intelligence", version=1, text="One.", active=True)
    new = PromptVersion.objects.create(purpose="customer_intelligence", version=2, text="Two.")

    admin_client.post(address(PromptVersion, "changelist"), {"action": "activate", "_selected_action": [new.pk]})

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.active, new.active) == (False, True)
    assert new.history.first().history_user.is_superuser


def test_the_checks_of_the_admin_find_nothing_wrong():
    """`manage.py check` may look before the admin's classes are loaded."""
    assert admin.site.check(list(apps.get_app_configs())) == []
