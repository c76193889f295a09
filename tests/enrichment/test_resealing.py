"""What is encrypted at rest: bodies by a switch, everything anew when keys change, and nothing lost on the way."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from enrichment import resealing
from enrichment.models import AnalysisEngine, CacheEntry
from enrichment.models.fields import SEALED, sealed, unsealed
from salesintel.audit.verifying import verify
from tests import factories
from tests.management.commands.flush import begin_anew

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
BODY = b'{"people": [{"name": "Alicia Tran"}]}'


@pytest.fixture
def old_key(db: None, settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [OLD]
    begin_anew()


def stored(entry: CacheEntry) -> bytes:
    """The bytes of the column, as a copy of the database has them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM enrichment_cacheentry WHERE id = %s", [entry.pk])
        return bytes(cursor.fetchone()[0])


def kept(body: bytes = BODY) -> CacheEntry:
    return factories.entry(factories.company(), body=body)


def rotate(*arguments: str) -> str:
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


# --- Bodies -----------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=2_000))
def test_what_is_sealed_opens_to_what_it_was(body: bytes) -> None:
    assert unsealed(sealed(body)) == body


@pytest.mark.parametrize("is_on", [True, False])
def test_bodies_are_sealed_where_the_switch_is_on(db: None, settings: Settings, is_on: bool) -> None:
    settings.ENCRYPT_BODIES = is_on

    entry = kept()

    assert stored(entry).startswith(SEALED) is is_on
    assert (b"Alicia" in stored(entry)) is not is_on
    assert CacheEntry.objects.get(pk=entry.pk).body == BODY


def test_what_was_kept_before_the_switch_opens_after_it(db: None, settings: Settings) -> None:
    entry = kept()

    settings.ENCRYPT_BODIES = True

    assert CacheEntry.objects.get(pk=entry.pk).body == BODY


def test_a_body_whose_key_is_gone_is_an_error_that_says_so_and_never_its_ciphertext(
    db: None, settings: Settings, old_key: None
) -> None:
    settings.ENCRYPT_BODIES = True
    entry = kept()

    settings.CREDENTIAL_KEYS = [NEW]

    with pytest.raises(ImproperlyConfigured, match="lacks the key"):
        CacheEntry.objects.get(pk=entry.pk)


# --- Other keys -------------------------------------------------------------------------------------------------------


def engine() -> AnalysisEngine:
    return AnalysisEngine.objects.create(slug="mine", kind="anthropic", credentials={"api_key": "k-1"})


def test_after_rotating_the_old_key_can_be_dropped(db: None, settings: Settings, old_key: None) -> None:
    settings.ENCRYPT_BODIES = True
    row, entry = engine(), kept()
    settings.CREDENTIAL_KEYS = [NEW, OLD]

    said = rotate()

    settings.CREDENTIAL_KEYS = [NEW]
    assert AnalysisEngine.objects.get(pk=row.pk).credentials == {"api_key": "k-1"}
    assert CacheEntry.objects.get(pk=entry.pk).body == BODY
    assert verify().findings == ()
    assert "the others can be dropped" in said


def test_a_check_writes_nothing_and_counts_what_would_be(db: None, settings: Settings, old_key: None) -> None:
    row = engine()
    settings.CREDENTIAL_KEYS = [NEW, OLD]

    said = rotate("--check")

    assert "1 would be written anew" in said
    assert "can be dropped" not in said
    settings.CREDENTIAL_KEYS = [OLD]
    assert AnalysisEngine.objects.get(pk=row.pk).credentials == {"api_key": "k-1"}


def test_rotating_again_writes_nothing(db: None, settings: Settings, old_key: None) -> None:
    settings.ENCRYPT_BODIES = True
    engine()
    kept()

    assert sum(resealing.reseal(each)["written"] for each in resealing.columns()) == 0


@pytest.mark.parametrize("is_on", [True, False])
def test_bodies_of_before_follow_the_switch(db: None, settings: Settings, is_on: bool) -> None:
    settings.ENCRYPT_BODIES = not is_on
    entry = kept()
    settings.ENCRYPT_BODIES = is_on

    rotate()

    assert stored(entry).startswith(SEALED) is is_on
    assert CacheEntry.objects.get(pk=entry.pk).body == BODY


def test_more_rows_than_a_batch_are_all_written(db: None, settings: Settings) -> None:
    of = factories.company()
    entries = [factories.entry(of, key=f"k{place}", body=b"%d" % place) for place in range(45)]
    settings.ENCRYPT_BODIES = True

    rotate()

    assert all(stored(entry).startswith(SEALED) for entry in entries)


def test_what_no_key_opens_is_left_and_told_and_the_rest_is_written(
    db: None, settings: Settings, old_key: None
) -> None:
    lost = engine()
    settings.CREDENTIAL_KEYS = [NEW]
    fine = AnalysisEngine.objects.create(slug="other", kind="anthropic", credentials={"api_key": "k-2"})

    with pytest.raises(CommandError, match="SALESINTEL_CREDENTIAL_KEYS lacks the key of 1 of them"):
        rotate()

    settings.CREDENTIAL_KEYS = [NEW, OLD]
    assert AnalysisEngine.objects.get(pk=lost.pk).credentials == {"api_key": "k-1"}
    assert AnalysisEngine.objects.get(pk=fine.pk).credentials == {"api_key": "k-2"}
