"""Field types of our own: money, and text and bytes that are encrypted at rest."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.expressions import Combinable

if TYPE_CHECKING:
    BigIntegerField = models.BigIntegerField[Any, Any]
    BinaryField = models.BinaryField[Any, Any]
    TextField = models.TextField[Any, Any]
else:  # they take no parameters at run time
    from django.db.models import BigIntegerField, BinaryField, TextField

NANO = Decimal("0.000000001")
MOST = (2**63 - 1) * NANO  # what a BIGINT holds: 9.2 thousand million USD


def rounded_up(amount: Decimal) -> Decimal:
    """`amount` USD to whole nano-USD, never less than was given."""
    return amount.quantize(NANO, rounding=ROUND_CEILING)


class UsdField(BigIntegerField):
    """An amount of USD: `Decimal` in Python, whole nano-USD in the database, so guarded arithmetic is exact on both.

    In expressions wrap plain amounts: `F("spent") + usd(price)`. Raises `ValueError` below a nano-USD.
    """

    # What django-stubs reads: what may be set, and what is got.
    _pyi_private_set_type: Decimal | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def to_python(self, value: Any) -> Decimal | None:
        try:
            amount = None if value is None else Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(f"“{value}” is not an amount of USD.") from error
        if amount is not None and not amount.is_finite():
            raise ValidationError(f"“{value}” is not an amount of USD.")
        return amount

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-9).normalize() + 0

    def get_prep_value(self, value: Any) -> Any:
        """Whole nano-USD; None, and an expression, which the compiler resolves, as they are."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        nano = Decimal(value) / NANO
        if nano != nano.to_integral_value():
            raise ValueError(f"{value} USD is finer than a nano-USD; round it up first.")
        return int(nano)

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.BigIntegerField, self).formfield(
            **{"form_class": forms.DecimalField, "decimal_places": 9, **kwargs}
        )

    @property
    def validators(self) -> list[Any]:  # BigIntegerField checks the range of nano-USD, not of USD
        own = super(models.IntegerField, self).validators
        return [*own, MinValueValidator(0), MaxValueValidator(MOST)]


def usd(amount: Decimal | int) -> models.Value:
    """`amount` as an expression that adds to and compares with a `UsdField`."""
    return models.Value(Decimal(amount), output_field=UsdField())


def trimmed(credentials: Mapping[str, str]) -> dict[str, str]:
    """Without the spaces and line ends that are pasted along; within a credential, as in a key file, they stay."""
    return {name: value.strip() for name, value in credentials.items()}


def key_ring() -> MultiFernet:
    """The keys of `SALESINTEL_CREDENTIAL_KEYS`: the first encrypts, each decrypts."""
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def _opened(value: str) -> Any:
    return json.loads(key_ring().decrypt(value.encode()))


class EncryptedJsonField(TextField):
    """A small JSON value, encrypted at rest with the key ring; `{}` where nothing was stored.

    Raises `ImproperlyConfigured` when no key of the ring opens a stored value: never returns the ciphertext.
    """

    # What django-stubs reads, as above.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: object) -> Any:
        if not value:
            return {}
        try:
            return _opened(value)
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "Stored credentials cannot be opened: SALESINTEL_CREDENTIAL_KEYS lacks the key they were written with."
            ) from error

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value:
            return value or {}
        try:
            return _opened(value)  # a dump has it encrypted
        except InvalidToken:
            pass
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValidationError('Give JSON, say {"api_key": "…"}.') from error

    def value_to_string(self, obj: models.Model) -> str:
        """What `dumpdata` writes: never the plain value."""
        return self.get_prep_value(self.value_from_object(obj))

    def get_prep_value(self, value: Any) -> str:
        return key_ring().encrypt(json.dumps(value).encode()).decode() if value else ""


SEALED = b"\x00si1"  # how sealed bytes begin; no response does


class SealedBytesField(BinaryField):
    """Bytes, sealed with the key ring where `settings.ENCRYPT_BODIES` says so. What was written before opens, too.

    Stored is `SEALED` and a Fernet token without its base64. Raises `ImproperlyConfigured` when no key of the ring
    opens a stored value. Not for looking for: equal bytes are sealed differently each time.
    """

    def deconstruct(self) -> Any:
        """As plain bytes, which is what the column holds: no migration copies the table for it."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> bytes | None:
        return None if value is None else unsealed(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or not settings.ENCRYPT_BODIES or hasattr(value, "resolve_expression"):
            return value
        return sealed(bytes(value))


def sealed(value: bytes) -> bytes:
    """`value` as it is stored: encrypted with the first key of the ring."""
    return SEALED + urlsafe_b64decode(key_ring().encrypt(value))


def unsealed(stored: bytes) -> bytes:
    """What is stored, opened; bytes that were not sealed as they are."""
    if not stored.startswith(SEALED):
        return stored
    try:
        return key_ring().decrypt(token_of(stored))
    except InvalidToken as error:
        raise ImproperlyConfigured(
            "Stored responses cannot be opened: SALESINTEL_CREDENTIAL_KEYS lacks the key they were written with."
        ) from error


def token_of(stored: bytes) -> bytes:
    """The Fernet token of sealed bytes."""
    return urlsafe_b64encode(stored[len(SEALED) :])
