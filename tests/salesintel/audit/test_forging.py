"""Whoever may write to the tables forges neither a cut nor the chain's end: the database refuses, and has no key."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from salesintel.audit import guards
from salesintel.audit.chain import content_of, link, resign, seal
from salesintel.audit.cutting import prune
from salesintel.audit.models import Cut, Entry, Head, Seal
from salesintel.audit.signing import Forged
from salesintel.audit.verifying import verify
from tests.salesintel.audit.attacker import found, sql, write

MONTH = int(timedelta(days=30).total_seconds())


def cut_by_hand(number: int, *, entries: int | None = None, kept: int = MONTH, digest: str = "") -> None:
    """A cut as an attacker makes it: fitting what is there unless told."""
    told = digest or Seal.objects.get(number=number).digest
    sql(
        "INSERT INTO audit_cut (number, digest, at, entries, kept) VALUES (%s, %s, %s, %s, %s)",
        number, told, timezone.now(), number if entries is None else entries, kept,
    )  # fmt: skip


def tell_the_head(**values: object) -> None:
    """Change its columns, as nobody guards them."""
    for column, value in values.items():
        sql(f"UPDATE audit_head SET {column} = %s", value)


# --- What the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forge",
    [
        lambda: cut_by_hand(8),
        lambda: cut_by_hand(4, kept=0),
        lambda: cut_by_hand(4, kept=MONTH - 1),
        lambda: cut_by_hand(4, entries=3),
        lambda: cut_by_hand(4, digest="0" * 64),
        lambda: cut_by_hand(99, digest="0" * 64),
        lambda: cut_by_hand(4, kept=10 * MONTH),
    ],
    ids=["young", "kept for no time", "under the floor", "miscounted", "another digest", "no seal", "kept for longer"],
)
def test_a_cut_that_does_not_fit_what_is_there_is_refused(aged: list[int], forge: Callable[[], None]) -> None:
    with pytest.raises(DatabaseError, match="a cut of the audit log covers"), transaction.atomic():
        forge()


def test_no_cut_begins_before_the_last_one(aged: list[int]) -> None:
    prune(limit=2)

    with pytest.raises(DatabaseError, match="a cut of the audit log covers"), transaction.atomic():
        cut_by_hand(3, entries=3)


@pytest.mark.parametrize("number", [-1, 2, 12])
def test_a_seal_out_of_order_is_refused(aged: list[int], number: int) -> None:
    """Else an entry that is not sealed yet could be put under a cut, and deleted with it."""
    [fresh] = write(1)
    prune()

    with pytest.raises(DatabaseError, match="seals of the audit log follow"), transaction.atomic():
        sql("INSERT INTO audit_seal (number, entry, content, digest) VALUES (%s, %s, 'x', 'x')", number, fresh)


def test_a_seal_of_nothing_is_refused(sealed: list[int]) -> None:
    with pytest.raises(DatabaseError, match="seals of the audit log follow"), transaction.atomic():
        sql("INSERT INTO audit_seal (number, entry, content, digest) VALUES (11, 999999, 'x', 'x')")


def test_a_guard_that_does_something_else_is_missed(sealed: list[int]) -> None:
    if connection.vendor == "postgresql":
        sql(
            "CREATE OR REPLACE FUNCTION audit_entry_keep() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN OLD; END $$"
        )
    else:
        sql("DROP TRIGGER audit_entry_no_delete")
        sql("CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry WHEN 1 = 0 BEGIN SELECT 1; END")

    assert guards.missing(connection) == ["audit_entry_no_delete"]


# --- What only our key can sign ---------------------------------------------------------------------------------------


def test_a_cut_of_old_rows_that_we_did_not_make_is_found_and_not_gone_on_from(aged: list[int]) -> None:
    """By who may add and delete: with an entry that says it was made, as ours have."""
    cut_by_hand(4)
    sql("DELETE FROM audit_entry WHERE id <= %s", aged[3])
    sql("DELETE FROM audit_seal WHERE number <= 4")
    Entry(action="prune", model="audit.Cut", object_id=str(Cut.objects.get().pk), via="worker").save()

    words = ["the chain was cut off up to seal 4, and this installation did not"]
    assert found() == words
    with pytest.raises(Forged, match="cut off by somebody else"), transaction.atomic():
        seal()
    tell_the_head(begins=4)
    assert found() == ["no key of this installation signed where the chain begins and ends"]


def test_a_cut_of_young_rows_by_who_may_do_anything_is_found(aged: list[int], unguarded: None) -> None:
    cut_by_hand(8)
    sql("DELETE FROM audit_entry WHERE id <= %s", aged[7])
    sql("DELETE FROM audit_seal WHERE number <= 8")
    tell_the_head(begins=8)
    Entry(action="prune", model="audit.Cut", object_id=str(Cut.objects.get().pk), via="worker").save()

    assert found() == ["no key of this installation signed where the chain begins and ends"]


def make_anew_from(number: int, before: str) -> None:
    """Reckon all digests from a seal on, and have the head end in the last."""
    for one in list(Seal.objects.filter(number__gte=number).order_by("number")):
        content = content_of(Entry.objects.get(pk=one.entry))
        before = link(before, one.number, content)
        sql("UPDATE audit_seal SET content = %s, digest = %s WHERE number = %s", content, before, one.number)
    tell_the_head(digest=before)


def test_a_chain_made_anew_is_found_and_not_gone_on_from(sealed: list[int], unguarded: None) -> None:
    sql("UPDATE audit_entry SET actor = 7 WHERE id = %s", sealed[3])
    make_anew_from(4, Seal.objects.get(number=3).digest)
    tell_the_head(signed_digest=Head.objects.get().digest)
    write(1)

    assert found() == ["no key of this installation signed where the chain begins and ends"]
    with pytest.raises(Forged, match="no key of this installation"), transaction.atomic():
        seal()


def test_a_head_that_was_taken_away_is_not_made_anew(sealed: list[int], unguarded: None) -> None:
    sql("DELETE FROM audit_head")
    sql("DELETE FROM audit_seal")

    with pytest.raises(Forged, match="no key of this installation"), transaction.atomic():
        seal()


def test_entries_made_old_by_hand_are_not_cut_off(sealed: list[int], unguarded: None, settings: Settings) -> None:
    settings.AUDIT_KEEP = timedelta(days=30)
    sql("UPDATE audit_entry SET at = %s WHERE id <= %s", timezone.now() - timedelta(days=40), sealed[5])
    guards.install(connection)

    with pytest.raises(Forged, match=rf"nothing is cut off: entry {sealed[0]} \(seal 1\) was changed"):
        prune()
    assert Entry.objects.filter(pk__in=sealed).count() == 10


def test_what_an_older_version_sealed_is_told_and_then_signed(sealed: list[int]) -> None:
    before = Head.objects.values("signed", "signed_digest", "signature").get()
    write(2)
    seal()
    tell_the_head(**before)  # it saved the columns that it knew
    told = found()
    write(1)

    assert told == ["seals 11 to 12 are not signed yet: an older version sealed them, or somebody else did"]
    assert seal() == 1
    assert found() == []


# --- Keys -------------------------------------------------------------------------------------------------------------


def test_the_end_moves_to_the_first_key_of_the_ring(sealed: list[int], settings: Settings) -> None:
    new, old = Fernet.generate_key().decode(), settings.CREDENTIAL_KEYS[0]
    settings.CREDENTIAL_KEYS = [new, old]
    during = verify().findings

    resign()
    settings.CREDENTIAL_KEYS = [new]

    assert (during, verify().findings) == ((), ())


def test_with_all_keys_lost_a_whole_log_is_signed_anew_by_a_digest_that_was_noted(
    sealed: list[int], settings: Settings
) -> None:
    noted = f"10:{verify().digest}"
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError, match="without a digest that was noted"):
        call_command("verify_audit", "--sign", stdout=StringIO())

    call_command("verify_audit", "--sign", "--expect", noted, stdout=(told := StringIO()))

    assert told.getvalue().startswith("The audit log is whole: seals 1 to 10.")
    assert Entry.objects.filter(action="sign anew", via="command").count() == 1
    assert seal() == 1


def test_a_log_that_is_not_whole_is_not_signed_anew(sealed: list[int], unguarded: None, settings: Settings) -> None:
    noted = f"10:{verify().digest}"
    sql("UPDATE audit_entry SET actor = 7 WHERE id = %s", sealed[3])
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    guards.install(connection)

    with pytest.raises(CommandError, match=rf"Nothing is signed anew: entry {sealed[3]} \(seal 4\) was changed"):
        call_command("verify_audit", "--sign", "--expect", noted, stdout=StringIO())
