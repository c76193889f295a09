import json
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from django.db.models import F, Sum
from django.forms import modelform_factory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from enrichment.models import Provider, Source
from enrichment.models.fields import NANO, EncryptedJsonField, UsdField, rounded_up, usd
from tests.enrichment import market

SECRET = "sk-very-secret-and-long"
nano_amounts = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)


# --- Money ------------------------------------------------------------------------------------------------------------


@given(nano_amounts)
def test_money_comes_back_as_it_was_stored(nano: int) -> None:
    amount = UsdField().from_db_value(nano)

    assert UsdField().get_prep_value(amount) == nano


@given(nano_amounts)
def test_money_reads_as_a_plain_decimal(nano: int) -> None:
    amount = UsdField().from_db_value(nano)

    assert "E" not in f"{amount:f}"
    assert amount == Decimal(nano) * NANO


def test_money_without_a_fraction_has_no_exponent() -> None:
    assert str(UsdField().from_db_value(100 * 10**9)) == "100"


@pytest.mark.parametrize("amount", ["0.0000000001", "0.00000000251", "NaN"])
def test_money_finer_than_a_nano_is_refused_rather_than_rounded(amount: str) -> None:
    with pytest.raises(ValueError, match="finer than a nano-USD"):
        UsdField().get_prep_value(Decimal(amount))


@pytest.mark.parametrize("text", ["ten", "", "NaN", "Infinity", "1,5"])
def test_what_is_no_amount_is_told_as_a_faulty_field(text: str) -> None:
    with pytest.raises(ValidationError):
        UsdField().to_python(text)


def test_a_float_is_read_as_it_is_written() -> None:
    assert UsdField().to_python(0.1) == Decimal("0.1")


def test_unknown_money_stays_unknown() -> None:
    field = UsdField(null=True)

    assert field.to_python(None) is field.get_prep_value(None) is field.from_db_value(None) is None


@pytest.mark.parametrize("amount", ["9223372037", "-9223372037"])
def test_money_beyond_what_a_column_holds_is_refused_by_name(amount: str) -> None:
    with pytest.raises(ValidationError):
        UsdField().clean(Decimal(amount), None)


@given(st.decimals(min_value=-1000, max_value=1000, places=14))
def test_rounding_up_never_gives_less_and_less_than_a_nano_more(amount: Decimal) -> None:
    rounded = rounded_up(amount)

    assert amount <= rounded < amount + NANO


@pytest.mark.parametrize(("given", "rounded"), [("0.0000000001", "1E-9"), ("0.02", "0.02"), ("-0.0000000011", "-1E-9")])
def test_rounding_up_by_worked_numbers(given: str, rounded: str) -> None:
    assert rounded_up(Decimal(given)) == Decimal(rounded)


@pytest.mark.django_db
def test_a_price_of_the_documents_is_stored_exactly() -> None:
    made = market.source(cost=Decimal("0.000025"))

    made.refresh_from_db()

    assert made.cost == Decimal("0.000025")


@pytest.mark.django_db
def test_money_adds_up_in_the_database_without_a_rest() -> None:
    made = market.source(cost=Decimal("0.1"))

    for _ in range(7):
        Source.objects.update(cost=F("cost") + usd(Decimal("0.1")))

    made.refresh_from_db()
    assert made.cost == Decimal("0.8")


@pytest.mark.django_db
def test_money_is_compared_and_summed_in_the_database() -> None:
    seller = market.provider()
    market.source("one", of=seller, cost=Decimal("0.01"))
    market.source("two", of=seller, cost=Decimal("0.02"))

    assert [row.slug for row in Source.objects.filter(cost__gt=Decimal("0.01"))] == ["two"]
    assert Source.objects.aggregate(all=Sum("cost"))["all"] == Decimal("0.03")


@pytest.mark.django_db
def test_an_admin_types_money_with_a_point() -> None:
    form = modelform_factory(Source, fields=["cost"])({"cost": "0.025"}, instance=market.source())

    form.save()

    assert Source.objects.get().cost == Decimal("0.025")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["0.0000000001", "99999999999"])
def test_an_admin_is_told_of_money_that_cannot_be_stored(typed: str) -> None:
    form = modelform_factory(Source, fields=["cost"])({"cost": typed}, instance=market.source())

    assert list(form.errors) == ["cost"]


# --- Credentials ------------------------------------------------------------------------------------------------------


def stored(provider: Provider) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM enrichment_provider WHERE id = %s", [provider.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_credentials_are_unreadable_in_the_table_and_readable_in_the_row() -> None:
    made = market.provider(credentials={"api_key": SECRET})

    assert SECRET not in stored(made)
    assert Provider.objects.get().credentials == {"api_key": SECRET}


@pytest.mark.django_db
def test_no_credentials_are_stored_as_nothing() -> None:
    made = market.provider()

    assert stored(made) == ""
    assert Provider.objects.get().credentials == {}


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_still_opens_what_it_closed(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [old]
    made = market.provider(credentials={"api_key": SECRET})

    settings.CREDENTIAL_KEYS = [new, old]
    Provider.objects.get().save()

    assert Fernet(new).decrypt(stored(made)) == json.dumps({"api_key": SECRET}).encode()


@pytest.mark.django_db
def test_credentials_of_a_lost_key_are_an_error_and_never_the_ciphertext(settings: Settings) -> None:
    market.provider(credentials={"api_key": SECRET})
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(ImproperlyConfigured, match="SALESINTEL_CREDENTIAL_KEYS"):
        Provider.objects.get()


@pytest.mark.django_db
def test_history_keeps_no_credentials() -> None:
    made = market.provider(credentials={"api_key": SECRET})

    assert "credentials" not in {field.name for field in type(made.history.get())._meta.fields}


@pytest.mark.django_db
def test_a_dump_holds_credentials_encrypted_and_can_be_loaded() -> None:
    made = market.provider(credentials={"api_key": SECRET})

    dump = serializers.serialize("json", [made])
    Provider.objects.all().delete()
    for loaded in serializers.deserialize("json", dump):
        loaded.save()

    assert SECRET not in dump
    assert Provider.objects.get().credentials == {"api_key": SECRET}


def test_credentials_may_be_typed_as_json() -> None:
    assert EncryptedJsonField().to_python('{"api_key": "k"}') == {"api_key": "k"}
    assert EncryptedJsonField().to_python("") == {}


def test_credentials_that_are_no_json_are_told_as_a_faulty_field_without_repeating_them() -> None:
    with pytest.raises(ValidationError) as raised:
        EncryptedJsonField().to_python(SECRET)

    assert SECRET not in str(raised.value)
