"""The log can be added to and nothing else; whoever gets round that is found: which row, and what was done to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from salesintel import audit
from salesintel.audit import guards
from salesintel.audit.chain import seal
from salesintel.audit.cutting import Sealer, prune
from salesintel.audit.models import AppendOnly, Entry, Head, Seal
from salesintel.audit.verifying import verify
from tests.management.commands.flush import begin_anew
from tests.salesintel.audit.attacker import found, sql, write

# --- Append-only ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_seal SET digest = 'x'",
        "DELETE FROM audit_seal",
        "UPDATE audit_cut SET number = 5",
        "DELETE FROM audit_cut",
    ],
)
def test_the_database_refuses_to_change_or_delete(aged: list[int], statement: str) -> None:
    prune()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)


@pytest.mark.postgres
@pytest.mark.parametrize("table", guards.TABLES)
def test_postgresql_refuses_to_truncate(sealed: list[int], table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(f"TRUNCATE {table}")


def test_sqlite_refuses_to_replace(sealed: list[int]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no INSERT OR REPLACE; its ON CONFLICT asks the guard of UPDATE")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.first().save(),
        lambda: Entry.objects.first().delete(),
        lambda: Entry.objects.update(action="x"),
        lambda: Entry.objects.bulk_update([Entry.objects.first()], ["action"]),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.update_or_create(pk=Entry.objects.first().pk, defaults={"action": "x"}),
    ],
    ids=["save", "delete", "update", "bulk_update", "delete many", "update_or_create"],
)
def test_the_model_refuses_to_change_or_delete(sealed: list[int], change) -> None:
    with pytest.raises(AppendOnly):
        change()


# --- Tampering --------------------------------------------------------------------------------------------------------


def test_a_log_that_nobody_touched_is_whole(sealed: list[int]) -> None:
    write(3)

    verdict = verify()

    assert verdict.findings == ()
    assert (verdict.begins, verdict.ends, verdict.waiting) == (1, 10, 3)


@pytest.mark.parametrize("column", ["action", "model", "object_id", "via", "key_prefix", "request_id", "run"])
def test_a_changed_entry_is_found(sealed: list[int], unguarded: None, column: str) -> None:
    sql(f"UPDATE audit_entry SET {column} = 'x' WHERE id = %s", sealed[3])

    assert found() == [f"entry {sealed[3]} (seal 4) was changed"]


@pytest.mark.parametrize(("column", "value"), [("actor", 7), ("fields", '["x"]'), ("counts", '{"x": 1}')])
def test_a_changed_figure_is_found(sealed: list[int], unguarded: None, column: str, value: object) -> None:
    sql(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", value, sealed[3])

    assert found() == [f"entry {sealed[3]} (seal 4) was changed"]


def test_a_changed_time_is_found(sealed: list[int], unguarded: None) -> None:
    sql("UPDATE audit_entry SET at = %s WHERE id = %s", timezone.now() - timedelta(days=1), sealed[3])

    assert found() == [f"entry {sealed[3]} (seal 4) was changed"]


def test_a_removed_entry_is_found(sealed: list[int], unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE id = %s", sealed[6])

    assert found() == [f"entry {sealed[6]} (seal 7) was removed"]


def test_an_entry_removed_with_its_seal_is_found(sealed: list[int], unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE id = %s", sealed[6])
    sql("DELETE FROM audit_seal WHERE number = 7")

    assert found() == ["seal 7 was removed"]


def test_the_newest_entries_removed_are_found(sealed: list[int], unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE id >= %s", sealed[8])
    sql("DELETE FROM audit_seal WHERE number >= 9")

    assert found() == ["seals 9 to 10 were removed"]


def test_entries_that_changed_places_are_found(sealed: list[int], unguarded: None) -> None:
    sql("UPDATE audit_entry SET id = -1 WHERE id = %s", sealed[2])
    sql("UPDATE audit_entry SET id = %s WHERE id = %s", sealed[2], sealed[5])
    sql("UPDATE audit_entry SET id = %s WHERE id = -1", sealed[5])

    assert found() == [f"entry {sealed[2]} (seal 3) was changed", f"entry {sealed[5]} (seal 6) was changed"]


def test_seals_that_changed_places_are_found(sealed: list[int], unguarded: None) -> None:
    sql("UPDATE audit_seal SET number = -1 WHERE number = 3")
    sql("UPDATE audit_seal SET number = 3 WHERE number = 6")
    sql("UPDATE audit_seal SET number = 6 WHERE number = -1")

    words = found()
    assert f"seal 3 (entry {sealed[5]}) does not follow from the one before: changed or moved" in words
    assert f"seal 6 (entry {sealed[2]}) does not follow from the one before: changed or moved" in words


def test_an_entry_made_to_fit_breaks_the_seal_after_it(sealed: list[int], unguarded: None) -> None:
    from salesintel.audit.chain import content_of, link

    sql("UPDATE audit_entry SET actor = 7 WHERE id = %s", sealed[3])
    content = content_of(Entry.objects.get(pk=sealed[3]))
    digest = link(Seal.objects.get(number=3).digest, 4, content)
    sql("UPDATE audit_seal SET content = %s, digest = %s WHERE number = 4", content, digest)

    assert found() == [f"seal 5 (entry {sealed[4]}) does not follow from the one before: changed or moved"]


def test_an_entry_put_in_between_is_found(sealed: list[int]) -> None:
    Head.objects.update(settled=sealed[-1] + 5)
    Entry(pk=sealed[-1] + 3, action="login", model="accounts.User", via="page").save()

    assert found() == [f"entry {sealed[-1] + 3} was added afterwards"]


def test_a_chain_made_anew_from_its_own_beginning_does_not_have_the_digest_that_was_noted(
    sealed: list[int], unguarded: None
) -> None:
    noted = f"10:{verify().digest}"
    guards.install(connection)
    call_command("verify_audit", "--expect", noted, stdout=StringIO())
    guards.remove(connection)
    sql("UPDATE audit_entry SET actor = 7 WHERE id = %s", sealed[3])
    sql("DELETE FROM audit_seal")
    begin_anew()
    seal()
    guards.install(connection)

    with pytest.raises(CommandError):
        call_command("verify_audit", "--expect", noted, stdout=StringIO(), stderr=(told := StringIO()))

    assert told.getvalue() == "seal 10 does not have the digest that was noted\n"


def test_missing_guards_are_found(sealed: list[int], unguarded: None) -> None:
    with pytest.raises(CommandError, match="findings"):
        call_command("verify_audit", stdout=StringIO(), stderr=(told := StringIO()))

    assert "the guard audit_entry_no_delete of the database is missing" in told.getvalue()


def test_the_command_says_what_to_note(sealed: list[int]) -> None:
    call_command("verify_audit", stdout=(told := StringIO()))

    assert told.getvalue().startswith("The audit log is whole: seals 1 to 10.\nNote it elsewhere: 10:")


# --- Many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_at_once_make_one_whole_chain(trials) -> None:
    writers, each = 4, trials(short=15, full=400)

    def write_and_close(_: int) -> None:
        try:
            for number in range(each):
                with transaction.atomic():
                    audit.record("merge", "enrichment.Company", pk=number)
                    if number % 5 == 4:
                        transaction.set_rollback(True)
        finally:
            connection.close()

    def seal_and_close(_: int) -> None:
        try:
            for _ in range(each // 2):
                seal(limit=7)
        finally:
            connection.close()

    with ThreadPoolExecutor(writers + 2) as pool:
        work = [pool.submit(write_and_close, n) for n in range(writers)]
        work += [pool.submit(seal_and_close, n) for n in range(2)]
        for one in work:
            one.result()
    while seal():
        pass

    verdict = verify()
    assert verdict.findings == ()
    assert verdict.ends == Entry.objects.count() == writers * (each - each // 5)


# --- Pruning ----------------------------------------------------------------------------------------------------------


def test_what_is_too_old_goes_and_the_rest_is_whole(aged: list[int]) -> None:
    assert prune() == 4

    verdict = verify()
    assert verdict.findings == ()
    assert (verdict.begins, verdict.ends, verdict.waiting) == (5, 10, 1)
    assert Entry.objects.get(action="prune").counts == {"entries": 4}
    assert not Entry.objects.filter(pk__in=aged[:4]).exists()


def test_nothing_goes_where_all_is_kept(aged: list[int], settings) -> None:
    settings.AUDIT_KEEP = None

    assert prune() == 0


def test_a_young_entry_keeps_what_comes_after_it(aged: list[int]) -> None:
    assert prune(limit=2) == 2
    assert prune() == 2
    assert prune() == 0
    assert verify().findings == ()


def test_the_watchdog_seals_and_prunes(aged: list[int]) -> None:
    Sealer().tick()
    Sealer().tick()

    verdict = verify()
    assert (verdict.findings, verdict.begins, verdict.ends, verdict.waiting) == ((), 5, 11, 0)
