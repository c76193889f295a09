"""Every table of the app is somebody's, and walled, or is nobody's, and says so. On both databases."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from personas.models import Benchmark, Deal, DealStage, ImportPiece, PersonaPolicy
from personas.walls import keeping
from personas.walls.policies import FREE, models, policies_of, walled
from salesintel.accounts.models import User
from salesintel.walls import owner_scope
from tests.personas.walls.conftest import Asked
from tests.personas.walls.ordinary import as_whoever_owns_the_tables
from tests.personas.walls.rows import Estate, walled_models


def test_each_table_has_policies_or_is_named_as_nobodys() -> None:
    labels = {model._meta.label for model in models()}

    assert labels >= FREE
    assert {model._meta.db_table for model in models() if model._meta.label not in FREE} <= walled().keys()


@pytest.mark.parametrize("label", sorted(FREE))
def test_what_is_nobodys_leads_to_nobody(label: str) -> None:
    [model] = [each for each in models() if each._meta.label == label]
    leads = {field.related_model for field in model._meta.concrete_fields if field.related_model}

    assert not leads & {*walled_models(), User}


def test_a_table_of_which_nobody_can_say_whose_it_is_stops_the_migration() -> None:
    with pytest.raises(LookupError, match="whose are its rows"):
        policies_of(PersonaPolicy)


def test_a_row_without_an_owner_is_whose_the_row_is_that_it_goes_with() -> None:
    [own] = policies_of(ImportPiece)

    assert "FROM personas_import t1 WHERE t1.id = personas_importpiece.parent_id" in own.rows


def test_a_stage_is_seen_with_its_deal() -> None:
    _, seen = policies_of(DealStage)

    assert seen.command == "SELECT"
    assert f"FROM {Deal._meta.db_table} p WHERE p.id = personas_dealstage.deal_id" in seen.rows


# --- Put up, and taken down again -------------------------------------------------------------------------------------


def take_down() -> None:
    """As the migration does it on the way back."""
    migration = import_module("personas.migrations.0002_row_level_security").Migration
    migration.operations[0].reverse_code(None, SimpleNamespace(connection=connection))


@pytest.mark.django_db
def test_on_sqlite_the_migration_does_nothing_either_way() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("there are walls on PostgreSQL")

    take_down()
    keeping.put_up(connection.alias)

    assert Benchmark.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.django_db
def test_going_back_takes_the_walls_down_and_migrating_puts_them_up(rep: User, stranger: User, ask: Asked) -> None:
    Estate(rep, stranger)
    look = [f"SELECT 1 FROM {model._meta.db_table}" for model in walled_models()]

    with as_whoever_owns_the_tables(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would hold the tables
        take_down()
    with owner_scope(User.objects.create_user("other")):
        assert {ask(each) for each in look} == {1}
    with as_whoever_owns_the_tables():
        keeping.migrated(using=connection.alias, plan=[])
    with owner_scope(User.objects.create_user("another")):
        assert {ask(each) for each in look} == {0}


@pytest.mark.postgres
@pytest.mark.django_db
def test_behind_the_migration_no_wall_is_put_up() -> None:
    with as_whoever_owns_the_tables(), connection.cursor() as cursor:
        take_down()
        MigrationRecorder(connection).record_unapplied(*keeping.MIGRATION)
        keeping.migrated(using=connection.alias, plan=[])

        assert len(keeping.missing(cursor)) == len(walled_models())


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_policy_that_is_another_is_renewed_and_the_rest_left_alone() -> None:
    with as_whoever_owns_the_tables(), connection.cursor() as cursor:
        cursor.execute("COMMENT ON POLICY walls_owner ON personas_contact IS 'of an older version'")
        lacking = keeping.missing(cursor)
        keeping.put_up(connection.alias)

        assert (list(lacking), keeping.missing(cursor)) == (["personas_contact"], {})


@pytest.mark.postgres
@pytest.mark.django_db
def test_emptying_the_tables_looks_at_no_policy() -> None:
    with as_whoever_owns_the_tables(), connection.cursor() as cursor:
        take_down()
        keeping.migrated(using=connection.alias)

        assert "personas_contact" in keeping.missing(cursor)
