from collections.abc import Callable

import pytest

from enrichment.api import tables
from personas.privacy import erasing, export
from salesintel.accounts.models import User
from salesintel.privacy import registry
from tests.conftest import Trials
from tests.personas.api.conftest import caller
from tests.reliability import contacts
from tests.reliability.audit import Verdict

pytestmark = pytest.mark.chaos
Tell = Callable[[Verdict], Verdict]


@pytest.mark.once
def test_an_export_of_a_contact_has_everything_that_is_held(user: User, trials: Trials, tell: Tell) -> None:
    verdict = tell(contacts.exports(user, trials(short=2, full=100)))

    assert verdict.violations == ()


@pytest.mark.long
def test_a_table_that_the_export_leaves_out_is_missed(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = export.exported()
    short = {model: path for model, path in whole.items() if model._meta.label != "personas.Interaction"}
    monkeypatch.setattr(export, "exported", lambda: short)

    verdict = contacts.exports(user, 1)

    assert any("personas.Interaction.body" in words for words in verdict.violations)


@pytest.mark.django_db(transaction=True)
def test_an_erased_contact_is_nowhere_and_stays_away(user: User, trials: Trials, tell: Tell) -> None:
    verdict = tell(contacts.erasures(user, trials(short=2, full=100)))

    assert verdict.violations == ()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_without_digests_the_file_brings_them_back(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "suppress", lambda contact: None)

    verdict = contacts.erasures(user, 2)

    assert "2 came back" in verdict.violations


@pytest.mark.once
def test_every_field_of_a_contact_has_a_source_and_goes_with_it(user: User, trials: Trials, tell: Tell) -> None:
    verdict = tell(contacts.provenance(user, trials(short=2, full=100)))

    assert verdict.violations == ()


@pytest.mark.long
def test_a_column_that_the_registry_lacks_has_no_source(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tuple(row for row in registry.REGISTRY if (row.model, row.field) != ("personas.Interaction", "subject"))
    monkeypatch.setattr(registry, "REGISTRY", known)

    verdict = contacts.provenance(user, 1)

    assert "personas.Interaction.subject has no source" in verdict.violations


@pytest.mark.once
def test_no_table_of_contacts_has_a_cell_that_a_spreadsheet_runs(
    user: User, rules: None, trials: Trials, tell: Tell
) -> None:
    verdict = tell(contacts.formulas(user, caller(user), trials(short=36, full=720)))

    assert verdict.violations == ()


@pytest.mark.long
def test_cells_as_they_are_would_run(user: User, rules: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "RUNS", ("never",))

    verdict = contacts.formulas(user, caller(user), 36)

    assert verdict.violations
