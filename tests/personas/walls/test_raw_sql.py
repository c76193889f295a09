"""S4: with the queries' own narrowing left out, the database alone keeps each to their own. In every table."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from personas.models import Contact, Deal, Grant, Product
from personas.privacy.holding import paths
from personas.walls.policies import policies_of, walled
from salesintel.accounts.models import User
from salesintel.walls import owner_scope, system_scope
from salesintel.walls.scope import NOBODY, scoped
from tests.personas.walls.conftest import Asked
from tests.personas.walls.rows import Estate, walled_models

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TABLES = sorted(model._meta.db_table for model in walled_models())
EMPTY = dict.fromkeys(TABLES, 0)


def _touch(model: type[Model]) -> str:
    key = model._meta.pk.column
    return f"UPDATE {model._meta.db_table} SET {key} = {key}"


def counts(ask: Asked) -> dict[str, int]:
    return {table: ask(f"SELECT 1 FROM {table}") for table in TABLES}


def test_the_role_is_neither_superuser_nor_one_that_walls_let_through() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_whoever_has_a_row_in_every_table_sees_them_all(theirs: Estate, ask: Asked) -> None:
    theirs.rows[Grant].save(force_insert=True)

    with owner_scope(theirs.owner):
        assert counts(ask) == dict.fromkeys(TABLES, 1)


def test_somebody_else_sees_nothing(theirs: Estate, stranger: User, ask: Asked) -> None:
    with owner_scope(stranger):
        assert counts(ask) == EMPTY


def test_whoever_forgets_to_say_for_whom_sees_nothing(theirs: Estate, ask: Asked) -> None:
    with scoped(NOBODY):
        assert counts(ask) == EMPTY


def test_a_statement_past_django_sees_nothing(theirs: Estate, db: None) -> None:
    with transaction.atomic(), scoped(NOBODY), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM personas_contact")  # what this transaction was told before is of before
        found = connection.connection.execute("SELECT 1 FROM personas_contact").fetchall()

    assert found == []


def test_what_keeps_all_records_sees_those_of_all(theirs: Estate, stranger: User, ask: Asked) -> None:
    Estate(stranger, theirs.owner)

    with system_scope("the test"):
        assert {n for table, n in counts(ask).items() if table != Grant._meta.db_table} == {2}


def test_somebody_else_changes_and_deletes_nothing(theirs: Estate, stranger: User, ask: Asked) -> None:
    touched = {}
    with owner_scope(stranger):
        for model in walled_models():
            table = model._meta.db_table
            touched[table] = ask(_touch(model)) + ask(f"DELETE FROM {table}")

    assert touched == EMPTY


def test_somebody_else_puts_nothing_among_them(theirs: Estate, stranger: User, ask: Asked) -> None:
    for model, row in theirs.rows.items():
        columns = [field.column for field in model._meta.concrete_fields]
        marks = ", ".join(["%s"] * len(columns))
        row.pk = uuid4() if len(str(row.pk)) == 36 else row.pk + 1_000_000
        values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in model._meta.concrete_fields]
        insert = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), owner_scope(stranger):
            ask(insert, values)


def test_nobody_gives_a_row_away(theirs: Estate, stranger: User, ask: Asked) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), owner_scope(theirs.owner):
        ask("UPDATE personas_contact SET owner_id = %s", [stranger.pk])


# --- Grants -----------------------------------------------------------------------------------------------------------

# Kept from whoever may read all the rest: secrets, files, what somebody takes to be usual, whom they erased.
OWN_ALONE = {model._meta.db_table for model in walled_models() if len(policies_of(model)) == 1}
WITH_A_DEAL = {Product, Deal.products.through}  # by which they are about its contacts
ABOUT_NOBODY = {model._meta.db_table for model in {*walled_models()} - WITH_A_DEAL - paths().keys()} - OWN_ALONE


def test_what_is_the_owners_alone_is_what_nobody_else_is_to_read() -> None:
    names = "crmhook crmmessage import importchange importpiece importpreset ownbenchmark sentonce suppression"

    assert {f"personas_{name}" for name in names.split()} <= OWN_ALONE
    assert not OWN_ALONE & {"personas_contact", "personas_interaction", "personas_deal", "personas_contactpersona"}


def seen(ask: Asked) -> set[str]:
    return {table for table, count in counts(ask).items() if count}


def test_a_grant_of_all_opens_all_but_what_is_the_owners_alone(theirs: Estate, stranger: User, ask: Asked) -> None:
    Grant.objects.create(owner=theirs.owner, grantee=stranger)

    with owner_scope(stranger):
        assert set(TABLES) - seen(ask) == OWN_ALONE


def test_a_grant_of_one_contact_opens_what_is_about_that_one(theirs: Estate, stranger: User, ask: Asked) -> None:
    hidden = Contact.objects.create(owner=theirs.owner, name="Ola Berg")
    Grant.objects.create(owner=theirs.owner, grantee=stranger, contact=theirs.rows[Contact])

    with owner_scope(stranger):
        assert set(TABLES) - seen(ask) == OWN_ALONE | ABOUT_NOBODY
        assert not Contact.objects.filter(pk=hidden.pk).exists()


def test_a_grant_of_another_contact_opens_that_one_alone(theirs: Estate, stranger: User, ask: Asked) -> None:
    shared = Contact.objects.create(owner=theirs.owner, name="Ola Berg")
    Grant.objects.create(owner=theirs.owner, grantee=stranger, contact=shared)

    with owner_scope(stranger):
        assert seen(ask) == {"personas_contact", "personas_grant"}
        assert list(Contact.objects.all()) == [shared]


def test_what_a_grant_opens_is_read_and_not_written(theirs: Estate, stranger: User, ask: Asked) -> None:
    for contact in (None, theirs.rows[Contact]):
        Grant.objects.create(owner=theirs.owner, grantee=stranger, contact=contact, may_edit=True)

    with owner_scope(stranger):
        changed = [model for model in walled_models() if ask(_touch(model))]

    assert changed == []


def test_nobody_opens_anothers_records_to_themselves(theirs: Estate, stranger: User) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), owner_scope(stranger):
        Grant.objects.bulk_create([Grant(owner=theirs.owner, grantee=stranger)])


def test_whoever_holds_a_grant_may_give_it_back(theirs: Estate, stranger: User, ask: Asked) -> None:
    Grant.objects.create(owner=theirs.owner, grantee=stranger)

    with owner_scope(stranger):
        assert ask("DELETE FROM personas_grant") == 1
        assert seen(ask) == set()


def test_every_table_of_this_app_that_is_somebodys_has_its_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relrowsecurity AND relforcerowsecurity", [TABLES]
        )
        assert sorted(name for (name,) in cursor.fetchall()) == TABLES
    assert set(TABLES) < set(walled())
