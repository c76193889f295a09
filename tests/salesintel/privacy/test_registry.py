"""No column is forgotten: each is registered as personal or named as not, and the page says what the code does."""

from pathlib import Path

import pytest
from django.apps import apps

from enrichment.models import Retention
from salesintel.privacy import impersonal
from salesintel.privacy.registry import REGISTRY, Keep, as_table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "privacy.md"


def test_of_every_column_somebody_has_said_whether_it_is_personal() -> None:
    assert impersonal.unnamed() == []


def test_a_column_that_nobody_has_looked_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(impersonal.IMPERSONAL, "enrichment.Trial", "variant run company began ended")

    assert "enrichment.Trial.quality" in impersonal.unnamed()


def test_no_column_is_named_that_is_not_there() -> None:
    assert impersonal.unheld() == []


def test_no_column_is_said_to_be_personal_and_not() -> None:
    said = {(model, name) for model, names in impersonal.IMPERSONAL.items() for name in names.split()}

    assert [row for row in REGISTRY if (row.model, row.field) in said] == []


def test_the_companies_of_a_row_are_found_where_the_registry_says() -> None:
    for row in REGISTRY:
        if row.model != "*":
            assert str(apps.get_model(row.model)._base_manager.values_list(row.field, *row.companies).query)


def test_what_an_admin_may_shorten_is_a_row_of_the_retention() -> None:
    assert set(Retention.What.values) <= set(Keep)


def test_the_page_has_the_registry_as_its_table() -> None:
    assert as_table() in PAGE.read_text()
